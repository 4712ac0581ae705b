"""Set-up and end of calls between two scripted phones, with the audio heard each way."""
from framework import rtp, sdp
from framework.addresses import free_port
from framework.case import case
from framework.dialog import expect_no_call
from framework.failure import expect, expect_equal
from framework.phone import AutoAnswer, establish, expect_talk, hang_up
from framework.server import UNHURRIED, sip_uri


@case
def call(stage):
    """A calls B, each hears the other, A hangs up, nothing is left."""
    a, b = stage.phones(sip=UNHURRIED)
    establish(a, b)
    hang_up(a, b)
    stage.server.expect_no_calls()
    rtp.expect_seamless(b.media.packets, "audio at B")
    rtp.expect_seamless(a.media.packets, "audio at A")
    expect_equal((a.agent.retransmissions, b.agent.retransmissions), (0, 0), "retransmissions by the server")


@case
def bye_from_callee(stage):
    """B hangs up: A gets the BYE."""
    a, b = stage.phones()
    establish(a, b)
    hang_up(b, a)
    stage.server.expect_no_calls()


@case
def alaw_call(stage):
    """Both sides know only PCMA."""
    a, b = stage.phones()
    a.formats = b.formats = (8,)
    establish(a, b)
    expect({packet.payload_type for packet in a.media.packets + b.media.packets} == {8}, "every packet is PCMA")
    hang_up(a, b)


@case
def early_media(stage):
    """183 with SDP: A hears B before the 200, and on through it."""
    a, b = stage.phones()
    invite = a.dial("4930123")
    received = b.ring()
    b.take(received)
    answer = b.description()
    b.dialog.reply(received, 183, "Session Progress", answer)
    a.take(a.dialog.provisional(invite, 183))
    a.hear("b")
    b.dialog.reply(received, 200, "OK", answer)
    ok = a.dialog.expect_status(invite, 200)
    a.take(ok)
    a.confirm(invite, ok)
    b.dialog.expect("ACK")
    expect_talk(a, b)
    hang_up(a, b)
    rtp.expect_seamless(a.media.packets, "audio at A from the 183 on")


@case
def ringing_without_sdp(stage):
    """180 reaches A as 180 with a To tag; nothing is heard before the 200."""
    a, b = stage.phones()
    invite = a.dial("4930123")
    received = b.ring()
    b.dialog.reply(received, 180, "Ringing")
    ringing = a.dialog.provisional(invite, 180)
    expect("tag=" in ringing.get("to"), "180 carries a To tag")
    b.answer(received)
    ok = a.dialog.expect_status(invite, 200)
    expect_equal(ok.get("to"), ringing.get("to"), "one dialog towards A")
    a.take(ok)
    a.confirm(invite, ok)
    b.dialog.expect("ACK")
    expect_talk(a, b)
    hang_up(a, b)


@case
def cancel(stage):
    """CANCEL while it rings: 200 and 487 to A, CANCEL to B."""
    a, b = stage.phones()
    invite = a.dial("4930123")
    received = b.ring()
    b.dialog.reply(received, 180, "Ringing")
    a.dialog.provisional(invite, 180)
    a.dialog.expect_status(a.dialog.cancel(invite), 200)
    a.dialog.expect_status(invite, 487)
    b.dialog.reply(b.dialog.expect("CANCEL"), 200, "OK")
    b.dialog.reply(received, 487, "Request Terminated")
    b.dialog.expect("ACK")
    stage.server.expect_no_calls()


def refused_with(stage, status, reason):
    a, b = stage.phones()
    invite = a.dial("4930123")
    b.dialog = None
    received = b.ring()
    b.dialog.reply(received, status, reason)
    a.dialog.expect_status(invite, status)
    b.dialog.expect("ACK")
    stage.server.expect_no_calls()


@case
def busy(stage):
    """486 of B is A's 486."""
    refused_with(stage, 486, "Busy Here")


@case
def declined(stage):
    """603 of B is A's 603."""
    refused_with(stage, 603, "Decline")


@case
def no_answer(stage):
    """B rings past sip.no_answer: A gets 408 or 480, B a CANCEL."""
    a, b = stage.phones(sip={"no_answer": "5s"})
    invite = a.dial("4930123")
    received = b.ring()
    b.dialog.reply(received, 180, "Ringing")
    response = a.dialog.final(invite, 9)
    expect(response.status in (408, 480), f"no answer is 408 or 480: {response}")
    b.dialog.reply(b.dialog.expect("CANCEL"), 200, "OK")
    b.dialog.reply(received, 487, "Request Terminated")
    b.dialog.expect("ACK")
    stage.server.expect_no_calls()


@case
def stranger(stage):
    """A source that no trunk allows gets 403 and no leg B."""
    a, b = stage.phones()
    stranger_phone = stage.phone("stranger", stage.network.host(9))
    stranger_phone.dialog = None
    invite = stranger_phone.dial("4930123")
    stranger_phone.dialog.expect_status(invite, 403)
    expect_no_call(b.agent)
    del a


@case
def no_route(stage):
    """A number that no route takes gets 404."""
    stage.serve(routes=[{"from": "trunk:a", "to": "^1$", "target": "trunk:b"}])
    a = stage.phone("a")
    a.dialog = None
    a_invite = a.dial("2")
    a.dialog.expect_status(a_invite, 404)


@case
def tcp(stage):
    """Both legs over TCP."""
    a, b = stage.phones(transport_a="tcp", transport_b="tcp")
    establish(a, b)
    hang_up(a, b)
    establish(a, b)
    hang_up(b, a)
    stage.server.expect_no_calls()


@case
def tcp_to_udp(stage):
    """A over TCP, B over UDP, and the other way round in one server run."""
    a, b = stage.phones(transport_a="tcp")
    establish(a, b)
    hang_up(b, a)
    stage.server.expect_no_calls()


@case
def udp_to_tcp(stage):
    """A over UDP, B over TCP."""
    a, b = stage.phones(transport_b="tcp")
    establish(a, b)
    hang_up(b, a)
    stage.server.expect_no_calls()


def serve_families(stage, caller, callee):
    """Server on IPv4 and ::1; (a, b) on the addresses named."""
    plan = stage.plan
    port6 = free_port("::1")
    b = stage.phone("b", callee)
    stage.serve(
        sip={"listen": [f"udp://{plan.server}:{plan.port}", f"udp://[::1]:{port6}"]},
        media={"listen": [plan.server, "::1"]},
        trunks={"a": {"allow": ["::1/128" if ":" in caller else f"{caller}/32"]},
                "b": {"peers": [sip_uri(callee, b.agent.port)], "allow": [f"{stage.network.host(99)}/32"]}})
    a = stage.phone("a", caller, server=("::1", port6) if ":" in caller else (plan.server, plan.port))
    return a, b


def call_between_families(stage, caller, callee):
    a, b = serve_families(stage, caller, callee)
    establish(a, b)
    for phone in (a, b):
        version = "IP6" if ":" in phone.agent.address else "IP4"
        described = [sdp.read(message.body) for message in phone.agent.received if message.body]
        expect(described and all(f"IN {version} " in each.text for each in described),
               f"{phone.name} is described addresses of its own family")
    hang_up(a, b)
    establish(a, b)
    hang_up(b, a)
    stage.server.expect_no_calls()


@case
def ipv6(stage):
    """Both legs on ::1."""
    call_between_families(stage, "::1", "::1")


@case
def ipv4_to_ipv6(stage):
    """A on IPv4, B on IPv6."""
    call_between_families(stage, stage.plan.a, "::1")


@case
def ipv6_to_ipv4(stage):
    """A on IPv6, B on IPv4."""
    call_between_families(stage, "::1", stage.plan.b)


@case
def offerless_invite_relayed(stage):
    """An initial INVITE without SDP: B's offer reaches A in the 200, A's answer B in the ACK."""
    a, b = stage.phones(renegotiation={"offerless": "relay"})
    invite = a.dial("4930123", offer=False)
    received = b.ring()
    expect(not received.body, "the INVITE to B carries no offer either")
    b.answer(received)
    ok = a.dialog.expect_status(invite, 200)
    a.take(ok)
    a.confirm(invite, ok, a.description())
    ack = b.dialog.expect("ACK")
    b.take(ack)
    expect_talk(a, b)
    hang_up(a, b)
    stage.server.expect_no_calls()


@case
def offerless_invite_answered_locally(stage):
    """An initial INVITE without SDP under `offerless: local`: the server makes the offers."""
    a, b = stage.phones(renegotiation={"offerless": "local"})
    invite = a.dial("4930123", offer=False)
    received = b.ring()
    expect(received.body, "the INVITE to B carries an offer of the server's own")
    b.answer(received)
    ok = a.dialog.expect_status(invite, 200)
    a.take(ok)
    a.confirm(invite, ok, a.description())
    b.dialog.expect("ACK")
    stage.keep(AutoAnswer(b))
    expect_talk(a, b)
    hang_up(a, b)
    stage.server.expect_no_calls()


@case
def info_and_message_cross(stage):
    """INFO with a body in the dialog reaches the other leg and its answer comes back."""
    a, b = stage.phones()
    establish(a, b)
    digits = "Signal=5\r\nDuration=160\r\n"
    info = a.dialog.send("INFO", digits, content_type="application/dtmf-relay")
    received = b.dialog.expect("INFO")
    expect_equal(received.body.decode(), digits, "the body at B")
    b.dialog.reply(received, 200, "OK")
    a.dialog.expect_status(info, 200)
    hang_up(a, b)
