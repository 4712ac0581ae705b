// hold.music: sip:… : a music server plays to whoever is held, injected into the session; whatever becomes of it, the
// held leg hears music. By an offer of the held leg: music_source_offer_test.cpp.
#include "tests/simulation/music_source.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;

TEST(MusicSource, PlaysToTheHeldLegAndIsHungUpAtTheResume) {
    MusicSource music;
    music.hold();
    EXPECT_TRUE(music.plays_to_b()) << music.run.b.describe();
    EXPECT_TRUE(music.run.hears_nothing(music.server));
    EXPECT_FALSE(music.server.belief().hears()) << "it is heard, and hears nothing";
    music.resume();
    EXPECT_TRUE(music.server.over());
}

TEST(MusicSource, TheBuiltinTuneBridgesTheTimeUntilItPlays) {
    MusicSource music;
    music.server.on_invite = answers(900ms);
    music.run.a.reinvite(Sdp::with(Direction::inactive));
    music.run.pass(800ms);
    EXPECT_TRUE(music.run.hears_music(music.run.b));
    music.run.pass(1s);
    EXPECT_TRUE(music.plays_to_b());
}

TEST(MusicSource, ThatRefusesOrIsSilentLeavesTheBuiltinTune) {
    for (const auto& script : {refuses(486), is_silent(), Script{reply(10ms, 200, Sdp::text("rubbish"))}}) {
        MusicSource music;
        music.server.on_invite = script;
        music.server.checks = false;
        music.hold();
        EXPECT_TRUE(music.run.hears_music(music.run.b));
        music.run.pass(3s);
        EXPECT_EQ(music.server.received("INVITE"), 1U) << "not asked again in this hold";
        music.resume();
        music.server.on_invite = answers(50ms);
    }
}

TEST(MusicSource, ThatHangsUpIsReplacedByTheBuiltinTuneAndTheHeldLegNeverLearns) {
    MusicSource music;
    music.hold();
    const auto asked = music.run.b.received("INVITE");
    music.server.bye();
    music.run.pass(1s);
    EXPECT_TRUE(music.run.hears_music(music.run.b));
    EXPECT_EQ(music.run.b.received("INVITE"), asked);
    music.resume();
}

TEST(MusicSource, ThatFallsSilentIsReplacedByTheBuiltinTune) {
    MusicSource music;
    music.hold();
    music.server.talks = false;
    music.run.pass(1s);
    EXPECT_TRUE(music.run.hears_music(music.run.b));
}

TEST(MusicSource, MayChangeItsOwnSession) {
    MusicSource music;
    music.hold();
    for (const bool with_offer : {true, false}) {
        music.server.move_to(
            {music.server.identity().rtp.address, with_offer ? std::uint16_t{4600} : std::uint16_t{4700}});
        music.server.reinvite(with_offer ? Sdp{} : Sdp::none());
        music.run.pass(1s);
        EXPECT_EQ(music.server.final_of("INVITE"), 200);
        EXPECT_TRUE(music.plays_to_b());
    }
    music.resume();
}

TEST(MusicSource, GoesWithTheCall) {
    for (const bool early : {true, false}) {
        MusicSource music;
        if (early) { music.server.on_invite = {reply(50ms, 180), reply(5s, 200)}; }
        music.hold();
        music.run.b.bye();
        music.run.pass(10s);
        EXPECT_TRUE(music.server.over());
    }
}

TEST(MusicSource, AnHourOfHoldIsKeptAliveByItsOwnSessionTimer) {
    MusicSource music;
    music.run.a.talks = music.run.b.talks = music.server.talks = false;
    music.hold();
    music.run.pass(std::chrono::minutes{61});
    EXPECT_TRUE(music.server.up());
    EXPECT_GE(music.server.received("INVITE"), 4U) << "each 15 minutes";
}

// How most phones hold: sendonly, and nothing is sent.
TEST(MusicSource, PlaysForAHolderWhoMightPlayItselfAndDoesNot) {
    for (const bool from_a : {true, false}) {
        MusicSource music;
        Phone& holder = from_a ? music.run.a : music.run.b;
        Phone& held = from_a ? music.run.b : music.run.a;
        holder.talks = false;
        holder.reinvite(Sdp::with(Direction::sendonly));
        music.run.pass(2s);
        EXPECT_EQ(holder.final_of("INVITE"), 200);
        EXPECT_TRUE(music.run.hears(held, music.run.world.tone(music.server))) << held.describe();
        holder.talks = true;
        holder.reinvite();
        music.run.pass(1s);
        music.run.expect_conversation();
        EXPECT_TRUE(music.server.over());
    }
}

TEST(MusicSource, IsNotCalledWhileTheHolderPlaysItself) {
    MusicSource music;
    music.run.a.voice = Speech::music;
    music.run.a.reinvite(Sdp::with(Direction::sendonly));
    music.run.pass(3s);
    EXPECT_TRUE(music.run.hears(music.run.b, {Sound::Kind::chord, music.run.a.identity().tone}));
    EXPECT_FALSE(music.called());
}

TEST(MusicSource, GivesTheWordBackToAHolderThatPlaysAgain) {
    MusicSource music;
    const Sound chord{Sound::Kind::chord, music.run.a.identity().tone};
    music.run.a.voice = Speech::music;
    music.run.a.reinvite(Sdp::with(Direction::sendonly));
    music.run.pass(1s);
    music.run.a.voice = Speech::silence;
    const Instant silent = music.run.now();
    music.run.pass(2s);
    EXPECT_TRUE(music.plays_to_b());
    EXPECT_LE(*music.run.b.heard().first(music.run.music, silent) - silent, 450ms) << "the tune until it plays";
    music.run.a.voice = Speech::music;
    const Instant heard = music.run.now();
    music.run.pass(1s);
    EXPECT_TRUE(music.run.hears(music.run.b, chord));
    EXPECT_EQ(music.run.b.heard().count(music.run.world.tone(music.server), heard + 100ms, music.run.now()), 0U);
    EXPECT_EQ(music.run.b.heard().source_count(), 1U);
    EXPECT_TRUE(music.server.up()) << "it may be needed again";
}

TEST(MusicSource, GoesOnPlayingWhenTheHolderRefreshesWithoutAnOffer) {
    for (const Direction hold : {Direction::inactive, Direction::sendonly}) {
        MusicSource music;
        music.run.a.talks = false;
        music.run.a.reinvite(Sdp::with(hold));
        music.run.pass(2s);
        ASSERT_TRUE(music.plays_to_b());
        music.run.a.ack.answer = Sdp::with(hold);
        music.run.a.reinvite(Sdp::none());
        music.run.pass(1s);
        EXPECT_EQ(music.run.a.final_of("INVITE"), 200);
        EXPECT_EQ(music.server.received("BYE"), 0U);
        EXPECT_EQ(music.server.received("INVITE"), 1U);
        EXPECT_TRUE(music.plays_to_b());
    }
}

TEST(MusicSource, AnotherBranchThatAnswersTooIsAcknowledgedAndHungUp) {
    MusicSource music;
    Phone& second = music.run.world.add_callee(server_seat + 1);
    second.on_invite = answers(150ms);
    second.talks = false;
    music.run.world.network.fork(Scenario::request_to(music.server, "INVITE"), second.identity().sip);
    music.hold();
    EXPECT_EQ(second.acks_received(), 1U);
    EXPECT_EQ(second.received("BYE"), 1U);
    EXPECT_TRUE(second.over());
    EXPECT_TRUE(music.plays_to_b());
}

TEST(MusicSource, EachHeldLegHasTheServerOfItsTrunkAlsoAtTheSameTime) {
    const auto uri = [](int seat) { return "sip:music@" + sip_endpoint('b', seat, 0).to_string(); };
    Scenario run{[&](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) {
            trunk.hold.music = uri(name == "callers" ? server_seat : server_seat + 1);
        }
    }};
    run.world.checks_hearing = false;
    Phone& of_a = run.world.add_callee(server_seat);
    Phone& of_b = run.world.add_callee(server_seat + 1);
    for (Phone* const server : {&of_a, &of_b}) {
        server->on_invite = answers(50ms);
        server->wish = Direction::sendonly;
    }
    run.up();
    for (const auto side : {media::Side::a, media::Side::b}) {
        EXPECT_EQ(run.world.order(side, server::LegOrder::Kind::hold), server::OrderResult::taken);
    }
    run.pass(2s);
    EXPECT_TRUE(run.hears(run.a, run.world.tone(of_a))) << run.a.describe();
    EXPECT_TRUE(run.hears(run.b, run.world.tone(of_b))) << run.b.describe();
}

TEST(MusicSource, IsReachedOverTcpToo) {
    Scenario run{[](config::Config& config) {
        const auto place = sip_endpoint('b', server_seat, static_cast<int>(Kind::tcp)).to_string();
        for (auto& [name, trunk] : config.trunks) { trunk.hold.music = "sip:music@" + place + ";transport=tcp"; }
    }};
    Phone& server = run.world.add_callee(server_seat, Kind::tcp);
    server.on_invite = answers(50ms);
    server.wish = Direction::sendonly;
    run.world.checks_hearing = false;
    run.up();
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(2s);
    EXPECT_TRUE(run.hears(run.b, run.world.tone(server))) << run.b.describe();
    run.a.reinvite();
    run.pass(1s);
    EXPECT_TRUE(server.over());
    run.expect_conversation();
}

TEST(MusicSource, PlaysForAHoldByUpdateAndForOneByAnAnswerInTheAck) {
    for (const bool by_update : {true, false}) {
        MusicSource music;
        if (by_update) { music.run.a.update(Sdp::with(Direction::inactive)); }
        if (!by_update) {
            music.run.a.ack.answer = Sdp::with(Direction::inactive);
            music.run.a.reinvite(Sdp::none());
        }
        music.run.pass(2s);
        EXPECT_TRUE(music.plays_to_b()) << music.run.b.describe();
        music.resume();
        EXPECT_TRUE(music.server.over());
    }
}

// A holds B and refers it to C.
struct Referred : MusicSource {
    explicit Referred(Script script) : target{run.world.add_callee(1)} {
        run.a.allows_refer = true;
        target.on_invite = std::move(script);
        hold();
        run.a.refer("sip:b1@10.0.0.1");
        run.pass(600ms);
        EXPECT_TRUE(server.over());
        EXPECT_TRUE(run.hears_music(run.b));
        again = &run.world.add_callee(server_seat);
        again->on_invite = answers(50ms);
        again->wish = Direction::sendonly;
    }
    Phone& target;
    Phone* again = nullptr;  // the music server, for a call more
};

TEST(MusicSource, MakesWayForATransferAndIsBackWhereThatFails) {
    for (const auto& script : {refuses(486, 900ms), Script{reply(100ms, 180)}}) {
        Referred referred{script};
        referred.run.pass(script.size() == 1 && script.front().status == 180 ? 3min + 1s : 1s);
        EXPECT_TRUE(referred.again->up());
        EXPECT_TRUE(referred.plays_to_b()) << referred.run.b.describe();
        referred.resume();
        EXPECT_TRUE(referred.again->over());
    }
}

TEST(MusicSource, PlaysForATargetThatHoldsAfterTheTransfer) {
    Referred referred{answers(900ms)};
    referred.run.pass(1s);
    EXPECT_TRUE(referred.run.a.over());
    EXPECT_EQ(referred.again->received("INVITE"), 0U) << "nobody holds";
    EXPECT_TRUE(referred.run.hears(referred.run.b, referred.run.world.tone(referred.target)));
    referred.target.reinvite(Sdp::with(Direction::inactive));
    referred.run.pass(1s);
    EXPECT_TRUE(referred.plays_to_b()) << referred.run.b.describe();
}

}  // namespace
}  // namespace simulation
