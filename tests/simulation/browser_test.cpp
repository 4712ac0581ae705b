// A browser calls a telephone: its media on one transport, its changes answered at once and never refused, its
// microphone not heard while it holds. The phone complains of media that is not on its transport, or under other keys.
#include <gmock/gmock.h>

#include "media/stream/connections.hpp"
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using Use = PhoneSecurity::Use;

// A is the browser.
struct BrowserScenario : Scenario {
    explicit BrowserScenario(std::uint64_t seed = 1) : Scenario{ScenarioOptions{Kind::websocket, Kind::udp, seed, {}}} {
        a.security.use = Use::browser;
    }
    // Of A's latest INVITE, answered within `time`.
    void expect_answered(Duration time) {
        pass(time);
        EXPECT_EQ(a.final_of("INVITE"), 200) << "a browser is never refused, and does not wait for the far leg";
    }
};

TEST(BrowserCall, BothAreHeard) {
    BrowserScenario run;
    run.up();
    run.expect_conversation();
    const View& told = *run.a.belief().remote;
    EXPECT_EQ(told.protocol, "UDP/TLS/RTP/SAVPF");
    EXPECT_EQ(told.setup, sip::sdp::Setup::passive);
    EXPECT_THAT(told.bundle, testing::ElementsAre("0"));
    ASSERT_TRUE(told.ice);
    EXPECT_TRUE(told.ice->is_lite);
    EXPECT_EQ(run.b.belief().remote->protocol, "RTP/AVP");
    EXPECT_FALSE(run.b.belief().remote->ice) << "nothing of it crosses";
    EXPECT_EQ(run.a.handshakes(), 1U);
}

TEST(BrowserCall, WhereUdpIsShutItsMediaGoesOverTcp) {
    BrowserScenario run;
    run.a.security.by_tcp = true;
    run.up();
    run.expect_conversation();
    EXPECT_EQ(run.world.engine.connection_count(), 1U);
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.expect_answered(10ms);
    run.pass(2s);
    EXPECT_TRUE(run.hears_music(run.b));
    run.a.reinvite();
    run.pass(2s);
    run.expect_conversation();
    run.b.reinvite(Sdp::with(Direction::sendonly));
    run.b.talks = false;
    run.pass(2s);
    EXPECT_TRUE(run.hears_music(run.a));
    EXPECT_EQ(run.a.handshakes(), 1U);
    run.a.bye();
    run.pass(media::Connections::proof_limit + 1s);
    EXPECT_EQ(run.world.engine.connection_count(), 0U) << "closed from here, since the page has not";
}

TEST(BrowserCall, ALostConnectionOfItsMediaIsFollowedByAnother) {
    BrowserScenario run;
    run.a.security.by_tcp = true;
    run.up();
    run.a.close_connection();
    run.pass(1s);
    EXPECT_EQ(run.a.received("INVITE"), 0U);
    run.pass(3s);
    run.expect_conversation();
    EXPECT_EQ(run.a.handshakes(), 1U);
}

TEST(BrowserCall, ItsHandshakeIsRepeatedUntilItIsDone) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE(seed);
        BrowserScenario run{seed};
        run.world.network.all.loss = 0.2;
        run.a.invite("b0");
        run.pass(20s);
        run.world.network.all.loss = 0;
        run.pass(2s);
        EXPECT_EQ(run.a.handshakes(), 1U);
        run.expect_conversation();
    }
}

TEST(BrowserCall, ABuiltInEndAnswersIt) {
    BrowserScenario run;
    run.world.checks_hearing = false;
    run.a.invite("echo");
    run.pass(2s);
    EXPECT_TRUE(run.hears(run.a, Sound{Sound::Kind::tone, run.a.identity().tone}));
}

TEST(BrowserCall, APhoneOnAWebSocketThatIsNoBrowserHasPlainMedia) {
    Scenario run{ScenarioOptions{Kind::websocket, Kind::udp, 1, {}}};
    run.up();
    run.expect_conversation();
    EXPECT_EQ(run.a.belief().remote->protocol, "RTP/AVP");
}

TEST(BrowserCall, ItsHoldIsAnsweredAtOnceAndToldToTheFarLeg) {
    BrowserScenario run;
    run.up();
    run.b.next_reinvites = {answers(3s)};
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.expect_answered(10ms);
    run.pass(1s);
    EXPECT_TRUE(run.hears_music(run.b)) << "though it has not answered yet";
    run.pass(4s);
    EXPECT_EQ(run.b.belief().remote->direction, Direction::sendonly);
    run.a.reinvite();
    run.expect_answered(10ms);
    run.pass(2s);
    run.expect_conversation();
    EXPECT_EQ(run.a.handshakes(), 1U);
}

TEST(BrowserCall, ItsMicrophoneIsNotHeardWhileItHolds) {
    BrowserScenario run;
    run.up();
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(2s);
    EXPECT_TRUE(run.a.belief().speaks()) << "it sends, as SIP.js does";
    EXPECT_TRUE(run.hears_music(run.b));
    EXPECT_FALSE(run.hears_other(run.b));
}

TEST(BrowserCall, AHoldThatTheFarLegRefusesIsNoErrorForIt) {
    BrowserScenario run;
    run.up();
    run.b.on_reinvite = {reply(20ms, 488)};
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.expect_answered(10ms);
    run.pass(2s);
    EXPECT_TRUE(run.hears_music(run.b));
    run.a.reinvite();
    run.expect_answered(10ms);
    run.pass(2s);
    run.expect_conversation();
}

TEST(BrowserCall, IsHeldAndResumedByTheFarLegWithoutBeingAsked) {
    BrowserScenario run;
    run.up();
    run.b.reinvite(Sdp::with(Direction::sendonly));
    run.b.talks = false;
    run.pass(2s);
    EXPECT_TRUE(run.hears_music(run.a));
    run.b.talks = true;
    run.b.reinvite();
    run.pass(2s);
    run.expect_conversation();
    EXPECT_EQ(run.b.final_of("INVITE"), 200);
    EXPECT_EQ(run.a.received("INVITE"), 0U) << "what could meet a change of its own";
}

TEST(BrowserCall, BothMayHoldAtTheSameMoment) {
    for (const Duration skew : {0ms, 5ms, 20ms, 50ms}) {
        BrowserScenario run;
        run.up();
        run.b.reinvite(Sdp::with(Direction::sendonly));
        run.b.talks = false;
        run.pass(skew);
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(5s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        EXPECT_EQ(run.b.final_of("INVITE"), 200);
        run.b.talks = true;
        run.b.reinvite();
        run.pass(3s);
        run.a.reinvite();
        run.pass(3s);
        run.expect_conversation();
    }
}

TEST(BrowserCall, HearsMusicAtOnceWhenTheFarLegAsksForAnOffer) {
    BrowserScenario run;
    run.up();
    run.b.reinvite(Sdp::none());
    run.pass(2s);
    EXPECT_EQ(run.a.received("INVITE"), 1U);
    EXPECT_THAT(run.a.received_ack(), testing::HasSubstr("application/sdp")) << "its offer is answered in our ACK";
    run.expect_conversation();
}

TEST(BrowserCall, ItsOfferIsAnsweredBeforeTheFarLegHasAnsweredOurs) {
    BrowserScenario run;
    run.up();
    run.b.ack.after = 2s;
    run.b.reinvite(Sdp::none());
    run.pass(300ms);
    EXPECT_EQ(run.a.acks_received(), 1U) << "a hold that it pressed now would break it";
    run.pass(4s);
    run.expect_conversation();
}

// With each skew between the two requests.
TEST(BrowserCall, OursGivesWayToItsOwn) {
    for (const Duration skew : {0ms, 5ms, 15ms, 25ms, 40ms, 60ms}) {
        BrowserScenario run;
        run.up();
        run.a.retries_glare = false;
        run.b.reinvite(Sdp::none());
        run.pass(skew);
        if (run.a.may_offer()) { run.a.reinvite(); }
        run.pass(5s);
        EXPECT_EQ(run.b.final_of("INVITE"), 200);
        EXPECT_NE(run.a.final_of("INVITE"), 491);
        run.expect_conversation();
    }
}

TEST(BrowserCall, AnIceRestartIsAnsweredHere) {
    BrowserScenario run;
    run.up();
    const auto before = run.a.belief().remote->ice->ufrag;
    const auto asked = run.b.received("INVITE");
    run.a.restart_ice();
    const Instant from = run.now();
    run.a.reinvite();
    run.expect_answered(10ms);
    run.pass(2s);
    EXPECT_NE(run.a.belief().remote->ice->ufrag, before);
    EXPECT_EQ(run.b.received("INVITE"), asked) << "no telephone is bothered with it";
    EXPECT_LT(run.a.heard().longest_gap(from, run.now()), 60ms);
    EXPECT_EQ(run.a.handshakes(), 1U);
    run.a.reinvite();
    run.pass(1s);
    run.expect_conversation();
}

TEST(BrowserCall, ADescriptionThatSaysTheSameGoesOn) {
    BrowserScenario run;
    run.up();
    const auto before = run.a.belief().remote->ice->ufrag;
    run.a.reinvite();
    run.pass(1s);
    EXPECT_EQ(run.a.belief().remote->ice->ufrag, before);
    EXPECT_EQ(run.a.handshakes(), 1U);
    run.expect_conversation();
}

TEST(BrowserCall, ItsVideoGoesToAPhoneThatTakesIt) {
    BrowserScenario run;
    run.a.takes_video = run.b.takes_video = true;
    run.up();
    run.a.reinvite(Sdp::with_video());
    run.expect_answered(10ms);
    run.pass(3s);
    EXPECT_EQ(run.a.received("INVITE"), 0U) << "its answer had room for what the far leg took";
    EXPECT_TRUE(run.a.has_video());
    EXPECT_TRUE(run.b.has_video());
    const Instant from = run.now() - 500ms;
    EXPECT_GT(run.b.seen().count(Sound{Sound::Kind::tone, run.a.identity().tone}, from, run.now()), 0U);
    EXPECT_GT(run.a.seen().count(Sound{Sound::Kind::tone, run.b.identity().tone}, from, run.now()), 0U);
    run.expect_conversation();
}

// In its network packets are lost that its phone has sent.
TEST(BrowserCall, WhatItMissesOfAPictureComesAgainFromHere) {
    BrowserScenario run;
    run.a.takes_video = run.b.takes_video = true;
    run.a.takes_feedback = run.b.takes_feedback = true;
    run.up();
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    ASSERT_TRUE(run.a.has_video());
    run.a.misses_each = 5;
    run.pass(3s);
    run.a.misses_each = 0;
    run.pass(500ms);
    EXPECT_GE(run.a.viewer().missed(), 25U);
    EXPECT_EQ(run.a.viewer().missing(), 0U);
    EXPECT_EQ(run.a.viewer().came_twice(), 0U);
    EXPECT_EQ(run.b.viewer().asked_for_packets(), 0U) << "it has lost nothing";
    run.expect_conversation();
}

TEST(BrowserCall, VideoThatNobodyTakesStaysInPlaceAndMute) {
    BrowserScenario run;
    run.up();
    run.a.takes_video = true;
    run.a.reinvite(Sdp::with_video());
    run.expect_answered(10ms);
    run.pass(3s);
    ASSERT_EQ(run.a.belief().remote->further.size(), 1U);
    EXPECT_TRUE(run.a.belief().remote->further.front().enabled) << "port 0 would be for good";
    EXPECT_EQ(run.a.received("INVITE"), 0U) << "and nothing is taken back from it in a re-INVITE of ours";
    run.expect_conversation();
    run.a.reinvite(Sdp::with_video(Direction::sendonly));
    run.pass(2s);
    EXPECT_EQ(run.a.belief().remote->further.front().direction, Direction::inactive) << "by now it is known";
    EXPECT_TRUE(run.hears_music(run.b));
}

TEST(BrowserCall, MediaOfSomebodyElseEndsIt) {
    BrowserScenario run;
    run.a.security.is_impostor = true;
    run.a.checks = false;
    run.a.invite(World::number(0, Kind::udp));
    run.pass(5s);
    run.expect_over();
}

}  // namespace
}  // namespace simulation
