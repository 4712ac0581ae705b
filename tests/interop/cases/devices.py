"""Several devices of one user: all ring, the first answer has the call, the others are taken back."""
from cases.users import PASSWORD, dial, office, register
from framework.baresip import Baresip
from framework.case import case
from framework.failure import expect, expect_equal
from framework.phone import expect_talk, hang_up
from framework.process import wait_until

ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'


def two_of_bob(stage, workers):
    """alice, and two devices of bob: (a, b, other)"""
    server = office(stage, "alice", "bob", workers=workers)
    a, b = stage.phone("a"), stage.phone("b")
    other = stage.phone("other", stage.plan.b, transport="tcp")
    for phone, user in ((a, "alice"), (b, "bob"), (other, "bob")):
        expect_equal(register(phone, user).status, 200, f"the status of {user}'s REGISTER")
    expect_equal(server.metric("holdfast_registrations"), 3, "registrations")
    return a, b, other


def ring_both(a, b, other):
    """The INVITEs, of alice and to both."""
    invite = dial(a, "alice", "bob")
    to_b, to_other = b.ring(), other.ring()
    for phone, request in ((b, to_b), (other, to_other)):
        phone.dialog.reply(request, 180, "Ringing")
    return invite, to_b, to_other


def have_call(a, b, invite, to_b):
    b.answer(to_b)
    ok = a.dialog.expect_status(invite, 200)
    a.take(ok)
    a.confirm(invite, ok)
    b.dialog.expect("ACK")


@case
def devices_ring_together(stage):
    """With four workers, wherever the Call-ID leads: the other device gets CANCEL with its Reason; both ends talk."""
    a, b, other = two_of_bob(stage, workers=4)
    for _ in range(4):
        invite, to_b, to_other = ring_both(a, b, other)
        have_call(a, b, invite, to_b)
        cancel = other.dialog.expect("CANCEL")
        expect_equal(cancel.get("reason"), ELSEWHERE, "why the other one is not to ring any more")
        other.dialog.reply(cancel, 200, "OK")
        other.dialog.reply(to_other, 487, "Request Terminated")
        other.dialog.expect("ACK")
        expect_talk(a, b)
        hang_up(a, b)


@case
def devices_answer_both(stage):
    """An answer that crosses the CANCEL is acknowledged and hung up; the call goes on."""
    a, b, other = two_of_bob(stage, workers=2)
    invite, to_b, to_other = ring_both(a, b, other)
    have_call(a, b, invite, to_b)
    other.answer(to_other)
    other.dialog.expect("ACK")
    bye = other.dialog.expect("BYE")
    expect_equal(bye.get("reason"), ELSEWHERE, "why the other one is hung up on")
    other.dialog.reply(bye, 200, "OK")
    expect_talk(a, b)
    hang_up(b, a)


@case
def devices_busy(stage):
    """One is busy and the other answers; then both are, and the caller is told so."""
    a, b, other = two_of_bob(stage, workers=2)
    invite, to_b, to_other = ring_both(a, b, other)
    other.dialog.reply(to_other, 486, "Busy Here")
    other.dialog.expect("ACK")
    have_call(a, b, invite, to_b)
    expect_talk(a, b)
    hang_up(a, b)
    invite, to_b, to_other = ring_both(a, b, other)
    for phone, request, status in ((other, to_other, 480), (b, to_b, 486)):
        phone.dialog.reply(request, status)
        phone.dialog.expect("ACK")
    refusal = a.dialog.expect_status(invite, 486)
    expect(refusal.get("reason") is None, f"nothing of the devices crosses: {refusal}")


@case
def devices_of_baresip(stage):
    """Two baresip of one user answer at the same time: the caller talks to one, and in the end nothing is left."""
    plan = stage.plan
    server = office(stage, "a", "b", registrar={"digest": ["MD5"]})
    home = (f"{plan.server}:{plan.port}", PASSWORD)
    devices = [Baresip(stage, "b", plan.b, rtp_ports=(first, first + 498), registrar=home, device=str(first))
               for first in (31000, 31500)]
    a = Baresip(stage, "a", plan.a, rtp_ports=(30000, 30998), registrar=home)
    wait_until(lambda: server.metric("holdfast_registrations") == 3, 10, "all are registered")
    a.command("dial", f"sip:b@{home[0]}")
    a.wait_event("CALL_ESTABLISHED")
    wait_until(lambda: server.metric("holdfast_rtp_packets_total", direction="out") > 100, 10, "they talk")
    a.command("hangup")
    for device in devices:
        device.wait_event("CALL_CLOSED")
