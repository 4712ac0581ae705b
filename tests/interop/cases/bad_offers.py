"""Descriptions that break a rule, in an offer, an answer and an ACK: refused with a Warning that names the rule and its RFC
section, counted for the trunk, and the session goes on as it was.
"""
from framework import sdp
from framework.case import case
from framework.failure import expect, expect_equal
from framework.phone import establish, expect_talk, hang_up

SECOND_LINE = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"
MULTIPART = ("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/x-strange\r\n\r\nwhat is this\r\n--b--\r\n")


def refused(stage, trunk, rule):
    return stage.server.metric("holdfast_sdp_refused_total", trunk=trunk, rule=rule) or 0


def expect_warning(response, section):
    warning = response.get("warning", "")
    expect(section in warning, f"its Warning should name {section}: {warning}")


def expect_unchanged(a, b, before):
    """Both still talk, and a refresh is told what was told before, `o=` and all."""
    expect_talk(a, b)
    expect_equal(refreshed(a).version, before.version, "o= version in force")
    expect_talk(a, b)


def refreshed(phone):
    request = phone.reinvite(phone.description())
    ok = phone.dialog.expect_status(request, 200)
    told = phone.take(ok)
    phone.dialog.ack(request)
    return told


def with_line(phone, line, direction="sendrecv"):
    return phone.description(direction) + line


def expect_offer_refused(stage, change, rule, section, first_line="", swap=False):
    """`change`: makes the bad offer of its sender."""
    a, b = stage.phones()
    establish(a, b)
    near, far, trunk = (b, a, "b") if swap else (a, b, "a")
    if first_line:
        request = near.reinvite(with_line(near, first_line))
        ok = near.dialog.expect_status(request, 200)
        near.dialog.ack(request)
    before = refreshed(near) if not first_line else sdp.read(ok.body)
    response = near.dialog.final(near.reinvite(change(near)))
    expect(response.status in (400, 488), f"a bad offer should be refused: {response}")
    expect_warning(response, section)
    expect_equal(refused(stage, trunk, rule), 1, f"offers counted for {rule}")
    far.dialog.expect_no("INVITE", 0.2, "the other side is told nothing")
    if first_line:
        expect_talk(a, b)
    else:
        expect_unchanged(near, far, before)
    hang_up(a, b)
    stage.server.expect_no_calls()


@case
def offer_with_fewer_lines(stage):
    """Two m-lines, then one (RFC 3264 §8)."""
    expect_offer_refused(stage, lambda phone: phone.description(), "mline_count", "RFC 3264 §8", SECOND_LINE)


@case
def offer_with_swapped_lines(stage):
    """The live audio line becomes video (RFC 3264 §8)."""
    def swapped(phone):
        head, audio = phone.description().split("m=audio", 1)
        return head + SECOND_LINE.replace("m=video 0", f"m=video {phone.media.port}") + "m=audio" + audio
    expect_offer_refused(stage, swapped, "mline_kind", "RFC 3264 §8")


@case
def offer_with_another_meaning(stage):
    """Payload 101 was telephone-event and becomes Opus (RFC 3264 §8.3.2), from either side."""
    def changed(phone):
        return phone.description().replace("telephone-event/8000", "opus/48000/2").replace("a=fmtp:101 0-15\r\n", "")
    expect_offer_refused(stage, changed, "payload_meaning", "RFC 3264 §8.3.2")


@case
def offer_with_another_meaning_of_b(stage):
    """The same from leg B."""
    def changed(phone):
        return phone.description().replace("telephone-event/8000", "opus/48000/2").replace("a=fmtp:101 0-15\r\n", "")
    expect_offer_refused(stage, changed, "payload_meaning", "RFC 3264 §8.3.2", swap=True)


@case
def offer_without_usable_codec(stage):
    """G.729 alone (RFC 3264 §6)."""
    def g729(phone):
        head, audio = phone.description().split("m=audio", 1)
        return f"{head}m=audio {phone.media.port} RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n"
    expect_offer_refused(stage, g729, "no_codec", "RFC 3264 §6")


@case
def offer_of_unchanged_version(stage):
    """`o=` as before and another direction: a change like any other."""
    a, b = stage.phones()
    establish(a, b)
    a.version -= 1
    request = a.reinvite(a.description("inactive"))
    relayed = b.dialog.expect("INVITE")
    expect_equal(sdp.read(relayed.body).direction, "sendonly", "what B is offered")
    b.answer(relayed, "recvonly")
    b.dialog.expect("ACK")
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request)
    b.hear("music")
    hang_up(a, b)


@case
def multipart_without_description(stage):
    """A part that must be understood and is no SDP: 415 with Accept (RFC 5621 §5), in a re-INVITE and in an UPDATE."""
    a, b = stage.phones()
    establish(a, b)
    before = refreshed(a)
    kind, body = MULTIPART
    for count, method in enumerate(("INVITE", "UPDATE"), 1):
        response = a.dialog.expect_status(a.dialog.send(method, body, content_type=kind), 415)
        expect("application/sdp" in response.get("accept", ""), f"it should say what is accepted: {response}")
        expect_warning(response, "RFC 5621 §5")
        expect_equal(refused(stage, "a", "body_type"), count, "bodies counted")
    expect_unchanged(a, b, before)
    hang_up(a, b)


def expect_answer_refused(stage, answer, rule, section, swap=False):
    """`answer`: of the far side to a hold; it is led back to what it had, and near is told."""
    a, b = stage.phones()
    establish(a, b)
    near, far, trunk = (b, a, "a") if swap else (a, b, "b")
    before = refreshed(near)
    request = near.reinvite(near.description("sendonly"))
    far.dialog.reply(far.dialog.expect("INVITE"), 200, "OK", answer(far))
    far.dialog.expect("ACK")
    expect_warning(near.dialog.expect_status(request, 488), section)
    far.answer(far.dialog.expect("INVITE"))
    far.dialog.expect("ACK")
    expect_equal(refused(stage, trunk, rule), 1, f"answers counted for {rule}")
    expect_unchanged(near, far, before)
    hang_up(a, b)
    stage.server.expect_no_calls()


def of_g722(phone):
    head, _ = phone.description("recvonly").split("m=audio", 1)
    return f"{head}m=audio {phone.media.port} RTP/AVP 9\r\na=recvonly\r\n"


@case
def answer_with_a_codec_not_offered(stage):
    """G.722 where G.711 was offered (RFC 3264 §6.1)."""
    expect_answer_refused(stage, of_g722, "answer_format", "RFC 3264 §6.1")


@case
def answer_with_a_codec_not_offered_of_a(stage):
    """The same where it is A that answers."""
    expect_answer_refused(stage, of_g722, "answer_format", "RFC 3264 §6.1", swap=True)


@case
def answer_missing(stage):
    """A 2xx without SDP (RFC 3261 §13.2.1)."""
    expect_answer_refused(stage, lambda phone: None, "missing_answer", "RFC 3261 §13.2.1")


def expect_bad_ack(stage, body, rule, section, answer):
    a, b = stage.phones(renegotiation={"offerless": "local"})
    establish(a, b)
    request = a.reinvite(None)
    a.dialog.expect_status(request, 200)
    a.dialog.ack(request, body)
    for phone in (a, b):
        reason = phone.dialog.expect_bye().get("reason", "")
        expect("cause=488" in reason and section in reason, f"the BYE of {phone.name} should name {section}: {reason}")
    expect_equal(refused(stage, "a", rule), 1, f"answers counted for {rule}")
    expect_equal(stage.server.metric("holdfast_offerless_answers_total", leg="a", answer=answer), 1, "answers in ACKs")
    expect_equal(stage.server.metric("holdfast_renegotiations_total", leg="a", kind="offerless", outcome="failed"), 1,
                 "changes that failed")
    stage.server.expect_no_calls()


@case
def garbage_in_ack(stage):
    """What is no SDP in the ACK of an offerless re-INVITE ends the call, and says why (RFC 8866 §5)."""
    expect_bad_ack(stage, "garbage\r\n", "sdp_syntax", "RFC 8866 §5", "bad")


@case
def nothing_in_ack(stage):
    """No answer in it (RFC 3261 §13.2.1)."""
    expect_bad_ack(stage, None, "missing_answer", "RFC 3261 §13.2.1", "missing")
