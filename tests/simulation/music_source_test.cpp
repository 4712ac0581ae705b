// hold.music: sip:… : a music server plays to whoever is held, injected into the session or by an offer of the held leg
// (RFC 7088); whatever becomes of it, the held leg hears music.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"
#include "tests/simulation/world/town.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;

// The music server is the phone of seat 7; the sound that it plays is its tone.
constexpr int server_seat = 7;

class MusicSource {
public:
    explicit MusicSource(config::HoldMethod method = config::HoldMethod::inject)
        : run{[method](config::Config& config) {
              const std::string uri = "sip:music@" + sip_endpoint('b', server_seat, 0).to_string();
              for (auto& [name, trunk] : config.trunks) {
                  trunk.hold.music = uri;
                  trunk.hold.method = method;
              }
          }},
          server{run.world.add_callee(server_seat)} {
        server.on_invite = answers(50ms);
        server.wish = Direction::sendonly;
        run.world.checks_hearing = false;  // it knows of two parties only
        run.up();
    }
    void hold() {
        run.a.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
    }
    void resume() {
        run.a.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
    bool plays_to_b() const { return run.hears(run.b, run.world.tone(server)); }

    Scenario run;
    Phone& server;
};

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

TEST(MusicSource, AnswersAnOfferOfTheHeldLegWhereThatIsAskedFor) {
    MusicSource music{config::HoldMethod::rfc7088};
    music.hold();
    music.run.pass(1s);
    EXPECT_THAT(music.run.b.last_request("INVITE"), Not(HasSubstr("m=audio"))) << "it is asked for an offer";
    EXPECT_THAT(music.run.b.received_ack(), HasSubstr("a=sendonly"));
    EXPECT_TRUE(music.plays_to_b());
    music.resume();
    EXPECT_THAT(music.run.b.last_request("INVITE"), HasSubstr("a=sendrecv")) << "an explicit offer";
    EXPECT_TRUE(music.server.over());
}

TEST(MusicSource, ThatFailsMeanwhileDoesNotKeepTheHeldLegWaitingForItsAck) {
    for (const auto& script : {refuses(486), is_silent()}) {
        MusicSource music{config::HoldMethod::rfc7088};
        music.server.on_invite = script;
        music.hold();
        music.run.pass(3s);
        EXPECT_THAT(music.run.b.received_ack(), HasSubstr("a=sendonly"));
        EXPECT_TRUE(music.run.hears_music(music.run.b));
        music.resume();
    }
}

TEST(MusicSource, AHeldLegThatGivesNoOfferIsToldOtherwise) {
    MusicSource music{config::HoldMethod::rfc7088};
    music.run.b.next_reinvites = {refuses(488)};
    music.hold();
    music.run.pass(1s);
    EXPECT_FALSE(music.run.b.belief().speaks());
    EXPECT_TRUE(music.plays_to_b());
    music.resume();
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
