// Rows 56, 57 and 59 of the races: keys in descriptions (RFC 4568) that change, or do not, in the middle of a call.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using Use = PhoneSecurity::Use;

const World::Configure dtls_for_callers = [](config::Config& config) {
    config.trunks.at("callers").srtp = config::Srtp::dtls;
};

TEST(Races, Row56_ANewKeyOfThePeerTakesOver) {
    with_skew([](Scenario& run, Duration skew) {
        run.a.security.use = Use::required;
        run.up();
        run.pass(500ms + skew);
        run.a.security.key = 2;
        run.a.reinvite();
        run.pass(1s);
        EXPECT_EQ(run.b.received("INVITE"), 1U) << "nothing that the far leg would have to know";
        EXPECT_EQ(run.a.belief().local->keys.front().key, run.a.security.described()->key);
        run.expect_conversation();
    });
}

TEST(Races, Row57_AKeyOfARefusedChangeLeavesNoTrace) {
    Scenario run{[](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) { trunk.renegotiation.on_refusal = config::OnRefusal::pass; }
    }};
    run.a.security.use = Use::required;
    run.up();
    run.pass(500ms);
    run.b.on_reinvite = refuses(488);
    run.a.security.key = 2;
    const auto change = run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(500ms);
    EXPECT_EQ(run.a.final_of("INVITE", change), 488);
    run.a.security.key = 1;
    run.pass(500ms);
    run.expect_conversation();
}

TEST(Races, Row57_TheSameKeyAgainIsNoNewBeginning) {
    with_skew([](Scenario& run, Duration skew) {
        run.a.security.use = Use::required;
        run.up();
        run.pass(500ms + skew);
        const auto before = run.a.belief().remote->keys;
        run.a.reinvite();
        run.pass(500ms);
        EXPECT_EQ(run.a.belief().remote->keys, before);
        run.expect_conversation();
    });
}

TEST(Races, Row58_TheSameCertificateAndRoleAgainIsNoHandshake) {
    with_skew(
        [](Scenario& run, Duration skew) {
            run.a.security.use = Use::dtls;
            run.up();
            run.pass(500ms + skew);
            run.a.reinvite(Sdp::with(Direction::sendrecv));
            run.b.reinvite(Sdp::with(Direction::sendonly));
            run.pass(1s);
            run.b.reinvite();
            run.pass(1s);
            EXPECT_EQ(run.a.handshakes(), 1U);
            EXPECT_EQ(run.a.belief().local->setup, sip::sdp::Setup::active) << "as it answered the last offer";
            run.expect_conversation();
        },
        dtls_for_callers);
}

TEST(Races, Row58_AnotherCertificateIsAnotherHandshake) {
    with_skew(
        [](Scenario& run, Duration skew) {
            run.a.security.use = Use::dtls;
            run.up();
            run.pass(500ms + skew);
            run.a.security.certificate = 1;
            run.a.reinvite();
            run.pass(1s);
            EXPECT_EQ(run.a.handshakes(), 2U);
            EXPECT_EQ(run.b.received("INVITE"), 1U) << "nothing that the far leg would have to know";
            run.expect_conversation();
        },
        dtls_for_callers);
}

TEST(Races, Row59_PlainRtpIsNoChangeOfASecuredLeg) {
    with_skew([](Scenario& run, Duration skew) {
        run.a.security.use = Use::required;
        run.a.checks = false;
        run.up();
        run.pass(500ms + skew);
        run.a.security.use = Use::none;
        const auto change = run.a.reinvite();
        run.pass(500ms);
        EXPECT_EQ(run.a.final_of("INVITE", change), 488);
        run.a.security.use = Use::required;
        run.pass(500ms);
        run.expect_conversation();
    });
}

}  // namespace
}  // namespace simulation
