"""Rows 21–25, 30–46 and 59 of the table of races as SIPp pairs: changes of a call that is up, and how they fail. 35 is in
races_glare.py, 37 in races_moving.py.

SIPp sends no media: what is heard in these cases is in hold.py and offerless.py, and the simulator's. Left out, besides
that: of 36 what a reliable provisional response would keep, of 45 our refresh and the expiry (45 s at
least, by the smallest interval that RFC 4028 knows: the simulator's). T1 is
75 ms in all of them.
"""
from framework import patience, race, sdp
from framework.case import case
from framework.failure import expect, expect_equal
from framework.scenario import ZERO_ADDRESS, Callee, Caller, Session


def talking():
    return Caller("caller").invite().answered("sendrecv")


def caller():
    """One that goes on by itself."""
    return talking().pause(20)


def callee():
    return Callee("callee").expect_invite("sendrecv").answer()


@case
def race_21_22_hold_and_resume(stage):
    """sendonly is offered on, recvonly answered on; sendrecv both ways again; `o=` rises by one each time."""
    a = caller().invite("sendonly").answered("recvonly").pause(20).invite("sendrecv").answered("sendrecv").bye()
    b = callee().expect_invite("sendonly").answer("recvonly").expect_invite("sendrecv").answer().expect_bye()
    (a, b), = race.race(stage, (a, b))
    for one in (a, b):
        versions = [described.version for described in one.descriptions()]
        expect_equal([version - versions[0] for version in versions], [0, 1, 2], f"o= at {one.name}")


@case
def race_23_both_hold(stage):
    """A holds, B holds: B is answered inactive; A resumes and is told sendonly, for B's music or ours, until B resumes."""
    def pair(held):
        a = (caller().invite("sendonly").answered("recvonly")
             .expect("INVITE", "inactive").reply(200, "inactive").expect_ack().pause(50)
             .invite("sendrecv").answered("sendonly")
             .expect("INVITE", "sendrecv").reply(200, "sendrecv").expect_ack().pause(50).bye())
        b = (callee().expect_invite("sendonly").answer("recvonly").pause(20).invite(held).answered("inactive")
             .expect_invite().answer(held).pause(50).invite("sendrecv").answered("sendrecv").expect_bye())
        return a, b
    race.race(stage, pair("sendonly"), pair("inactive"))


@case
def race_24_hold_by_zero_address(stage):
    """c=0.0.0.0 is a hold: B is offered sendonly, with the server's address; it is resumed."""
    a = caller().invite(ZERO_ADDRESS).answered().pause(20).invite("sendrecv").answered("sendrecv").bye()
    b = callee().expect_invite("sendonly").answer("recvonly").expect_invite("sendrecv").answer().expect_bye()
    race.race(stage, (a, b))


@case
def race_25_offerless_with_the_port_of_a_music_source(stage):
    """A asks without SDP and answers with another port, sendonly; again without SDP, with its own: B is asked the same way."""
    source = Session("sendonly", port="[media_port+4]")
    a = (caller().invite(None).answered("sendrecv", ack=source).pause(50)
         .invite(None).answered("sendrecv", ack="sendrecv").pause(50).bye())
    b = (callee().expect_invite().answer("sendrecv", ack="sendonly")
         .expect_invite().answer("sendrecv", ack="sendrecv").expect_bye())
    (_, b), = race.race(stage, (a, b))
    expect_equal([bool(request.body) for request in b.requests("INVITE")], [True, False, False], "offers to B")


@case
def race_30_refused_and_healed(stage):
    """The far leg refuses a hold with 488: it is held from here, resumed, and held again without asking. Both ways."""
    a = (caller().invite("sendonly").answered("recvonly").pause(20).invite("sendrecv").answered("sendrecv").pause(20)
         .invite("sendonly").answered("recvonly").pause(20).bye())
    b = (callee().expect_invite("sendonly").reply(488).expect_ack().expect_invite("sendrecv").answer().expect_bye())
    held = talking().expect("INVITE", "sendonly").reply(488).expect_ack().expect("INVITE", "sendrecv")
    holding = (callee().pause(50).invite("sendonly").answered("recvonly").pause(20)
               .invite("sendrecv").answered("sendrecv").pause(20).invite("sendonly").answered("recvonly").pause(20).bye())
    race.race(stage, (a, b), (held.reply(200, "sendrecv").expect_ack().expect_bye(), holding))


@case
def race_30_refused_and_passed_on(stage):
    """on_refusal: pass: 488 as 488, everything is as it was, and the next offer works."""
    a = caller().invite("sendonly").refused(488).pause(20).invite("sendonly").answered("recvonly").pause(20).bye()
    b = (callee().expect_invite("sendonly").reply(488).expect_ack()
         .expect_invite("sendonly").answer("recvonly").expect_bye())
    race.race(stage, (a, b), renegotiation={"on_refusal": "pass"})


@case
def race_31_one_stream_refused(stage):
    """A adds video, B answers it with port 0: so does A's answer, in its place; the line stays when A holds."""
    video, refused = ("m=video {} RTP/AVP 96\na=rtpmap:96 VP8/90000\n".format(port) for port in (9, 0))
    a = (caller().invite(Session(more=video)).answered("sendrecv").pause(20)
         .invite(Session("sendonly", more=video)).answered("recvonly").pause(20).bye())
    b = (callee().expect_invite("sendrecv").answer(Session(more=refused))
         .expect_invite("sendonly").answer(Session("recvonly", more=refused)).expect_bye())
    for one, is_a in zip(race.race(stage, (a, b))[0], (True, False)):
        lines = [[line.split()[:2] for line in described.text.splitlines() if line.startswith("m=")]
                 for described in one.descriptions()]
        expect(all(len(both) == 2 and both[0][1] != "0" for both in lines[1:]), f"lines to {one.name}: {lines}")
        answered = [both[1] for both in lines[1:]]
        expect(not is_a or answered == [["m=video", "0"]] * 2, f"video to A: {lines}")


@case
def race_32_far_dialog_gone(stage):
    """B answers the hold with 481, 408 or not at all: A has its final response first, then BYE to both with Reason."""
    def pair(status):
        b = callee().expect_invite()
        b = b.reply(status).expect_ack() if status else b
        return caller().invite("sendonly").refused(status or 408).expect_bye(), b.expect_bye()
    for a, b in race.race(stage, pair(481), pair(408), pair(None)):
        for one in (a, b):
            expect(one.requests("BYE")[0].get("reason"), f"{one.name}: Reason of the BYE")


BUSY = {500: 500, 503: 500, 486: 486, 603: 603}


@case
def race_33_server_error_is_healed(stage):
    """B answers the hold with 500, 503, 486, 603: A holds all the same, and resumes. Busy for a second: A waits for it."""
    def pair(status):
        b = callee().expect_invite().reply(status).expect_ack().expect_invite("sendrecv").answer().expect_bye()
        return caller().invite("inactive").answered("inactive").pause(20).invite().answered("sendrecv").pause(20).bye(), b
    busy = (callee().expect_invite("sendonly").reply(503, headers=["Retry-After: 1"]).expect_ack()
            .expect_invite("sendonly").answer("recvonly").expect_bye())
    waiting = caller().invite("sendonly").answered("recvonly").pause(20).bye()
    (_, b), *_ = race.race(stage, (waiting, busy), *map(pair, BUSY))
    waited = b.requests("INVITE")[2].seconds - b.responses("INVITE", 503, sent=True)[0].seconds
    expect(1.0 - race.LATE_CLOCK <= waited < 1.0 + patience.real(0.5), f"B is asked again after a second: {waited:.3f} s")


@case
def race_33_server_error_is_passed_on(stage):
    """The same with on_refusal: pass: A is told, and the call stays."""
    def pair(status):
        return (caller().invite("inactive").refused(BUSY[status]).pause(20).bye(),
                callee().expect_invite().reply(status).expect_ack().expect_bye())
    race.race(stage, *map(pair, BUSY), renegotiation={"on_refusal": "pass"})


CHALLENGE = 'Digest realm="far", nonce="n1", algorithm=MD5'
TO_TRUNK = [{"from": "trunk:a", "to": ".*", "target": "trunk:b"}]


@case
def race_34_challenged(stage):
    """B asks for credentials in mid-call: the trunk's are sent, CSeq + 1; A never hears of it."""
    b = (callee().expect_invite("sendonly").reply(401, headers=[f"WWW-Authenticate: {CHALLENGE}"]).expect_ack()
         .expect_invite("sendonly").answer("recvonly").expect_bye())
    a = caller().invite("sendonly").answered("recvonly").pause(20).bye()
    (a, b), = race.race(stage, (a, b), routes=TO_TRUNK, trunks={"b": {"auth": {"user": "us", "password": "secret"}}})
    _, before, after = b.requests("INVITE")
    expect("username=\"us\"" in after.get("authorization", ""), "the second one carries the trunk's credentials")
    expect_equal((after.cseq - before.cseq, after.body), (1, before.body), "CSeq and body of the second one")
    expect(b"realm" not in b"".join(message.raw for message in a.messages), "B's realm is not for A")


@case
def race_34_challenged_without_credentials(stage):
    """The same where the trunk has none: A holds all the same."""
    b = callee().expect_invite().reply(401, headers=[f"WWW-Authenticate: {CHALLENGE}"]).expect_ack().expect_bye()
    race.race(stage, (caller().invite("sendonly").answered("recvonly").pause(20).bye(), b), routes=TO_TRUNK)


@case
def race_36_preview_rolled_back(stage):
    """B shows an answer in a 183 and refuses: A is refused, everything is as it was, and the next offer works."""
    a = caller().invite("sendonly").refused(488).pause(20).invite("inactive").answered("inactive").pause(20).bye()
    b = (callee().expect_invite("sendonly").reply(183, Session("recvonly", port="[media_port+4]"))
         .reply(488).expect_ack().expect_invite("sendonly").answer("recvonly").expect_bye())
    race.race(stage, (a, b), renegotiation={"on_refusal": "pass"})


@case
def race_38_39_ack_of_a_reinvite_missing(stage):
    """A acknowledges the 200 of its hold not at all, or with another CSeq: repeated for 64·T1, then BYE to both."""
    def pair(wrong):
        a = caller().with_repetitions().invite("sendonly").trying().receive(200)
        a = a.request("ACK", number=99) if wrong else a
        return (a.receive(200, optional=True).expect_bye(),
                callee().expect_invite().answer("recvonly").expect_bye())
    for a, b in race.race(stage, pair(False), pair(True)):
        answers, bye = a.responses("INVITE", 200)[1:], a.requests("BYE")[0]
        expect(len(answers) >= 6, f"the 200 is repeated: {len(answers)} came")
        waited = bye.seconds - b.responses("INVITE", 200, sent=True)[1].seconds
        expect(0.95 * race.GIVE_UP < waited < patience.real(2 * race.GIVE_UP), f"BYE after 64·T1: {waited:.3f} s")


NONSENSE = ("rubbish\n", "v=0\n", "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\nm=audio\n")


@case
def race_40_malformed_descriptions(stage):
    """Nonsense in A's re-INVITE: 400 with a Warning, nothing on B. In B's 200: ACK, A is refused, and an offer of ours leads
    B back. The next offer works."""
    def pair(text):
        a = caller().invite(Session(text=text)).refused(400).pause(20).invite("sendonly").answered("recvonly").bye()
        return a, callee().expect_invite("sendonly").answer("recvonly").expect_bye()
    a = caller().invite("sendonly").refused(488).pause(300).bye()
    b = (callee().expect_invite("sendonly").reply(200, Session(text=NONSENSE[0])).expect_ack()
         .expect_invite("sendrecv").answer().expect_bye())
    for a, _ in race.race(stage, *map(pair, NONSENSE), (a, b)):
        expect((a.responses("INVITE", 400) + a.responses("INVITE", 488))[0].get("warning"), "it is said what is wrong")


@case
def race_41_odd_answers_in_the_ack(stage):
    """A asks without SDP, and answers with port 0, or a codec that was not offered: B's ACK answers its every line."""
    off = (caller().invite(None).answered("sendrecv", ack=Session("inactive", port="0")).pause(50)
           .invite("sendrecv").answered("sendrecv").pause(20).bye())
    other = Session(text="v=0\no=sipp 5 9 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 97\n"
                         "a=rtpmap:97 iLBC/8000\n")
    odd = caller().invite(None).answered("sendrecv", ack=other).expect_bye()
    pairs = ((off, callee().expect_invite().answer().expect_invite("sendrecv").answer().expect_bye()),
             (odd, callee().expect_invite().answer().expect_bye()))
    for _, b in race.race(stage, *pairs):
        answer = sdp.read(b.requests("ACK")[1].body)
        expect_equal(answer.media_count, 1, "lines of the answer in B's ACK")


@case
def race_42_no_offer_of_the_far_leg(stage):
    """A asks without SDP, B refuses, or rings on past renegotiation.timeout: the offer in A's 200 is ours, and B's session is
    as it was."""
    def pair(status):
        b = callee().expect_invite()
        b = b.reply(status).expect_ack() if status else b.reply(180).expect_cancel()
        return caller().invite(None).answered("sendrecv", ack="sendrecv").pause(50).bye(), b.expect_bye()
    wires = race.race(stage, *map(pair, (None, 488, 500, 415)), renegotiation={"timeout": "1s"})
    for a, _ in wires:
        expect_equal({described.connection for described in a.descriptions()}, {stage.plan.server}, "addresses we offer")
    late = wires[0][0]
    asked = late.requests("INVITE", sent=True)[1]
    waited = next(answer.seconds for answer in late.responses("INVITE", 200) if answer.cseq == asked.cseq) - asked.seconds
    expect(1.0 - race.LATE_CLOCK <= waited < 1.0 + patience.real(1.0), f"A's 200 after a second: {waited:.3f} s")


@case
def race_43_44_version(stage):
    """The same description again: answered here with the same version, from either side. Changed without a new version: a
    change."""
    same = Session(same_version=True)
    pairs = ((caller().invite(same).answered("sendrecv").pause(20).bye(), callee().expect_bye()),
             (talking().expect_bye(), callee().pause(20).invite(same).answered("sendrecv").pause(20).bye()),
             (caller().invite(Session("sendonly", same_version=True)).answered("recvonly").pause(20).bye(),
              callee().expect_invite("sendonly").answer("recvonly").expect_bye()))
    refreshed_a, refreshed_b, _ = race.race(stage, *pairs)
    for one in (refreshed_a[0], refreshed_b[1]):
        expect_equal(len({described.text for described in one.descriptions()}), 1, f"descriptions to {one.name}")


@case
def race_45_session_interval_too_small(stage):
    """A asks for 30 s: 422 with Min-SE. B answers 422: one more INVITE with what it wants, and the call comes up."""
    small = Caller("caller").invite(headers=["Session-Expires: 30", "Supported: timer"]).refused(422)
    b = (Callee("callee").expect_invite().reply(422, headers=["Min-SE: 3600"]).expect_ack()
         .expect_invite().answer().expect_bye())
    (a,), (_, b) = race.race(stage, (small, None), (caller().bye(), b))
    expect_equal(a.responses("INVITE", 422)[0].get("min-se"), "90", "Min-SE of the 422")
    expires = int(b.requests("INVITE")[-1].get("session-expires").split(";")[0])
    expect(expires >= 3600, f"Session-Expires of the second INVITE: {expires}")


@case
def race_46_update_without_offer(stage):
    """200 without SDP, nothing on B."""
    a = caller().update().receive(200).pause(20).bye()
    (a, _), = race.race(stage, (a, callee().expect_bye()))
    expect(not a.responses("UPDATE", 200)[0].body, "the 200 to an UPDATE without SDP has none")


SECURED = Session(text="v=0\no=sipp 5 9 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/SAVP 8 0\n"
                       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\n")


@case
def race_59_secured_audio_is_not_taken_as_plain(stage):
    """Where SRTP is off, RTP/SAVP in the first INVITE, or in a re-INVITE from either side: 488 with a Warning, nothing on the
    other; and back to RTP/AVP."""
    first = Caller("caller").invite(SECURED).refused(488)
    of_a = caller().invite(SECURED).refused(488).pause(50).invite("sendonly").answered("recvonly").pause(20).bye()
    of_b = (callee().pause(50).invite(SECURED).refused(488).pause(50).invite("sendonly").answered("recvonly").pause(20).bye())
    told_a = caller().expect("INVITE", "sendonly").reply(200, "recvonly").expect_ack().expect_bye()
    told_b = callee().expect_invite("sendonly").answer("recvonly").expect_bye()
    without = {name: {"media": {"srtp": "off"}} for name in ("a", "b")}
    (alone,), (a, _), (_, b) = race.race(stage, (first, None), (of_a, told_b), (told_a, of_b), trunks=without)
    for one in (alone, a, b):
        expect(one.responses("INVITE", 488)[0].get("warning"), f"{one.name}: it is said what is wrong")
