// Users: phones that register, call and are called; who cannot prove to be one is refused and leaves nothing behind.
#include "tests/simulation/office.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Users, ProveThemselvesToRegister) {
    Office office;
    office.alice.register_here();
    office.world.pass(20ms);
    EXPECT_EQ(office.alice.final_of("REGISTER", 1), 401);
    office.world.pass(1s);
    EXPECT_EQ(office.alice.final_of("REGISTER", 2), 200);
    EXPECT_EQ(office.registrations(), 1U);
    EXPECT_THAT(office.alice.final_text("REGISTER"), HasSubstr(office.alice.identity().sip.to_string()));
}

TEST(Users, WithAWrongPasswordAreNotRegistered) {
    Office office;
    office.alice.password = "wrong";
    office.alice.register_here();
    office.world.pass(1s);
    EXPECT_EQ(office.alice.final_of("REGISTER", 2), 401);
    EXPECT_EQ(office.registrations(), 0U);
    EXPECT_EQ(office.transactions(), 0U) << "a stranger leaves nothing behind";
    EXPECT_EQ(office.world.core().counters().auth_failures.at("wrong"), 1U);
}

TEST(Users, WhoAreUnknownLearnNoMoreThanWithAWrongPassword) {
    Office office;
    Phone& stranger = office.world.add_device("mallory");
    office.alice.password = "wrong";
    for (Phone* phone : {&stranger, &office.alice}) {
        phone->register_here();
        office.world.pass(1s);
        EXPECT_EQ(phone->final_of("REGISTER", 2), 401);
    }
    EXPECT_EQ(office.world.core().counters().auth_failures.at("wrong"), 2U);
}

TEST(Users, CallEachOther) {
    Office office;
    Phone& bob = office.registered("bob");
    office.world.pair(office.alice, bob);
    office.alice.invite("bob");
    office.world.pass(3s);
    EXPECT_TRUE(office.alice.up() && bob.up());
    EXPECT_EQ(office.alice.final_of("INVITE", 1), 407);
    EXPECT_THAT(bob.last_request("INVITE"), HasSubstr("INVITE sip:" + bob.contact_user() + "@"));
    EXPECT_THAT(bob.last_request("INVITE"), HasSubstr("<sip:alice@10.0.0.1>"));
    EXPECT_THAT(bob.last_request("INVITE"), HasSubstr("To: <sip:bob@10.0.0.1>"));
    EXPECT_THAT(bob.last_request("INVITE"), Not(HasSubstr("Authorization")));
    EXPECT_EQ(office.world.core().calls(1).at(0).a.user, "alice");
    EXPECT_EQ(office.world.core().calls(1).at(0).b->user, "bob");
    office.alice.reinvite(Sdp::with(Direction::sendonly));
    office.world.pass(2s);
    EXPECT_EQ(office.alice.final_of("INVITE"), 200);
    bob.bye();
    office.world.pass(2s);
    EXPECT_TRUE(office.alice.over());
}

TEST(Users, AreShownByTheirNameWhateverTheirPhoneSays) {
    Office office{[](config::Config& config) { config.users.at("alice").display = "Alice A."; }};
    Phone& bob = office.registered("bob");
    office.alice.invite("bob");
    office.world.pass(3s);
    EXPECT_THAT(bob.last_request("INVITE"), HasSubstr("From: \"Alice A.\" <sip:alice@10.0.0.1>"));
}

TEST(Users, CallTrunksAndAreCalledByThem) {
    Office office;
    Phone& bob = office.registered("bob");
    Phone& callee = office.world.add_callee(0);
    office.alice.invite("b0");
    office.world.pass(3s);
    EXPECT_TRUE(office.alice.up() && callee.up());
    Phone& caller = office.world.add_caller(1);
    caller.invite("bob");
    office.world.pass(3s);
    EXPECT_TRUE(caller.up() && bob.up());
}

TEST(Users, OnLossyWaysToo) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        Office office{{}, seed};
        office.world.network.all.loss = 0.2;
        Phone& bob = office.world.add_device("bob");
        bob.register_here();
        office.world.pass(20s);
        EXPECT_EQ(bob.final_of("REGISTER"), 200) << seed;
        office.alice.invite("bob");
        office.world.pass(30s);
        EXPECT_TRUE(office.alice.ever_up() && bob.ever_up()) << seed;
        EXPECT_FALSE(office.world.core().counters().auth_failures.contains("replayed"))
            << "a repetition is no second use of its credentials";
        office.world.network.all.loss = 0;
    }
}

TEST(Users, WhoAreNotRegisteredAreNotThere) {
    Office office;
    office.alice.invite("bob");
    office.world.pass(2s);
    EXPECT_EQ(office.alice.final_of("INVITE"), 480);
    Phone& again = office.world.add_device("alice");
    again.invite("nobody");
    office.world.pass(2s);
    EXPECT_EQ(again.final_of("INVITE"), 404);
}

TEST(Users, AreNotCalledWhereTheyWere) {
    Office office;
    Phone& bob = office.world.add_device("bob");
    bob.register_here(60s);
    office.world.pass(61s);
    EXPECT_EQ(office.registrations(), 0U) << "it has expired";
    bob.register_here();
    office.world.pass(1s);
    EXPECT_EQ(office.registrations(), 1U);
    bob.register_here(0s);
    office.world.pass(1s);
    EXPECT_EQ(office.registrations(), 0U);
    office.alice.invite("bob");
    office.world.pass(2s);
    EXPECT_EQ(office.alice.final_of("INVITE"), 480);
    EXPECT_EQ(bob.received("INVITE"), 0U);
}

TEST(Users, StrangersCallNobody) {
    Office office;
    Phone& bob = office.registered("bob");
    office.alice.password.clear();
    office.alice.invite("bob");
    office.world.pass(2s);
    EXPECT_EQ(office.alice.final_of("INVITE"), 407);
    EXPECT_EQ(bob.received("INVITE"), 0U);
    const std::uint64_t asked_bob = 1;  // to register
    EXPECT_EQ(office.world.core().counters().trunk_rejected.at({"", "no_credentials"}), asked_bob + 1);
}

TEST(Users, AreNotServedWhereNoneAreConfigured) {
    Office office{[](config::Config& config) { config.registrar.enabled = false; }};
    office.alice.register_here();
    office.alice.invite("b0");
    office.world.pass(2s);
    EXPECT_EQ(office.alice.final_of("REGISTER"), 403);
    EXPECT_EQ(office.alice.final_of("INVITE"), 403);
}

TEST(Users, RegisterFromTheAddressOfATrunkToo) {
    Office office;
    Phone& phone = office.world.add_caller(0);
    phone.register_here();
    office.world.pass(1s);
    EXPECT_EQ(phone.final_of("REGISTER"), 401) << "it is no user";
    phone.invite("b0");
    office.world.add_callee(0);
    office.world.pass(3s);
    EXPECT_TRUE(phone.up()) << "it calls as its trunk";
}

TEST(Users, CredentialsServeOnce) {
    Office office;
    office.alice.register_here();
    office.world.pass(1s);
    office.alice.resend("REGISTER");
    office.world.pass(40s);
    EXPECT_FALSE(office.world.core().counters().auth_failures.contains("replayed")) << "a repetition is none";
    office.alice.checks = office.world.inspector.checks = false;  // it has its final response
    office.alice.resend("REGISTER");
    office.world.pass(1s);
    EXPECT_EQ(office.world.core().counters().auth_failures.at("replayed"), 1U);
}

TEST(Users, WhoGuessesIsNotLookedAtAnyMore) {
    Office office;
    office.alice.password = "guess";
    for (int i = 0; i < 12; ++i) {
        office.alice.register_here();
        office.world.pass(100ms);
    }
    EXPECT_EQ(office.alice.final_of("REGISTER"), 503);
    EXPECT_GE(retry_after(office.alice, "REGISTER"), 1);
    EXPECT_EQ(office.world.core().counters().auth_failures.at("wrong"), 10U);
    office.alice.password = "secret";
    office.world.pass(10s);
    office.alice.register_here();
    office.world.pass(1s);
    EXPECT_EQ(office.alice.final_of("REGISTER"), 200);
}

TEST(Users, NextDeviceIsTriedWhereOneIsNotThere) {
    Office office;
    Phone& old = office.registered("bob");
    Phone& fresh = office.registered("bob");
    EXPECT_EQ(office.registrations(), 2U);
    fresh.on_invite = refuses(480);
    office.alice.invite("bob");
    office.world.pass(4s);
    EXPECT_TRUE(office.alice.up() && old.up());
    EXPECT_EQ(fresh.received("INVITE"), 1U);
}

// As behind a NAT, and of browsers, whose host nobody can look up.
TEST(Users, AreReachedByTheWayTheyCameWhateverTheirContactSays) {
    for (const char* const contact : {"<sip:b1@192.168.1.5:5060>", "<sip:b1@x3k9.invalid>"}) {
        Office office;
        Phone& bob = office.world.add_device("bob");
        bob.other_contact = contact;
        bob.register_here();
        office.world.pass(1s);
        office.alice.invite("bob");
        office.world.pass(3s);
        ASSERT_TRUE(office.alice.up() && bob.up()) << contact;
        office.alice.reinvite(Sdp::with(Direction::sendonly));
        office.world.pass(2s);
        EXPECT_EQ(office.alice.final_of("INVITE"), 200) << contact;
        EXPECT_EQ(bob.received("INVITE"), 2U) << contact;
    }
}

TEST(Users, OverAConnectionAreReachedByIt) {
    Office office;
    Phone& bob = office.registered("bob", Kind::tcp);
    office.alice.invite("bob");
    office.world.pass(3s);
    EXPECT_TRUE(office.alice.up() && bob.up());
}

TEST(Users, WithBrowsersCallEachOther) {
    Office office;
    Phone& bob = office.registered("bob", Kind::websocket);
    Phone& carol = office.world.add_device("alice", Kind::websocket);
    bob.security.use = carol.security.use = PhoneSecurity::Use::browser;
    bob.other_contact = "<sip:7138ro2i@luc6cdh79o9a.invalid;transport=ws>";
    bob.register_here();
    office.world.pass(1s);
    office.world.pair(carol, bob);
    carol.invite("bob");
    office.world.pass(4s);
    ASSERT_TRUE(carol.up() && bob.up());
    EXPECT_THAT(bob.last_request("INVITE"), HasSubstr("INVITE sip:7138ro2i@luc6cdh79o9a.invalid;transport=ws "));
    EXPECT_EQ(bob.handshakes() + carol.handshakes(), 2U);
    carol.reinvite(Sdp::with(Direction::sendonly));
    office.world.pass(2s);
    EXPECT_EQ(carol.final_of("INVITE"), 200);
    carol.reinvite();
    office.world.pass(2s);
    office.world.checks_hearing = false;  // a voice is silent under the keys
    carol.press(5);
    office.world.pass(1s);
    carol.request("INFO", "", "application/dtmf-relay", "Signal=6\r\nDuration=160\r\n");
    office.world.pass(1s);
    EXPECT_EQ(bob.received("INFO"), 2U) << "an event would tell the page nothing";
    EXPECT_THAT(bob.last_request("INFO"), HasSubstr("\r\n\r\nSignal=6\r\n"));
}

TEST(Users, WithAPlainProfileAreSpokenToInPlainRtpOnAWebSocketToo) {
    Office office{[](config::Config& config) { config.users.at("bob").profile = config::Profile::plain; }};
    Phone& bob = office.registered("bob", Kind::websocket);
    office.alice.invite("bob");
    office.world.pass(3s);
    ASSERT_TRUE(office.alice.up() && bob.up());
    EXPECT_EQ(bob.belief().remote->protocol, "RTP/AVP");
    bob.reinvite();
    office.world.pass(2s);
    EXPECT_EQ(bob.final_of("INVITE"), 200);
}

TEST(Users, WithABrowsersProfileAreBrowsersOverAnyTransport) {
    Office office{[](config::Config& config) { config.users.at("bob").profile = config::Profile::browser; }};
    Phone& bob = office.registered("bob", Kind::tcp);
    bob.security.use = PhoneSecurity::Use::browser;
    office.world.pair(office.alice, bob);
    office.alice.invite("bob");
    office.world.pass(4s);
    ASSERT_TRUE(office.alice.up() && bob.up());
    EXPECT_EQ(bob.handshakes(), 1U);
    EXPECT_EQ(bob.belief().remote->protocol, "UDP/TLS/RTP/SAVPF");
}

TEST(Users, WithABrowsersProfileAreNotTakenAtTheirPlainWord) {
    Office office{[](config::Config& config) { config.users.at("bob").profile = config::Profile::browser; }};
    Phone& bob = office.registered("bob", Kind::websocket);
    bob.invite("alice");
    office.world.pass(2s);
    EXPECT_EQ(bob.final_of("INVITE"), 488);
    EXPECT_FALSE(office.alice.ever_up());
}

TEST(Users, WhoseConnectionIsLostComeBackByTheNext) {
    Office office;
    Phone& bob = office.registered("bob", Kind::tcp);
    office.world.lose_connection(bob);
    office.world.pass(10s);
    EXPECT_EQ(office.registrations(), 1U) << "it may come back";
    bob.register_here();
    office.world.pass(40s);
    EXPECT_EQ(office.registrations(), 1U);
    office.alice.invite("bob");
    office.world.pass(3s);
    EXPECT_TRUE(office.alice.up() && bob.up());
    office.alice.bye();
    office.world.pass(2s);
    office.world.lose_connection(bob);
    office.world.pass(31s);
    EXPECT_EQ(office.registrations(), 0U) << "it has not come back";
}

TEST(Users, AreWaitedForAsLongAsTheConfigurationSays) {
    Office office{[](config::Config& config) { config.sip.websocket_grace = 5s; }};
    Phone& bob = office.registered("bob", Kind::tcp);
    office.world.lose_connection(bob);
    office.world.pass(4s);
    EXPECT_EQ(office.registrations(), 1U);
    office.world.pass(2s);
    EXPECT_EQ(office.registrations(), 0U);
}

TEST(Users, TakeTheirCallsAlongToTheNextConnection) {
    Office office;
    Phone& bob = office.registered("bob", Kind::tcp);
    office.alice.invite("bob");
    office.world.pass(3s);
    ASSERT_TRUE(office.alice.up() && bob.up());
    office.world.lose_connection(bob);
    office.world.pass(5s);
    bob.register_here();
    office.world.pass(1s);
    office.alice.reinvite(Sdp::with(Direction::sendonly));
    office.world.pass(2s);
    EXPECT_EQ(office.alice.final_of("INVITE"), 200);
    EXPECT_EQ(bob.received("INVITE"), 2U) << "the hold has reached it";
    EXPECT_TRUE(office.alice.up() && bob.up());
}

}  // namespace
}  // namespace simulation
