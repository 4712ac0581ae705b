// What the inspector says of offers in INVITE and UPDATE.
#include "tests/simulation/inspected.hpp"

namespace simulation {
namespace {

TEST_F(Inspectors, PassOverOffersInTurnByReinviteAndUpdate) {
    up();
    for (Phone* const phone : {&a, &b}) {
        phone->update(Sdp::with(Direction::sendonly));
        pass(100ms);
        phone->reinvite(Sdp::none());
        pass(100ms);
        phone->update(Sdp::none());
        phone->update();
        pass(100ms);
        EXPECT_EQ(phone->final_of("UPDATE"), 200);
    }
    expect_clean();
}

TEST_F(Inspectors, PassOverOffersThatMeetOnTheWay) {
    up();
    a.update();
    b.update();
    pass(1s);
    a.update();
    b.reinvite();
    pass(1s);
    a.reinvite(Sdp::none());
    b.update();
    pass(1s);
    expect_clean();
}

TEST_F(Inspectors, CallALegBusyWhileAnUpdateWithAnOfferIsOpen) {
    up();
    EXPECT_FALSE(inspector.is_busy(b.call_id()));
    b.next_updates = {answers(100ms), answers(100ms)};
    a.update(Sdp::none());
    pass(50ms);
    EXPECT_FALSE(inspector.is_busy(b.call_id()));
    pass(100ms);
    a.update();
    pass(50ms);
    EXPECT_TRUE(inspector.is_busy(b.call_id()));
    pass(100ms);
    EXPECT_FALSE(inspector.is_busy(b.call_id()));
    expect_clean();
}

TEST_F(Inspectors, FindAnOfferWhileAnotherOfOursIsOpen) {
    up();
    a.next_updates = {answers(100ms)};
    b.update();
    pass(20ms);
    b.update();
    expect_found("an offer while ours is open");
}

TEST_F(Inspectors, FindAnOfferWhileThePeersIsOpen) {
    up();
    b.next_updates = {answers(100ms)};
    a.update();
    pass(20ms);
    b.update();
    expect_found("an offer while the peer's is open");
}

TEST_F(Inspectors, FindAnOfferBeforeTheAnswerInTheAck) {
    up();
    a.ack.after = 200ms;
    b.on_reinvite = answers(Duration{});
    a.reinvite(Sdp::none());
    pass(50ms);
    b.update();
    expect_found("an offer while ours is open");
}

TEST_F(Inspectors, FindAnAnswerInAnAckWithOtherLinesThanItsOffer) {
    up();
    a.on_reinvite = {reply(Duration{}, 200, Sdp::with_video())};
    b.ack.answer =
        Sdp::text("v=0\r\no=- 1 1 IN IP4 10.2.0.1\r\ns=-\r\nc=IN IP4 10.2.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n");
    b.reinvite(Sdp::none());
    pass(100ms);
    expect_found("other m-lines than in the offer");
}

TEST_F(Inspectors, FindAnUpdateAcceptedWhileAnOfferIsOpen) {
    up();
    b.request("UPDATE", {}, "application/sdp", "v=0\r\n");  // an offer that B itself does not remember
    a.update();
    pass(100ms);
    expect_found("200 to an UPDATE that must get 491");
}

TEST_F(Inspectors, FindASecondUpdateThatIsNotRefused) {
    receive("UPDATE sip:s@10.2.0.1 SIP/2.0", "2 UPDATE");
    receive("UPDATE sip:s@10.2.0.1 SIP/2.0", "3 UPDATE");
    send("SIP/2.0 200 OK", "3 UPDATE");
    expect_found("200 to an UPDATE that must get 500");
    receive("UPDATE sip:s@10.2.0.1 SIP/2.0", "4 UPDATE");
    send("SIP/2.0 500 No", "4 UPDATE");
    expect_found("500 to an UPDATE, no Retry-After");
}

TEST_F(Inspectors, FindA491ToAnUpdateThatOffersNothing) {
    up();
    b.next_updates = {refuses(491)};
    a.update(Sdp::none());
    pass(100ms);
    expect_found("491 to an UPDATE that offers nothing");
}

TEST_F(Inspectors, FindWhatAnUpdateDoesToTheLedger) {
    up();
    b.update(
        Sdp::text("v=0\r\no=- 1 1 IN IP4 10.2.0.1\r\ns=-\r\nc=IN IP4 10.2.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"));
    expect_found("another session id");
}

}  // namespace
}  // namespace simulation
