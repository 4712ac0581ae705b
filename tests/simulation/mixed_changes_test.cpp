// Offers that change several things at once, offers that change nothing for the other leg, and changes of the codec
// (renegotiation.md A.2, A.4, E.1, E.2, E.4).
#include "tests/simulation/streams_scenario.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;
using testing::Not;

struct MixedChange : Streams {
    static World::Configure absorbing() {
        return of_all_trunks([](config::Trunk& trunk) { trunk.hold.signal = config::HoldSignal::absorb; });
    }
};

TEST_F(MixedChange, AHiddenHoldDoesNotHideTheStreamThatComesWithIt) {
    for (const bool from_a : {true, false}) {
        Scenario run{absorbing()};
        run.world.checks_hearing = false;  // it knows nothing of hidden holds
        ready(run);
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        near.reinvite(Sdp::with_video(Direction::sendonly));
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_TRUE(near.has_video() && far.has_video());
        EXPECT_EQ(far.last_offer()->direction, Direction::sendrecv) << "the hold stays hidden";
        const auto asked = far.received("INVITE");
        near.reinvite(Sdp::with_video());
        run.pass(1s);
        EXPECT_EQ(far.received("INVITE"), asked) << "nothing has changed for it";
        run.expect_conversation();
        expect_video(run);
    }
}

TEST_F(MixedChange, AResumeOfAHiddenHoldBringsTheStreamThatComesWithIt) {
    Scenario run{absorbing()};
    run.world.checks_hearing = false;
    ready(run);
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(1s);
    EXPECT_EQ(run.b.received("INVITE"), 1U);
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    run.expect_conversation();
    expect_video(run);
}

TEST_F(MixedChange, AHoldOfAudioAndVideoStaysHidden) {
    Scenario run{absorbing()};
    run.world.checks_hearing = false;
    ready(run);
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    run.a.reinvite(Sdp::with_video(Direction::sendonly, Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_EQ(run.b.received("INVITE"), 2U);
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    run.expect_conversation();
    expect_video(run);
}

TEST_F(MixedChange, WhoRefusesHoldsIsStillToldOfTheStreamThatComesWithOne) {
    Scenario run;
    run.world.checks_hearing = false;
    ready(run);
    run.b.next_reinvites = {refuses(488)};
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(1s);
    EXPECT_TRUE(run.hears_music(run.b));
    run.a.reinvite();
    run.pass(1s);
    run.expect_conversation();
    run.a.reinvite(Sdp::with_video(Direction::sendonly));
    run.pass(1s);
    EXPECT_TRUE(run.a.has_video() && run.b.has_video());
    EXPECT_EQ(run.b.last_offer()->direction, Direction::sendrecv) << "the hold it is not asked for again";
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    run.expect_conversation();
    expect_video(run);
}

TEST_F(MixedChange, ThatIsRefusedSaysNothingOfTheHoldAlone) {
    Scenario run;
    ready(run);
    run.b.next_reinvites = {refuses(488)};
    run.a.reinvite(Sdp::with_video(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_FALSE(run.a.has_video());
    run.a.reinvite();
    run.pass(1s);
    const auto asked = run.b.received("INVITE");
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.b.received("INVITE"), asked + 1);
    EXPECT_FALSE(run.b.belief().speaks());
}

TEST_F(MixedChange, AStreamThatWasRefusedForNowIsAskedForAgain) {
    for (const int status : {486, 603}) {
        Scenario run;
        ready(run);
        run.b.next_reinvites = {refuses(status)};
        run.a.reinvite(Sdp::with_video());
        run.pass(1s);
        EXPECT_FALSE(run.a.has_video());
        run.a.reinvite(Sdp::with_video());
        run.pass(1s);
        run.expect_conversation();
        expect_video(run);
    }
}

Sdp without_audio() {
    Sdp sdp = Sdp::with_video();
    sdp.port_zero = true;
    return sdp;
}

TEST_F(MixedChange, TheAudioGoesAndComesBackAndTheVideoStays) {
    for (const bool from_a : {true, false}) {
        Scenario run;
        run.world.checks_hearing = false;  // it expects music where there is no line for it
        ready(run);
        Phone& near = from_a ? run.a : run.b;
        (from_a ? run.b : run.a).on_reinvite = {reply(20ms, 200, Sdp::with_video())};
        near.reinvite(Sdp::with_video());
        run.pass(1s);
        near.reinvite(without_audio());
        run.pass(1s);
        EXPECT_EQ(near.final_of("INVITE"), 200);
        EXPECT_TRUE(run.a.has_video() && run.b.has_video());
        EXPECT_FALSE(near.belief().remote->enabled);
        EXPECT_TRUE(run.hears_nothing(near));
        near.reinvite(Sdp::with_video());
        run.pass(1s);
        run.expect_conversation();
        expect_video(run);
    }
}

TEST_F(MixedChange, AnAnswerMaySwitchTheAudioOffToo) {
    Scenario run;
    run.world.checks_hearing = false;
    ready(run);
    run.b.next_reinvites = {{reply(20ms, 200, without_audio())}};
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_TRUE(run.a.has_video() && run.b.has_video());
    EXPECT_TRUE(run.hears_nothing(run.b));
    run.b.reinvite(Sdp::with_video());
    run.pass(1s);
    run.expect_conversation();
    expect_video(run);
}

std::string audio(const std::string& host, const std::string& formats, const std::string& more = {}) {
    return "v=0\r\no=- 7 7 IN IP4 " + host + "\r\ns=-\r\nc=IN IP4 " + host + "\r\nt=0 0\r\nm=audio 4000 RTP/AVP " +
           formats + "\r\n" + more;
}

TEST_F(MixedChange, RtcpMuxIsOfOneExchangeOnly) {
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::text(audio("10.1.0.101", "8 0", "a=rtcp-mux\r\n")));
    run.pass(200ms);  // before its next report, which would come to the port of media
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("a=rtcp-mux"));
    run.a.reinvite(Sdp::text(audio("10.1.0.101", "8 0")));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr("a=rtcp-mux")));
    EXPECT_THAT(run.b.last_request("INVITE"), Not(HasSubstr("a=rtcp-mux")));
}

TEST_F(MixedChange, CapabilitiesAreNotPassedOnHalfProcessed) {  // RFC 5939
    Scenario run;
    run.up();
    run.a.reinvite(Sdp::text(audio("10.1.0.101", "8 0",
                                   "a=tcap:1 RTP/SAVP\r\na=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
                                   "a=pcfg:1 t=1 a=1\r\na=sendonly\r\n")));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_EQ(run.b.received("INVITE"), 2U);
    for (const char* const name : {"a=tcap", "a=acap", "a=pcfg"}) {
        EXPECT_THAT(run.b.last_request("INVITE"), Not(HasSubstr(name)));
        EXPECT_THAT(run.a.final_text("INVITE"), Not(HasSubstr(name)));
    }
}

TEST_F(MixedChange, ARefreshOfWhoAnsweredWithOneCodecIsNotRelayed) {
    Scenario run;
    run.b.use_only(Law::mu);
    run.up();
    run.b.use({Law::a, Law::mu});  // what an offer of it lists, it had left out of its answer
    run.b.reinvite();
    run.pass(1s);
    EXPECT_EQ(run.b.final_of("INVITE"), 200);
    EXPECT_EQ(run.a.received("INVITE"), 0U);
    run.expect_conversation();
}

TEST_F(MixedChange, AnotherAddressAloneLeavesWhatWeSayAsItIs) {
    Scenario run;
    run.up();
    const auto before = run.a.final_text("INVITE");
    run.a.move_to({run.a.identity().rtp.address, 4400});
    run.a.reinvite();
    run.pass(1s);
    const auto after = run.a.final_text("INVITE");
    ASSERT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_EQ(after.substr(after.find("v=0")), before.substr(before.find("v=0"))) << "o= too";
    EXPECT_EQ(run.b.received("INVITE"), 1U);
    run.expect_conversation();
}

TEST_F(MixedChange, ALongRetryAfterIsHealedAtOnce) {
    Scenario run;
    run.up();
    Script busy = refuses(503);
    busy.front().headers = "Retry-After: 10\r\n";
    run.b.next_reinvites = {busy};
    run.a.reinvite(Sdp::with(Direction::inactive));
    run.pass(200ms);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    run.pass(500ms);
    EXPECT_TRUE(run.hears_music(run.b));
}

TEST_F(MixedChange, AnotherCodecReachesTheFarLegAndNobodyMissesAWord) {
    for (const bool accepts : {true, false}) {
        Scenario run;
        run.up();
        if (!accepts) { run.b.next_reinvites = {refuses(488)}; }
        const Instant asked = run.now();
        run.a.use_only(Law::mu);
        run.a.reinvite();
        run.pass(2s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        EXPECT_EQ(run.b.received("INVITE"), 2U);
        EXPECT_EQ(run.b.last_offer()->payloads.front().encoding, "pcmu/8000");
        run.expect_conversation();
        const Instant back = run.now();
        run.a.use({Law::a, Law::mu});
        run.a.reinvite();
        run.pass(2s);
        run.expect_conversation();
        EXPECT_EQ(run.b.received("INVITE"), accepts ? 3U : 2U) << "a refusal is remembered";
        for (const Phone* const phone : {&run.a, &run.b}) {
            EXPECT_LE(phone->heard().longest_gap(asked, back), 60ms);
            EXPECT_LE(phone->heard().longest_gap(back, run.now()), 60ms);
        }
    }
}

TEST_F(MixedChange, APictureThatBeginsToFlowIsAskedForAKeyFrame) {
    Scenario run;
    run.a.takes_feedback = run.b.takes_feedback = true;
    ready(run);
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    expect_video(run);
    EXPECT_GE(run.a.viewer().asked_for_pictures().size(), 1U);
    EXPECT_GE(run.b.viewer().asked_for_pictures().size(), 1U);
    run.a.reinvite(Sdp::with_video(Direction::inactive, Direction::inactive));
    run.pass(1s);
    const auto before = run.a.viewer().asked_for_pictures().size();
    const Instant resumed = run.now();
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    expect_video(run);
    ASSERT_GT(run.a.viewer().asked_for_pictures().size(), before);
    EXPECT_LT(run.a.viewer().asked_for_pictures()[before] - resumed, 200ms);
}

}  // namespace
}  // namespace simulation
