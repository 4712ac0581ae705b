// What the inspector says of reliable provisional responses and PRACK, and of the offers in them.
#include "tests/simulation/inspected.hpp"

namespace simulation {
namespace {

struct InspectorsProvisional : Inspectors {
    InspectorsProvisional() { a.supports_100rel = b.supports_100rel = true; }

    void receive_invite(const std::string& headers = "Supported: 100rel\r\n") {
        receive("INVITE sip:s@10.2.0.1 SIP/2.0", "1 INVITE", {}, headers);
    }
    void send_reliable(int rseq, const std::string& body = {}, const std::string& more = {}) {
        send("SIP/2.0 183 Progress", "1 INVITE", body,
             "Require: 100rel\r\nRSeq: " + std::to_string(rseq) + "\r\n" + more);
    }
    void receive_prack(int rseq, int cseq, const std::string& body = {}) {
        receive("PRACK sip:s@10.2.0.1 SIP/2.0", std::to_string(cseq) + " PRACK", body,
                "RAck: " + std::to_string(rseq) + " 1 INVITE\r\n");
    }
};

TEST_F(InspectorsProvisional, PassOverAnAnswerAndAnUpdateInAnEarlyDialog) {
    b.on_invite = {reliable(50ms, 183), reliable(60ms, 180), reply(1s, 200)};
    a.invite("bob");
    pass(200ms);
    a.update(Sdp::with(Direction::sendonly));
    pass(100ms);
    b.update();
    pass(100ms);
    EXPECT_EQ(b.final_of("UPDATE"), 200);
    pass(2s);
    EXPECT_TRUE(a.up());
    expect_clean();
}

TEST_F(InspectorsProvisional, PassOverOffersInAReliable18xAndInAPrack) {
    b.on_invite = {reliable(50ms, 183), reply(500ms, 200)};
    a.invite("bob", Sdp::none());
    pass(2s);
    a.prack_offer = Sdp::with(Direction::sendonly);
    b.next_reinvites = {{reliable(50ms, 183), reply(500ms, 200)}};
    a.reinvite();
    pass(2s);
    EXPECT_FALSE(b.belief().speaks());
    expect_clean();
}

TEST_F(InspectorsProvisional, PassOverTheServersOwnPracks) {
    network.lose([](const Datagram&, const Glance& message) { return message.is("PRACK"); }, 1);
    a.on_invite = {reliable(50ms, 183), reliable(60ms, 180), reply(500ms, 200)};
    b.invite("alice", Sdp::none());
    pass(3s);
    EXPECT_TRUE(b.up());
    expect_clean();
}

TEST_F(InspectorsProvisional, PassOverAServerThatDropsWhatComesBehindAGap) {
    Reply gap = reliable(100ms, 180);
    gap.rseq_step = 2;
    a.on_invite = {reliable(50ms, 183), gap, reply(500ms, 200)};
    b.invite("alice");
    pass(2s);
    EXPECT_EQ(a.received("PRACK"), 1U);
    expect_clean();
}

TEST_F(InspectorsProvisional, PassOverReliableResponsesToAnInviteThatFails) {
    a.pracks = false;
    b.on_invite = {reliable(50ms, 183)};
    a.invite("bob");
    pass(40s);
    EXPECT_EQ(a.final_of("INVITE"), 504);
    pass(40s);
    inspector.on_end();
    EXPECT_THAT(found.violations(), testing::IsEmpty());
}

TEST_F(InspectorsProvisional, FindAnUpdateOfTheServerBeforeThePrackOfItsAnswer) {
    a.pracks = false;
    b.on_invite = {reliable(50ms, 183)};
    a.invite("bob");
    pass(100ms);
    b.update();
    expect_found("an offer while the peer's is open");
}

TEST_F(InspectorsProvisional, FindA2xxBeforeThePrackOfADescription) {
    a.pracks = false;
    Reply early = reply(100ms, 200);
    early.by_rule = false;
    b.on_invite = {reliable(50ms, 183), early};
    a.invite("bob");
    pass(200ms);
    expect_found("a 2xx before the PRACK of a description");
}

TEST_F(InspectorsProvisional, FindASecondOneBeforeThePrackOfTheFirst) {
    receive_invite();
    send_reliable(7);
    send_reliable(8);
    expect_found("a second reliable response before the PRACK");
}

TEST_F(InspectorsProvisional, FindNumbersThatDoNotRiseByOne) {
    receive_invite();
    send_reliable(7);
    receive_prack(7, 2);
    send_reliable(9);
    expect_found("an RSeq that does not rise by one");
}

TEST_F(InspectorsProvisional, FindARepetitionThatDiffers) {
    receive_invite();
    send_reliable(7);
    send_reliable(7);
    EXPECT_THAT(found.violations(), testing::IsEmpty());
    send_reliable(7, {}, "X-More: 1\r\n");
    expect_found("a repetition that differs");
}

TEST_F(InspectorsProvisional, FindReliableWithoutLeaveAndPlainWhereDemanded) {
    receive_invite("");
    send_reliable(7);
    expect_found("a reliable response where none may be");
    receive("INVITE sip:s@10.2.0.1 SIP/2.0", "5 INVITE", {}, "Require: 100rel\r\n");
    send("SIP/2.0 180 Ringing", "5 INVITE");
    expect_found("an unreliable response where the INVITE demands else");
}

TEST_F(InspectorsProvisional, FindHalfAReliableResponse) {
    receive_invite();
    send("SIP/2.0 180 Ringing", "1 INVITE", {}, "RSeq: 1\r\n");
    expect_found("RSeq and Require: 100rel are not together");
}

TEST_F(InspectorsProvisional, FindWrongFinalsToPrack) {
    receive_invite();
    send_reliable(7);
    receive_prack(7, 2);
    send("SIP/2.0 481 No", "2 PRACK");
    expect_found("481 to a PRACK that matches");
    receive_prack(7, 3);
    send("SIP/2.0 200 OK", "3 PRACK");
    expect_found("a 2xx to a PRACK that names nothing");
}

TEST_F(InspectorsProvisional, FindPracksOfTheServerThatNameNothingOrAGapOrTwice) {
    send("INVITE sip:a@10.1.0.1 SIP/2.0", "1 INVITE", {}, "Supported: 100rel\r\n");
    const auto hear = [this](int rseq) {
        receive("SIP/2.0 183 Progress", "1 INVITE", {}, "Require: 100rel\r\nRSeq: " + std::to_string(rseq) + "\r\n");
    };
    const auto prack = [this](int rseq, int cseq) {
        send("PRACK sip:a@10.1.0.1 SIP/2.0", std::to_string(cseq) + " PRACK", {},
             "RAck: " + std::to_string(rseq) + " 1 INVITE\r\n");
    };
    hear(7);
    prack(7, 2);
    EXPECT_THAT(found.violations(), testing::IsEmpty());
    prack(7, 3);
    expect_found("a second PRACK for one response");
    prack(8, 4);
    expect_found("a PRACK for nothing that came");
    hear(9);
    prack(9, 5);
    expect_found("a PRACK for a response behind a gap");
}

TEST_F(InspectorsProvisional, FindAPrackThatNeverComes) {
    a.on_invite = {reliable(50ms, 183), reply(500ms, 200)};
    b.pracks = false;
    b.invite("alice", Sdp::none());
    pass(40s);
    inspector.on_end();
    expect_found("no PRACK for RSeq");
}

TEST_F(InspectorsProvisional, FindAPrackThatLacksTheAnswer) {
    a.on_invite = {reliable(50ms, 183), reply(500ms, 200)};
    b.ack.answer = Sdp::none();
    b.invite("alice", Sdp::none());
    pass(100ms);
    expect_found("a PRACK without the answer that is due");
}

}  // namespace
}  // namespace simulation
