"""Calls between two SIPp processes through the server: what each side says and must be told, step by step."""
from framework.addresses import free_port
from framework.case import case
from framework.scenario import ZERO_ADDRESS, Callee, Caller
from framework.server import UNHURRIED, sip_uri
from framework.sipp import Sipp


def play(stage, caller, callee, transport="udp", calls=1, options=(), **changes):
    """Server up, callee waiting, caller dialling; both must end well and no call be left."""
    plan = stage.plan
    b = Sipp(stage, callee, plan.b, transport=transport, calls=calls)
    stage.serve(sip_uri(plan.b, b.port, transport), **changes)
    a = Sipp(stage, caller, plan.a, remote=(plan.server, plan.port), transport=transport, calls=calls, options=options)
    a.expect_success()
    b.expect_success()
    stage.server.expect_no_calls()


def plain_caller():
    return Caller("caller").invite().answered("sendrecv").pause(200).bye()


def plain_callee():
    return Callee("callee").expect_invite("sendrecv").reply(180).answer().expect_bye()


# SIPp does not know a repeated INVITE again that it has answered twice: where there are many calls, it has time for the 180.
MANY = {"calls": 100, "options": ("-r", 50), "sip": UNHURRIED}


@case
def sipp_call(stage):
    """100 calls at 50 a second over UDP."""
    play(stage, plain_caller(), plain_callee(), **MANY)


@case
def sipp_many_shards(stage):
    """The same, UDP, on four shards: messages reach the one that owns the call."""
    play(stage, plain_caller(), plain_callee(), **MANY, server={"workers": 4})


@case
def sipp_many_shards_tcp(stage):
    """The same, TCP, on four shards."""
    play(stage, plain_caller(), plain_callee(), "tcp", calls=40, options=("-r", 20), server={"workers": 4})


@case
def sipp_tcp(stage):
    """20 calls over TCP."""
    play(stage, plain_caller(), plain_callee(), "tcp", calls=20, options=("-r", 20))


@case
def sipp_ipv6(stage):
    """Both SIPp on ::1."""
    port = free_port("::1")
    b = Sipp(stage, plain_callee(), "::1")
    stage.serve(sip_uri("::1", b.port), sip={"listen": [f"udp://[::1]:{port}"]}, media={"listen": ["::1"]},
                trunks={"a": {"allow": ["::1/128"]}})
    a = Sipp(stage, plain_caller(), "::1", remote=("::1", port))
    a.expect_success()
    b.expect_success()


@case
def sipp_ipv4_to_ipv6(stage):
    """The caller on IPv4, the callee on IPv6, held and resumed."""
    plan, port = stage.plan, free_port("::1")
    caller = (Caller("caller").invite().answered("sendrecv").pause(100).invite("sendonly").answered("recvonly")
              .invite("sendrecv").answered("sendrecv").bye())
    callee = (Callee("callee").expect_invite().answer().expect_invite("sendonly").answer("recvonly")
              .expect_invite("sendrecv").answer().expect_bye())
    b = Sipp(stage, callee, "::1")
    stage.serve(sip_uri("::1", b.port), sip={"listen": [f"udp://{plan.server}:{plan.port}", f"udp://[::1]:{port}"]},
                media={"listen": [plan.server, "::1"]}, trunks={"b": {"allow": ["::1/128"]}})
    a = Sipp(stage, caller, plan.a, remote=(plan.server, plan.port))
    a.expect_success()
    b.expect_success()
    stage.server.expect_no_calls()


@case
def sipp_early_media(stage):
    """183 with SDP reaches the caller before the 200."""
    play(stage, Caller("caller").invite().trying().receive(183, "sendrecv").answered().pause(100).bye(),
         Callee("callee").expect_invite().reply(183, "sendrecv").pause(300).answer().expect_bye())


@case
def sipp_reliable_183_to_a_plain_caller(stage):
    """The callee's reliable 183 gets our PRACK; the caller, which knows nothing of 100rel, a plain one."""
    play(stage, Caller("caller").invite().trying().receive(183, "sendrecv").answered("sendrecv").pause(100).bye(),
         Callee("callee").expect_invite().reply_reliably(183, "sendrecv").pause(200).reply(200, to="dialog")
         .expect_ack().expect_bye())


@case
def sipp_reliable_183_to_a_caller_with_100rel(stage):
    """Both sides take reliable responses: two PRACKs, each of one leg alone."""
    caller = (Caller("caller").invite(headers=["Supported: 100rel"]).trying().receive_reliable(183, "sendrecv").answered()
              .pause(100).bye())
    play(stage, caller,
         Callee("callee").expect_invite().reply_reliably(183, "sendrecv").pause(200).reply(200, to="dialog")
         .expect_ack().expect_bye())


@case
def sipp_plain_183_to_a_caller_with_100rel(stage):
    """The callee's plain 183 reaches the caller reliably."""
    caller = (Caller("caller").invite(headers=["Supported: 100rel"]).trying().receive_reliable(183, "sendrecv").answered()
              .pause(100).bye())
    play(stage, caller, Callee("callee").expect_invite().reply(183, "sendrecv").pause(300).answer().expect_bye())


@case
def sipp_cancel(stage):
    """The caller gives up while it rings."""
    caller = Caller("caller").invite().trying().receive(180).cancel().refused(487)
    play(stage, caller, Callee("callee").expect_invite().reply(180).expect_cancel())


@case
def sipp_busy(stage):
    """486."""
    play(stage, Caller("caller").invite().refused(486), Callee("callee").expect_invite().reply(486).expect_ack())


@case
def sipp_no_answer(stage):
    """It rings past sip.no_answer: 408, and CANCEL to the callee."""
    play(stage, Caller("caller").invite().refused(408), Callee("callee").expect_invite().reply(180).expect_cancel(),
         sip={"no_answer": "5s"})


@case
def sipp_bye_from_callee(stage):
    """The callee hangs up."""
    play(stage, Caller("caller").invite().answered().expect_bye(),
         Callee("callee").expect_invite().answer().pause(200).bye())


def held_and_resumed(stage, asked, answer, agreed):
    """The caller holds as `asked`; the callee is offered sendonly, so that it can hear the music."""
    caller = (Caller("caller").invite().answered().pause(100)
              .invite(asked).answered(agreed).pause(300)
              .invite("sendrecv").answered("sendrecv").pause(100).bye())
    callee = (Callee("callee").expect_invite().answer()
              .expect_invite("sendonly").answer(answer)
              .expect_invite("sendrecv").answer("sendrecv").expect_bye())
    play(stage, caller, callee)


@case
def sipp_hold_by_sendonly(stage):
    """sendonly: the callee is offered sendonly, the caller answered recvonly."""
    held_and_resumed(stage, "sendonly", "recvonly", "recvonly")


@case
def sipp_hold_by_inactive(stage):
    """inactive: the callee is offered sendonly all the same, the caller answered inactive."""
    held_and_resumed(stage, "inactive", "recvonly", "inactive")


@case
def sipp_hold_by_zero_address(stage):
    """c=0.0.0.0: as a hold."""
    held_and_resumed(stage, ZERO_ADDRESS, "recvonly", None)


@case
def sipp_refused_reinvite(stage):
    """The callee refuses the hold: the caller holds all the same, and resumes."""
    caller = (Caller("caller").invite().answered().pause(100)
              .invite("sendonly").answered("recvonly").pause(100)
              .invite("sendrecv").answered("sendrecv").bye())
    callee = (Callee("callee").expect_invite().answer()
              .expect_invite("sendonly").reply(488).expect_ack()
              .expect_invite("sendrecv").answer().expect_bye())
    play(stage, caller, callee)


@case
def sipp_refusal_passed_on(stage):
    """The same with on_refusal: pass: the caller is refused with 488, and the call goes on until it hangs up."""
    caller = (Caller("caller").invite().answered().pause(100)
              .invite("sendonly").refused(488).pause(100)
              .invite("sendrecv").answered("sendrecv").bye())
    callee = (Callee("callee").expect_invite().answer()
              .expect_invite("sendonly").reply(488).expect_ack().expect_bye())
    play(stage, caller, callee, renegotiation={"on_refusal": "pass"})


@case
def sipp_offerless_reinvite(stage):
    """The offer comes from the callee's 200, the answer goes into its ACK; then an explicit resume."""
    caller = (Caller("caller").invite().answered().pause(100)
              .invite(None).answered("sendrecv", ack="inactive").pause(300)
              .invite("sendrecv").answered("sendrecv").pause(100).bye())
    callee = (Callee("callee").expect_invite().answer()
              .expect_invite().answer("sendrecv", ack="sendonly")
              .expect_invite("sendrecv").answer("sendrecv").expect_bye())
    play(stage, caller, callee, renegotiation={"offerless": "relay"})


@case
def sipp_offerless_invite(stage):
    """An initial INVITE without SDP."""
    play(stage, Caller("caller").invite(None).answered("sendrecv", ack="sendrecv").pause(100).bye(),
         Callee("callee").expect_invite().answer("sendrecv", ack="sendrecv").expect_bye(),
         renegotiation={"offerless": "relay"})
