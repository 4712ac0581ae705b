// What a peer's offer or answer is refused for, and that a refusal leaves no trace (RFC 3264 §5–§8, RFC 6337).
#include "sip/sdp/offer_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "leg_fixture.hpp"

namespace sip::sdp {
namespace {

using testing::disabled_video;
using ::testing::HasSubstr;
using testing::Leg;
using testing::pcmu;
using testing::session_with;
using testing::video;
using State = OfferAnswer::State;

TEST(RemoteOffer, IsAcceptedAndAnsweredWithAsManyLines) {
    Leg leg;
    EXPECT_EQ(leg.peer_offers(pcmu + video), "changed");
    EXPECT_EQ(leg.machine.state(), State::remote_offer);
    ASSERT_NE(leg.machine.pending_offer(), nullptr);
    const auto answer = leg.machine.answer(session_with(pcmu));
    EXPECT_EQ(leg.machine.state(), State::stable);
    ASSERT_EQ(answer.media.size(), 2U);
    EXPECT_EQ(answer.media[1], session_with(disabled_video).media[0]);
    EXPECT_EQ(leg.machine.agreed()->local, answer);
    EXPECT_EQ(leg.machine.pending_offer(), nullptr);
}

TEST(RemoteOffer, WithADisabledLineIsAnsweredWithADisabledLine) {
    Leg leg;
    leg.peer_offers(pcmu + disabled_video);
    EXPECT_TRUE(leg.machine.answer(session_with(pcmu + video)).media[1].is_disabled());
}

TEST(RemoteOffer, IsUnchangedWhateverItsVersionWhenItsContentIs) {
    Leg leg;
    leg.peer_calls(pcmu, pcmu);
    auto again = session_with(pcmu);
    again.origin.version = 77;
    const auto accepted = leg.machine.on_remote_offer(again, testing::usable);
    ASSERT_TRUE(accepted);
    EXPECT_TRUE(accepted->unchanged);
}

TEST(RemoteOffer, IsChangedWhenItsContentIsThoughItsVersionStayed) {
    Leg leg;
    leg.peer_calls(pcmu, pcmu);
    EXPECT_EQ(leg.peer_offers(pcmu + "a=sendonly\r\n"), "changed");
}

TEST(RemoteOffer, WithFewerLinesIsRefused) {
    Leg leg;
    leg.peer_calls(pcmu + video, pcmu);
    EXPECT_EQ(leg.peer_offers(pcmu), "488 399 mline_count: m-line count fell from 2 to 1 (RFC 3264 §8)");
}

TEST(RemoteOffer, WithFewerLinesThanWeAddedIsRefused) {
    Leg leg;
    leg.we_call(pcmu + video, pcmu + disabled_video);
    EXPECT_THAT(leg.peer_offers(pcmu), HasSubstr("mline_count"));
}

TEST(RemoteOffer, WithAnotherKindInPlaceOfALiveLineIsRefused) {
    Leg leg;
    leg.peer_calls(pcmu, pcmu);
    EXPECT_EQ(leg.peer_offers("m=image 4000 udptl t38\r\n"),
              "488 304 mline_kind: m-line 1 was audio and is now image (RFC 3264 §8)");
}

TEST(RemoteOffer, WithAnotherProtectionInPlaceOfALiveLineIsRefused) {
    Leg leg;
    leg.peer_calls("m=audio 4000 RTP/SAVP 0\r\n", "m=audio 5000 RTP/SAVP 0\r\n");
    EXPECT_EQ(leg.peer_offers(pcmu), "488 302 mline_profile: m-line 1 was RTP/SAVP and is now RTP/AVP (RFC 3264 §8)");
}

TEST(RemoteOffer, MayNameAProfileWithOrWithoutFeedbackOrItsTransport) {
    Leg leg;
    leg.peer_calls("m=audio 4000 RTP/SAVPF 0\r\n", "m=audio 5000 RTP/SAVPF 0\r\n");
    EXPECT_EQ(leg.peer_offers("m=audio 4000 UDP/TLS/RTP/SAVP 0\r\n"), "changed");
}

TEST(RemoteOffer, MayDisableALineOfAnyKind) {
    Leg leg;
    leg.peer_calls(pcmu + video, pcmu + video);
    EXPECT_EQ(leg.peer_offers(pcmu + "m=text 0 RTP/SAVP 98\r\n"), "changed");
}

TEST(RemoteOffer, MayReuseALineThatItDisabled) {
    Leg leg;
    leg.peer_calls(pcmu + disabled_video, pcmu + disabled_video);
    EXPECT_EQ(leg.peer_offers(pcmu + "m=audio 4002 RTP/SAVP 8\r\n"), "changed");
}

TEST(RemoteOffer, MayReuseALineThatWeDisabled) {
    Leg leg;
    leg.peer_calls(pcmu + video, pcmu + disabled_video);
    EXPECT_EQ(leg.peer_offers(pcmu + "m=audio 4002 RTP/AVP 8\r\n"), "changed");
}

TEST(RemoteOffer, ThatGivesANumberAnotherMeaningIsRefused) {
    Leg leg;
    const std::string opus = "m=audio 4000 RTP/AVP 97 0\r\na=rtpmap:97 opus/48000/2\r\n";
    leg.peer_calls(opus, pcmu);
    EXPECT_EQ(
        leg.peer_offers("m=audio 4000 RTP/AVP 97 0\r\na=rtpmap:97 iLBC/8000\r\n"),
        "488 305 payload_meaning: payload 97 of m-line 1 was opus/48000/2 and is now iLBC/8000 (RFC 3264 §8.3.2)");
    EXPECT_EQ(leg.peer_offers("m=audio 4000 RTP/AVP 98 0\r\na=rtpmap:98 OPUS/48000/2\r\na=fmtp:98 x=1\r\n"), "changed");
}

TEST(RemoteOffer, IsHeldToAMeaningThatIsLongOutOfUse) {
    Leg leg;
    leg.peer_calls("m=audio 4000 RTP/AVP 97 0\r\na=rtpmap:97 opus/48000/2\r\n", pcmu);
    leg.peer_calls(pcmu, pcmu);
    leg.we_call(pcmu, pcmu);
    EXPECT_THAT(leg.peer_offers("m=audio 4000 RTP/AVP 97 0\r\na=rtpmap:97 iLBC/8000\r\n"),
                HasSubstr("payload_meaning"));
}

TEST(RemoteOffer, MayLeaveOutAMeaningAndMayNameAnythingInADisabledLine) {
    Leg leg;
    leg.peer_calls("m=audio 4000 RTP/AVP 97 0\r\na=rtpmap:97 opus/48000/2\r\n", pcmu);
    EXPECT_EQ(leg.peer_offers("m=audio 4000 RTP/AVP 97 0\r\n"), "changed");
    leg.machine.reject_remote_offer();
    EXPECT_EQ(leg.peer_offers("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\n"), "changed");
}

TEST(RemoteOffer, WithoutAUsableCodecIsRefused) {
    Leg leg;
    EXPECT_EQ(leg.peer_offers("m=audio 4000 RTP/AVP 18 101\r\na=rtpmap:101 telephone-event/8000\r\n"),
              "488 305 no_codec: no m-line has a codec that is usable here: PCMU, PCMA, H261 (RFC 3264 §6)");
    EXPECT_EQ(leg.peer_offers("m=audio 0 RTP/AVP 0\r\nm=audio 4000 RTP/AVP 18\r\n"),
              "488 305 no_codec: no m-line has a codec that is usable here: PCMU, PCMA, H261 (RFC 3264 §6)");
}

TEST(RemoteOffer, OfOtherStreamsMayGoOnWithoutItsAudio) {
    Leg leg;
    leg.peer_calls(pcmu + video, pcmu + video);
    EXPECT_EQ(leg.peer_offers("m=audio 0 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\n"), "changed");
}

TEST(RemoteOffer, NeedsAUsableCodecInOneLineOnly) {
    Leg leg;
    EXPECT_EQ(leg.peer_offers("m=audio 4000 RTP/AVP 18\r\nm=audio 4002 RTP/AVP 96\r\na=rtpmap:96 pcma/8000\r\n"),
              "changed");
}

TEST(RemoteOffer, NeedsNoCodecWhereItHasNoLiveLine) {
    Leg leg;
    EXPECT_EQ(leg.peer_offers(""), "changed");
    leg.machine.reject_remote_offer();
    EXPECT_EQ(leg.peer_offers("m=audio 0 RTP/AVP 18\r\n"), "changed");
}

TEST(RemoteOffer, ThatIsRefusedOrRejectedLeavesNoTrace) {
    Leg leg;
    leg.peer_calls(pcmu + video, pcmu);
    const auto before = leg.snapshot();
    leg.peer_offers(pcmu);
    EXPECT_EQ(leg.snapshot(), before);
    EXPECT_EQ(leg.peer_offers(pcmu + "a=rtpmap:99 opus/48000/2\r\n" + video), "changed");
    EXPECT_NE(leg.snapshot(), before);
    leg.machine.reject_remote_offer();
    EXPECT_EQ(leg.snapshot(), before);
}

TEST(RemoteAnswer, IsCommittedTogetherWithOurOffer) {
    Leg leg;
    const auto offer = leg.machine.offer(session_with(pcmu));
    EXPECT_EQ(leg.machine.state(), State::local_offer);
    EXPECT_EQ(*leg.machine.pending_offer(), offer);
    EXPECT_FALSE(leg.machine.agreed());
    EXPECT_EQ(leg.peer_answers(pcmu), "changed");
    EXPECT_EQ(leg.machine.agreed()->local, offer);
    EXPECT_EQ(leg.machine.agreed()->remote, session_with(pcmu));
    leg.machine.offer(session_with(pcmu));
    EXPECT_EQ(leg.peer_answers(pcmu), "unchanged");
}

TEST(RemoteAnswer, WithAnotherNumberOfLinesIsRefusedAndOurOfferStaysOpen) {
    Leg leg;
    leg.machine.offer(session_with(pcmu));
    const auto before = leg.snapshot();
    EXPECT_EQ(leg.peer_answers(pcmu + video),
              "488 399 mline_count: 1 m-lines were offered and 2 answered (RFC 3264 §6)");
    EXPECT_THAT(leg.peer_answers(""), HasSubstr("mline_count"));
    EXPECT_EQ(leg.snapshot(), before);
    EXPECT_EQ(leg.machine.state(), State::local_offer);
}

TEST(RemoteAnswer, ThatEnablesALineThatWeDisabledIsRefused) {
    Leg leg;
    leg.machine.offer(session_with(pcmu + disabled_video));
    EXPECT_THAT(leg.peer_answers(pcmu + video), HasSubstr("mline_enabled: m-line 2"));
    EXPECT_EQ(leg.peer_answers(pcmu + disabled_video), "changed");
}

TEST(RemoteAnswer, OfAnotherKindOrProtectionIsRefused) {
    Leg leg;
    leg.machine.offer(session_with(pcmu));
    EXPECT_THAT(leg.peer_answers(video), HasSubstr("mline_kind"));
    EXPECT_THAT(leg.peer_answers("m=audio 4000 RTP/SAVP 0\r\n"), HasSubstr("mline_profile"));
    EXPECT_EQ(leg.peer_answers("m=audio 4000 RTP/AVPF 0\r\n"), "changed");
}

TEST(RemoteAnswer, WithNoneOfTheFormatsOfferedIsRefused) {
    Leg leg;
    leg.machine.offer(session_with(pcmu));
    EXPECT_EQ(leg.peer_answers("m=audio 4000 RTP/AVP 8\r\n"),
              "488 305 answer_format: m-line 1 is answered with none of the formats offered (RFC 3264 §6.1)");
}

TEST(RemoteAnswer, MayNumberAFormatDifferentlyAndNameFurtherOnes) {
    Leg leg;
    leg.machine.offer(session_with("m=audio 5000 RTP/AVP 96\r\na=rtpmap:96 PCMA/8000\r\n"));
    EXPECT_EQ(leg.peer_answers("m=audio 4000 RTP/AVP 18 8\r\n"), "changed");
}

TEST(RemoteAnswer, ThatGivesANumberAnotherMeaningIsRefused) {
    Leg leg;
    leg.peer_calls("m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:97 opus/48000/2\r\n", pcmu);
    leg.machine.offer(session_with(pcmu));
    EXPECT_THAT(leg.peer_answers("m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:97 iLBC/8000\r\n"),
                HasSubstr("payload_meaning"));
}

TEST(RemoteAnswer, MayDeclineEveryLine) {
    Leg leg;
    leg.machine.offer(session_with(pcmu));
    EXPECT_EQ(leg.peer_answers("m=audio 0 RTP/AVP\r\n"), "changed");
}

TEST(OurOffer, KeepsTheLinesThatItLacksWithPortZero) {
    Leg leg;
    leg.peer_calls(pcmu + video, pcmu + video);
    const auto offer = leg.machine.offer(session_with(pcmu));
    ASSERT_EQ(offer.media.size(), 2U);
    EXPECT_EQ(offer.media[1], session_with(disabled_video).media[0]);
}

}  // namespace
}  // namespace sip::sdp
