// Carrier legs keyed by DTLS-SRTP (RFC 5763) beside plain ones. The phones complain of media that is not under the keys
// of their handshake.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using Use = PhoneSecurity::Use;

// The trunk of the caller, or of the callee, has it.
World::Configure with_dtls(const std::string& trunk) {
    return [trunk](config::Config& config) { config.trunks.at(trunk).srtp = config::Srtp::dtls; };
}

TEST(Dtls, ACallerKeyedByItTalksToAPlainCallee) {
    Scenario run{with_dtls("callers")};
    run.a.security.use = Use::dtls;
    run.up();
    EXPECT_EQ(run.a.belief().remote->protocol, "UDP/TLS/RTP/SAVP");
    EXPECT_EQ(run.a.belief().remote->setup, sip::sdp::Setup::passive);
    EXPECT_TRUE(run.b.belief().remote->fingerprints.empty()) << "no certificate crosses";
    run.pass(1s);
    EXPECT_EQ(run.a.handshakes(), 1U);
    run.expect_conversation();
}

TEST(Dtls, ACalleeIsOfferedIt) {
    Scenario run{with_dtls("b0")};
    run.b.security.use = Use::dtls;
    run.up();
    EXPECT_EQ(run.b.belief().remote->protocol, "UDP/TLS/RTP/SAVP");
    run.pass(1s);
    EXPECT_EQ(run.b.handshakes(), 1U);
    run.expect_conversation();
}

TEST(Dtls, PlainRtpIsRefusedWhereItIsToBe) {
    Scenario run{with_dtls("callers")};
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 488);
    EXPECT_EQ(run.b.received("INVITE"), 0U);
}

TEST(Dtls, IsRefusedWhereATrunkIsNotToHaveIt) {
    Scenario run;
    run.a.security.use = Use::dtls;
    run.a.invite("b0");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 488);
}

TEST(Dtls, HoldMusicAndResumeAreOneAssociation) {
    Scenario run{with_dtls("callers")};
    run.a.security.use = Use::dtls;
    run.up();
    run.pass(500ms);
    run.b.reinvite(Sdp::with(Direction::sendonly));
    run.b.talks = false;
    run.pass(2s);
    EXPECT_TRUE(run.hears_music(run.a));
    run.b.talks = true;
    run.b.reinvite();
    run.pass(1s);
    run.a.reinvite(Sdp::none());
    run.pass(1s);
    EXPECT_EQ(run.a.handshakes(), 1U);
    run.expect_conversation();
}

}  // namespace
}  // namespace simulation
