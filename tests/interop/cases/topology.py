"""Nothing of one leg's topology shows on the other: RFC 7092 §3.1.3, `renegotiation.md`'s definition of a leg."""
from framework import sdp
from framework.case import case
from framework.dialog import token
from framework.failure import expect, expect_equal
from framework.message import tag_of
from framework.phone import establish, expect_talk, hang_up, relayed_reinvite


def marks_of(phone):
    """What identifies this leg on the wire."""
    dialog = phone.dialog
    marks = {phone.agent.address, phone.agent.sent_by, dialog.call_id, tag_of(dialog.local), tag_of(dialog.remote)}
    marks |= {f"m=audio {phone.media.port} "}
    for message in phone.agent.received:
        marks |= {message.branch, tag_of(message.get("from", "")), tag_of(message.get("to", ""))}
        if message.body.startswith(b"v=0"):
            marks.add(f"m=audio {sdp.read(message.body).port} ")
    return {mark for mark in marks if mark}


def expect_hidden(phone, other):
    for mark in marks_of(other):
        for message in phone.agent.received:
            text = message.raw.decode("utf-8", "replace")
            expect(mark not in text, f"{mark}, which is {other.name}'s, shows in what {phone.name} received:\n{text}")


@case
def topology_is_hidden(stage):
    """Addresses, ports, Call-ID, tags and branches of a leg appear in no message of the other: call, hold, resume, BYE."""
    a, b = stage.phones()
    establish(a, b)
    relayed_reinvite(a, b, a.description("inactive"), "recvonly")
    relayed_reinvite(a, b, a.description("sendrecv"), "sendrecv")
    relayed_reinvite(b, a, b.description("sendonly"), "recvonly")
    relayed_reinvite(b, a, b.description("sendrecv"), "sendrecv")
    hang_up(b, a)
    expect_hidden(b, a)
    expect_hidden(a, b)
    origins = [{tuple(sdp.read(message.body).origin[:2]) for message in phone.agent.received if message.body}
               for phone in (a, b)]
    expect(len(origins[0]) == len(origins[1]) == 1, f"one session a leg in o=: {origins}")
    expect(not origins[0] & origins[1], "o= of the legs differ")


@case
def versions_of_descriptions(stage):
    """o= rises by exactly one for each changed description that is sent on a leg (RFC 3264 §8)."""
    a, b = stage.phones()
    establish(a, b)
    for direction, answer in (("inactive", "recvonly"), ("sendrecv", "sendrecv"), ("sendonly", "recvonly")):
        relayed_reinvite(a, b, a.description(direction), answer)
    hang_up(a, b)
    for phone in (a, b):
        described = [sdp.read(message.body) for message in phone.agent.received if message.body]
        for before, after in zip(described, described[1:]):
            changed = before.text.splitlines()[2:] != after.text.splitlines()[2:]
            expect_equal(after.version, before.version + (1 if changed else 0), f"o= version at {phone.name}")
        expect(len({each.media_count for each in described}) == 1, "the count of m-lines stays")


@case
def headers_that_cross(stage):
    """Subject, X-, Reason and the like cross; Route, Via, Record-Route, Contact and unknown private ones do not."""
    a, b = stage.phones()
    mark = token()
    crossing = [("Subject", f"about {mark}"), ("X-Account", mark)]
    by_user = [("Diversion", f"<sip:{mark}@example.com>;reason=unknown"),  # the host is of this leg, the user is not
               ("History-Info", f"<sip:{mark}@example.com>;index=1")]
    staying = [("Record-Route", f"<sip:proxy-{mark}.example.com;lr>"), ("User-Agent", f"agent-{mark}"),
               ("P-Asserted-Identity", f"<sip:asserted-{mark}@example.com>"),
               ("Authorization", f'Digest username="{mark}", realm="r", nonce="n", uri="sip:u", response="00"')]
    invite = a.dial("4930123", headers=crossing + by_user + staying)
    received = b.ring()
    for name, value in crossing:
        expect_equal(received.get(name), value, f"{name} at B")
    for name, _ in by_user:
        expect(mark in received.get(name, ""), f"{name} at B: {received.get(name)}")
    text = received.raw.decode()
    for piece in (f"proxy-{mark}", f"agent-{mark}", f"asserted-{mark}", "Digest"):
        expect(piece not in text, f"{piece} must not reach B, whose trunk is not trusted:\n{text}")
    b.answer(received)
    ok = a.dialog.expect_status(invite, 200)
    a.take(ok)
    a.confirm(invite, ok)
    a.dialog.route = []  # the proxy of the Record-Route is not there
    b.dialog.expect("ACK")
    expect_talk(a, b)
    hang_up(a, b)


@case
def smuggled_line_breaks(stage):
    """CR, LF and NUL in escapes never become header lines on the other leg."""
    a, b = stage.phones()
    invite = a.dial("49%0d%0aX-Smuggled:%201%00", headers=[("Subject", "a%0d%0aX-Smuggled: 1")])
    try:
        received = b.ring(1.0)
    except Exception:
        expect(a.dialog.final(invite).status >= 400, "refused, or carried over unharmed")
        return
    expect(received.get("x-smuggled") is None, f"a header was smuggled in:\n{received.raw.decode()}")
    b.dialog.reply(received, 486, "Busy Here")
    b.dialog.expect("ACK")
    a.dialog.expect_status(invite, 486)
