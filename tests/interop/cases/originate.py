"""Calls of the operator: the first party is called, hears music, and then talks to the second."""
import json
import subprocess

from framework import patience
from framework.case import case
from framework.failure import expect, expect_equal
from framework.phone import AutoAnswer, expect_talk
from framework.process import wait_until
from framework.server import sip_uri


def two_phones(stage):
    """The server with a number for each: 100 is A, 200 is B."""
    a, b = stage.phone("a"), stage.phone("b")
    routes = [{"to": f"^{number}$", "target": sip_uri(phone.agent.address, phone.agent.port)}
              for number, phone in (("100", a), ("200", b))]
    stage.serve(hold={"music": stage.music_file()}, routes=routes)
    return a, b


def originate(stage, *words):
    """(exit status, what it printed, what it complained of)"""
    url = f"http://{stage.server.config['admin']['listen']}"
    done = subprocess.run([stage.binary, "originate", "--url", url, *words], capture_output=True, text=True, check=False,
                          timeout=patience.real(20))
    return done.returncode, done.stdout, done.stderr


def pick_up(phone):
    """Takes the call that comes in; from then on each re-INVITE is answered."""
    phone.answer(phone.ring())
    confirmed = phone.dialog.expect("ACK")
    if confirmed.body:
        phone.take(confirmed)
    return AutoAnswer(phone)


@case
def originated_call(stage):
    """holdfast originate: A answers and hears music, B is called, both talk; who hangs up ends it for both, one record stays."""
    a, b = two_phones(stage)
    status, shown, complaint = originate(stage, "100", "200", "--display", "Front desk")
    expect_equal(status, 0, f"exit status: {complaint}")
    call = stage.server.calls()[0]["id"]
    expect(call in shown, f"the call's id should be printed: {shown}")
    answers = [pick_up(a)]
    expect("Front desk" in a.dialog.invite.get("from"), f"what A is shown: {a.dialog.invite.get('from')}")
    a.hear("music")
    answers.append(pick_up(b))
    expect_talk(a, b)
    for each in answers:
        each.close()
    bye = b.dialog.send("BYE")
    b.dialog.expect_status(bye, 200)
    a.dialog.expect_bye()
    stage.server.expect_no_calls()
    wait_until(lambda: json.loads(stage.server.get("/api/v1/cdrs")[1])["cdrs"], 15, "its record is written")
    (record,) = json.loads(stage.server.get("/api/v1/cdrs")[1])["cdrs"]
    expect_equal((record["id"], record["from"], record["to"], record["originated"]), (call, "100", "200", True), "the record")


@case
def originated_call_without_second(stage):
    """B is busy: A, who hears music, is told by a BYE with the reason. A number without a route is a mistake of the command."""
    a, b = two_phones(stage)
    status, _, complaint = originate(stage, "100", "999")
    expect_equal(status, 1, "exit status for a number without a route")
    expect("to: no route" in complaint, f"it should name what leads nowhere: {complaint}")
    expect_equal(originate(stage, "100", "200")[0], 0, "exit status")
    answers = pick_up(a)
    a.hear("music")
    invite = b.ring()
    b.dialog.reply(invite, 486, "Busy Here")
    answers.close()
    bye = a.dialog.expect("BYE")
    expect("cause=486" in bye.get("reason", ""), f"why: {bye.get('reason')}")
    a.dialog.reply(bye, 200)
    stage.server.expect_no_calls()
