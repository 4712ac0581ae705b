// Session timers (RFC 4028) of both legs, each for itself, and row 45 of the race and failure cases.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

// Silence, so that an hour of a call is soon over.
class Timed : public Scenario {
public:
    explicit Timed(const std::function<void(config::Trunk&)>& change = {})
        : Scenario{[change](config::Config& config) {
              for (auto& [name, trunk] : config.trunks) {
                  trunk.media_timeout = std::chrono::hours{24};
                  if (change) { change(trunk); }
              }
          }} {
        a.talks = b.talks = false;
        world.checks_hearing = false;
    }
    void call(const std::string& headers) {
        a.invite(World::number(0), {}, headers);
        pass(2s);
    }
};

constexpr const char* asks_90_seconds = "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n";

TEST(SessionTimer, IsGrantedAsTheInviteAskedWhateverCameBetween) {
    Timed run;
    run.a.supports_100rel = run.b.supports_100rel = true;
    run.a.prack_offer = Sdp::with(Direction::sendrecv);
    run.b.on_invite = {reliable(100ms, 183), reply(500ms, 200)};
    run.call(asks_90_seconds);
    EXPECT_EQ(run.a.final_of("PRACK"), 200);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Session-Expires: 90;refresher=uac"));
}

TEST(SessionTimer, IsAskedOfTheCalleeAndGrantedToTheCaller) {
    Timed run;
    run.call(asks_90_seconds);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Session-Expires: 90;refresher=uac"));
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Require: timer"));
    EXPECT_THAT(run.b.last_request("INVITE"), HasSubstr("Session-Expires: 1800"));
    EXPECT_THAT(run.b.last_request("INVITE"), HasSubstr("timer"));
}

TEST(Races, Row45_ARefresherThatStopsEndsTheCall30SecondsBeforeTheSessionExpires) {
    Timed run;
    run.call(asks_90_seconds);
    run.pass(57s);  // 90 s − 90 s / 3 from the 200 on
    run.expect_up();
    run.pass(3s);
    EXPECT_EQ(run.a.received("BYE"), 1U);
    EXPECT_EQ(run.b.received("BYE"), 1U);
    run.expect_over();
}

TEST(Races, Row45_WhereWeRefreshThatLegAloneIsAsked) {
    for (const bool update : {true, false}) {
        Timed run;
        run.b.allows_update = update;
        run.b.on_invite.back().headers = "Require: timer\r\nSession-Expires: 1800;refresher=uac\r\n";
        run.b.on_reinvite = answers();
        run.b.on_reinvite.back().headers = run.b.on_invite.back().headers;
        run.b.on_update = run.b.on_reinvite;
        run.call({});
        run.pass(minutes{16});
        EXPECT_EQ(run.b.received("UPDATE"), update ? 1U : 0U);
        EXPECT_EQ(run.b.received("INVITE"), update ? 1U : 2U);
        run.pass(minutes{15});
        EXPECT_EQ(run.b.received("UPDATE") + run.b.received("INVITE"), 3U);
        EXPECT_EQ(run.a.received("INVITE"), 2U) << "by the timer of leg A, which knows nothing of leg B's";
        run.expect_up();
    }
}

TEST(Races, Row45_ARefreshByTheLastDescriptionKeepsAHold) {
    Timed run;
    run.b.on_invite.back().headers = "Session-Expires: 1800;refresher=uac\r\n";
    run.call({});
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(minutes{17});
    EXPECT_EQ(run.b.received("INVITE"), 3U);
    EXPECT_THAT(run.b.last_request("INVITE"), HasSubstr("a=sendonly"));
    EXPECT_FALSE(run.b.belief().speaks());
}

TEST(Races, Row45_AnIntervalThatIsTooSmallIs422WithOurs) {
    Timed run;
    run.call("Supported: timer\r\nSession-Expires: 60\r\n");
    EXPECT_EQ(run.a.final_of("INVITE"), 422);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Min-SE: 90"));
    EXPECT_EQ(run.b.received("INVITE"), 0U);
}

TEST(Races, Row45_A422OfTheCalleeIsHonouredOnce) {
    Timed run;
    Script small = refuses(422);
    small.front().headers = "Min-SE: 3600\r\n";
    run.b.on_invite = small;
    run.a.invite(World::number(0));
    run.pass(32ms);
    run.b.on_invite = rings_then_answers();
    run.pass(2s);
    run.expect_up();
    EXPECT_THAT(run.b.last_request("INVITE"), HasSubstr("Session-Expires: 3600"));
    EXPECT_THAT(run.b.last_request("INVITE"), HasSubstr("Min-SE: 3600"));
}

TEST(Races, Row45_ARefreshThatMeetsAChangeIsTriedAgainAndNothingEnds) {
    Timed run;
    run.b.on_invite.back().headers = "Session-Expires: 1800;refresher=uac\r\n";
    run.b.next_reinvites = {refuses(491), refuses(500), answers()};
    run.call({});
    run.pass(minutes{16});
    EXPECT_EQ(run.b.received("INVITE"), 4U);
    run.expect_up();
}

TEST(Races, Row45_ARefreshThatIsChallengedAnewIsSentAgainWithCredentials) {
    for (const bool update : {true, false}) {
        Timed run{[](config::Trunk& trunk) { trunk.auth = config::Credentials{"u1", "p1"}; }};
        Script stale = refuses(401);
        stale.back().headers =
            "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n2\", stale=true, qop=\"auth\", algorithm=MD5\r\n";
        run.b.allows_update = update;
        run.b.on_invite.back().headers = "Require: timer\r\nSession-Expires: 1800;refresher=uac\r\n";
        run.b.next_updates = run.b.next_reinvites = {stale};
        run.call({});
        run.pass(minutes{16});
        const std::string method = update ? "UPDATE" : "INVITE";
        EXPECT_EQ(run.b.received(method), update ? 2U : 3U);
        EXPECT_THAT(run.b.last_request(method), HasSubstr("nonce=\"n2\""));
        run.expect_up();
    }
}

TEST(SessionTimer, ThatTheCallerRefreshesGoesOnForHours) {
    Timed run;
    run.a.allows_update = true;
    run.call(asks_90_seconds);
    for (int i = 0; i < 60; ++i) {
        run.a.update(Sdp::none(), asks_90_seconds);
        run.pass(45s);
    }
    EXPECT_THAT(run.a.final_text("UPDATE"), HasSubstr("Session-Expires: 90;refresher=uac"));
    run.expect_up();
    EXPECT_LE(run.b.received("INVITE"), 4U) << "its own timer is the callee's only one";
}

TEST(SessionTimer, ADialogThatIsGoneAtTheRefreshEndsTheCall) {
    Timed run;
    run.b.on_invite.back().headers = "Session-Expires: 1800;refresher=uac\r\n";
    run.b.on_reinvite = refuses(481);
    run.call({});
    run.pass(minutes{16});
    EXPECT_TRUE(run.a.over());
    EXPECT_EQ(run.world.core().call_count(), 0U);
}

TEST(SessionTimer, IsRequiredByNobodyWhoDoesNotKnowIt) {
    Timed run;
    run.call({});
    EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr("Require:")));
}

}  // namespace
}  // namespace simulation
