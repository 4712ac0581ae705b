"""Rows 26–29 and 35 of the table of races as SIPp pairs: offers that meet, and one that is withdrawn.

26, 28, 29 and 35 run 20 times, each with a skew from a seed that is printed; RACE_SEED repeats them. T1 is 75 ms.
"""
from framework import patience, race
from framework.case import case
from framework.failure import expect, expect_equal
from framework.scenario import Callee, Caller

OWNER_WAITS, OTHER_WAITS = (2.1, 4.0), (0.0, 2.0)  # RFC 3261 §14.1, seconds


def talking():
    return Caller("caller").invite().answered("sendrecv")


def caller():
    """One that goes on by itself."""
    return talking().pause(20)


def callee():
    return Callee("callee").expect_invite("sendrecv").answer()


def holding(side, after, backs_off):
    """Holds `after` milliseconds, sooner if an offer of the other side comes first: then the two cross. Refused, it asks
    again; meanwhile and later it takes what it is offered. All ends at `settled`. A 491 that comes while SIPp is about to
    send it acknowledges by itself and forgets: hence the waits for it."""
    return (side
            .expect("INVITE", keep="theirs", within=after, otherwise="first")
            .invite("sendonly", name="second").reply(491, to="theirs").label("met")
            .expect("ACK", optional=True, then="met", within=300, otherwise="backing off")
            .receive(491).ack_refusal(of="second", then="backing off")
            .label("first").invite("sendonly", name="first").label("asking")
            .receive(100, optional=True, then="asking").expect("ACK", optional=True, then="asking")
            .expect("INVITE", optional=True, then="meeting").receive(200, optional=True, then="answered")
            .receive(491).ack_refusal(of="first", then="backing off")
            .label("meeting").reply(491).label("met first")
            .expect("ACK", optional=True, then="met first", within=300, otherwise="backing off")
            .receive(491).ack_refusal(of="first", then="backing off")
            .label("answered").ack(of="first", then="settled")
            .label("backing off").expect("ACK", optional=True, within=backs_off, otherwise="again", then="backing off")
            .expect("INVITE", within=backs_off, otherwise="again").reply(200, "inactive").expect_ack()
            .label("again").invite("sendonly", name="again").label("asking again")
            .receive(100, optional=True, then="asking again").expect("ACK", optional=True, then="asking again")
            .receive(200).ack(of="again", then="settled")
            .label("told").reply(200, "inactive").expect_ack())


@case
def race_26_reinvites_cross(stage):
    """Both hold at once: one of them gets 491 and succeeds at its first retry, the other waits and gets its 200."""
    def pair(skew):
        a = (holding(Caller("caller").forgiving().invite().answered("sendrecv"), 1 + skew, 2100 + 10 * skew).label("settled")
             .expect("ACK", optional=True, within=1000, otherwise="over", then="settled")
             .expect("INVITE", within=1000, otherwise="over", then="told").label("over").bye())
        b = (holding(Callee("callee").forgiving().expect_invite("sendrecv").answer(), 25, 10 * skew).label("settled")
             .expect("ACK", optional=True, then="settled").expect("INVITE", optional=True, then="told").expect_bye())
        return a, b
    first = {"A": 0, "B": 0}
    for a, b in race.skewed(stage, pair, together=race.RUNS):
        finals = a.finals("INVITE")[1:], b.finals("INVITE")
        expect_equal(sorted(finals[0] + finals[1]), [200, 200, 491], "finals of both changes")
        first["A" if 491 in finals[1] else "B"] += 1
        for one in (a, b):
            expect_equal(one.descriptions()[-1].direction, "inactive", f"what {one.name} was told last")
    print(f"through at once: A {first['A']} times, B {first['B']} times")


@case
def race_27_glare_of_the_far_leg(stage):
    """The far leg answers 491: the near one waits, the far one is asked again after 2.1–4 s where we own the Call-ID, else
    within 2 s."""
    hold = caller().invite("sendonly").answered("recvonly").pause(20).bye()
    refusing = (callee().expect_invite("sendonly").reply(491).expect_ack()
                .expect_invite("sendonly").answer("recvonly").expect_bye())
    refused = (talking().expect("INVITE", "sendonly").reply(491).expect_ack()
               .expect("INVITE", "sendonly").reply(200, "recvonly").expect_ack().expect_bye())
    holding_callee = callee().pause(50).invite("sendonly").answered("recvonly").pause(20).bye()
    (_, b), (a, _) = race.race(stage, (hold, refusing), (refused, holding_callee))
    for one, (least, most) in ((b, OWNER_WAITS), (a, OTHER_WAITS)):
        waited = one.requests("INVITE")[-1].seconds - one.responses("INVITE", 491, sent=True)[0].seconds
        expect(least - race.LATE_CLOCK <= waited <= most + patience.real(0.2),
               f"{one.name} was asked again after {waited:.3f} s")


@case
def race_27_glare_passed_on(stage):
    """The same with on_refusal: pass: 491 to A, and B is not asked again, as it would be within 4 s."""
    b = callee().expect_invite("sendonly").reply(491).expect_ack().expect_bye()
    race.race(stage, (caller().invite("sendonly").refused(491).pause(4200, exactly=True).bye(), b),
              renegotiation={"on_refusal": "pass"})


@case
def race_28_second_reinvite_before_the_first_is_answered(stage):
    """500 with Retry-After to the second, and the first is done as if it had been alone."""
    def pair(skew):
        a = (caller().invite("sendonly", name="first").trying().pause(skew).invite("inactive", name="second")
             .receive(500).ack_refusal(of="second").receive(200, "recvonly").ack(of="first").pause(20).bye())
        return a, callee().expect_invite("sendonly").pause(400).answer("recvonly").expect_bye()
    for a, _ in race.skewed(stage, pair):
        expect(0 <= int(a.responses("INVITE", 500)[0].get("retry-after")) <= 10, "Retry-After of the 500")


@case
def race_29_update_meets_a_reinvite(stage):
    """B's re-INVITE is under way to A, whose UPDATE with an offer is refused with 491; both get what they want in the end."""
    def pair(skew):
        a = (talking().expect("INVITE", "sendonly", keep="theirs").pause(skew).update("inactive").receive(491)
             .reply(200, "recvonly", to="theirs").expect_ack().pause(20).update("inactive").receive(200).pause(400).bye())
        b = (callee().pause(50).invite("sendonly").answered("recvonly").expect_invite("inactive").answer("inactive")
             .expect_bye())
        return a, b
    race.skewed(stage, pair)


@case
def race_35_reinvite_cancelled(stage):
    """A's CANCEL of its hold crosses B's 200: the hold is off, or stands; the call stays up, and the next change works."""
    def pair(skew):
        a = (Caller("caller").forgiving().invite().answered("sendrecv").pause(20).invite("sendonly").trying()
             .receive(200, within=25 + skew, otherwise="cancel", then="answered")
             .label("cancel").send_cancel().receive(200, then="crossed", then_if="INVITE")
             .receive(200, optional=True, then="answered").receive(487).ack_refusal(then="up")
             .label("crossed").ack().receive(200, within=200, otherwise="up", then="up")
             .label("answered").ack().label("up").pause(50).invite("inactive").answered("inactive").pause(20).bye())
        b = (Callee("callee").forgiving().expect_invite().answer().expect("INVITE", "sendonly", keep="hold")
             .reply(180, to="hold").expect("CANCEL", within=50, otherwise="answer").reply_plainly()
             .reply(487, to="hold").expect_ack(then="up")
             .label("answer").reply(200, "recvonly", to="hold").label("answered")
             .expect("CANCEL", optional=True, then="crossed").expect_ack(then="up")
             .label("crossed").reply_plainly(then="answered")
             .label("up").expect("INVITE", "sendonly").reply(200, "recvonly").expect_ack().expect_bye())
        return a, b
    finals = [a.finals("INVITE")[1] for a, _ in race.skewed(stage, pair)]
    print(f"A's hold: {finals.count(487)} times 487, {finals.count(200)} times 200")
