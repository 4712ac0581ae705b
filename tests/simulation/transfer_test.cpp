// Blind transfers, carried out by the server (RFC 3515, RFC 5589): T is the transferor, E the transferee, C the target.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Transfer {
public:
    explicit Transfer(bool from_a = true, World::Configure configure = {})
        : run{std::move(configure)}, c{run.world.add_callee(1)}, t{from_a ? run.a : run.b}, e{from_a ? run.b : run.a} {
        run.world.checks_hearing = false;  // it knows of pairs only
        t.allows_refer = true;
        c.on_invite = {reply(100ms, 180), reply(800ms, 200)};
    }
    void call() { run.up(); }
    void refer() { t.refer("sip:b1@10.0.0.1"); }
    bool hear_each_other(const Phone& one, const Phone& two) const {
        return run.hears(one, run.world.tone(two)) && run.hears(two, run.world.tone(one));
    }

    Scenario run;
    Phone& c;
    Phone& t;
    Phone& e;
};

TEST(BlindTransfer, BringsTheOtherPartyToTheTarget) {
    for (const bool from_a : {true, false}) {
        Transfer transfer{from_a};
        transfer.call();
        transfer.refer();
        transfer.run.pass(600ms);
        EXPECT_EQ(transfer.t.final_of("REFER"), 202);
        EXPECT_TRUE(transfer.run.hears_music(transfer.e)) << transfer.e.describe();
        transfer.run.pass(2s);
        EXPECT_THAT(transfer.t.notified(), ElementsAre(100, 180, 200));
        EXPECT_TRUE(transfer.t.over());
        EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
        EXPECT_EQ(transfer.e.received("INVITE") - (from_a ? 1U : 0U), 1U) << "it is told of its new partner's session";
        EXPECT_THAT(transfer.c.last_request("INVITE"), HasSubstr("Referred-By: "));
        transfer.e.wish = Direction::inactive;
        transfer.e.reinvite();
        transfer.run.pass(1s);
        EXPECT_TRUE(transfer.run.hears_music(transfer.c)) << "it is a call like any other";
        transfer.e.wish = Direction::sendrecv;
        transfer.e.reinvite();
        transfer.run.pass(1s);
        EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
        transfer.c.bye();
        transfer.run.pass(1s);
        EXPECT_TRUE(transfer.e.over());
    }
}

TEST(BlindTransfer, AnotherBranchOfTheTargetThatAnswersTooIsHungUp) {
    for (const bool from_a : {true, false}) {
        for (const Duration later : {10ms, 1000ms}) {  // before the target has its place, and after
            SCOPED_TRACE(testing::Message() << from_a << ' ' << later.count());
            Transfer transfer{from_a};
            Phone& second = transfer.run.world.add_callee(2);
            const auto initial = [to_c = Scenario::request_to(transfer.c, "INVITE")](const Datagram& datagram,
                                                                                     const Glance& seen) {
                return seen.to_tag.empty() && to_c(datagram, seen);
            };
            transfer.run.world.network.fork(initial, second.identity().sip);
            second.on_invite = {reply(70ms, 180), reply(800ms + later, 200)};
            transfer.call();
            transfer.refer();
            transfer.run.pass(5s);
            EXPECT_EQ(second.acks_received(), 1U);
            EXPECT_EQ(second.received("BYE"), 1U);
            EXPECT_TRUE(second.over());
            EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
        }
    }
}

TEST(BlindTransfer, ANotifyThatIsChallengedIsSentAgainWithCredentials) {
    for (const bool from_a : {true, false}) {
        Transfer transfer{from_a, [](config::Config& config) {
                              for (auto& [name, trunk] : config.trunks) {
                                  trunk.auth = config::Credentials{"u1", "p1"};
                              }
                          }};
        transfer.call();
        Reply challenge = reply({}, 401);
        challenge.headers = "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\r\n";
        transfer.t.next_notices = {challenge};
        transfer.refer();
        transfer.run.pass(3s);
        EXPECT_THAT(transfer.t.notified(), ElementsAre(100, 180, 200));
        EXPECT_THAT(transfer.t.last_request("NOTIFY"), HasSubstr("Authorization: Digest username=\"u1\""));
        EXPECT_TRUE(transfer.t.over());
        EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
    }
}

TEST(BlindTransfer, ANotifyThatComesTooLateIsSentAgain) {
    Transfer transfer;
    transfer.call();
    transfer.t.next_notices = {reply({}, 500), reply({}, 500)};
    transfer.refer();
    transfer.run.pass(3s);
    EXPECT_THAT(transfer.t.notified(), ElementsAre(100, 180, 200));
    EXPECT_TRUE(transfer.t.over());
    EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
}

// The NOTIFY that tells of the 200.
Network::Which last_notice(const Phone& to) {
    return [notify = Scenario::request_to(to, "NOTIFY")](const Datagram& datagram, const Glance& seen) {
        return notify(datagram, seen) && datagram.bytes.find("SIP/2.0 200") != std::string::npos;
    };
}

TEST(BlindTransfer, TheTransferorIsHungUpOnWhenItHasAnsweredTheLastNotify) {
    Transfer transfer;
    transfer.call();
    transfer.run.world.network.delay(last_notice(transfer.t), 300ms, 1);
    transfer.refer();
    transfer.run.pass(1100ms);
    EXPECT_TRUE(transfer.t.up());
    EXPECT_TRUE(transfer.c.up()) << "which keeps nobody waiting";
    transfer.run.pass(100ms);
    EXPECT_THAT(transfer.t.notified(), ElementsAre(100, 180, 200));
    EXPECT_TRUE(transfer.t.over());
    EXPECT_EQ(transfer.t.received("BYE"), 1U);
}

TEST(BlindTransfer, ATransferorThatDoesNotAnswerTheLastNotifyIsHungUpOnAfterTwoSeconds) {
    Transfer transfer;
    transfer.call();
    transfer.run.world.network.lose(last_notice(transfer.t));
    transfer.refer();
    transfer.run.pass(2700ms);
    EXPECT_TRUE(transfer.t.up());
    transfer.run.pass(200ms);
    EXPECT_TRUE(transfer.t.over());
    EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
}

TEST(BlindTransfer, ATransferorThatRefusesTheLastNotifyIsHungUpOn) {
    Transfer transfer;
    transfer.call();
    transfer.refer();
    transfer.run.pass(500ms);
    transfer.t.refuses_notices = true;
    transfer.run.pass(1s);
    EXPECT_TRUE(transfer.t.over());
    EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
}

TEST(BlindTransfer, ATransferorMayHangUpItselfWhileTheLastNotifyIsUnderWay) {
    Transfer transfer;
    transfer.call();
    transfer.run.world.network.delay(last_notice(transfer.t), 300ms, 1);
    transfer.refer();
    transfer.run.pass(950ms);
    ASSERT_TRUE(transfer.c.up());
    transfer.t.bye();
    transfer.run.pass(1s);
    EXPECT_EQ(transfer.t.final_of("BYE"), 200);
    EXPECT_EQ(transfer.t.received("BYE"), 0U);
    EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
}

TEST(BlindTransfer, WhoeverIsBeingHungUpOnCanChangeNothingAnyMore) {
    Transfer transfer;
    transfer.call();
    transfer.run.world.network.lose(last_notice(transfer.t));
    transfer.refer();
    transfer.run.pass(1500ms);
    transfer.t.request("INFO");
    transfer.run.pass(100ms);
    EXPECT_EQ(transfer.t.final_of("INFO"), 481);
    EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
}

TEST(BlindTransfer, TellsNothingToWhomDoesNotWantToBeTold) {  // RFC 4488
    Transfer transfer;
    transfer.call();
    transfer.t.refer("sip:b1@10.0.0.1", "Refer-Sub: false\r\n");
    transfer.run.pass(2s);
    EXPECT_THAT(transfer.t.final_text("REFER"), HasSubstr("Refer-Sub: false\r\n"));
    EXPECT_EQ(transfer.t.received("NOTIFY"), 0U);
    EXPECT_TRUE(transfer.t.over());
    EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
}

TEST(BlindTransfer, GoesOnWhenTheTransferorHangsUpAtOnce) {
    Transfer transfer;
    transfer.call();
    transfer.refer();
    transfer.run.pass(50ms);
    transfer.t.bye();
    transfer.run.pass(300ms);
    EXPECT_TRUE(transfer.e.up());
    transfer.run.pass(2s);
    EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
}

TEST(BlindTransfer, ThatFailsIsToldHonestlyAndReturnsToTheHeldCall) {
    for (const int status : {486, 404, 603}) {
        Transfer transfer;
        transfer.c.on_invite = {reply(50ms, 180), reply(300ms, status)};
        transfer.call();
        transfer.t.reinvite(Sdp::with(Direction::sendonly));
        transfer.run.pass(500ms);
        transfer.refer();
        transfer.run.pass(1s);
        EXPECT_THAT(transfer.t.notified(), ElementsAre(100, 180, status));
        EXPECT_TRUE(transfer.t.up() && transfer.e.up());
        transfer.t.reinvite();
        transfer.run.pass(1s);
        transfer.run.expect_conversation();
    }
}

TEST(BlindTransfer, ThatFailsWhenTheTransferorHasGoneEndsTheCall) {
    Transfer transfer;
    transfer.c.on_invite = {reply(500ms, 486)};
    transfer.call();
    transfer.refer();
    transfer.run.pass(100ms);
    transfer.t.bye();
    transfer.run.pass(1s);
    EXPECT_TRUE(transfer.e.over());
    EXPECT_THAT(transfer.e.last_request("BYE"), HasSubstr("Reason:"));
}

TEST(BlindTransfer, EndsWithTheTransferee) {
    Transfer transfer;
    transfer.call();
    transfer.refer();
    transfer.run.pass(300ms);
    transfer.e.bye();
    transfer.run.pass(2s);
    EXPECT_TRUE(transfer.t.over());
    EXPECT_TRUE(transfer.c.over());
}

TEST(BlindTransfer, ATargetThatNeverAnswersIsGivenUp) {
    Transfer transfer;
    transfer.c.on_invite = {reply(100ms, 180)};
    transfer.call();
    transfer.refer();
    transfer.run.pass(std::chrono::minutes{3} + 1s);
    EXPECT_TRUE(transfer.t.up() && transfer.e.up());
    EXPECT_TRUE(transfer.c.over());
    transfer.run.expect_conversation();
}

TEST(BlindTransfer, ALongRingIsToldWithinTheTimeThatWasAnnounced) {  // RFC 6665 §4.2.2
    Transfer transfer{true, [](config::Config& config) { config.sip.no_answer = 5min; }};
    transfer.c.on_invite = {reply(100ms, 180), reply(4min, 200)};
    transfer.call();
    transfer.refer();
    transfer.run.pass(50ms);
    EXPECT_THAT(transfer.t.last_request("NOTIFY"), HasSubstr("Subscription-State: active;expires=332\r\n"));
    transfer.run.pass(4min + 1s);
    EXPECT_THAT(transfer.t.notified(), ElementsAre(100, 180, 200));
    EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
}

TEST(BlindTransfer, ATransfereeThatRefusesToBeToldTalksToTheTargetAllTheSame) {
    for (const int status : {488, 500}) {
        Transfer transfer;
        transfer.call();
        transfer.e.next_reinvites = {refuses(status)};
        transfer.refer();
        transfer.run.pass(2s);
        EXPECT_TRUE(transfer.e.next_reinvites.empty()) << "it was asked";
        EXPECT_THAT(transfer.t.notified(), ElementsAre(100, 180, 200));
        EXPECT_TRUE(transfer.t.over());
        EXPECT_TRUE(transfer.hear_each_other(transfer.e, transfer.c));
        transfer.c.bye();
        transfer.run.pass(1s);
        EXPECT_TRUE(transfer.e.over());
    }
}

TEST(BlindTransfer, WaitsForAChangeThatIsUnderWay) {
    Transfer transfer;
    transfer.call();
    transfer.t.next_reinvites = {answers(2s)};
    transfer.refer();
    transfer.run.pass(400ms);
    transfer.e.reinvite(Sdp::with(Direction::sendonly));
    transfer.run.pass(3s);
    EXPECT_EQ(transfer.e.final_of("INVITE"), 200);
    EXPECT_TRUE(transfer.c.up());
    EXPECT_FALSE(transfer.c.belief().speaks()) << "the transferee still holds";
}

TEST(BlindTransfer, IsRefusedWhereItCannotBe) {
    for (const auto& [refer_to, status] :
         {std::pair{"sip:nobody@10.0.0.1", 404}, {"sip:b1@10.0.0.1;method=SUBSCRIBE", 403}, {"not a uri", 400}}) {
        Transfer transfer;
        transfer.call();
        transfer.t.refer(refer_to);
        transfer.run.pass(1s);
        EXPECT_EQ(transfer.t.final_of("REFER"), status);
        EXPECT_THAT(transfer.t.final_text("REFER"), HasSubstr("Warning: "));
        transfer.run.expect_conversation();
    }
}

TEST(BlindTransfer, OneAtATime) {
    Transfer transfer;
    transfer.call();
    transfer.refer();
    transfer.run.pass(100ms);
    transfer.t.refer("sip:b2@10.0.0.1");
    transfer.run.pass(100ms);
    EXPECT_EQ(transfer.t.final_of("REFER"), 491);
}

TEST(Races, Row53_AReferAfterTheByeIs481AndStartsNothing) {
    Transfer transfer;
    transfer.call();
    transfer.run.b.bye();
    transfer.run.pass(1s);
    transfer.refer();
    transfer.run.pass(1s);
    EXPECT_EQ(transfer.t.final_of("REFER"), 481);
    EXPECT_EQ(transfer.c.received("INVITE"), 0U);
}

}  // namespace
}  // namespace simulation
