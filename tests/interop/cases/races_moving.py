"""Rows 37, 54 and 55 (with TCP) of the table of races, with the phones of the framework: SIPp neither hears media nor loses
a connection.

T1 is 75 ms where an outcome needs 64·T1. Of 37 the two seconds of grace for the old address are a limit, not a promise.
"""
from framework import patience, rtp
from framework.agent import Agent
from framework.case import case
from framework.failure import expect
from framework.phone import AutoAnswer, establish, expect_talk, hang_up

SOON = {"timers": {"t1": "75ms"}}
SILENCE = 1  # seconds


def moved(stage, phone):
    """It goes on elsewhere: another media port, another Contact. Returns what it leaves behind."""
    before = phone.media
    phone.media = stage.keep(rtp.RtpPeer(phone.agent.address))
    phone.media.say(phone.voice)
    phone.agent = phone.dialog.agent = stage.keep(Agent(phone.agent.address, log=stage.log))
    return before


@case
def race_37_moved(stage):
    """A re-INVITEs from another port with another media port: B's audio follows within 200 ms, the old port is heard for 2 s
    at most, B's BYE goes to the new Contact; B is asked nothing."""
    a, b = stage.phones(sip=SOON)
    establish(a, b)
    old_agent, old = stage.keep(a.agent), stage.keep(moved(stage, a))
    request = a.reinvite(a.description())
    ok = a.dialog.expect_status(request, 200)
    a.take(ok)
    moment = rtp.now()
    a.dialog.ack(request)
    heard = a.hear("b", since=moment)
    late = (heard.arrival - moment) / 1e6
    expect(late < patience.real(200), f"B after {late:.0f} ms at the new port")
    expect(not old.listen(0.3), "nothing more is sent to the old port")
    old.say("milliwatt")
    b.hear("a", timeout=5.0, frames=20)
    old.listen(2.0)
    b.media.expect_only("a", 0.5)
    b.dialog.expect_no("INVITE", 0.1, "a new address is nothing to B")
    hang_up(b, a)
    expect(not [message for message in old_agent.received if message.method == "BYE"], "no BYE at the old Contact")
    stage.ends_by_itself()


@case
def race_54_connection_lost_during_a_reinvite(stage):
    """B's connection breaks while A's hold waits for it, and nobody listens any more: A has one final response, and its BYE."""
    a, b = stage.phones(transport_b="tcp", sip=SOON)
    establish(a, b)
    request = a.reinvite(a.description("sendonly"))
    b.dialog.expect("INVITE")
    b.agent.close()
    final = a.dialog.final(request, timeout=10)
    expect(final.status in (408, 500, 503), f"A's hold should fail: {final}")
    a.dialog.expect_bye()
    stage.ends_by_itself()


def lost_and_back(stage, come_back):
    """A's connection breaks while its hold waits for B; B, asked once, answers late. Returns A, B and A's request."""
    a, b = stage.phones(transport_a="tcp", sip=SOON)
    establish(a, b)
    request = a.reinvite(a.description("sendonly"))
    relayed = b.dialog.expect("INVITE")
    a.agent.lose_connections()
    come_back(a, request)
    b.answer(relayed, "recvonly")
    b.dialog.expect("ACK")
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request)
    b.dialog.expect_no("INVITE", 0.3, "B was asked once")
    b.hear("a")
    hang_up(a, b)
    stage.ends_by_itself()


@case
def race_55_repeated_over_a_new_connection(stage):
    """A repeats its re-INVITE over a new connection: the 200 comes there, and the call goes on."""
    lost_and_back(stage, lambda a, request: a.agent.send(request, a.dialog.server))


@case
def race_55_answered_over_a_new_connection(stage):
    """A does nothing: the 200 comes over a connection that the server opens to where A listens (RFC 3261 §18.2.2)."""
    lost_and_back(stage, lambda a, request: None)


@case
def race_54_silence_ends_a_call_but_no_hold(stage):
    """Nothing comes from either side for media.timeout: BYE to both. On hold that is as it should be, and the call stays."""
    silence = patience.real(SILENCE)
    a, b = stage.phones(sip=SOON, media={"timeout": f"{silence * 1000:.0f}ms"})
    establish(a, b)
    answerer = stage.keep(AutoAnswer(b))
    request = a.reinvite(a.description("inactive"))
    a.dialog.expect_status(request, 200)
    a.dialog.ack(request)
    a.media.say(None)
    b.media.say(None)
    b.hear("music")
    b.media.expect_only("music", 2.5 * silence)
    a.media.say("a")
    b.media.say("b")
    request = a.reinvite(a.description("sendrecv"))
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request)
    answerer.close()
    expect_talk(a, b)
    a.media.say(None)
    b.media.say(None)
    for phone in (a, b):
        phone.dialog.expect_bye()
    stage.ends_by_itself()
