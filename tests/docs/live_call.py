"""A call that is up between two phones of tests/interop, for the commands that name one. On the default ports: one at a time."""
import contextlib
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "interop"))
from framework.phone import AutoAnswer, Phone, establish  # noqa: E402

SERVER = "127.0.0.1"
CALLS = f"http://{SERVER}:9060/api/v1/calls"


def configuration(a, b):
    """Trunks of the two phones, all calls to the second one; nothing is waited for at the end."""
    trunks = {name: {"peers": [f"sip:{phone.agent.sent_by}"], "allow": [phone.agent.address]} for name, phone in
              (("a", a), ("b", b))}
    return {"server": {"drain_timeout": "0s"}, "sip": {"listen": [f"udp://{SERVER}:5060"]}, "media": {"listen": [SERVER]},
            "trunks": trunks, "routes": [{"target": "trunk:b"}]}


@contextlib.contextmanager
def call_that_is_up(folder, serve):
    """Its id. `serve` starts the server with a configuration file, and ends it when the phones are gone."""
    with contextlib.ExitStack() as ending:
        phones = [Phone(name, f"127.0.0.{number}", name, server=(SERVER, 5060)) for number, name in ((2, "a"), (3, "b"))]
        for phone in phones:
            ending.callback(phone.close)
        path = Path(folder, "call.yaml")
        path.write_text(json.dumps(configuration(*phones)), encoding="utf-8")
        serve(str(path))
        establish(*phones)
        for phone in phones:
            ending.callback(AutoAnswer(phone).close)
        with urllib.request.urlopen(CALLS, timeout=20) as answer:
            call = json.load(answer)["calls"][0]["id"]
        yield call
        end(call, phones)


def end(call, phones):
    """Both phones answer their BYE, so that the server need not wait for that when it leaves. A command may have ended it."""
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(f"{CALLS}/{call}", method="DELETE"), timeout=20).close()
    for phone in phones:
        phone.dialog.expect_bye()
