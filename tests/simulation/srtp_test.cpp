// Carrier legs under SRTP with keys in the descriptions: RFC 4568, and beside RTP/AVP RFC 8643. The phones complain of
// media that is not under the agreed key.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;
using Use = PhoneSecurity::Use;

World::Configure with_srtp(config::Srtp use) {
    return [use](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) { trunk.srtp = use; }
    };
}

TEST(Srtp, ASecuredCallerTalksToAPlainCallee) {
    for (const auto suite : {media::SrtpSuite::aead_aes_128_gcm, media::SrtpSuite::aes_cm_128_hmac_sha1_80}) {
        Scenario run;
        run.a.security = {Use::required, suite};
        run.up();
        EXPECT_EQ(run.a.belief().remote->protocol, "RTP/SAVP");
        EXPECT_EQ(run.a.belief().remote->keys.size(), 1U) << "the answer names the one that it took";
        EXPECT_EQ(run.b.belief().remote->protocol, "RTP/AVP");
        EXPECT_TRUE(run.b.belief().remote->keys.empty()) << "no key crosses";
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST(Srtp, ASecuredCallSurvivesHoldMusicAndResume) {
    Scenario run;
    run.a.security.use = Use::required;
    run.up();
    run.b.reinvite(Sdp::with(Direction::sendonly));
    run.b.talks = false;
    run.pass(2s);
    EXPECT_TRUE(run.hears_music(run.a));
    run.b.talks = true;
    run.b.reinvite();
    run.pass(1s);
    run.a.reinvite(Sdp::none());
    run.pass(1s);
    run.expect_conversation();
}

TEST(Srtp, IsRefusedWhereATrunkIsNotToHaveIt) {
    Scenario run{with_srtp(config::Srtp::off)};
    run.a.security.use = Use::required;
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 488);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Warning: 302"));
    EXPECT_EQ(run.b.received("INVITE"), 0U);
}

TEST(Srtp, ASuiteThatIsNotOursIsRefusedAndNamed) {
    Scenario run;
    run.a.security = {Use::required, media::SrtpSuite::aead_aes_256_gcm};
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 488);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("RFC 4568"));
}

TEST(Srtp, PlainRtpIsRefusedWhereItIsRequired) {
    Scenario run{with_srtp(config::Srtp::required)};
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 488);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("SRTP is required"));
}

TEST(Srtp, IsOfferedToATrunkThatRequiresIt) {
    Scenario run{with_srtp(config::Srtp::required)};
    run.a.security.use = Use::required;
    run.b.security.use = Use::required;
    run.up();
    EXPECT_EQ(run.b.belief().remote->protocol, "RTP/SAVP");
    EXPECT_NE(run.a.belief().remote->keys.front().key, run.b.belief().remote->keys.front().key);
    run.pass(1s);
    run.expect_conversation();
}

TEST(Srtp, BestEffortTakesWhatThePeerAnswers) {
    for (const Use use : {Use::none, Use::beside}) {
        Scenario run{with_srtp(config::Srtp::best_effort)};
        run.b.security.use = use;
        run.up();
        EXPECT_EQ(run.b.belief().remote->protocol, "RTP/AVP");
        EXPECT_EQ(run.b.belief().remote->keys.size(), 2U) << "one for each suite of ours";
        run.pass(1s);
        run.expect_conversation();
    }
}

TEST(Srtp, AKeyBesideRtpAvpIsTaken) {
    Scenario run;
    run.a.security.use = Use::beside;
    run.up();
    EXPECT_EQ(run.a.belief().remote->protocol, "RTP/AVP");
    EXPECT_EQ(run.a.belief().remote->keys.size(), 1U);
    run.pass(1s);
    run.expect_conversation();
}

TEST(Srtp, OurKeyStaysThroughTheDialog) {
    Scenario run;
    run.a.security.use = Use::required;
    run.up();
    const auto first = run.a.belief().remote->keys;
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(500ms);
    run.b.update(Sdp::with(Direction::sendrecv));
    run.pass(500ms);
    run.a.reinvite();
    run.pass(500ms);
    EXPECT_EQ(run.a.belief().remote->keys, first);
    run.expect_conversation();
}

}  // namespace
}  // namespace simulation
