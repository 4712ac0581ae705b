"""Fails when a file includes a room it must not know. The rules are the arrows drawn in ARCHITECTURE.md."""
import pathlib
import re
import sys

MAY_INCLUDE = {
    "base": {"base"},
    "config": {"base", "config"},
    "sip": {"base", "sip"},
    "media": {"base", "media"},
    "server": {"base", "config", "sip", "media", "server"},
}
# Only the b2bua knows signalling and media at once; everything else in server takes one side or neither.
BOTH_SIDES_ALLOWED = re.compile(r"^server/(b2bua/|shard|main)")
# Drivers and the server around the core may use Asio and the operating system; b2bua, capture and routing are core too.
DRIVER = re.compile(r"^(sip/io|media/io|server/(?!b2bua/|capture/|routing/))")
OS_HEADER = re.compile(r"^(sys/|netinet/|arpa/|unistd\.h|fcntl\.h|poll\.h|pthread\.h|thread$|mutex$)")
INCLUDE = re.compile(r'^#include [<"]([^">]+)[">]', re.M)


def violations(root):
    for room, allowed in MAY_INCLUDE.items():
        for path in sorted((root / room).rglob("*.[hc]pp")):
            name = path.relative_to(root).as_posix()
            headers = INCLUDE.findall(path.read_text())
            for header in headers:
                target = header.split("/")[0]
                if target in MAY_INCLUDE and target not in allowed:
                    yield f"{name} includes {header}: {room} must not know {target}"
                if header.startswith(("boost/asio", "boost/beast")) and not DRIVER.match(name):
                    yield f"{name} includes {header}: only drivers may use Asio"
                if OS_HEADER.match(header) and room != "base" and not DRIVER.match(name):
                    yield f"{name} includes {header}: cores know no operating system and no threads"
                if "/io/" in header and not DRIVER.match(name):
                    yield f"{name} includes {header}: a core must not know a driver"
            rooms = {header.split("/")[0] for header in headers}
            if {"sip", "media"} <= rooms and not BOTH_SIDES_ALLOWED.match(name):
                yield f"{name} includes sip and media: only server/b2bua knows both"


found = list(violations(pathlib.Path(sys.argv[1])))
print("\n".join(found))
sys.exit(bool(found))
