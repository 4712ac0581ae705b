"""Rows 1–20 of the table of races as SIPp pairs: set-up.

Of 13 the media is the simulator's: SIPp sends none. Of 19 so is the UPDATE while another one is open: SIPp cannot send two
requests at once.
Rows 4–8 run 20 times, each with a skew from a seed that is printed; RACE_SEED repeats them. T1 is 75 ms in all of them.
"""
from framework import patience, race
from framework.case import case
from framework.failure import expect, expect_equal
from framework.message import tag_of
from framework.scenario import Callee, Caller, Session


def plain_caller():
    return Caller("caller").invite().answered("sendrecv").pause(50).bye()


def plain_callee():
    return Callee("callee").expect_invite("sendrecv").answer().expect_bye()


def expect_gap(wire, first, second, at_least, at_most=None):
    """Seconds between two messages; at_most: on a quiet machine. What SIPp is late to read has come before: so at_least is
    counted from what the other side sent."""
    gap = second.seconds - first.seconds
    expect(gap >= at_least - race.LATE_CLOCK and (at_most is None or gap <= patience.real(at_most)),
           f"{wire.name}: {second} came {gap:.3f} s after {first}, not {at_least:.3f} to {at_most} s")


@case
def race_01_invite_repeated_after_the_200(stage):
    """A repeats its INVITE after the 200: the same 200 again, and B has one call."""
    caller = (Caller("caller").with_repetitions().invite().trying().receive(200).again("INVITE").receive(200).ack()
              .receive(200, within=150, otherwise="quiet").label("quiet").bye())
    (a, b), = race.race(stage, (caller, plain_callee()))
    expect_equal(len({message.raw for message in a.responses("INVITE", 200)}), 1, "different 200")
    expect_equal(len(b.requests("INVITE")), 1, "INVITEs at B")


@case
def race_02_ack_lost(stage):
    """A sends no ACK: the 200 comes again for 64·T1, then BYE to both; B has its ACK at once."""
    caller = (Caller("caller").with_repetitions().invite().trying().receive(200)
              .receive(200, optional=True).expect_bye())
    (a, b), = race.race(stage, (caller, plain_callee()))
    answers, answered = a.responses("INVITE", 200), b.responses("INVITE", 200, sent=True)[0]
    expect(len(answers) >= 6, f"the 200 is repeated at T1, 3·T1, 7·T1…: {len(answers)} came")
    for repeated, after in zip(answers[1:], (1, 3, 7, 15, 31)):  # one more at 63·T1, unless it is late and all is over
        expect_gap(a, answered, repeated, after * race.T1)
    expect_gap(a, answered, a.requests("BYE")[0], 0.95 * race.GIVE_UP, 2 * race.GIVE_UP)
    expect_gap(b, answered, b.requests("ACK")[0], 0, 0.5)
    expect_gap(b, answered, b.requests("BYE")[0], 0.95 * race.GIVE_UP)


@case
def race_03_200_repeated(stage):
    """B repeats its 200 after the ACK: the same ACK each time, and nothing on A."""
    callee = Callee("callee").with_repetitions().expect_invite().reply(200, "sendrecv").expect_ack()
    for _ in range(3):
        callee.pause(20).reply(200, Session(same_version=True), to="dialog").expect_ack()
    caller = Caller("caller").invite().trying().receive(200).ack().pause(250).bye()
    (_, b), = race.race(stage, (caller, callee.expect_bye()))
    expect_equal(len(b.repeated_requests("ACK")), 4, "ACKs")
    expect_equal({ack.cseq for ack in b.requests("ACK")}, {1}, "their CSeq")


def ringing_callee():
    """Rings for 50 ms, then answers, whatever comes meanwhile."""
    return (Callee("callee").forgiving().expect_invite().reply(180).expect("CANCEL", within=50, otherwise="answer")
            .reply_plainly().reply(487, to="dialog").expect_ack(then="end")
            .label("answer").reply(200, "sendrecv", to="dialog").label("answered")
            .expect("CANCEL", optional=True, then="crossed").expect_ack(then="up")
            .label("crossed").reply_plainly(then="answered")
            .label("up").expect_bye().label("end"))


@case
def race_04_cancel_crosses_the_200(stage):
    """A's CANCEL crosses B's 200: A is refused with 487, or in a call until its BYE; B is never left up."""
    def pair(skew):
        caller = (Caller("caller").forgiving().invite().trying().receive(180)
                  .receive(200, within=25 + skew, otherwise="cancel", then="answered")
                  .label("cancel").send_cancel().receive(200, then="crossed", then_if="INVITE")
                  .receive(200, optional=True, then="answered").receive(487).ack_refusal(then="end")
                  .label("crossed").ack().receive(200, within=200, otherwise="up", then="up")
                  .label("answered").ack().label("up").bye().label("end"))
        return caller, ringing_callee()
    print_outcomes(race.skewed(stage, pair))


def print_outcomes(wires):
    finals = [a.finals("INVITE")[0] for a, _ in wires]
    expect(set(finals) <= {200, 487}, f"A is in a call or has 487: {finals}")
    print("A's INVITE: " + ", ".join(f"{finals.count(status)} times {status}" for status in sorted(set(finals))))


@case
def race_05_cancel_before_the_first_provisional(stage):
    """487 to A at once, CANCEL to B only after B's first 1xx; if B answers instead, it gets ACK and BYE and no CANCEL."""
    def pair(skew):
        caller = Caller("caller").invite().trying().pause(20 + skew).cancel().refused(487)
        silent = Callee("callee").expect_invite().pause(400)
        return caller, silent.answer().expect_bye() if skew % 2 else silent.reply(180).expect_cancel()
    for a, b in race.skewed(stage, pair, runs=2 * race.RUNS):
        refused = a.responses("INVITE", 487)[0]
        at_last = next(message for message in b.messages if message.sent)
        expect(refused.seconds < at_last.seconds, "A's 487 does not wait for B")


@case
def race_06_cancel_without_effect(stage):
    """B never ends the cancelled INVITE: A has its 487, and 64·T1 later nothing of B's leg is left."""
    def pair(skew):
        caller = Caller("caller").invite().trying().receive(180).pause(20 + skew).cancel().refused(487)
        return caller, Callee("callee").expect_invite().reply(180).expect("CANCEL").reply_plainly()
    race.skewed(stage, pair)


@case
def race_07_bye_in_the_early_dialog(stage):
    """A's BYE while it rings: 200, then 487 to its INVITE; CANCEL to B, or ACK and BYE if it has answered meanwhile."""
    def pair(skew):
        caller = (Caller("caller").forgiving().invite().trying().receive(180)
                  .receive(200, within=25 + skew, otherwise="hang up", then="answered")
                  .label("hang up").send_bye()
                  .receive(200, then="crossed", then_if="INVITE").receive(487, within=300, otherwise="end")
                  .ack_refusal(then="end")
                  .label("crossed").ack().receive(200, within=200, otherwise="end", then="end")
                  .label("answered").ack().bye().label("end").pause(1))
        return caller, ringing_callee()
    print_outcomes(race.skewed(stage, pair))


@case
def race_08_bye_of_the_callee_before_the_ack(stage):
    """B hangs up before A's ACK has come: 200 to B at once, BYE to A only after its ACK."""
    def pair(skew):
        caller = Caller("caller").invite().trying().receive(200).pause(250 + skew, exactly=True).ack().expect_bye()
        return caller, Callee("callee").expect_invite().answer().bye()
    for a, b in race.skewed(stage, pair):
        gone, acknowledged = b.responses("BYE", 200)[0], a.requests("ACK", sent=True)[0]
        expect(gone.seconds < acknowledged.seconds, "B's BYE does not wait for A's ACK")


@case
def race_09_reinvite_before_the_callers_ack(stage):
    """B's re-INVITE waits for A's ACK and is then relayed."""
    caller = (Caller("caller").invite().trying().receive(200).pause(200, exactly=True).ack()
              .expect("INVITE", "sendonly").reply(200, "recvonly").expect_ack().pause(50).bye())
    callee = (Callee("callee").expect_invite().answer().invite("sendonly").trying().receive(200, "recvonly").ack()
              .expect_bye())
    race.race(stage, (caller, callee))


@case
def race_10_reinvite_before_the_answer_of_a_delayed_offer(stage):
    """INVITE without SDP; B sends a re-INVITE before A's answer has come: 491, and the call comes up."""
    caller = Caller("caller").invite(None).trying().receive(200, "sendrecv").pause(400, exactly=True).ack("sendrecv").pause(50).bye()
    callee = (Callee("callee").expect_invite().reply(200, "sendrecv").invite("sendonly")
              .receive(100, optional=True).receive(491).ack_refusal().expect_ack("sendrecv").expect_bye())
    race.race(stage, (caller, callee))


@case
def race_11_delayed_offer_without_answer(stage):
    """A's ACK has no answer: B's ACK declines its offer, then BYE to both with Reason 488."""
    caller = Caller("caller").invite(None).trying().receive(200).ack(None).expect_bye()
    callee = Callee("callee").expect_invite().answer().expect_bye()
    (a, b), = race.race(stage, (caller, callee))
    expect_equal([part.port for part in b.descriptions()], [0], "port in the answer of the ACK to B")
    for one in (a, b):
        expect("488" in one.requests("BYE")[0].get("reason", ""), f"{one.name}: Reason of the BYE")


@case
def race_12_two_answers(stage):
    """B forks and answers twice: the first wins, the second is acknowledged and hung up; A has one dialog."""
    callee = (Callee("callee").expect_invite().reply(180).reply(200, "sendrecv", to="dialog").expect_ack()
              .reply(200, "sendrecv", to="dialog", tag="C").expect_ack().expect_bye().expect_bye())
    caller = Caller("caller").invite().answered("sendrecv").pause(200).bye()
    (a, b), = race.race(stage, (caller, callee))
    loser, winner = (tag_of(bye.get("to")) for bye in b.requests("BYE"))
    expect("C" in loser and "B" in winner, f"the second fork is hung up at once: {loser}, {winner}")
    expect_equal(len({tag_of(message.get("to")) for message in a.responses("INVITE", 180) + a.responses("INVITE", 200)}),
                 1, "dialogs of A")


@case
def race_13_early_media_of_another_fork(stage):
    """183 with SDP of one fork, 200 with other SDP of another: A is told both in one dialog."""
    callee = (Callee("callee").expect_invite().reply(183, "sendrecv", tag="C").pause(100)
              .reply(200, Session(port="[media_port+2]"), to="dialog").expect_ack().expect_bye())
    caller = Caller("caller").invite().trying().receive(183, "sendrecv").receive(200, "sendrecv").ack().pause(50).bye()
    (a, _), = race.race(stage, (caller, callee))
    tags = {tag_of(message.get("to")) for message in a.responses("INVITE", 183) + a.responses("INVITE", 200)}
    expect_equal(len(tags), 1, "dialogs of A")


@case
def race_14_no_to_tag(stage):
    """B's 180 and 200 have no tag (RFC 2543): the call comes up, is held, and B's requests have no tag either."""
    callee = (Callee("callee").expect_invite().reply(180, tag=None).reply(200, "sendrecv", tag=None).expect_ack()
              .expect_invite("sendonly").answer("recvonly").expect_bye())
    caller = (Caller("caller").invite().answered("sendrecv").pause(20).invite("sendonly").answered("recvonly")
              .pause(20).bye())
    (_, b), = race.race(stage, (caller, callee))
    tags = [tag_of(request.get("to")) for method in ("ACK", "INVITE", "BYE") for request in b.requests(method)]
    expect_equal(set(tags), {None}, "To tags at B")


@case
def race_15_16_200_without_a_usable_answer(stage):
    """B's 200 has no SDP, or none that can be read: ACK and BYE to B, 488 to A."""
    def pair(session):
        callee = Callee("callee").expect_invite().reply(200, session).expect_ack().expect_bye()
        return Caller("caller").invite().refused(488), callee
    race.race(stage, pair(None), pair(Session(text="v=0\nthis is no description\n")))


@case
def race_19_update_while_the_offer_is_open(stage):
    """A's UPDATE with an offer before its INVITE is answered: 500 with Retry-After (RFC 3311 §5.2), nothing on B."""
    caller = (Caller("caller").invite().trying().receive(180).update("sendonly").receive(500).receive(200, "sendrecv")
              .ack().pause(50).bye())
    callee = Callee("callee").expect_invite().reply(180).pause(400).answer().expect_bye()
    (a, _), = race.race(stage, (caller, callee))
    expect(0 <= int(a.responses("UPDATE", 500)[0].get("retry-after")) <= 10, "Retry-After of the 500")


TO_CALLER = {302: 480, 401: 502, 404: 404, 407: 502, 480: 480, 486: 486, 500: 500, 503: 500, 600: 600, 603: 603}
EXTRA = {302: "Contact: <sip:elsewhere@127.0.0.9>", 401: 'WWW-Authenticate: Digest realm="far", nonce="1"',
         407: 'Proxy-Authenticate: Digest realm="far", nonce="1"'}


RELIABLY = ["Supported: 100rel"]


@case
def race_17_prack_lost(stage):
    """A's PRACKs are lost: the 183 comes again, and B's 200, which came meanwhile, reaches A only after the PRACK."""
    caller = (Caller("caller").with_repetitions().invite(headers=RELIABLY).trying().receive(183, "sendrecv")
              .receive(183).receive(183).receive(183).receive_reliable(183, "sendrecv").receive(200).ack().pause(50).bye())
    callee = Callee("callee").expect_invite("sendrecv").reply(183, "sendrecv").pause(20).answer().expect_bye()
    (a, b), = race.race(stage, (caller, callee))
    shown, answers = a.responses("INVITE", 183), a.responses("INVITE", 200)
    expect_equal(len({message.raw for message in shown}), 1, "different 183")
    for repeated, after in zip(shown[1:], (1, 3, 7)):
        expect_gap(a, b.responses("INVITE", 183, sent=True)[0], repeated, after * race.T1)
    acknowledged = a.requests("PRACK", sent=True)[0]
    expect(acknowledged.seconds <= answers[0].seconds, "the 200 waits for the PRACK")
    expect_gap(b, b.responses("INVITE", 200, sent=True)[0], acknowledged, 2 * race.LATE_CLOCK)


@case
def race_17_no_prack_at_all(stage):
    """A sends no PRACK for 64·T1: its INVITE is refused with a 5xx, and B's is cancelled."""
    caller = (Caller("caller").with_repetitions().invite(headers=RELIABLY).trying().receive(183)
              .receive(183, optional=True).receive(504).ack_refusal())
    callee = Callee("callee").expect_invite().reply(183, "sendrecv").expect_cancel()
    (a, b), = race.race(stage, (caller, callee))
    asked, refused = b.responses("INVITE", 183, sent=True)[0], a.responses("INVITE", 504)[0]
    expect_gap(a, asked, refused, 0.95 * race.GIVE_UP, 2 * race.GIVE_UP)


@case
def race_18_gap_in_reliable_responses(stage):
    """After B's reliable 183 number 1 comes number 3: no PRACK for that, and the call comes up."""
    callee = (Callee("callee").expect_invite().reply_reliably(183, "sendrecv")
              .reply(183, to="dialog", headers=["Require: 100rel", "RSeq: 3"]).pause(200)
              .reply(200, to="dialog").expect_ack().expect_bye())
    caller = Caller("caller").invite().trying().receive(183).answered("sendrecv").pause(50).bye()
    (_, b), = race.race(stage, (caller, callee))
    expect_equal(len(b.requests("PRACK")), 1, "PRACKs")


@case
def race_20_refused(stage):
    """B's refusal reaches A once, without B's realm; B is acknowledged. B is silent: 408 after 64·T1."""
    def pair(status):
        headers = [EXTRA[status]] if status in EXTRA else []
        callee = Callee("callee").expect_invite().reply(status, headers=headers).expect_ack()
        return Caller("caller").invite().refused(TO_CALLER[status]), callee
    silent = (Caller("caller").invite().refused(408),
              Callee("callee").expect_invite().pause(int(race.GIVE_UP * 1000) + 500))
    for a, _ in race.race(stage, silent, *map(pair, TO_CALLER)):
        expect(b'realm="far"' not in b"".join(message.raw for message in a.messages), "B's realm is not for A")
