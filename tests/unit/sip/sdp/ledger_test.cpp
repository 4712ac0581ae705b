// What a leg was promised: versions of o= and meanings of payload numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "leg_fixture.hpp"

namespace sip::sdp {
namespace {

using testing::disabled_video;
using testing::Leg;
using testing::pcmu;
using testing::session_with;
using testing::video;

const std::string held = pcmu + "a=sendonly\r\n";
const std::string resumed = pcmu + "a=sendrecv\r\n";

TEST(OriginVersion, IsOursOnEveryDescriptionThatWeSend) {
    Leg leg;
    auto ours = session_with(pcmu);
    ours.origin = {"carol", 1, 99, true, "2001:db8::9"};
    leg.peer_offers(pcmu);
    EXPECT_EQ(leg.machine.answer(ours).origin, (Origin{"-", 4711, 1, false, "198.51.100.9"}));
}

TEST(OriginVersion, RisesByOneForEachChangedDescriptionOffersAndAnswersAlike) {
    Leg leg;
    EXPECT_EQ(leg.peer_calls(pcmu, pcmu).origin.version, 1U);
    EXPECT_EQ(leg.we_call(held, pcmu).origin.version, 2U);
    EXPECT_EQ(leg.peer_calls(held, pcmu + "a=recvonly\r\n").origin.version, 3U);
    EXPECT_EQ(leg.we_call(resumed, pcmu).origin.version, 4U);
}

TEST(OriginVersion, StaysWhereNothingElseChanged) {
    Leg leg;
    EXPECT_EQ(leg.peer_calls(pcmu, pcmu).origin.version, 1U);
    EXPECT_EQ(leg.peer_calls(held, pcmu).origin.version, 1U);
    EXPECT_EQ(leg.we_call(pcmu, pcmu).origin.version, 1U);
}

TEST(OriginVersion, OfARefusedOfferIsNotUsedForOtherContent) {
    Leg leg;
    leg.peer_calls(pcmu, pcmu);
    EXPECT_EQ(leg.machine.offer(session_with(held)).origin.version, 2U);
    leg.machine.withdraw_offer();
    EXPECT_EQ(leg.machine.offer(session_with(pcmu)).origin.version, 3U);
}

TEST(OriginVersion, OfARefusedOfferStandsForTheSameContentAgain) {
    Leg leg;
    leg.peer_calls(pcmu, pcmu);
    leg.machine.offer(session_with(held));
    leg.machine.withdraw_offer();
    EXPECT_EQ(leg.machine.offer(session_with(held)).origin.version, 2U);
}

TEST(OriginVersion, IsNotTouchedByOffersOfThePeerThatAreRejected) {
    Leg leg;
    leg.peer_calls(pcmu, pcmu);
    leg.peer_offers(held);
    leg.machine.reject_remote_offer();
    EXPECT_EQ(leg.machine.offer(session_with(pcmu)).origin.version, 1U);
}

TEST(Withdrawal, RestoresTheAgreedSessionExactlyAndTheNextOfferWorks) {
    Leg leg;
    leg.peer_calls(pcmu, pcmu);
    const auto before = leg.snapshot();
    leg.machine.offer(session_with(held + video));
    leg.peer_answers(pcmu);  // refused: a line is missing
    leg.machine.withdraw_offer();
    EXPECT_EQ(leg.snapshot(), before);
    EXPECT_EQ(leg.peer_offers(held), "changed");
    leg.machine.reject_remote_offer();
    EXPECT_EQ(leg.we_call(held, pcmu).media.size(), 1U);
}

TEST(Ledger, RemembersWhatEachSideCalledItsNumbers) {
    Leg leg;
    leg.peer_calls("m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:97 opus/48000/2\r\n",
                   "m=audio 5000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n");
    ASSERT_EQ(leg.machine.ledger().size(), 1U);
    const LineLedger& line = leg.machine.ledger()[0];
    EXPECT_EQ(line.remote_formats.size(), 2U);
    EXPECT_EQ(line.remote_formats.at(97).encoding, "opus");
    EXPECT_EQ(line.local_formats.size(), 2U);
    EXPECT_EQ(line.local_formats.at(101).encoding, "telephone-event");
}

TEST(Ledger, ForgetsNothingWhenNumbersFallOutOfUse) {
    Leg leg;
    leg.peer_calls("m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:97 opus/48000/2\r\n", pcmu);
    leg.peer_calls(pcmu, pcmu);
    EXPECT_EQ(leg.machine.ledger()[0].remote_formats.at(97).encoding, "opus");
}

TEST(Ledger, NotesNothingOfDisabledLinesAndNumbersOfUnknownMeaning) {
    Leg leg;
    leg.peer_calls("m=audio 4000 RTP/AVP 0 97\r\n" + disabled_video, pcmu);
    ASSERT_EQ(leg.machine.ledger().size(), 2U);
    EXPECT_EQ(leg.machine.ledger()[0].remote_formats.count(97), 0U);
    EXPECT_TRUE(leg.machine.ledger()[1].remote_formats.empty());
    EXPECT_TRUE(leg.machine.ledger()[1].local_formats.empty());
}

TEST(Ledger, NotesNothingOfExchangesThatFailed) {
    Leg leg;
    leg.peer_offers("m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:97 opus/48000/2\r\n");
    leg.machine.reject_remote_offer();
    leg.machine.offer(session_with(pcmu));
    leg.machine.withdraw_offer();
    EXPECT_TRUE(leg.machine.ledger().empty());
    EXPECT_EQ(leg.peer_offers("m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:97 iLBC/8000\r\n"), "changed");
}

}  // namespace
}  // namespace sip::sdp
