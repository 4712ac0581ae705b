// Attended transfers (RFC 5589 §7): T talks to E, calls C as well, and asks that both be brought together. Both calls
// are the server's: it calls itself, in the place of T's second call.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"
#include "tests/simulation/transfer_parties.hpp"

namespace simulation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const char* const here = "sip:10.0.0.1";

class Consultation {
public:
    explicit Consultation(bool from_a = true, const ScenarioOptions& options = {})
        : run{options},
          t{from_a ? run.a : run.b},
          e{from_a ? run.b : run.a},
          second{run.world.add_line(t)},
          c{run.world.add_callee(1)} {
        run.world.checks_hearing = false;  // it knows of pairs only
        t.allows_refer = true;
    }
    // Both calls; in the first, T holds.
    void begin() {
        run.up();
        t.wish = Direction::sendonly;
        t.reinvite();
        run.pass(500ms);
        second.invite("b1");
        run.pass(1s);
        ASSERT_TRUE(second.up() && c.up());
    }
    void refer(const std::string& host = here) { t.refer(host + "?Replaces=" + second.replaces()); }
    void expect_together() {
        EXPECT_TRUE(hear_each_other(run, e, c)) << e.describe() << "\n" << c.describe();
        EXPECT_TRUE(t.over() && second.over());
    }

    Scenario run;
    Phone& t;
    Phone& e;
    Phone& second;  // T's other line
    Phone& c;
};

std::uint64_t completed(Consultation& call, const std::string& outcome = "completed") {
    const auto& transfers = call.run.world.core().counters().transfers;
    const auto found = transfers.find({"attended", outcome});
    return found == transfers.end() ? 0 : found->second;
}

TEST(AttendedTransfer, BringsTheOtherPartiesOfBothCallsTogether) {
    for (const bool from_a : {true, false}) {
        Consultation call{from_a};
        call.begin();
        call.refer();
        call.run.pass(2s);
        EXPECT_EQ(call.t.final_of("REFER"), 202);
        EXPECT_THAT(call.t.notified(), ElementsAre(100, 200));
        call.expect_together();
        EXPECT_EQ(call.t.received("BYE"), 1U);
        EXPECT_EQ(call.second.received("BYE"), 1U);
        EXPECT_EQ(completed(call), 1U);
        call.e.wish = Direction::inactive;
        call.e.reinvite();
        call.run.pass(1s);
        EXPECT_TRUE(call.run.hears_music(call.c)) << "it is a call like any other";
        call.e.wish = Direction::sendrecv;
        call.e.reinvite();
        call.run.pass(1s);
        EXPECT_TRUE(hear_each_other(call.run, call.e, call.c));
        call.c.bye();
        call.run.pass(1s);
        EXPECT_TRUE(call.e.over());
    }
}

TEST(AttendedTransfer, HangsUpTheConsultationBeforeTheHeldCall) {
    Consultation call;
    call.begin();
    call.run.world.network.delay(Scenario::request_to(call.t, "NOTIFY"), 300ms);
    call.refer();
    call.run.pass(200ms);
    EXPECT_TRUE(call.second.over());
    EXPECT_TRUE(call.t.up()) << "it has not heard yet what became of its REFER";
    call.run.pass(1s);
    call.expect_together();
}

TEST(AttendedTransfer, TellsTheServersOwnInviteWhoReferred) {
    Consultation call;
    std::string invite;
    call.run.world.network.on_send = [&](const Datagram& datagram) {
        if (datagram.from == datagram.to && datagram.bytes.starts_with("INVITE ")) { invite = datagram.bytes; }
    };
    call.begin();
    call.refer();
    call.run.pass(50ms);
    EXPECT_THAT(invite, HasSubstr("Referred-By: "));
    EXPECT_THAT(invite, HasSubstr("Require: replaces\r\n"));
    EXPECT_THAT(invite, HasSubstr(replaces_field(call.second)));
}

TEST(AttendedTransfer, KnowsItsOwnNames) {
    for (const std::string host : {"sip:10.0.0.1:5060", "sip:b1@10.0.0.1", "sip:PBX.example.com"}) {
        Consultation call{
            true, {Kind::udp, Kind::udp, 1, [](config::Config& config) { config.sip.domains = {"pbx.example.com"}; }}};
        call.begin();
        call.refer(host);
        call.run.pass(2s);
        EXPECT_THAT(call.t.notified(), ElementsAre(100, 200)) << host;
    }
}

// The routes decide, as for any target; whoever that is must know the dialog.
TEST(AttendedTransfer, ToAnotherHostIsTheTargetsAffair) {
    for (const std::string host : {"sip:b2@192.0.2.7", "sip:b2@10.0.0.1:5099"}) {
        Consultation call;
        Phone& target = call.run.world.add_callee(2);
        call.begin();
        call.refer(host);
        call.run.pass(2s);
        EXPECT_THAT(target.last_request("INVITE"), HasSubstr("Require: replaces\r\n"));
        EXPECT_THAT(target.last_request("INVITE"), HasSubstr(replaces_field(call.second)));
        EXPECT_TRUE(hear_each_other(call.run, call.e, target));
        EXPECT_TRUE(call.second.up());
    }
}

TEST(AttendedTransfer, IsToldThatTheConsultationHasEnded) {
    Consultation call;
    call.begin();
    call.second.bye();
    call.run.pass(500ms);
    call.refer();
    call.run.pass(1s);
    EXPECT_THAT(call.t.notified(), ElementsAre(100, 481));
    EXPECT_THAT(call.t.last_request("NOTIFY"), HasSubstr("SIP/2.0 481 "));
    EXPECT_TRUE(call.t.up() && call.e.up());
    EXPECT_EQ(completed(call, "failed"), 1U);
    call.t.wish = Direction::sendrecv;
    call.t.reinvite();
    call.run.pass(1s);
    call.run.expect_conversation();
}

TEST(AttendedTransfer, IntoTheVeryCallThatIsTransferredFails) {
    Consultation call;
    call.begin();
    call.t.refer(here + ("?Replaces=" + call.t.replaces()));
    call.run.pass(1s);
    EXPECT_THAT(call.t.notified(), ElementsAre(100, 491));
    EXPECT_TRUE(call.t.up() && call.e.up());
}

TEST(AttendedTransfer, WorksWhileBothOtherPartiesAreHeldAndHold) {
    Consultation call;
    call.begin();
    call.e.wish = Direction::sendonly;
    call.e.reinvite();
    call.run.pass(500ms);
    call.second.wish = Direction::sendonly;
    call.second.reinvite();
    call.run.pass(500ms);
    call.c.wish = Direction::inactive;
    call.c.reinvite();
    call.run.pass(500ms);
    call.refer();
    call.run.pass(6s);
    EXPECT_THAT(call.t.notified(), ElementsAre(100, 200));
    EXPECT_FALSE(call.e.belief().hears() && call.c.belief().speaks());
    call.c.wish = Direction::sendrecv;
    call.c.reinvite();
    call.run.pass(6s);
    call.e.wish = Direction::sendrecv;
    call.e.reinvite();
    call.run.pass(6s);
    call.expect_together();
}

TEST(AttendedTransfer, WaitsForAReinviteThatIsOpen) {
    Consultation call;
    call.begin();
    call.c.next_reinvites = {answers(1s)};
    call.second.wish = Direction::sendonly;
    call.second.reinvite();
    call.refer();
    call.run.pass(500ms);
    EXPECT_TRUE(call.second.up());
    call.run.pass(2s);
    EXPECT_EQ(call.second.final_of("INVITE"), 200);
    EXPECT_THAT(call.t.notified(), ElementsAre(100, 200));
    call.expect_together();
}

TEST(AttendedTransfer, DuringAnOpenReinviteOfTheTransferor) {
    Consultation call;
    call.begin();
    call.e.next_reinvites = {answers(1s)};
    call.t.wish = Direction::sendrecv;
    call.t.reinvite();
    call.run.pass(20ms);
    call.refer();
    call.run.pass(3s);
    EXPECT_EQ(call.t.final_of("INVITE"), 200);
    EXPECT_THAT(call.t.notified(), ElementsAre(100, 200));
    call.expect_together();
}

TEST(AttendedTransfer, GoesOnWhenTheTransferorHangsUpItsFirstCall) {
    Consultation call;
    call.begin();
    call.refer();
    call.run.pass(7ms);
    call.t.bye();
    call.run.pass(2s);
    EXPECT_EQ(call.t.final_of("BYE"), 200);
    call.expect_together();
}

TEST(AttendedTransfer, ATransferorThatHangsUpBothAtAnyMomentLeavesNothingHalf) {
    for (int step = 0; step < 30; ++step) {
        Consultation call;
        call.begin();
        call.refer();
        call.run.pass(step * 2ms);
        for (Phone* phone : {&call.second, &call.t}) {
            if (phone->up()) { phone->bye(); }
        }
        call.run.pass(3s);
        EXPECT_EQ(call.e.up(), call.c.up()) << step;
        if (call.e.up()) { call.expect_together(); }
    }
}

TEST(AttendedTransfer, ATargetThatHangsUpAtAnyMomentLeavesNothingHalf) {
    for (int step = 0; step < 30; ++step) {
        Consultation call;
        call.begin();
        call.refer();
        call.run.pass(step * 2ms);
        call.c.bye();
        call.run.pass(3s);
        EXPECT_TRUE(call.second.over());
        const auto told = call.t.notified();
        ASSERT_FALSE(told.empty());
        const bool failed = told.back() != 200;
        EXPECT_EQ(call.e.up(), failed) << step << ": it is back with T, or was hung up on";
        EXPECT_EQ(call.t.up(), failed);
    }
}

TEST(AttendedTransfer, ATransfereeThatHangsUpAtAnyMomentEndsItAll) {
    for (int step = 0; step < 30; ++step) {
        Consultation call;
        call.begin();
        call.refer();
        call.run.pass(step * 2ms);
        call.e.bye();
        call.run.pass(3s);
        EXPECT_TRUE(call.t.over());
        EXPECT_EQ(call.second.up(), call.c.up()) << step;
    }
}

TEST(AttendedTransfer, OnAPoorNetwork) {
    for (std::uint64_t seed = 1; seed <= 30 && !testing::Test::HasFailure(); ++seed) {
        Consultation call{seed % 2 == 0, {Kind::udp, Kind::udp, seed, {}}};
        call.begin();
        Faults poor;
        poor.loss = 0.15;
        poor.duplicate = 0.1;
        poor.reorder = 0.1;
        call.run.world.network.all = poor;
        call.refer();
        call.run.pass(40s);
        call.run.world.network.all = {};
        call.run.pass(5s);
        EXPECT_THAT(call.t.notified(), testing::Contains(200)) << "seed " << seed;
        call.expect_together();
    }
}

// A stranger that sends from its own address gains nothing by a Replaces that it has heard of.
TEST(AttendedTransfer, OnlyTheServerItselfAndTrunksMayReplace) {
    Consultation call;
    call.begin();
    Phone stranger{{call.run.world.clock, call.run.world.network, call.run.world.random, call.run.world.trace},
                   {"X", "x", *base::Endpoint::parse("192.0.2.1:5060"), *base::Endpoint::parse("192.0.2.1:4000")},
                   *base::Endpoint::parse("10.0.0.1:5060")};
    stranger.invite("b1", {}, replaces_field(call.second));
    call.run.pass(1s);
    EXPECT_EQ(stranger.final_of("INVITE"), 403);
    EXPECT_TRUE(call.second.up());
}

}  // namespace
}  // namespace simulation
