"""Row 60 of the table of races, with the phones of the framework: kill -9 between B's 200 to a re-INVITE and A's ACK, 20 times
with a skew from a seed that is printed; RACE_SEED repeats them. T1 is 75 ms.

Nothing outlives the process yet: the next one knows neither dialog, and both peers learn that from the 481 to whatever they
ask, so that none is left with a session that the other does not have. A store of the calls' state will let both legs go on.
"""
import time

from framework import patience, race
from framework.case import case
from framework.failure import expect
from framework.phone import establish

AT_ONCE = 0.5  # seconds


def refused(phone, request):
    """481 at once."""
    asked = time.monotonic()
    phone.dialog.expect_status(request, 481)
    expect(time.monotonic() - asked < patience.real(AT_ONCE), f"{phone.name}: 481 to {request.method} at once")


def held_and_killed(stage, a, b, skew):
    establish(a, b)
    request = a.reinvite(a.description("sendonly"))
    relayed = b.dialog.expect("INVITE")
    description = b.description("recvonly")
    b.dialog.reply(relayed, 200, "OK", description)
    b.dialog.expect("ACK")
    a.dialog.expect_status(request, 200)
    time.sleep(skew / 1000)
    stage.server.kill()
    heard = len(a.agent.received), len(b.agent.received)
    a.dialog.ack(request)
    b.dialog.reply(relayed, 200, "OK", description)
    time.sleep(0.1)
    expect(heard == (len(a.agent.received), len(b.agent.received)), "neither A's ACK nor B's 200, come late, is answered")
    a.agent.send(request, a.dialog.server)
    refused(a, request)
    for phone in (a, b):
        refused(phone, phone.dialog.send("OPTIONS"))
        refused(phone, phone.reinvite(phone.description()))
        refused(phone, phone.dialog.send("BYE"))


@case(timeout=120)
def race_60_killed_between_the_far_200_and_the_ack(stage):
    """After kill -9 both legs get 481 to all that they ask, A's repeated re-INVITE too, and its ACK nothing: none goes on."""
    a, b = stage.phones(sip={"timers": {"t1": "75ms"}})
    for skew in race.skews():
        held_and_killed(stage, a, b, skew)
    stage.ends_by_itself()
