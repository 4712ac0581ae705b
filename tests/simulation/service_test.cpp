// The server as a whole: built-in ends, requests beside calls, draining, hanging up from outside, limits.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;

struct BuiltIn {
    Scenario run;
    explicit BuiltIn(const std::string& name, const Sdp& offer = {}) {
        run.world.checks_hearing = false;
        run.a.invite(name, offer);
        run.pass(2s);
        EXPECT_TRUE(run.a.up()) << run.a.describe();
    }
    ~BuiltIn() {
        run.a.bye();
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("BYE"), 200);
    }
};

TEST(App, MusicPlaysMusic) {
    BuiltIn call{"music"};
    EXPECT_TRUE(call.run.hears_music(call.run.a));
}

TEST(App, EchoSpeaksWithTheCallersVoice) {
    BuiltIn call{"echo"};
    EXPECT_TRUE(call.run.hears(call.run.a, call.run.world.tone(call.run.a)));
}

TEST(App, MilliwattIsATestTone) {
    BuiltIn call{"milliwatt"};
    EXPECT_TRUE(call.run.hears(call.run.a, {Sound::Kind::tone, milliwatt_hz}));
}

TEST(App, TakesHoldResumeAndOfferlessReinvites) {
    BuiltIn call{"milliwatt"};
    Scenario& run = call.run;
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_TRUE(run.hears_nothing(run.a));
    run.a.reinvite(Sdp::none());
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_TRUE(run.hears(run.a, {Sound::Kind::tone, milliwatt_hz}));
}

TEST(App, OffersToACallWithoutAnOffer) {
    BuiltIn call{"music", Sdp::none()};
    EXPECT_TRUE(call.run.hears_music(call.run.a));
}

TEST(Requests, InTheDialogAreAnswered) {
    Scenario run;
    run.up();
    run.a.request("INFO", "", "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n");
    run.pass(200ms);
    run.a.request("MESSAGE", "", "text/plain", "hello");
    run.pass(200ms);
    run.a.request("OPTIONS");
    run.pass(1s);
    for (const char* const method : {"INFO", "MESSAGE", "OPTIONS"}) {
        EXPECT_EQ(run.a.final_of(method), 200) << method;
    }
    EXPECT_EQ(run.b.received("INFO"), 1U);
    EXPECT_THAT(run.b.last_request("INFO"), HasSubstr("Signal=5"));
    EXPECT_EQ(run.b.received("MESSAGE"), 1U);
    run.b.request("INFO", "", "application/dtmf", "7");
    run.pass(1s);
    EXPECT_EQ(run.b.final_of("INFO"), 200);
    EXPECT_EQ(run.a.received("INFO"), 1U);
    run.expect_conversation();
}

TEST(Requests, A200SaysOnceWhatIsSupported) {
    Scenario run;
    run.up();
    const auto supported = [&](const std::string& method) {
        const std::string text = run.a.final_text(method);
        const auto at = text.find("Supported: ");
        EXPECT_EQ(text.find("Supported: ", at + 1), text.npos) << text;
        return at == text.npos ? std::string{} : text.substr(at, text.find("\r\n", at) - at);
    };
    EXPECT_EQ(supported("INVITE"), "Supported: 100rel, timer, replaces");
    run.a.reinvite();
    run.pass(1s);
    EXPECT_EQ(supported("INVITE"), "Supported: timer, replaces");
    run.a.update();
    run.pass(1s);
    EXPECT_EQ(supported("UPDATE"), "Supported: timer, replaces");
}

TEST(Requests, AnOptionsPingIsAnswered) {
    Scenario run;
    run.a.request("OPTIONS");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("OPTIONS"), 200);
    EXPECT_THAT(run.a.final_text("OPTIONS"), HasSubstr("Allow:"));
}

TEST(Requests, AnUnknownMethodIs501Or405) {
    Scenario run;
    run.a.request("FROBNICATE");
    run.pass(1s);
    EXPECT_THAT(run.a.final_of("FROBNICATE"), AnyOf(Eq(501), Eq(405)));
}

TEST(Requests, ANumberWithoutARouteIs404) {
    Scenario run;
    run.a.invite("nobody");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 404);
}

TEST(Requests, ACallerFromNowhereIs403) {
    Scenario run{[](config::Config& config) { config.trunks["callers"].allow = {}; }};
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 403);
    EXPECT_EQ(run.b.received("INVITE"), 0U);
}

TEST(Requests, FromNowhereLeaveNothingBehind) {
    Scenario run{[](config::Config& config) { config.trunks["callers"].allow = {}; }};
    run.a.invite("b0");
    run.pass(100ms);
    EXPECT_EQ(run.a.final_of("INVITE"), 403);
    EXPECT_EQ(run.world.core().gauges().transactions, 0U);
    run.pass(40s);
    EXPECT_THAT(run.a.statuses_of("INVITE"), testing::ElementsAre(403)) << "and nothing is repeated";
}

TEST(Requests, ALoopEnds) {
    Scenario run{[](config::Config& config) {
        config::Trunk self;
        self.peers = {{"sip:10.0.0.1:5060", 1, 100}};
        self.allow = {*base::Subnet::parse("10.0.0.1")};
        config.trunks["self"] = self;
        config.routes.insert(config.routes.begin(), {"", "^b0$", {"trunk:self"}});
    }};
    run.world.inspector.checks = false;
    run.a.invite("b0");
    run.pass(10s);
    EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(482), Eq(483)));
}

TEST(Requests, AnOfferWithoutAUsableCodecIs488WithAWarning) {
    Scenario run;
    run.a.invite("b0", Sdp::text("v=0\r\no=- 1 1 IN IP4 10.1.0.101\r\ns=-\r\nc=IN IP4 10.1.0.101\r\nt=0 0\r\n"
                                 "m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\n"));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 488);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Warning:"));
    EXPECT_EQ(run.b.received("INVITE"), 0U);
}

TEST(Drain, RefusesNewCallsAndLetsTheOthersGoOn) {
    Scenario run;
    run.up();
    run.world.drain();
    Phone& late = run.world.add_caller(1);
    late.invite("b1");
    Phone& ping = run.world.add_caller(2);
    ping.request("OPTIONS");
    run.pass(1s);
    EXPECT_EQ(late.final_of("INVITE"), 503);
    EXPECT_THAT(late.final_text("INVITE"), HasSubstr("Retry-After:"));
    EXPECT_EQ(ping.final_of("OPTIONS"), 503);
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
}

TEST(HangUp, FromOutsideEndsACallInEachState) {
    for (const Duration moment : {20ms, 200ms, 2000ms}) {
        Scenario run;
        run.a.invite("b0");
        run.pass(moment);
        ASSERT_EQ(run.world.core().calls(10).size(), 1U);
        run.world.hang_up(run.world.core().calls(10).front().id);
        run.pass(1s);
        run.expect_over();
    }
}

TEST(HangUp, OfAllEndsAll) {
    Scenario run;
    Phone& second = run.world.add_caller(1);
    run.world.add_callee(1);
    second.invite("b1");
    run.up();
    run.world.hang_up_all("drained");
    run.pass(1s);
    run.expect_over();
    EXPECT_TRUE(second.over());
    EXPECT_THAT(run.a.last_request("BYE"), HasSubstr("Reason:"));
}

TEST(MediaPorts, RunOutWithA503NotWithACrash) {
    Scenario run;
    run.world.engine.fail_ports = true;
    run.a.invite("b0");
    run.pass(2s);
    EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(503), Eq(500)));
}

TEST(CallView, ShowsWhoHoldsAndWhoHearsMusic) {
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(1s);
    const auto views = run.world.core().calls(10);
    ASSERT_EQ(views.size(), 1U);
    EXPECT_TRUE(views.front().hold_a);
    EXPECT_FALSE(views.front().hold_b);
    EXPECT_TRUE(views.front().music_b);
    EXPECT_FALSE(views.front().music_a);
    EXPECT_EQ(views.front().state, "up");
}

TEST(CallView, ShowsNoPasswordOfAUri) {
    Scenario run;
    run.a.invite("b0:s3cret");
    run.pass(1s);
    const auto views = run.world.core().calls(10);
    ASSERT_EQ(views.size(), 1U);
    EXPECT_EQ(views.front().to, "sip:b0@10.0.0.1:5060");
    EXPECT_THAT(run.world.trace.ladder(false), testing::Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace simulation
