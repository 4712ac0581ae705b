"""Rows 47–53 of the table of races as SIPp pairs: BYE and late messages. 54 is in races_moving.py.

47–52 run 20 times, each with a skew from a seed that is printed; RACE_SEED repeats them. T1 is 75 ms. 54 and 55 are in
races_moving.py: SIPp loses no connection. 59 is in races_reinvite.py, 60 in races_restart.py. Left out, as the product does
not have it yet: 56–58 (keyed media).
"""
from framework import patience, race
from framework.case import case
from framework.failure import expect, expect_equal
from framework.scenario import Callee, Caller, Session


def caller():
    return Caller("caller").invite().answered("sendrecv").pause(20)


def callee():
    return Callee("callee").expect_invite("sendrecv").answer()


@case
def race_47_bye_instead_of_the_ack(stage):
    """A adds video, and hangs up where its ACK was due: B, which has taken the video, has its ACK and then its BYE."""
    video = Session(more="m=video 9 RTP/AVP 96\na=rtpmap:96 VP8/90000\n")

    def pair(skew):
        a = caller().invite(video).trying().receive(200, "sendrecv").pause(skew).bye()
        return a, callee().expect_invite("sendrecv").answer(video).expect_bye()
    race.skewed(stage, pair)


def hanging_up(side, after):
    """BYE after so many milliseconds, sooner if the other side's comes first: then the two cross. And a late one."""
    return (side.expect("BYE", keep="theirs", within=after, otherwise="mine").send_bye().reply(200, to="theirs")
            .label("met").receive(481, optional=True, within=300, otherwise="met again", then="over")
            .receive(200, then="over")
            .label("met again").again("BYE", then="met")
            .label("mine").send_bye().label("asking")
            .expect("BYE", optional=True, within=300, otherwise="asking again", then="crossed")
            .receive(481, optional=True, then="over").receive(200, then="over")
            .label("asking again").again("BYE", then="asking")
            .label("crossed").reply_plainly(then="asking")
            .label("over").expect("BYE", within=100, otherwise="late").reply_plainly()
            .label("late").send_bye().receive(481))


@case
def race_48_byes_cross(stage):
    """Both hang up at once: each is answered; a BYE after that gets 481 at once."""
    def pair(skew):
        return hanging_up(Caller("caller").forgiving().invite().answered("sendrecv"), 1 + skew), \
            hanging_up(Callee("callee").forgiving().expect_invite("sendrecv").answer(), 25)
    for wires in race.skewed(stage, pair):
        expect(any(one.requests("BYE") and len(one.requests("BYE", sent=True)) > 1 for one in wires), "they crossed")
        for one in wires:
            asked, refused = one.requests("BYE", sent=True)[-1], one.responses("BYE", 481)[-1]
            expect(refused.seconds - asked.seconds < patience.real(0.5), f"{one.name}: the late BYE is answered at once")


@case
def race_49_bye_of_the_far_leg_during_a_reinvite(stage):
    """B hangs up while A's hold rings there: 200 to B, 487 to A's re-INVITE, and after its ACK BYE to A."""
    def pair(skew):
        b = (Callee("callee").forgiving().expect_invite("sendrecv").answer().expect("INVITE", keep="hold")
             .reply(180, to="hold").pause(skew).send_bye().label("asking")
             .expect("CANCEL", optional=True, then="cancelled").receive(200, then="gone")
             .label("cancelled").reply_plainly(then="asking")
             .label("gone").expect("CANCEL", within=100, otherwise="refuse").reply_plainly()
             .label("refuse").reply(487, to="hold").expect_ack())
        return caller().invite("sendonly").trying().receive(487).pause(50).ack_refusal().expect_bye(), b
    for a, _ in race.skewed(stage, pair):
        acknowledged, bye = a.requests("ACK", sent=True)[-1], a.requests("BYE")[0]
        expect(acknowledged.seconds < bye.seconds, "BYE to A only after its ACK of the 487")


@case
def race_50_bye_and_481_to_our_reinvite(stage):
    """B hangs up and answers the re-INVITE 481: ACK to that, 200 to the BYE, one final response and one BYE to A."""
    def pair(skew):
        b = (Callee("callee").forgiving().expect_invite("sendrecv").answer().expect("INVITE", keep="hold")
             .send_bye().receive(200).label("wait").expect("CANCEL", within=1 + skew, otherwise="refuse")
             .reply_plainly(then="wait").label("refuse").reply(481, to="hold").expect_ack())
        return caller().invite("sendonly").refused(487).expect_bye(), b
    race.skewed(stage, pair)


@case
def race_51_answer_after_our_bye(stage):
    """A hangs up while B's answer to the hold is on its way: it reaches us after our BYE, and is acknowledged all the same."""
    def pair(skew):
        a = (caller().invite("sendonly").trying().pause(30 + skew).send_bye().receive(200).receive(487).ack_refusal())
        b = (Callee("callee").forgiving().expect_invite("sendrecv").answer().expect("INVITE", keep="hold")
             .reply(180, to="hold").label("wait").expect("CANCEL", optional=True, keep="cancel", then="wait")
             .expect("BYE", keep="bye").reply(200, "recvonly", to="hold").label("late")
             .expect("CANCEL", optional=True, keep="cancel", then="late").expect("BYE", optional=True, then="late")
             .expect_ack().reply(200, to="bye"))
        return a, b
    race.skewed(stage, pair)


@case
def race_52_ack_and_reinvite_after_our_bye(stage):
    """A never acknowledges the 200, and is hung up after 64·T1: its late ACK is absorbed, a re-INVITE gets 481."""
    def pair(skew):
        a = (Caller("caller").invite().trying().receive(200).expect_bye().pause(skew).ack().pause(50)
             .invite("sendonly").refused(481))
        return a, callee().expect_bye()
    race.skewed(stage, pair, together=race.RUNS)


@case
def race_53_requests_after_the_bye(stage):
    """INFO, REFER and NOTIFY after the BYE: 481, and nothing on B."""
    a = caller().bye().request("INFO").receive(481)
    a.request("REFER", headers=["Refer-To: <sip:elsewhere@127.0.0.9>"]).receive(481)
    a.request("NOTIFY", headers=["Event: refer", "Subscription-State: terminated"]).receive(481)
    (_, b), = race.race(stage, (a, callee().expect_bye()))
    expect_equal({message.method for message in b.messages}, {"INVITE", "ACK", "BYE"}, "what B saw")
