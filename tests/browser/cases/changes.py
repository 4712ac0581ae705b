"""What a telephone at a carrier does in the middle of a call with a browser, and what it refuses."""
from framework import sdp
from framework.failure import expect
from framework.phone import AutoAnswer
from framework.process import wait_until
from framework.rtp import now
from telephone import Call
from world import each

EVENT = 101  # telephone-event, in the descriptions of a telephone of ours


@each()
def held_by_inactive(stage, library):
    """The telephone holds by inactive: music at the page at once; and resumes."""
    call = Call(stage, library, page_calls=False)
    call.reinvite("inactive", "inactive")
    call.page.hear("music")
    call.page.expect_only("music", 0.6)
    call.reinvite("sendrecv", "sendrecv")
    call.talk()
    call.hang_up()


@each()
def offerless_toward(stage, library):
    """A re-INVITE without an offer from the telephone: music at the page until the ACK says sendrecv (RFC 7088)."""
    call = Call(stage, library)
    request = call.phone.reinvite(None)
    ok = call.phone.dialog.expect_status(request, 200)
    call.page.hear("music")
    call.phone.take(ok)
    call.phone.dialog.ack(request, call.phone.description("sendrecv"))
    call.talk()
    call.hang_up()


@each()
def offerless_hold_toward(stage, library):
    """The ACK of a re-INVITE without an offer says inactive: the page hears music until the telephone offers sendrecv."""
    call = Call(stage, library, page_calls=False)
    request = call.phone.reinvite(None)
    call.phone.take(call.phone.dialog.expect_status(request, 200))
    call.phone.dialog.ack(request, call.phone.description("inactive"))
    call.page.hear("music")
    call.page.expect_only("music", 0.6)
    call.reinvite("sendrecv", "sendrecv")
    call.talk()
    call.hang_up()


@each(libraries=("sip-0.21.2",))
def offerless_from(stage, library):
    """The page re-INVITEs without an offer: the 200 has one, and the call goes on."""
    call = Call(stage, library)
    stage.keep(AutoAnswer(call.phone))
    call.page.do("offerless", -1)
    call.talk()
    call.page_holds_and_resumes()
    call.hang_up()


@each(libraries=("sip-0.21.2",))
def digit_in_rtp(stage, library):
    """The page says a digit in RTP (RFC 4733), and so it reaches the telephone, under the number that this gave it."""
    call = Call(stage, library)
    moment = now()
    call.page.do("digit", -1, "5", "rtp")
    wait_until(lambda: any(packet.payload_type == EVENT and packet.payload[0] == 5 for packet in call.phone.media.since(moment)),
               3, "the telephone is told 5")
    call.talk()
    call.hang_up()


@each()
def hold_refused_by_far(stage, library):
    """The telephone refuses the hold with 488: the page's is answered all the same, the telephone hears music, both resume."""
    call = Call(stage, library)
    held = call.page.begin("hold", -1)
    offered = call.phone.dialog.expect("INVITE")
    call.phone.dialog.reply(offered, 488)
    held()
    call.phone.dialog.expect("ACK")
    call.phone.hear("music")
    stage.keep(AutoAnswer(call.phone))
    call.page.do("resume", -1)
    call.talk()
    call.hang_up()


@each()
def video_refused_by_far(stage, library):
    """The page adds video, the telephone has none: the talk goes on, and a hold as well."""
    call = Call(stage, library)
    stage.keep(AutoAnswer(call.phone))
    call.page.do("addVideo", -1)
    call.talk()
    call.page_holds_and_resumes()
    call.hang_up()


@each()
def glare(stage, library):
    """Both hold at once, the telephone refuses with 491 while its own is open: in the end both have held and resumed.

    A page in which an offer of the other side is being answered cannot make its own, and presses again."""
    call = Call(stage, library)
    phone, dialog = call.phone, call.phone.dialog
    held = call.page.begin("holdAtLast", -1)
    request = phone.reinvite(phone.description("inactive"))
    crossing = phone.agent.take(lambda message: message.method == "INVITE" and not message.is_response, 0.5)
    if crossing:
        dialog.reply(crossing, 491)
    final = dialog.final(request)
    expect(final.status in (200, 491, 500), f"the telephone's hold: {final}")
    if final.status == 200:
        dialog.ack(request)
    held()
    stage.keep(AutoAnswer(phone))
    call.page.do("resume", -1)
    if final.status == 200:
        resume_after_glare(call)
    call.talk()
    call.hang_up()


def resume_after_glare(call):
    """Tries again as long as the server's own exchange is in the way."""
    for _ in range(10):
        request = call.phone.reinvite(call.phone.description("sendrecv"))
        final = call.phone.dialog.final(request)
        if final.status == 200:
            call.phone.take(final)
            call.phone.dialog.ack(request)
            return
        call.phone.media.listen(0.3)
    expect(False, f"ten times the telephone's resume was refused: {final}")


@each(timeout=120)
def sixty_rounds(stage, library):
    """Sixty times hold and resume: each is answered, and the descriptions have not grown."""
    call = Call(stage, library)
    stage.keep(AutoAnswer(call.phone))
    for round_number in range(60):
        call.page.do("hold", -1)
        call.page.do("resume", -1)
        if round_number % 20 == 0:
            call.talk()
    call.talk()
    times = sorted(one["milliseconds"] for one in call.page.do("answered", "INVITE")[1:])
    print(f"{len(times)} re-INVITEs answered to the page in {times[len(times) // 2]:.1f} ms (median), "
          f"{times[int(len(times) * .99)]:.1f} ms (p99)")
    expect(len(call.page.measure()["directions"]) == 1, f"one line: {call.page.measure()}")
    last = [message for message in call.phone.agent.received if message.method == "INVITE"][-1]
    expect(sdp.read(last.body).direction == "sendrecv", f"the last offer is two-way: {last.body}")
    call.hang_up()
