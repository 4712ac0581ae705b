// INVITEs with Replaces (RFC 3891): C takes the place of A or B in their call, and is refused where it may not.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"
#include "tests/simulation/transfer_parties.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;

struct Newcomer {
    explicit Newcomer(bool of_a = true, const ScenarioOptions& options = {})
        : run{options}, c{run.world.add_caller(1)}, replaced{of_a ? run.a : run.b}, partner{of_a ? run.b : run.a} {
        run.world.checks_hearing = false;  // it knows of pairs only
    }
    void invite(const std::string& replaces, const Sdp& offer = {}) { c.invite("b1", offer, replaces); }
    void refused(const std::string& headers, int status, const std::string& warning) {
        run.up();
        invite(headers);
        run.pass(1s);
        EXPECT_EQ(c.final_of("INVITE"), status);
        EXPECT_THAT(c.final_text("INVITE"), HasSubstr(warning));
        run.expect_conversation();
    }
    bool talk(const Phone& one, const Phone& two) const { return hear_each_other(run, one, two); }

    Scenario run;
    Phone& c;
    Phone& replaced;
    Phone& partner;
};

TEST(Replaces, BringsWhoeverAsksInPlaceOfAPeer) {
    for (const bool of_a : {true, false}) {
        for (const bool offers : {true, false}) {
            Newcomer newcomer{of_a};
            newcomer.run.up();
            const auto told = newcomer.partner.received("INVITE");
            newcomer.invite(replaces_field(newcomer.replaced), offers ? Sdp{} : Sdp::none());
            newcomer.run.pass(1s);
            EXPECT_TRUE(newcomer.c.up());
            EXPECT_TRUE(newcomer.replaced.over());
            EXPECT_EQ(newcomer.replaced.received("BYE"), 1U);
            EXPECT_TRUE(newcomer.talk(newcomer.c, newcomer.partner));
            EXPECT_EQ(newcomer.partner.received("INVITE"), told + 1) << "it is told of its new partner's session";
            newcomer.c.wish = Direction::sendonly;
            newcomer.c.reinvite();
            newcomer.run.pass(1s);
            EXPECT_TRUE(newcomer.run.hears_music(newcomer.partner) || !newcomer.c.belief().hears());
            newcomer.c.bye();
            newcomer.run.pass(1s);
            EXPECT_TRUE(newcomer.partner.over());
        }
    }
}

TEST(Replaces, IsNamedAmongWhatIsSupported) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.invite(replaces_field(newcomer.replaced) + "Require: replaces\r\n");
    newcomer.run.pass(1s);
    EXPECT_TRUE(newcomer.c.up());
    EXPECT_THAT(newcomer.c.final_text("INVITE"), HasSubstr("replaces"));
    EXPECT_THAT(newcomer.partner.last_request("INVITE"), HasSubstr("Supported: timer, replaces\r\n"));
}

TEST(Replaces, TwoOfThemAreRefused) {
    Newcomer newcomer;
    newcomer.refused("Replaces: x;to-tag=1;from-tag=2\r\nReplaces: y;to-tag=1;from-tag=2\r\n", 400, "Replaces");
}

TEST(Replaces, WithJoinIsRefused) {
    Newcomer newcomer;
    newcomer.refused("Replaces: x;to-tag=1;from-tag=2\r\nJoin: x;to-tag=1;from-tag=2\r\n", 400, "Join");
}

TEST(Replaces, WithoutBothTagsIsRefused) {
    for (const std::string value : {"x;to-tag=1", "x;from-tag=1", "x", ";to-tag=1;from-tag=2", "x;to-tag=1;to-tag=2"}) {
        Newcomer newcomer;
        newcomer.refused("Replaces: " + value + "\r\n", 400, "one Replaces");
    }
}

TEST(Replaces, InAnotherRequestIsRefused) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.run.a.request("INFO", replaces_field(newcomer.run.a));
    newcomer.run.pass(1s);
    EXPECT_EQ(newcomer.run.a.final_of("INFO"), 400);
    newcomer.run.expect_conversation();
}

TEST(Replaces, OfADialogThatIsNotThereIs481) {
    Newcomer newcomer;
    newcomer.refused("Replaces: nobody;to-tag=1;from-tag=2\r\n", 481, "no such dialog");
}

TEST(Replaces, WithTheTagOfSomebodyElseIs481) {
    Newcomer newcomer;
    newcomer.run.up();
    std::string field = replaces_field(newcomer.run.a);
    field.insert(field.find("from-tag=") + 9, "x");
    newcomer.invite(field);
    newcomer.run.pass(1s);
    EXPECT_EQ(newcomer.c.final_of("INVITE"), 481);
    newcomer.run.expect_conversation();
}

TEST(Replaces, EarlyOnlyOfADialogThatIsUpIs486) {
    Newcomer newcomer;
    newcomer.run.up();
    std::string field = replaces_field(newcomer.run.a);
    newcomer.invite(field.insert(field.size() - 2, ";early-only"));
    newcomer.run.pass(1s);
    EXPECT_EQ(newcomer.c.final_of("INVITE"), 486);
    newcomer.run.expect_conversation();
}

TEST(Replaces, OfACallThatEndsIs603AndOfOneThatHasEnded481) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.run.b.answers_bye = false;
    const std::string field = replaces_field(newcomer.run.a);
    newcomer.run.a.bye();
    newcomer.run.pass(100ms);
    newcomer.invite(field);
    newcomer.run.pass(100ms);
    EXPECT_EQ(newcomer.c.final_of("INVITE"), 603);
    newcomer.run.pass(40s);
    Phone& late = newcomer.run.world.add_caller(2);
    late.invite("b1", {}, field);
    newcomer.run.pass(100ms);
    EXPECT_EQ(late.final_of("INVITE"), 481);
}

TEST(Replaces, OfACallerThatNobodyHasAnsweredIs481) {
    Newcomer newcomer;
    newcomer.run.b.on_invite = rings_then_answers(50ms, 2s);
    newcomer.run.a.invite("b0");
    newcomer.run.pass(500ms);
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(500ms);
    EXPECT_EQ(newcomer.c.final_of("INVITE"), 481);
    newcomer.run.pass(2s);
    newcomer.run.expect_conversation();
}

// RFC 3891 §3 would let the call of a callee that rings be picked up: left out.
TEST(Replaces, OfACalleeThatStillRingsIs481) {
    for (const std::string early_only : {"", ";early-only"}) {
        Newcomer newcomer;
        newcomer.run.b.on_invite = rings_then_answers(50ms, 2s);
        newcomer.run.a.invite("b0");
        newcomer.run.pass(500ms);
        std::string field = replaces_field(newcomer.run.b);
        newcomer.invite(field.insert(field.size() - 2, early_only));
        newcomer.run.pass(500ms);
        EXPECT_EQ(newcomer.c.final_of("INVITE"), 481);
        newcomer.run.pass(2s);
        newcomer.run.expect_conversation();
    }
}

TEST(Replaces, OfABuiltInEndIsDeclined) {
    Newcomer newcomer;
    newcomer.run.a.invite("music");
    newcomer.run.pass(1s);
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(1s);
    EXPECT_EQ(newcomer.c.final_of("INVITE"), 603);
    EXPECT_TRUE(newcomer.run.hears_music(newcomer.run.a));
}

TEST(Replaces, OneAtATime) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.c.ack.after = 300ms;
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(100ms);
    Phone& second = newcomer.run.world.add_caller(2);
    second.invite("b1", {}, replaces_field(newcomer.run.b));
    newcomer.run.pass(100ms);
    EXPECT_EQ(second.final_of("INVITE"), 491);
    newcomer.run.pass(2s);
    EXPECT_TRUE(newcomer.talk(newcomer.c, newcomer.partner));
}

TEST(Replaces, WithADescriptionThatCannotBeUsedChangesNothing) {
    for (const std::string body : {"this is none\r\n", "v=0\r\no=- 1 1 IN IP4 10.1.0.102\r\ns=-\r\nt=0 0\r\n"}) {
        Newcomer newcomer;
        newcomer.run.up();
        newcomer.invite(replaces_field(newcomer.run.a), Sdp::text(body));
        newcomer.run.pass(1s);
        EXPECT_GE(newcomer.c.final_of("INVITE"), 400);
        EXPECT_THAT(newcomer.c.final_text("INVITE"), HasSubstr("Warning: "));
        newcomer.run.expect_conversation();
    }
}

TEST(Replaces, AStrangerMayNot) {
    Newcomer newcomer{true, {Kind::udp, Kind::udp, 1, [](config::Config& config) {
                                 config.trunks["callers"].allow = {*base::Subnet::parse("10.1.0.101")};
                             }}};
    newcomer.run.up();
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(1s);
    EXPECT_EQ(newcomer.c.final_of("INVITE"), 403);
    newcomer.run.expect_conversation();
}

TEST(Replaces, WaitsForAChangeThatIsUnderWay) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.partner.next_reinvites = {answers(1s)};
    newcomer.run.a.reinvite(Sdp::with(Direction::sendonly));
    newcomer.run.pass(100ms);
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(500ms);
    EXPECT_TRUE(newcomer.c.up());
    EXPECT_TRUE(newcomer.run.a.up());
    newcomer.run.pass(2s);
    EXPECT_EQ(newcomer.run.a.final_of("INVITE"), 200);
    EXPECT_TRUE(newcomer.run.a.over());
    EXPECT_TRUE(newcomer.talk(newcomer.c, newcomer.partner));
}

TEST(Replaces, AHoldOfWhoIsReplacedEndsAndThatOfThePartnerStays) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.run.a.wish = Direction::inactive;
    newcomer.run.a.reinvite();
    newcomer.run.pass(1s);
    newcomer.run.b.wish = Direction::sendonly;
    newcomer.run.b.reinvite();
    newcomer.run.pass(1s);
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(2s);
    EXPECT_TRUE(newcomer.c.up());
    EXPECT_FALSE(newcomer.c.belief().speaks()) << "the partner still holds";
    newcomer.run.b.wish = Direction::sendrecv;
    newcomer.run.b.reinvite();
    newcomer.run.pass(1s);
    EXPECT_TRUE(newcomer.talk(newcomer.c, newcomer.partner));
}

TEST(Replaces, WhoNeverAcknowledgesIsHungUpOnAndTheCallGoesOn) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.c.ack.send = false;
    newcomer.c.checks = false;
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(31s);
    EXPECT_TRUE(newcomer.c.up());
    newcomer.run.pass(2s);
    EXPECT_TRUE(newcomer.c.over());
    EXPECT_EQ(newcomer.c.received("BYE"), 1U);
    newcomer.run.expect_conversation();
}

TEST(Replaces, AnAckWithoutTheAnswerThatIsDueChangesNothing) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.c.checks = false;
    newcomer.c.ack.answer = Sdp::none();
    newcomer.invite(replaces_field(newcomer.run.a), Sdp::none());
    newcomer.run.pass(1s);
    EXPECT_TRUE(newcomer.c.over());
    newcomer.run.expect_conversation();
}

TEST(Replaces, WhoHangsUpBeforeItsTurnLeavesTheCallAsItWas) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.partner.next_reinvites = {answers(1s)};
    newcomer.run.a.reinvite();
    newcomer.run.a.wish = Direction::sendonly;
    newcomer.run.a.reinvite();
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(200ms);
    newcomer.c.bye();
    newcomer.run.pass(3s);
    newcomer.run.expect_up();
}

TEST(Replaces, WhoIsReplacedMayHangUpMeanwhile) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.c.ack.after = 300ms;
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(100ms);
    newcomer.run.a.bye();
    newcomer.run.pass(1s);
    EXPECT_EQ(newcomer.run.a.final_of("BYE"), 200);
    EXPECT_TRUE(newcomer.talk(newcomer.c, newcomer.partner));
}

TEST(Replaces, ThePartnerThatHangsUpMeanwhileEndsAll) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.c.ack.after = 300ms;
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(100ms);
    newcomer.run.b.bye();
    newcomer.run.pass(100ms);
    EXPECT_TRUE(newcomer.c.up()) << "no BYE before the ACK";
    newcomer.run.pass(1s);
    EXPECT_TRUE(newcomer.c.over() && newcomer.run.a.over());
}

TEST(Replaces, GoesOnWhileTheServerDrains) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.run.world.drain();
    newcomer.invite(replaces_field(newcomer.run.a));
    newcomer.run.pass(1s);
    EXPECT_TRUE(newcomer.talk(newcomer.c, newcomer.partner));
}

TEST(Replaces, TheSessionIntervalIsNegotiated) {
    Newcomer newcomer;
    newcomer.run.up();
    newcomer.invite(replaces_field(newcomer.run.a) + "Supported: timer\r\nSession-Expires: 30\r\n");
    newcomer.run.pass(1s);
    EXPECT_EQ(newcomer.c.final_of("INVITE"), 422);
    EXPECT_THAT(newcomer.c.final_text("INVITE"), HasSubstr("Min-SE: 90\r\n"));
    newcomer.run.expect_conversation();
}

// As many as a call remembers, and one more: nobody of them answers its BYE.
TEST(Replaces, ThoseThatWereReplacedAndAreSilentAreForgotten) {
    Newcomer newcomer;
    newcomer.run.up();
    Phone* last = &newcomer.run.a;
    for (int seat = 2; seat < 8; ++seat) {
        Phone& next = newcomer.run.world.add_caller(seat);
        last->answers_bye = false;
        last->checks = false;
        next.invite("b1", {}, replaces_field(*last));
        newcomer.run.pass(300ms);
        last = &next;
    }
    newcomer.run.pass(500ms);
    EXPECT_TRUE(newcomer.talk(*last, newcomer.partner));
    newcomer.partner.bye();
    newcomer.run.pass(1s);
    EXPECT_TRUE(last->over());
}

TEST(Replaces, OnAPoorNetwork) {
    for (std::uint64_t seed = 1; seed <= 30 && !testing::Test::HasFailure(); ++seed) {
        Newcomer newcomer{seed % 2 == 0, {Kind::udp, Kind::udp, seed, {}}};
        newcomer.run.up();
        newcomer.run.world.network.all.loss = 0.15;
        newcomer.run.world.network.all.duplicate = 0.1;
        newcomer.run.world.network.all.reorder = 0.1;
        newcomer.invite(replaces_field(newcomer.replaced), seed % 3 == 0 ? Sdp::none() : Sdp{});
        newcomer.run.pass(40s);
        newcomer.run.world.network.all = {};
        newcomer.run.pass(2s);
        EXPECT_TRUE(newcomer.talk(newcomer.c, newcomer.partner)) << "seed " << seed;
        EXPECT_TRUE(newcomer.replaced.over());
    }
}

}  // namespace
}  // namespace simulation
