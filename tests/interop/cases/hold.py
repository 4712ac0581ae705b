"""Hold and resume asked for with an offer: what the held side hears, what the holder is sent."""
from framework import rtp
from framework.case import case
from framework.failure import Failure, expect
from framework.phone import AutoAnswer, establish, expect_talk, hang_up, relayed_reinvite

PAUSE = 0.3  # seconds without a packet: music fills in after 0.4
TRIES = 5


def resume(holder, held):
    """A two-way offer: both talk again."""
    offered, _ = relayed_reinvite(holder, held, holder.description("sendrecv"), "sendrecv")
    expect(offered.direction == "sendrecv", f"the held side is offered two-way audio: {offered.direction}")
    expect_talk(holder, held)


def hold(holder, held, offer):
    """Relays the hold; the holder falls silent or not as the case says. Music is heard, and nothing at the holder."""
    offered, ok = relayed_reinvite(holder, held, offer, "recvonly")
    expect(offered.direction == "sendonly", f"the held side is offered sendonly, for the music: {offered.direction}")
    held.hear("music")
    held.media.expect_only("music")
    expect(not holder.media.listen(0.3), "the holder is sent nothing")
    return ok


def held_and_resumed(stage, make_offer, holder_talks, swap=False):
    a, b = stage.phones()
    establish(a, b)
    holder, held = (b, a) if swap else (a, b)
    if not holder_talks:
        holder.media.say(None)
    hold(holder, held, make_offer(holder))
    holder.media.say(holder.voice)
    resume(holder, held)
    hang_up(a, b)
    rtp.expect_seamless(held.media.packets, "speech, music, speech at the held side")
    stage.server.expect_no_calls()


@case
def hold_by_sendonly(stage):
    """A holds by sendonly and sends nothing: B hears the music, then A again."""
    held_and_resumed(stage, lambda holder: holder.description("sendonly"), holder_talks=False)


@case
def hold_by_inactive(stage):
    """A holds by inactive: B hears the music whatever A's microphone says."""
    held_and_resumed(stage, lambda holder: holder.description("inactive"), holder_talks=True)


@case
def hold_by_zero_address(stage):
    """A holds by c=0.0.0.0, as RFC 2543 had it, and sends nothing: B hears the music."""
    held_and_resumed(stage, lambda holder: holder.description("sendrecv", connection="0.0.0.0"), holder_talks=False)


@case
def hold_by_callee(stage):
    """B holds by inactive: A hears the music."""
    held_and_resumed(stage, lambda holder: holder.description("inactive"), holder_talks=True, swap=True)


def expect_all_of(a, b, seconds):
    """B hears A and nothing else, as long as A sends without a pause: one that was not let run gets music for it, rightly."""
    for _ in range(TRIES):
        b.hear("a")
        moment = rtp.now()
        try:
            b.media.expect_only("a", seconds)
            return
        except Failure:
            if a.media.longest_pause(moment) < PAUSE:
                raise
    expect(False, f"A was not let send for {seconds} s without a pause, {TRIES} times")


@case
def holder_with_music_of_its_own(stage):
    """A holds by sendonly and goes on sending: under `auto` its audio is what B hears, ours fills in when it stops."""
    a, b = stage.phones()
    establish(a, b)
    relayed_reinvite(a, b, a.description("sendonly"), "recvonly")
    expect_all_of(a, b, 0.8)
    a.media.say(None)
    b.hear("music")
    a.media.say("a")
    expect_all_of(a, b, 0.4)
    resume(a, b)
    hang_up(a, b)
    rtp.expect_seamless(b.media.packets, "the holder's audio, music, the holder's audio")


@case
def hold_never(stage):
    """`hold.when: never`: the held side hears nothing."""
    a, b = stage.phones(hold={"when": "never"})
    establish(a, b)
    relayed_reinvite(a, b, a.description("inactive"), "inactive")
    b.media.expect_quiet(0.5)
    resume(a, b)
    hang_up(a, b)


def ask(phone, direction):
    """A re-INVITE of the phone with an offer; the direction of the answer."""
    request = phone.reinvite(phone.description(direction))
    answer = phone.take(phone.dialog.expect_status(request, 200))
    phone.dialog.ack(request)
    return answer.direction


@case
def both_hold(stage):
    """Both hold: neither is sent anything; who resumes alone is not told sendrecv until the other resumes too."""
    a, b = stage.phones()
    establish(a, b)
    stage.keep(AutoAnswer(a))
    stage.keep(AutoAnswer(b))
    ask(a, "inactive")
    b.hear("music")
    ask(b, "inactive")
    a.media.expect_quiet()  # on hold by its own wish
    b.media.expect_quiet()  # so is B
    answer = ask(a, "sendrecv")
    expect(answer != "sendrecv", "B still holds: A is not promised two-way audio")
    a.hear("music")
    ask(b, "sendrecv")
    expect_talk(a, b)
    hang_up(a, b)
    stage.server.expect_no_calls()
