"""Holds that no phone asked for, and music from outside: an operator's order over HTTP, a music server behind a hold."""
from framework import rtp
from framework.case import case
from framework.failure import expect, expect_equal
from framework.phone import AutoAnswer, establish, expect_talk, hang_up, relayed_reinvite
from framework.process import wait_until
from framework.server import sip_uri


def order(stage, what, leg="b"):
    call = stage.server.calls()[0]["id"]
    status, body, _ = stage.server.request("POST", f"/api/v1/calls/{call}/legs/{leg}/{what}")
    expect_equal(status, 204, f"{what}: {body}")


def expect_offered(answerer, *directions):
    wait_until(lambda: answerer.offers == [*directions], 3, lambda: f"{directions} were offered, not {answerer.offers}")


@case
def operator_holds_and_resumes(stage):
    """The operator holds B: it hears music and A nothing, until the operator resumes it."""
    a, b = stage.phones()
    establish(a, b)
    answers = [AutoAnswer(a), AutoAnswer(b)]
    order(stage, "hold")
    b.hear("music")
    b.media.expect_only("music")
    expect(not a.media.listen(0.3), "A is sent nothing")
    expect_offered(answers[1], "sendonly")
    expect_equal(stage.server.calls()[0]["hold"]["operator"], {"a": False, "b": True}, "hold.operator")
    order(stage, "resume")
    expect_talk(a, b)
    expect_offered(answers[1], "sendonly", "sendrecv")
    order(stage, "reinvite")
    expect_talk(a, b)
    for each in answers:
        each.close()
    hang_up(a, b)
    rtp.expect_seamless(b.media.packets, "speech, music, speech at B")
    stage.server.expect_no_calls()


@case
def music_server_behind_a_hold(stage):
    """A holds by sendonly and is silent: the music server named by hold.music is called, and B hears it."""
    source = stage.phone("milliwatt", address=stage.plan.a)
    b = stage.phone("b")
    stage.serve(sip_uri(stage.plan.b, b.agent.port), hold={"music": f"sip:music@{stage.plan.a}:{source.agent.port}"})
    a = stage.phone("a")
    establish(a, b)
    a.media.say(None)
    relayed_reinvite(a, b, a.description("sendonly"), "recvonly")
    source.answer(source.ring(), "sendonly")
    source.dialog.expect("ACK")
    b.hear("milliwatt")
    b.media.expect_only("milliwatt")
    a.media.say("a")
    relayed_reinvite(a, b, a.description("sendrecv"), "sendrecv")
    source.dialog.expect_bye()
    expect_talk(a, b)
    hang_up(a, b)
    rtp.expect_seamless(b.media.packets, "speech, the music server, speech at B")
    stage.server.expect_no_calls()
