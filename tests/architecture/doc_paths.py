"""Fails when a document names a file or folder of this repository that does not exist."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
ROOMS = ("base/", "config/", "sip/", "media/", "server/", "tests/", "docs/", "benchmarks/", "deploy/", ".ci/", "cmake/")
QUOTED = re.compile(r"`([\w./-]+)`")


def missing(document):
    for name in QUOTED.findall(document.read_text()):
        if name.startswith(ROOMS) and not (ROOT / name).exists():
            yield f"{document.relative_to(ROOT)}: {name} does not exist"


documents = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")) + sorted((ROOT / "benchmarks").glob("*.md"))
found = [line for document in documents for line in missing(document)]
print("\n".join(found))
sys.exit(bool(found))
