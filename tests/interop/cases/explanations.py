"""What `holdfast call ID` tells of a call, while it is up and once it has ended."""
import json
import re
import subprocess
from pathlib import Path

from framework import patience
from framework.case import case
from framework.failure import expect, expect_equal
from framework.phone import AutoAnswer, establish, hang_up
from framework.server import UNHURRIED


def ask(stage, *arguments):
    """(exit status, stdout, stderr) of the command, asked of the case's server."""
    url = f"http://{stage.server.config['admin']['listen']}"
    done = subprocess.run([stage.binary, *arguments, "--url", url], capture_output=True, text=True, timeout=patience.real(20),
                          check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def ladder(stage, call):
    """The lines of the ladder in the output of `call`."""
    status, text, complaint = ask(stage, "call", call)
    expect_equal(status, 0, f"exit status of call: {complaint}")
    lines = text.splitlines()
    heads = [at for at, line in enumerate(lines) if line.split()[-3:] == ["A", "S", "B"]]
    expect(heads, f"a ladder should stand below the call:\n{text}")
    return lines[heads[0] + 1:]


def expect_in_order(lines, *wanted):
    """Each wanted text in a line of its own, one after the other."""
    rest = iter(lines)
    for text in wanted:
        expect(any(text in line for line in rest), f"«{text}» should stand here, in this order:\n" + "\n".join(lines))


@case
def call_explained(stage):
    """The ladder of a held call tells the hold and its music; once over it is still told, with who hung up."""
    a, b = stage.phones()
    establish(a, b)
    call = stage.server.calls()[0]["id"]
    stage.keep(AutoAnswer(b))
    request = a.reinvite(a.description("inactive"))
    a.dialog.expect_status(request, 200)
    a.dialog.ack(request)
    b.hear("music")
    told = ("A calls 4930123 over trunk a", "trying trunk b at", "B answered", "B hears A", "A puts B on hold",
            "B hears music", "music to B starts")
    expect_in_order(ladder(stage, call), *told)
    hang_up(a, b)
    stage.server.expect_no_calls()
    expect_in_order(ladder(stage, call), *told, "A hung up", "BYE")
    status, text, _ = ask(stage, "call", call, "--json")
    ended = json.loads(text)
    expect_equal((status, ended["state"], ended["id"]), (0, "ended", call), "the ended call in JSON")
    expect(ended["ladder"]["entries"][0]["text"] == "INVITE", f"its ladder begins with the INVITE:\n{text}")


def without_chance(line):
    """A line of a ladder without its time, addresses and CSeq numbers, and however wide its columns are."""
    columns = re.split(r"\s{2,}", re.sub(r"\d+\.\d+\.\d+\.\d+:\d+", "…", line.split(None, 1)[1]))
    return [re.sub(r"^\d+( [A-Z]+)?$", r"#\1", column) for column in columns]


def shown_in_readme():
    text = (Path(__file__).parents[3] / "README.md").read_text()
    return re.search(r"```text\n(.*?)```", text, re.DOTALL).group(1).splitlines()[1:]


@case
def healed_call_explained(stage):
    """A holds, B refuses that with 488: A is answered all the same and B hears music. The ladder is the one in README."""
    a, b = stage.phones(sip=UNHURRIED)
    establish(a, b)
    call = stage.server.calls()[0]["id"]
    request = a.reinvite(a.description("sendonly"))
    b.dialog.reply(b.dialog.expect("INVITE"), 488, "Not Acceptable Here")
    b.dialog.expect("ACK")
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request)
    a.media.say(None)
    b.hear("music")
    hang_up(a, b)
    stage.server.expect_no_calls()
    expect_equal([without_chance(line) for line in shown_in_readme()],
                 [without_chance(line) for line in ladder(stage, call)], "README's ladder and the real one")


@case
def failed_call_explained(stage):
    """After a call that B refused, the operator is told by whom and with what; an id that never was is refused."""
    a, b = stage.phones()
    invite = a.dial("4930123")
    received = b.ring()
    call = stage.server.calls()[0]["id"]
    b.dialog.reply(received, 486, "Busy Here")
    a.dialog.expect_status(invite, 486)
    stage.server.expect_no_calls()
    expect_in_order(ladder(stage, call), "trying trunk b", "b refused with 486 Busy Here", "A is refused with 486")
    status, text, complaint = ask(stage, "call", "never-was")
    expect_equal((status, text), (1, ""), "exit status and output for an id that never was")
    expect("404" in complaint, f"the refusal should be said: {complaint}")
