// Rows 21 to 24, 28, 30, 32, 33, 35, 38 and 40 to 44 of the race and failure cases: re-INVITE and rollback. 31 is in
// streams_refused_test.cpp, 39 in races_change_test.cpp, 45 in session_timer_test.cpp, 46 in update_test.cpp.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::Eq;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

TEST(Races, Row21_AHoldIsRelayedAndTheHoldersMusicFlows) {
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_EQ(run.a.belief().remote->direction, Direction::recvonly);
    EXPECT_EQ(run.b.last_offer()->direction, Direction::sendonly);
    EXPECT_EQ(run.b.received("INVITE"), 2U);
    EXPECT_TRUE(run.hears_other(run.b));
    EXPECT_TRUE(run.hears_nothing(run.a));
}

TEST(Races, Row22_AResumeBringsBackBothWaysWithin200Milliseconds) {
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(2s);
    const Instant asked = run.now();
    run.a.reinvite();
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    run.expect_conversation();
    EXPECT_EQ(run.a.heard().count(run.music, asked, run.now()), 0U) << "A was never on hold";
    for (Phone* const phone : {&run.a, &run.b}) {
        const Phone& other = phone == &run.a ? run.b : run.a;
        const auto heard = phone->heard().first(run.world.tone(other), asked);
        ASSERT_TRUE(heard);
        EXPECT_LT(*heard - asked, 50ms + 200ms);
        EXPECT_EQ(phone->heard().source_count(), 1U) << "the SSRC changed";
    }
}

TEST(Races, Row23_BothHoldAndOneResumes) {
    for (const Direction second : {Direction::sendonly, Direction::inactive}) {
        Scenario run;
        run.up();
        run.a.wish = Direction::sendonly;
        run.a.reinvite();
        run.pass(2s);
        run.b.wish = second;
        run.b.reinvite();
        run.pass(2s);
        EXPECT_EQ(run.b.belief().remote->direction, Direction::inactive);
        EXPECT_TRUE(run.hears_nothing(run.a));
        EXPECT_TRUE(run.hears_nothing(run.b));
        run.a.wish = Direction::sendrecv;
        run.a.reinvite();
        run.pass(2s);
        EXPECT_THAT(run.a.belief().remote->direction, AnyOf(Direction::sendonly, Direction::inactive));
        EXPECT_FALSE(run.a.belief().speaks());
        EXPECT_TRUE(run.hears_nothing(run.b));
        run.b.wish = Direction::sendrecv;
        run.b.reinvite();
        run.pass(2s);
        run.expect_conversation();
    }
}

TEST(Races, Row24_AHoldByZeroAddressIsAHold) {
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::zero());
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    ASSERT_TRUE(run.b.last_offer());
    const bool is_told = run.b.last_offer()->zero_address || !sip::sdp::receives(run.b.last_offer()->direction);
    EXPECT_TRUE(is_told) << "the callee was offered " << sip::sdp::to_text(run.b.last_offer()->direction);
    EXPECT_TRUE(run.hears_nothing(run.a));
    run.a.reinvite();
    run.pass(2s);
    run.expect_conversation();
}

TEST(Races, Row28_ASecondInviteBeforeTheFirstIsAnsweredIs500WithRetryAfter) {
    with_skew([](Scenario& run, Duration skew) {
        run.up();
        run.b.on_reinvite = answers(300ms);
        const auto first = run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(skew);
        const auto second = run.a.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE", first), 200);
        EXPECT_EQ(run.a.final_of("INVITE", second), 500);
        EXPECT_THAT(retry_after(run.a, "INVITE"), AllOf(Ge(0), Le(10)));
        EXPECT_EQ(run.b.received("INVITE"), 2U);
        EXPECT_EQ(run.b.belief().remote->direction, Direction::sendonly);
    });
}

// Kept for the case that a trunk wants refusals to be passed on.
World::Configure passing_on() {
    return [](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) { trunk.renegotiation.on_refusal = config::OnRefusal::pass; }
    };
}

TEST(Races, Row30_ARefusedHoldIsHealedAndTheNextOneWorks) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        far.next_reinvites = {refuses(488)};
        near.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_TRUE(run.hears_music(far)) << far.describe();
        EXPECT_TRUE(run.hears_nothing(near));
        near.reinvite();
        run.pass(1s);
        run.expect_conversation();
        const auto asked = far.received("INVITE");
        near.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_EQ(far.received("INVITE"), asked) << "what it refused for good it is not asked again";
        EXPECT_TRUE(run.hears_music(far));
    }
}

TEST(Races, Row30_ARefusalThatIsPassedOnLeavesEverythingAndTheNextOneWorks) {
    for (const auto& [from_a, status] : {std::pair{true, 503}, {false, 503}, {true, 488}, {false, 488}}) {
        SCOPED_TRACE(status);
        Scenario run{passing_on()};
        run.up();
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        far.next_reinvites = {refuses(status)};
        const View near_before = *near.belief().remote;
        const View far_before = *far.belief().remote;
        near.reinvite(Sdp::with(Direction::sendonly));
        run.pass(1s);
        EXPECT_THAT(near.final_of("INVITE"), status == 503 ? AnyOf(500, 503) : AnyOf(488, 488));
        EXPECT_EQ(near.belief().remote->rtp, near_before.rtp);
        EXPECT_EQ(near.belief().remote->payloads, near_before.payloads);
        EXPECT_EQ(far.belief().remote->rtp, far_before.rtp);
        EXPECT_EQ(far.belief().remote->payloads, far_before.payloads);
        run.expect_conversation();
        near.reinvite(Sdp::with(Direction::sendonly));
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_FALSE(far.belief().speaks());
        near.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST(Races, Row32_AFarDialogThatIsGoneEndsTheCallAfterTheFinalResponse) {
    for (const int status : {481, 408}) {
        SCOPED_TRACE(status);
        Scenario run;
        run.up();
        run.b.next_reinvites = {refuses(status)};
        run.a.on_reinvite = {};
        run.world.network.delay(Scenario::request_of(run.a, "ACK"), 100ms);
        run.world.network.delay(Scenario::request_of(run.a, "BYE"), 1s);  // which A sends by itself
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(100ms);
        EXPECT_GE(run.a.final_of("INVITE"), 400) << "the final first";
        EXPECT_EQ(run.a.received("BYE"), 0U);
        run.pass(1s);
        EXPECT_THAT(run.a.last_request("BYE"), HasSubstr("Reason: SIP;cause=" + std::to_string(status)));
        EXPECT_THAT(run.b.last_request("BYE"), HasSubstr("Reason: SIP;cause=" + std::to_string(status)));
        run.expect_over();
    }
}

TEST(Races, Row32_AFarLegThatNeverAnswersEndsTheCall) {
    Scenario run;
    run.up();
    run.b.next_reinvites = {is_silent()};
    run.world.network.lose(Scenario::request_to(run.b, "INVITE"));
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(8s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200) << "a hold must not take 32 seconds";
    run.pass(35s);
    EXPECT_EQ(run.a.received("BYE") + (run.a.final_of("BYE") == 200 ? 1U : 0U), 1U);
    run.expect_over();
}

TEST(Races, Row33_AServerErrorIsHealedAndTheCallStays) {
    for (const int status : {500, 503, 486, 603}) {
        SCOPED_TRACE(status);
        Scenario run;
        run.up();
        run.b.next_reinvites = {refuses(status)};
        run.a.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        EXPECT_TRUE(run.hears_music(run.b));
        run.a.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST(Races, Row33_AShortRetryAfterIsWaitedFor) {
    Scenario run;
    run.up();
    Script busy = refuses(503);
    busy.front().headers = "Retry-After: 2\r\n";
    run.b.next_reinvites = {busy};
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 0);
    run.pass(2s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_EQ(run.b.received("INVITE"), 3U);
    EXPECT_FALSE(run.b.belief().speaks());
}

TEST(Races, Row33_IsPassedOnWhereThatIsWanted) {
    for (const int status : {500, 503, 491, 486, 603}) {
        SCOPED_TRACE(status);
        Scenario run{passing_on()};
        run.up();
        run.a.retries_glare = false;
        run.b.next_reinvites = {refuses(status)};
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(1s);
        // A 503 is about the far side's server, not ours: it may become a 500 (RFC 3261 §16.7, step 6).
        EXPECT_THAT(run.a.final_of("INVITE"), status == 503 ? AnyOf(Eq(500), Eq(503)) : AnyOf(Eq(status), Eq(status)));
        run.expect_conversation();
    }
}

TEST(Races, Row35_ACancelledReinviteStopsTheChangeNotTheCall) {
    with_skew([](Scenario& run, Duration skew) {
        run.up();
        run.b.next_reinvites = {{reply(10ms, 180), reply(100ms, 200)}};
        run.a.wish = Direction::sendonly;
        run.a.reinvite();  // its 200 comes after 120 ms
        run.pass(65ms + skew);
        run.a.cancel();
        run.pass(3s);
        EXPECT_EQ(run.a.final_of("CANCEL"), 200);
        EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(487), Eq(200)));
        if (run.a.final_of("INVITE") == 487) { EXPECT_EQ(run.b.received("CANCEL"), 1U); }
        run.expect_up();
        EXPECT_EQ(run.a.belief().hears(), run.a.final_of("INVITE") != 200);
        run.a.wish = Direction::sendrecv;
        run.a.reinvite();
        run.pass(2s);
        run.expect_conversation();
    });
}

TEST(Races, Row38_AReinvite200WithoutAckEndsBothAfter64T1) {
    Scenario run;
    run.up();
    run.world.network.lose(Scenario::request_of(run.a, "ACK"));
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(30s);
    run.expect_up();
    EXPECT_GE(run.a.statuses_of("INVITE").size(), 12U);
    run.pass(5s);
    run.expect_over();
}

TEST(Races, Row40_MalformedSdpInAReinviteIsRefusedHere) {
    for (const char* const sdp :
         {"rubbish", "v=0\r\n", "v=0\r\no=- 1 1 IN IP4 10.1.0.101\r\ns=-\r\nt=0 0\r\nm=audio\r\n"}) {
        Scenario run;
        run.up();
        run.a.reinvite(Sdp::text(sdp));
        run.pass(1s);
        EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(400), Eq(488)));
        EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Warning:"));
        EXPECT_EQ(run.b.received("INVITE"), 1U);
        run.expect_conversation();
    }
}

TEST(Races, Row40_MalformedSdpInTheFar200NeverChangesOneLegAlone) {
    Scenario run;
    run.up();
    run.b.next_reinvites = {{reply(20ms, 200, Sdp::text("v=0\r\nrubbish\r\n"))}};
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(5s);
    EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(Eq(488), Eq(500)));
    EXPECT_EQ(run.a.up(), run.b.up());
    if (run.a.up()) { run.expect_conversation(); }
}

TEST(Races, Row41_AnAnswerThatDisablesTheStreamReachesTheFarLegAsAnAnswer) {
    Scenario run;
    run.up();
    run.a.ack.answer = Sdp::disabled();
    run.a.reinvite(Sdp::none());
    run.pass(3s);
    run.expect_up();
    EXPECT_TRUE(run.hears_music(run.b) || run.hears_nothing(run.b)) << run.b.describe();
    EXPECT_FALSE(run.hears_other(run.b));
    run.a.ack.answer = {};
    run.a.reinvite();
    run.pass(2s);
    run.expect_conversation();
}

TEST(Races, Row41_AnAnswerWithACodecNeverOfferedStillGivesTheFarLegAnAnswer) {
    Scenario run;
    run.up();
    run.a.ack.answer = Sdp::text(
        "v=0\r\no=- 7 99 IN IP4 10.1.0.101\r\ns=-\r\nc=IN IP4 10.1.0.101\r\nt=0 0\r\n"
        "m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\n");
    run.a.checks = false;
    run.a.reinvite(Sdp::none());
    run.pass(3s);
    EXPECT_EQ(run.a.up(), run.b.up());
}

TEST(Races, Row42_AFarLegThatRefusesTheOfferlessReinviteIsLeftAloneAndTheOfferIsOurs) {
    for (const int status : {488, 500, 415}) {
        Scenario run;
        run.up();
        run.b.next_reinvites = {refuses(status)};
        run.a.reinvite(Sdp::none());
        run.pass(2s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        EXPECT_EQ(run.a.last_offer()->rtp.address, run.server_address());
        EXPECT_EQ(run.a.last_offer()->direction, Direction::sendrecv);
        run.expect_conversation();
    }
}

TEST(Races, Row42_AFarLegThatIsSilentPastTheLimitIsLeftAloneAndTheOfferIsOurs) {
    Scenario run;
    run.up();
    run.b.next_reinvites = {{reply(10ms, 180)}};
    run.a.reinvite(Sdp::none());
    run.pass(5900ms);
    EXPECT_EQ(run.a.final_of("INVITE"), 0);
    EXPECT_TRUE(run.hears_music(run.b));
    run.pass(3s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    run.expect_conversation();
}

TEST(Races, Row43_ARefreshIsAnsweredHereWithTheSameDescription) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        run.up();
        Phone& near = from_a ? run.a : run.b;
        const std::size_t far_before = (from_a ? run.b : run.a).received("INVITE");
        const std::uint64_t version = near.belief().remote->version;
        const Instant before = run.now();
        near.reinvite();
        run.pass(2s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_EQ(near.belief().remote->version, version);
        EXPECT_EQ((from_a ? run.b : run.a).received("INVITE"), far_before);
        EXPECT_LE(run.a.heard().longest_gap(before, run.now()), 60ms);
        EXPECT_LE(run.b.heard().longest_gap(before, run.now()), 60ms);
    }
}

TEST(Races, Row44_AChangeUnderAnUnchangedVersionIsAChange) {
    Scenario run;
    run.up();
    Sdp hold = Sdp::with(Direction::sendonly);
    hold.keep_version = true;
    run.a.reinvite(hold);
    run.pass(2s);
    if (run.a.final_of("INVITE") == 200) {
        EXPECT_FALSE(run.b.belief().speaks());
    } else {
        EXPECT_EQ(run.a.final_of("INVITE"), 488);
    }
}

}  // namespace
}  // namespace simulation
