// The phones' UPDATE (RFC 3311) against each other.
#include "tests/simulation/two_phones.hpp"

namespace simulation {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

struct PhonesUpdate : TwoPhones {
    PhonesUpdate() { a.allows_update = b.allows_update = true; }
};

TEST_F(PhonesUpdate, HoldsAndResumesByUpdate) {
    up();
    a.update(Sdp::with(Direction::sendonly));
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 200);
    EXPECT_FALSE(a.belief().hears());
    EXPECT_TRUE(a.belief().speaks());
    EXPECT_TRUE(b.belief().hears());
    EXPECT_FALSE(b.belief().speaks());
    b.update(Sdp::with(Direction::inactive));
    pass(100ms);
    EXPECT_FALSE(b.belief().hears());
    EXPECT_FALSE(a.belief().speaks());
    a.update();
    pass(100ms);
    EXPECT_TRUE(a.belief().hears());
    EXPECT_TRUE(b.belief().hears());
    EXPECT_EQ(a.received("INVITE") + b.received("INVITE"), 1U);
}

TEST_F(PhonesUpdate, WithoutSdpChangesNothing) {
    up();
    const auto before = b.belief().local->version;
    a.update(Sdp::none());
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 200);
    EXPECT_THAT(a.final_text("UPDATE"), Not(HasSubstr("m=audio")));
    EXPECT_EQ(b.belief().local->version, before);
    EXPECT_TRUE(a.belief().hears());
}

TEST_F(PhonesUpdate, CarriesAContactBothWays) {
    up();
    a.update(Sdp::none());
    pass(100ms);
    EXPECT_THAT(b.last_request("UPDATE"), HasSubstr("Contact: <sip:" + a.contact_user()));
    EXPECT_THAT(a.final_text("UPDATE"), HasSubstr("Contact: <sip:" + b.contact_user()));
}

TEST_F(PhonesUpdate, AnOfferIsRefusedWhileThatOfTheInviteIsOpen) {
    b.on_invite = {reply(50ms, 180), reply(2s, 200)};
    a.retries_glare = b.retries_glare = false;
    a.invite("bob");
    pass(500ms);
    a.update();  // the offer of A's INVITE has no answer yet: B owes it one
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 500);
    EXPECT_THAT(a.final_text("UPDATE"), HasSubstr("Retry-After:"));
    b.update();  // A has an offer open
    pass(100ms);
    EXPECT_EQ(b.final_of("UPDATE"), 491);
    a.update(Sdp::none());  // offers nothing, blocks nothing
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 200);
    pass(2s);
    EXPECT_TRUE(a.up());
}

TEST_F(PhonesUpdate, ASecondOneBehindAnUnansweredOneIs500WithRetryAfter) {
    up();
    b.next_updates = {answers(300ms)};
    const auto first = a.update(Sdp::with(Direction::sendonly));
    pass(50ms);
    const auto second = a.update(Sdp::none());
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE", first), 0);
    EXPECT_EQ(a.final_of("UPDATE", second), 500);
    EXPECT_THAT(a.final_text("UPDATE"), HasSubstr("Retry-After:"));
    EXPECT_FALSE(a.quiet());
    pass(300ms);
    EXPECT_EQ(a.final_of("UPDATE", first), 200);
    EXPECT_TRUE(a.quiet());
}

TEST_F(PhonesUpdate, MeetingOffersGet491AndAreMadeAgain) {
    up();
    a.update(Sdp::with(Direction::sendonly));
    b.update(Sdp::with(Direction::sendrecv));
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 491);
    EXPECT_EQ(b.final_of("UPDATE"), 491);
    pass(10s);
    EXPECT_EQ(a.final_of("UPDATE"), 200);
    EXPECT_EQ(b.final_of("UPDATE"), 200);
}

TEST_F(PhonesUpdate, AnOfferAndAReinviteThatMeetAreBothRefusedAndMadeAgain) {
    up();
    a.update(Sdp::with(Direction::sendonly));
    b.reinvite();
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 491);
    EXPECT_EQ(b.final_of("INVITE"), 491);
    pass(10s);
    EXPECT_EQ(a.final_of("UPDATE"), 200);
    EXPECT_EQ(b.final_of("INVITE"), 200);
}

TEST_F(PhonesUpdate, TheLaterOfTwoOffersCountsThoughItsAnswerComesFirst) {
    up();
    network.delay([](const Datagram&, const Glance& seen) { return seen.status == 200 && seen.method == "INVITE"; },
                  300ms, 1);
    a.reinvite(Sdp::with(Direction::sendonly));
    pass(50ms);
    a.update(Sdp::with_video(Direction::inactive));
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 200);
    EXPECT_EQ(a.final_of("INVITE"), 0);
    pass(1s);
    EXPECT_EQ(a.final_of("INVITE"), 200);
    EXPECT_FALSE(a.belief().speaks());
    EXPECT_FALSE(b.belief().hears());
    EXPECT_EQ(a.belief().local->lines, 2U);
}

TEST_F(PhonesUpdate, AReinviteBehindAnUnansweredOfferIs500) {
    up();
    b.next_updates = {answers(300ms)};
    a.update(Sdp::with(Direction::sendonly));
    pass(50ms);
    a.reinvite();
    pass(100ms);
    EXPECT_EQ(a.final_of("INVITE"), 500);
    pass(300ms);
    EXPECT_EQ(a.final_of("UPDATE"), 200);
}

TEST_F(PhonesUpdate, ARefusedOfferLeavesWhatWasAgreed) {
    up();
    b.next_updates = {refuses(488)};
    a.update(Sdp::with(Direction::inactive));
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 488);
    EXPECT_TRUE(a.belief().hears());
    EXPECT_TRUE(b.belief().hears());
    a.update(Sdp::with(Direction::inactive));
    pass(100ms);
    EXPECT_FALSE(b.belief().hears());
}

TEST_F(PhonesUpdate, ADialogThatTheOtherDoesNotKnowEnds) {
    up();
    b.next_updates = {refuses(481)};
    a.update();
    pass(1s);
    EXPECT_EQ(b.received("BYE"), 1U);
    EXPECT_TRUE(a.over());
}

TEST_F(PhonesUpdate, SurvivesAPoorNetwork) {
    network.all = {.loss = 0.2, .duplicate = 0.1, .reorder = 0.2, .delay = 20ms, .jitter = 30ms};
    a.invite("bob");
    pass(30s);
    ASSERT_TRUE(a.up() && b.up());
    a.update(Sdp::with(Direction::inactive));
    pass(30s);
    EXPECT_EQ(a.final_of("UPDATE"), 200);
    EXPECT_FALSE(b.belief().hears());
    EXPECT_EQ(b.received("UPDATE"), 1U);
}

TEST_F(PhonesUpdate, IsInAllowOnlyWhereThePhoneTakesIt) {
    b.allows_update = false;
    up();
    EXPECT_THAT(b.last_request("INVITE"), HasSubstr("INFO, UPDATE\r\n"));
    EXPECT_THAT(a.final_text("INVITE"), HasSubstr("INFO\r\n"));
    expect_violation("only methods that the peer allows");
    a.update();
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 405);
}

TEST_F(PhonesUpdate, A2xxWithoutTheAnswerIsFound) {
    up();
    b.next_updates = {{reply(Duration{}, 200, Sdp::none())}};
    expect_violation("an answer to every offer");
    a.update();
    pass(100ms);
}

TEST_F(PhonesUpdate, A2xxWithAnAnswerToNothingIsFound) {
    up();
    b.next_updates = {{reply(Duration{}, 200, Sdp::with(Direction::sendrecv))}};
    expect_violation("no answer without an offer");
    a.update(Sdp::none());
    pass(100ms);
}

TEST_F(PhonesUpdate, AnUnreadableOfferAndALostLineAreFound) {
    up();
    expect_violation("a readable offer");
    a.update(Sdp::text("v=0\r\nthis is no description\r\n"));
    pass(100ms);
    Sdp two_lines = Sdp::with(Direction::sendrecv);
    two_lines.video = true;
    a.update(two_lines);
    pass(100ms);
    expect_violation("the number of m-lines never falls");
    a.update(
        Sdp::text("v=0\r\no=- 1 1 IN IP4 10.1.0.1\r\ns=-\r\nc=IN IP4 10.1.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"));
    pass(100ms);
    expect_violation("m-lines of an answer");
}

}  // namespace
}  // namespace simulation
