"""A re-INVITE without an offer: music for the other side at once, then what the answer in the ACK decides.

The first packets are timed by the kernel's stamp at the held side's socket against the clock just before the request
was sent.
"""
import random

from framework import patience, rtp, sdp
from framework.case import case
from framework.failure import expect, expect_equal
from framework.phone import AutoAnswer, establish, expect_talk, hang_up

FIRST_MUSIC_MS = 20
SOON_MS = 200
HOLDS = 200


def expect_soon(packet, moment, what):
    """The server's part of it is some milliseconds (see first_music_packet): the rest is ours, beside other cases."""
    late = (packet.arrival - moment) / 1e6
    expect(late < patience.real(SOON_MS), f"{what} within {patience.real(SOON_MS):.0f} ms: {late:.1f} ms")


def expect_music_at_once(held, moment):
    """Before anything was answered, that is: whoever calls it answers later."""
    first = held.hear("music", since=moment)
    expect_soon(first, moment, "the first music packet after the request")
    labels = [packet.label for packet in held.media.since(first.arrival)]
    expect(set(labels) == {"music"}, f"after the first music packet there is only music: {rtp.summary(labels)}")
    return first


def expect_fresh_offer(ok, before):
    """RFC 3261 §14.2, RFC 6337 §5.2.5: full, two-way, and a change of the same session."""
    offer = sdp.read(ok.body)
    expect_equal(offer.direction, "sendrecv", "direction of the offer in the 200")
    changed = offer.text.splitlines()[2:] != before.text.splitlines()[2:]
    expect_equal(offer.version, before.version + (1 if changed else 0), "its o= version")
    expect_equal(offer.origin[1], before.origin[1], "its o= session")
    expect({0, 8} <= set(offer.formats), f"it offers all that the call can carry: {offer.formats}")
    return offer


def last_description(phone):
    return sdp.read([message for message in phone.agent.received if message.body][-1].body)


def relayed(stage, direction, swap=False):
    """Up to the ACK; the far side's ACK carries an answer. Returns (asking, other, that answer)."""
    a, b = stage.phones(renegotiation={"offerless": "relay"})
    establish(a, b)
    asking, other = (b, a) if swap else (a, b)
    before = last_description(asking)
    moment = rtp.now()
    request = asking.reinvite(None)
    reached = other.dialog.expect("INVITE")
    expect(not reached.body, "the re-INVITE that is relayed carries no offer")
    expect_music_at_once(other, moment)
    other.answer(reached)
    ok = asking.dialog.expect_status(request, 200)
    expect_fresh_offer(ok, before)
    other.media.expect_only("music")  # until the answer is known
    asking.take(ok)
    asking.dialog.ack(request, asking.description(direction))
    ack = other.dialog.expect("ACK")
    return asking, other, other.take(ack)


def resumed_and_ended(stage, asking, other):
    """An explicit two-way offer ends the hold, without a seam."""
    responder = stage.keep(AutoAnswer(other))
    request = asking.reinvite(asking.description("sendrecv"))
    ok = asking.dialog.expect_status(request, 200)
    asking.take(ok)
    moment = rtp.now()
    asking.dialog.ack(request)
    first = other.hear(asking.voice, since=moment)
    expect_soon(first, moment, "audio after the ACK")
    expect_talk(asking, other)
    other.media.expect_only(asking.voice)
    responder.close()
    hang_up(asking, other)
    rtp.expect_seamless(other.media.packets, "speech, music, speech at the other side")
    stage.server.expect_no_calls()


@case
def offerless_answered_sendrecv(stage):
    """Answer sendrecv in the ACK: the music ends, both talk on with no seam."""
    asking, other, answer = relayed(stage, "sendrecv")
    expect_equal(answer.direction, "sendrecv", "what the other side is answered")
    expect_talk(asking, other)
    other.media.expect_only(asking.voice)
    hang_up(asking, other)
    rtp.expect_seamless(other.media.packets, "speech, music, speech at the other side")
    stage.server.expect_no_calls()


@case
def offerless_answered_inactive(stage):
    """Answer inactive: the music goes on until A resumes."""
    asking, other, answer = relayed(stage, "inactive")
    expect_equal(answer.direction, "sendonly", "what the other side is answered, for the music")
    other.media.expect_only("music", 1.0)
    expect(not asking.media.listen(0.3), "the holder is sent nothing")
    resumed_and_ended(stage, asking, other)


@case
def offerless_answered_sendonly(stage):
    """Answer sendonly, and nothing is sent: the music goes on until A resumes."""
    asking, other, answer = relayed_with_silent_holder(stage)
    expect_equal(answer.direction, "sendonly", "what the other side is answered")
    other.media.expect_only("music", 1.0)
    asking.media.say(asking.voice)
    resumed_and_ended(stage, asking, other)


def relayed_with_silent_holder(stage):
    a, b = stage.phones(renegotiation={"offerless": "relay"})
    establish(a, b)
    a.media.say(None)
    request = a.reinvite(None)
    b.answer(b.dialog.expect("INVITE"))
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request, a.description("sendonly"))
    answer = b.take(b.dialog.expect("ACK"))
    b.hear("music")
    return a, b, answer


@case
def offerless_of_the_callee(stage):
    """B asks, A hears the music."""
    asking, other, _ = relayed(stage, "inactive", swap=True)
    other.media.expect_only("music", 0.5)
    resumed_and_ended(stage, asking, other)


def local(stage, direction):
    """Under `offerless: local`: returns (a, b, B's answerer)."""
    a, b = stage.phones(renegotiation={"offerless": "local"})
    establish(a, b)
    before = last_description(a)
    answerer = stage.keep(AutoAnswer(b))
    moment = rtp.now()
    request = a.reinvite(None)
    ok = a.dialog.expect_status(request, 200)
    expect_fresh_offer(ok, before)
    expect_music_at_once(b, moment)
    a.take(ok)
    a.dialog.ack(request, a.description(direction))
    return a, b, answerer


@case
def offerless_local_answered_sendrecv(stage):
    """`offerless: local`, sendrecv: B is not asked at all, the music ends."""
    a, b, answerer = local(stage, "sendrecv")
    expect_talk(a, b)
    b.media.expect_only("a")
    expect_equal(answerer.offers, [], "re-INVITEs at B")
    answerer.close()
    hang_up(a, b)
    rtp.expect_seamless(b.media.packets, "speech, music, speech at B")


@case
def offerless_local_answered_inactive(stage):
    """`offerless: local`, inactive: B hears the music until A resumes."""
    a, b, answerer = local(stage, "inactive")
    b.hear("music")
    b.media.expect_only("music", 1.0)
    expect(None not in answerer.offers, "B is never asked for an offer")
    answerer.close()
    resumed_and_ended(stage, a, b)


@case
def offerless_refused_by_far_leg(stage):
    """B refuses the relayed re-INVITE: A gets an offer all the same, made here; B's session is as it was."""
    a, b = stage.phones(renegotiation={"offerless": "relay"})
    establish(a, b)
    request = a.reinvite(None)
    b.dialog.reply(b.dialog.expect("INVITE"), 488, "Not Acceptable Here")
    b.dialog.expect("ACK")
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request, a.description("sendrecv"))
    expect_talk(a, b)
    b.media.expect_only("a")
    hang_up(a, b)


@case(timeout=90)
def offerless_far_leg_silent(stage):
    """B does not answer the relayed re-INVITE within renegotiation.timeout: A gets an offer made here."""
    a, b = stage.phones(renegotiation={"offerless": "relay", "timeout": "1s"})
    establish(a, b)
    request = a.reinvite(None)
    reached = b.dialog.expect("INVITE")
    b.dialog.reply(reached, 100, "Trying")
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request, a.description("sendrecv"))
    b.dialog.reply(b.dialog.expect("CANCEL"), 200, "OK")
    b.dialog.reply(reached, 487, "Request Terminated")
    b.dialog.expect("ACK")
    expect_talk(a, b)
    hang_up(a, b)
    stage.server.expect_no_calls()


@case
def offerless_on_many_shards(stage):
    """Music and resume where the re-INVITE is read by any of four shards."""
    a, b = stage.phones(server={"workers": 4})
    for _ in range(4):
        establish(a, b)
        answerer = AutoAnswer(b)
        request = a.reinvite(None)
        a.take(a.dialog.expect_status(request, 200))
        a.dialog.ack(request, a.description("inactive"))
        b.hear("music")
        request = a.reinvite(a.description("sendrecv"))
        a.take(a.dialog.expect_status(request, 200))
        a.dialog.ack(request)
        expect_talk(a, b)
        answerer.close()
        hang_up(a, b)
    stage.server.expect_no_calls()


@case(timeout=120, alone=True)
def first_music_packet(stage):
    """200 holds: the first music packet leaves within 20 ms of the offerless re-INVITE, at p99."""
    a, b = stage.phones(renegotiation={"offerless": "relay"})
    establish(a, b)
    stage.keep(AutoAnswer(b))
    delays = []
    for _ in range(HOLDS):
        a.media.listen(random.uniform(0.02, 0.06))  # at any point of the 20 ms grid
        moment = rtp.now()
        request = a.reinvite(None)
        ok = a.dialog.expect_status(request, 200)
        delays.append((b.hear("music", frames=1, since=moment).arrival - moment) / 1e6)
        a.dialog.ack(request, a.description("inactive"))
        request = a.reinvite(a.description("sendrecv"))
        ok = a.dialog.expect_status(request, 200)
        a.take(ok)
        moment = rtp.now()
        a.dialog.ack(request)
        b.hear("a", frames=2, since=moment)
    delays.sort()
    median, p99 = delays[HOLDS // 2], delays[int(HOLDS * 0.99) - 1]
    print(f"first music packet after the request, {HOLDS} holds: "
          f"p50 {median:.1f} ms, p99 {p99:.1f} ms, longest {delays[-1]:.1f} ms")
    limit = patience.real(FIRST_MUSIC_MS)
    expect(p99 < limit, f"p99 should be under {limit:.0f} ms")
    measured = "holdfast_hold_music_start_seconds"
    expect_equal(stage.server.metric(f"{measured}_count"), HOLDS, "holds that the server measured")
    mean = stage.server.metric(f"{measured}_sum") / HOLDS * 1000
    print(f"measured by the server: {mean:.3f} ms on average")
    expect(0 < mean <= delays[-1], "what the server measured is part of what the phones saw")
    rtp.expect_seamless(b.media.packets, f"{HOLDS} holds at B")


@case
def refused_codec(stage):
    """B refuses a change of codec with 488: A gets its codec, B keeps its own, and they hear each other."""
    a, b = stage.phones()
    b.formats = (0, 101)
    establish(a, b)
    a.formats = (8,)
    request = a.reinvite(a.description())
    b.dialog.reply(b.dialog.expect("INVITE"), 488, "Not Acceptable Here")
    b.dialog.expect("ACK")
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request)
    expect_talk(a, b)
    expect_equal({packet.payload_type for packet in a.media.hear_all(0.3)}, {8}, "codec that A hears")
    expect_equal({packet.payload_type for packet in b.media.hear_all(0.3)}, {0}, "codec that B hears")
    hang_up(a, b)


@case
def refusal_passed_on(stage):
    """The same with on_refusal: pass: A gets 488, the call goes on as it was, and the next offer works."""
    a, b = stage.phones(renegotiation={"on_refusal": "pass"})
    establish(a, b)
    a.formats = (8,)
    request = a.reinvite(a.description())
    b.dialog.reply(b.dialog.expect("INVITE"), 488, "Not Acceptable Here")
    b.dialog.expect("ACK")
    a.dialog.expect_status(request, 488)
    expect_talk(a, b)
    expect_equal({packet.payload_type for phone in (a, b) for packet in phone.media.hear_all(0.3)}, {0}, "codec still in use")
    a.formats = (0, 8, 101)
    stage.keep(AutoAnswer(b))
    a.media.say(None)
    request = a.reinvite(a.description("sendonly"))
    a.dialog.expect_status(request, 200)
    a.dialog.ack(request)
    b.hear("music")
    hang_up(a, b)


@case
def refresh(stage):
    """A re-INVITE that changes nothing is answered here with the same o= version, and B is not asked."""
    a, b = stage.phones()
    establish(a, b)
    before = last_description(a)
    moment = rtp.now()
    a.version -= 1
    request = a.reinvite(a.description())
    answer = sdp.read(a.dialog.expect_status(request, 200).body)
    a.dialog.ack(request)
    expect_equal(answer.version, before.version, "o= version of the answer")
    b.dialog.expect_no("INVITE", 0.3, "a refresh is never relayed")
    expect_talk(a, b)
    expect_no_gap(a, b, moment)
    hang_up(a, b)


def expect_no_gap(speaker, hearer, moment):
    """Since then, but for those that the speaker itself made because it was not let run."""
    times = [packet.arrival for packet in hearer.media.since(moment)]
    longest = max((after - before) / 1e6 for before, after in zip(times, times[1:]))
    limit = patience.real(80) + speaker.media.longest_pause(moment) * 1000
    expect(longest < limit, f"no gap in what {hearer.name} hears: {longest:.0f} ms, of {limit:.0f}")
