// What a call tells an operator of itself: the ladder of its messages, its decisions in plain words, its media.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using server::RecordEntry;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// "A > …" came from A, "A < …" went to it, "~ …" is media, and the rest are decisions.
std::string line_of(const RecordEntry& entry) {
    using Kind = RecordEntry::Kind;
    const std::string peer = entry.of_target ? "target" : entry.side == media::Side::a ? "A" : "B";
    std::string line = entry.kind == Kind::received ? peer + " > "
                       : entry.kind == Kind::sent   ? peer + " < "
                       : entry.kind == Kind::media  ? "~ "
                                                    : "";
    line += entry.text();
    const std::string description{entry.description()};
    if (!description.empty()) { line += ", " + description.substr(0, description.find(" PCM")); }  // without codecs
    if (!entry.why().empty()) { line += " (" + std::string{entry.why()} + ")"; }
    return line;
}

struct Told {
    Scenario run;
    std::string id;
    std::size_t heard = 0;  // lines that a test has looked at

    explicit Told(World::Configure configure = {}) : run{std::move(configure)} {}
    // Call and answer; what comes after is told by `since`.
    Told& up() {
        run.up();
        since();
        return *this;
    }
    server::LadderView ladder() {
        if (id.empty()) { id = run.world.core().calls(1).at(0).id; }
        return run.world.core().ladder(id).value();
    }
    // The lines since the last look.
    std::vector<std::string> since() {
        const auto entries = ladder().entries;
        std::vector<std::string> lines;
        for (std::size_t i = std::exchange(heard, entries.size()); i < entries.size(); ++i) {
            lines.push_back(line_of(entries[i]));
        }
        return lines;
    }
};

TEST(Ladder, TellsTheSetUpOfACall) {
    Told call;
    call.run.up();
    EXPECT_THAT(call.since(),
                ElementsAre("A > INVITE, offer sendrecv", "A calls b0 over trunk callers", "A < 100 Trying",
                            "routes[0] takes b0 to trunk b0", "trying trunk b0 at 10.2.0.101:5060 over udp",
                            "B < INVITE, offer sendrecv", "B > 180 As Told", "B rings", "A < 180 Ringing",
                            "B > 200 As Told, answer sendrecv", "B answered", "B < ACK", "A < 200 OK, answer sendrecv",
                            "~ A hears B", "~ B hears A", "A > ACK"));
    EXPECT_EQ(call.ladder().state, "up");
    EXPECT_EQ(call.ladder().route, "routes[0]");
    EXPECT_FALSE(call.ladder().ended);
}

TEST(Ladder, TellsAHoldAndItsEndInOrder) {
    Told call;
    call.up();
    call.run.a.reinvite(Sdp::with(Direction::inactive));
    call.run.pass(1s);
    EXPECT_THAT(call.since(),
                ElementsAre("A > INVITE, offer inactive", "A < 100 Trying", "A puts B on hold: b0 is asked",
                            "B < INVITE, offer sendonly", "B > 200 As Told, answer recvonly", "B < ACK",
                            "A < 200 OK, answer inactive", "A and B agree", "~ A hears nothing",
                            "~ B hears music and not A", "~ music to B starts", "A > ACK"));
    call.run.a.reinvite();
    call.run.pass(1s);
    EXPECT_THAT(call.since(), ElementsAre("A > INVITE, offer sendrecv", "A < 100 Trying",
                                          "A takes B off hold: b0 is asked", "B < INVITE, offer sendrecv",
                                          "B > 200 As Told, answer sendrecv", "B < ACK", "A < 200 OK, answer sendrecv",
                                          "A and B agree", "~ A hears B", "~ music to B stops: B hears A", "A > ACK"));
}

TEST(Ladder, TellsThatMusicStartsBeforeTheFarLegIsAsked) {
    Told call;
    call.up();
    call.run.a.reinvite(Sdp::none());
    call.run.pass(1s);
    EXPECT_THAT(call.since(),
                ElementsAre("A > INVITE, no SDP", "A < 100 Trying", "A asks for an offer: b0 is asked for one",
                            "~ B hears music and not A", "B < INVITE, no SDP", "~ music to B starts",
                            "B > 200 As Told, offer sendrecv", "A < 200 OK, offer sendrecv", "A > ACK, answer sendrecv",
                            "B < ACK, answer sendrecv", "A and B agree", "~ music to B stops: B hears A"));
}

TEST(Ladder, TellsThatARefreshConcernsOnlyOneLeg) {
    Told call;
    call.up();
    call.run.b.reinvite();
    call.run.pass(1s);
    EXPECT_THAT(
        call.since(),
        ElementsAre("B > INVITE, offer sendrecv", "B < 100 Trying", "B refreshes its session: callers need not know",
                    "B < 200 OK, answer sendrecv", "B is answered here, the session of A stays as it is", "B > ACK"));
}

TEST(Ladder, TellsWhoRefusedAChangeAndWithWhat) {
    Told call;
    call.up();
    call.run.b.next_reinvites = {refuses(488)};
    call.run.b.next_reinvites.back().back().headers = "Warning: 399 b \"not now\"\r\n";
    call.run.a.reinvite(Sdp::with(Direction::inactive));
    call.run.pass(1s);
    EXPECT_THAT(call.since(),
                ElementsAre("A > INVITE, offer inactive", "A < 100 Trying", "A puts B on hold: b0 is asked",
                            "B < INVITE, offer sendonly", "B > 488 As Told (Warning: 399 b \"not now\")",
                            "b0 refused with 488 Not Acceptable Here; kept B's session and played music",
                            "A < 200 OK, answer inactive", "~ A hears nothing", "~ B hears music and not A",
                            "~ music to B starts", "A > ACK"));
}

TEST(Ladder, TellsThatAChangeWasNotAnsweredInTime) {
    Told call;
    call.up();
    call.run.b.next_reinvites = {{reply(10ms, 180)}};
    call.run.a.reinvite(Sdp::with(Direction::inactive));
    call.run.pass(10s);
    const auto lines = call.since();
    EXPECT_THAT(lines, Contains("B < CANCEL"));
    EXPECT_THAT(lines, Contains("b0 did not answer in time; kept B's session and played music"));
}

constexpr const char* challenge =
    "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n0nce\", qop=\"auth\", algorithm=MD5\r\n";

TEST(Ladder, TellsOfTargetsAndCredentialsButNotWhatTheyAre) {
    Told call{[](config::Config& config) {
        config.trunks.at("b0").auth = config::Credentials{"us3r", "p4ss"};
        config.routes.insert(config.routes.begin(), {"", "^b0$", {"trunk:b1", "trunk:b0"}});
    }};
    Phone& first = call.run.world.add_callee(1);
    first.on_invite = refuses(503);
    call.run.b.on_invite = refuses(401, 50ms);
    call.run.b.on_invite.back().headers = challenge;
    call.run.a.invite("b0:s3cret", {}, "Authorization: Digest username=\"al1ce\", response=\"d1gest\"\r\n");
    call.run.pass(70ms);
    call.run.b.on_invite = rings_then_answers();  // for the second INVITE
    call.run.pass(2s);
    const auto ladder = call.ladder();
    const auto lines = call.since();
    EXPECT_THAT(lines, Contains("routes[0] takes b0 to trunk b1, then trunk b0"));
    EXPECT_THAT(lines, Contains("b1 refused with 503 Service Unavailable"));
    EXPECT_THAT(lines, Contains("b0 wants credentials: asked again with the trunk's own"));
    EXPECT_THAT(lines, Contains("B answered"));
    EXPECT_THAT(call.run.b.last_request("INVITE"), HasSubstr("us3r")) << "so there was something to tell";
    for (const char* const secret :
         {"us3r", "p4ss", "s3cret", "al1ce", "d1gest", "n0nce", "Digest", "carrier", "Authenticate", "Authorization"}) {
        EXPECT_THAT(lines, Each(Not(HasSubstr(secret))));
        EXPECT_THAT(ladder.from + ladder.to, Not(HasSubstr(secret)));
    }
}

TEST(Ladder, TellsThatTheCallerGaveUp) {
    Told call;
    call.run.a.invite("b0");
    call.run.pass(200ms);
    call.since();
    call.run.a.cancel();
    call.run.pass(20ms);
    EXPECT_THAT(call.since(), ElementsAre("A > CANCEL", "A gave up before an answer", "A < 487 Request Terminated",
                                          "B < CANCEL", "B > 487 As Told"));
}

TEST(Ladder, TellsThatACancelWaitsForAFirstResponse) {
    Told call;
    call.run.b.on_invite = is_silent();
    call.run.a.invite("b0");
    call.run.pass(20ms);
    call.since();
    call.run.a.cancel();
    call.run.pass(20ms);
    EXPECT_THAT(call.since(), Contains("B < CANCEL (as soon as there is a first response)"));
}

TEST(Ladder, OfACallThatFailedIsToldWhenItIsOver) {
    Told call;
    call.run.b.on_invite = refuses(486, 500ms);
    call.run.a.invite("b0");
    call.run.pass(100ms);
    call.since();
    call.run.pass(60s);
    ASSERT_EQ(call.run.world.core().call_count(), 0U);
    EXPECT_EQ(call.ladder().state, "ended");
    EXPECT_TRUE(call.ladder().ended);
    EXPECT_THAT(call.since(), ElementsAre("B > 486 As Told", "b0 refused with 486 Busy Here",
                                          "A is refused with 486 Busy Here", "A < 486 Busy Here"));
    EXPECT_FALSE(call.run.world.core().ladder("nobody's"));
}

TEST(Ladder, TellsWhoHungUp) {
    Told call;
    call.up();
    call.run.b.bye();
    call.run.pass(60s);
    EXPECT_THAT(call.since(), ElementsAre("B > BYE", "B hung up", "B < 200 OK", "A < BYE", "A > 200 As Told"));
}

TEST(Ladder, TellsThatTheServerEndedTheCallAndWhy) {
    Told call;
    call.up();
    call.run.world.hang_up(call.id);
    call.run.pass(60s);
    const auto lines = call.since();
    EXPECT_THAT(lines, Contains("the server ends the call: normal"));
    EXPECT_THAT(lines, Contains("A < BYE (Reason: SIP;cause=480;text=\"normal\")"));
}

TEST(Ladder, TellsWhoseMediaFellSilent) {
    Told call{[](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) { trunk.media_timeout = 5s; }
    }};
    call.run.world.checks_hearing = false;
    call.up();
    call.run.b.talks = false;
    call.run.pass(60s);
    const auto lines = call.since();
    EXPECT_EQ(lines.at(0), "~ nothing came from B for 5 s");
    EXPECT_EQ(lines.at(1), "the server ends the call: media timeout");
}

TEST(Ladder, TellsOfABuiltInEnd) {
    Told call;
    call.run.world.checks_hearing = false;
    call.run.a.invite("music");
    call.run.pass(1s);
    EXPECT_THAT(call.since(),
                ElementsAre("A > INVITE, offer sendrecv", "A calls music over trunk callers", "A < 100 Trying",
                            EndsWith("takes music to the built-in music"), "the built-in end answered",
                            "A < 200 OK, answer sendrecv", "~ A hears music", "A > ACK"));
}

TEST(Ladder, TellsATransferWithItsTarget) {
    Told call;
    Phone& target = call.run.world.add_callee(1);
    call.run.world.checks_hearing = false;  // it knows of pairs only
    call.run.a.allows_refer = true;
    call.up();
    call.run.a.refer("sip:b1@10.0.0.1");
    call.run.pass(3s);
    const auto lines = call.since();
    EXPECT_THAT(lines, Contains("target < INVITE, offer sendrecv"));
    EXPECT_THAT(lines, Contains("target > 200 As Told, answer sendrecv"));
    EXPECT_THAT(lines, Contains("target < ACK"));
    EXPECT_THAT(lines, Contains("the transfer is complete: A is b1 from now on"));
    target.bye();
    call.run.pass(1s);
}

TEST(Ladder, TellsAChangeThatWaitsForTheOtherSide) {
    Told call;
    call.up();
    call.run.a.ack.after = 300ms;
    call.run.a.reinvite(Sdp::with(Direction::sendonly));
    call.run.pass(200ms);
    call.since();
    call.run.b.wish = Direction::inactive;
    call.run.b.reinvite();
    call.run.pass(50ms);
    EXPECT_THAT(call.since(), Contains("the change of B waits until callers is free"));
    call.run.pass(2s);
}

TEST(Ladder, OfALongCallStaysShort) {
    Told call;
    call.run.up();
    for (int i = 0; i < 100; ++i) {
        call.run.a.reinvite();
        call.run.pass(50ms);
    }
    const auto ladder = call.ladder();
    EXPECT_EQ(ladder.entries.size(), server::CallRecord::max_first + server::CallRecord::max_last);
    EXPECT_GT(ladder.left_out, 300U);
    EXPECT_EQ(line_of(ladder.entries.front()), "A > INVITE, offer sendrecv");
    EXPECT_EQ(line_of(ladder.entries.back()), "A > ACK");
}

}  // namespace
}  // namespace simulation
