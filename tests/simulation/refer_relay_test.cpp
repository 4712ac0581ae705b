// `renegotiation.refer: relay`: REFER and the NOTIFYs that follow go from one dialog to the other (RFC 3515); the other
// party carries the transfer out. And `refuse`.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"
#include "tests/simulation/transfer_parties.hpp"

namespace simulation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

World::Configure with(config::Refer policy) {
    return [policy](config::Config& config) {
        config.renegotiation.refer = policy;
        for (auto& [name, trunk] : config.trunks) { trunk.renegotiation.refer = policy; }
    };
}

// A refers B, which takes it and tells.
struct Relayed {
    Relayed() : run{with(config::Refer::relay)} {
        run.a.allows_refer = run.b.allows_refer = true;
        run.b.notices = {{0ms, 100}, {200ms, 180}, {500ms, 200}};
        run.up();
    }
    Scenario run;
};

TEST(RelayedRefer, ReachesTheOtherPartyAndItsNotifysComeBack) {
    Relayed relayed;
    relayed.run.a.refer("sip:carol@example.com;method=INVITE", "Referred-By: <sip:a@a.example.com>\r\n");
    relayed.run.pass(300ms);
    EXPECT_EQ(relayed.run.a.final_of("REFER"), 202);
    EXPECT_THAT(relayed.run.b.last_request("REFER"), HasSubstr("Refer-To: <sip:carol@example.com;method=INVITE>\r\n"));
    EXPECT_THAT(relayed.run.a.notified(), ElementsAre(100, 180));
    EXPECT_TRUE(relayed.run.a.awaits_notice());
    relayed.run.pass(1s);
    EXPECT_THAT(relayed.run.a.notified(), ElementsAre(100, 180, 200));
    EXPECT_FALSE(relayed.run.a.awaits_notice());
    EXPECT_EQ(relayed.run.b.final_of("NOTIFY"), 200);
    relayed.run.expect_conversation();
}

TEST(RelayedRefer, SeveralOfADialogAreToldApartOnBothLegs) {
    Relayed relayed;
    std::vector<std::uint32_t> refers;
    for (int i = 0; i < 10; ++i) {  // more than are remembered
        relayed.run.b.notices = {{0ms, 100}, {100ms, 400 + i}};
        refers.push_back(relayed.run.a.refer("sip:carol@example.com"));
        relayed.run.pass(500ms);
    }
    for (int i = 0; i < 10; ++i) {
        EXPECT_THAT(relayed.run.a.notified(refers[static_cast<std::size_t>(i)]), ElementsAre(100, 400 + i));
    }
}

TEST(RelayedRefer, GoesTheOtherWayToo) {
    Relayed relayed;
    relayed.run.a.notices = {{0ms, 100}, {100ms, 486}};
    relayed.run.b.refer("sip:carol@example.com");
    relayed.run.pass(1s);
    EXPECT_EQ(relayed.run.b.final_of("REFER"), 202);
    EXPECT_THAT(relayed.run.b.notified(), ElementsAre(100, 486));
    relayed.run.expect_conversation();
}

TEST(RelayedRefer, ARefusalIsPassedOn) {
    for (const int status : {603, 405}) {
        Relayed relayed;
        relayed.run.b.on_refer = refuses(status);
        relayed.run.a.refer("sip:carol@example.com");
        relayed.run.pass(1s);
        EXPECT_EQ(relayed.run.a.final_of("REFER"), status);
        EXPECT_THAT(relayed.run.a.notified(), IsEmpty());
        relayed.run.expect_conversation();
    }
}

TEST(RelayedRefer, WhoWantsNoNotifysSaysSoToTheOtherParty) {  // RFC 4488
    Relayed relayed;
    relayed.run.b.notices = {};
    relayed.run.b.on_refer = {{Duration{}, 200, {}, {}, "Refer-Sub: false\r\n"}};
    relayed.run.a.refer("sip:carol@example.com", "Refer-Sub: false\r\n");
    relayed.run.pass(6s);
    EXPECT_THAT(relayed.run.b.last_request("REFER"), HasSubstr("Refer-Sub: false\r\n"));
    EXPECT_THAT(relayed.run.a.final_text("REFER"), HasSubstr("Refer-Sub: false\r\n"));
    EXPECT_EQ(relayed.run.a.received("NOTIFY"), 0U);
}

TEST(RelayedRefer, ARefusedNotifyIsToldToWhoSentIt) {
    Relayed relayed;
    relayed.run.a.refuses_notices = true;
    relayed.run.a.refer("sip:carol@example.com");
    relayed.run.pass(1s);
    EXPECT_EQ(relayed.run.b.final_of("NOTIFY"), 481);
    relayed.run.expect_conversation();
}

TEST(RelayedRefer, ShowsNothingOfTheOtherLeg) {
    Relayed relayed;
    relayed.run.a.refer("sip:carol@example.com");
    relayed.run.pass(1s);
    EXPECT_THAT(relayed.run.b.last_request("REFER"), Not(HasSubstr(relayed.run.a.contact_user())));
    EXPECT_THAT(relayed.run.a.last_request("NOTIFY"), Not(HasSubstr(relayed.run.b.contact_user())));
}

// The other party carries an attended transfer out, too: the dialog that is named is one with the server.
TEST(RelayedRefer, WithReplacesBringsTheOtherPartyIntoTheConsultation) {
    Relayed relayed;
    Scenario& run = relayed.run;
    run.world.checks_hearing = false;  // it knows of pairs only
    run.world.inspector.secrets = {};  // the Call-ID that is named has A's address in it
    Phone& second = run.world.add_line(run.a);
    Phone& target = run.world.add_callee(1);
    second.invite("b1");
    run.pass(1s);
    const std::string refer_to = "sip:b1@10.0.0.1?Replaces=" + second.replaces();
    run.a.refer(refer_to);
    run.pass(100ms);
    EXPECT_THAT(run.b.last_request("REFER"), HasSubstr("Refer-To: <" + refer_to + ">\r\n"));
    Phone& new_line = run.world.add_line(run.b);
    new_line.invite("b1", {}, replaces_field(second));
    run.pass(1s);
    EXPECT_THAT(run.a.notified(), ElementsAre(100, 180, 200));
    EXPECT_TRUE(second.over());
    EXPECT_TRUE(hear_each_other(run, new_line, target));
}

TEST(RelayedRefer, ANotifyOfNothingIs481) {
    Scenario run{with(config::Refer::relay)};
    run.up();
    run.b.request("NOTIFY", "Event: refer\r\nSubscription-State: terminated\r\n");
    run.pass(1s);
    EXPECT_EQ(run.b.final_of("NOTIFY"), 481);
}

TEST(RefusedRefer, IsDeclinedAndChangesNothing) {
    Scenario run{with(config::Refer::refuse)};
    run.a.allows_refer = true;
    run.up();
    run.a.refer("sip:b1@10.0.0.1");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("REFER"), 603);
    EXPECT_EQ(run.b.received("REFER"), 0U);
    run.expect_conversation();
}

}  // namespace
}  // namespace simulation
