#include "server/b2bua/bridge_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sip/sdp/parser.hpp"

namespace server {
namespace {

using sip::sdp::Direction;
using testing::ElementsAre;

const std::vector<std::string> both{"PCMU", "PCMA"};
const base::Endpoint rtp{base::IpAddress::v4({192, 0, 2, 1}), 20000};

sip::sdp::Session parse(std::string_view media) {
    const std::string text =
        "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n" + std::string{media};
    auto session = sip::sdp::parse(text);
    EXPECT_TRUE(session) << text;
    return *session;
}

Face face(Formats formats, Direction direction = Direction::sendrecv) {
    return Face{rtp, base::Endpoint{rtp.address, 20001}, std::move(formats), direction};
}

std::vector<std::string> names(const Formats& formats) {
    std::vector<std::string> result;
    for (const auto& format : formats) { result.push_back(std::to_string(format.payload) + " " + format.encoding); }
    return result;
}

TEST(BridgeRules, TheSlotIsTheFirstLiveAudioLineWithACodecOfOurs) {
    const auto session = parse(
        "m=video 4000 RTP/AVP 31\r\nm=audio 0 RTP/AVP 0\r\nm=audio 5000 RTP/SAVP 0\r\nm=audio 5002 RTP/AVP 18\r\n"
        "m=audio 5004 RTP/AVP 8\r\n");
    const std::vector<std::string> pcmu{"PCMU"};
    EXPECT_EQ(find_slot(session, std::nullopt, LineRules{both, {}}), 4U);
    EXPECT_EQ(find_slot(session, 1, LineRules{both, {}}), 4U) << "a disabled line is left";
    EXPECT_EQ(find_slot(session, std::nullopt, LineRules{pcmu, {}}), std::nullopt);
}

TEST(BridgeRules, AnOfferNamesFirstWhatNeedsNoTranscodingAndThenTheRest) {
    const Formats theirs = usable_formats(
        parse("m=audio 5000 RTP/AVP 18 8 97\r\na=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-16\r\n").media[0], both);
    const Formats ours = offer_formats(theirs, both, nullptr);
    EXPECT_THAT(names(ours), ElementsAre("8 PCMA", "0 PCMU", "97 telephone-event"));
    EXPECT_EQ(ours[2].fmtp, "0-16");
}

TEST(BridgeRules, AnOfferKeepsThePayloadNumbersOfItsDialog) {
    sip::sdp::LineLedger ledger;
    ledger.local_formats[101] = {101, "telephone-event", 8000, 1, "0-15"};
    const Formats theirs{{97, "telephone-event", 8000, 1, "0-15"}};
    EXPECT_EQ(offer_formats(theirs, both, &ledger).back().payload, 101);
    sip::sdp::LineLedger taken;
    taken.remote_formats[97] = {97, "iLBC", 8000, 1, ""};
    EXPECT_EQ(offer_formats(theirs, both, &taken).back().payload, 96);
}

TEST(BridgeRules, AnAnswerTakesTheCodecOfTheOtherLegWhereItWasOffered) {
    const Formats offered{{0, "PCMU", 8000, 1, ""}, {8, "PCMA", 8000, 1, ""}, {100, "telephone-event", 8000, 1, ""}};
    EXPECT_THAT(names(answer_formats(offered, {{8, "PCMA", 8000, 1, ""}})),
                ElementsAre("8 PCMA", "100 telephone-event"))
        << "events go to a leg without them in another way";
    EXPECT_THAT(names(answer_formats(offered, {{8, "PCMA", 8000, 1, ""}, {101, "telephone-event", 8000, 1, ""}})),
                ElementsAre("8 PCMA", "100 telephone-event"));
    EXPECT_THAT(names(answer_formats({{0, "PCMU", 8000, 1, ""}}, {{8, "PCMA", 8000, 1, ""}})), ElementsAre("0 PCMU"))
        << "bridged by transcoding";
}

TEST(BridgeRules, AnAnswerNeverRepeatsANumberThatWeGaveAnotherMeaning) {
    sip::sdp::LineLedger ledger;
    ledger.local_formats[101] = {101, "telephone-event", 8000, 1, "0-15"};
    const Formats offered{{101, "PCMU", 8000, 1, ""}, {8, "PCMA", 8000, 1, ""}};
    EXPECT_THAT(names(without_conflicts(offered, &ledger)), ElementsAre("8 PCMA"));
    EXPECT_EQ(without_conflicts(offered, nullptr).size(), 2U);
}

TEST(BridgeRules, LinesKeepTheirPlaceAndTheirNumber) {
    const auto previous = parse("m=video 4000 RTP/AVP 31\r\nm=audio 5000 RTP/AVP 0\r\n");
    const auto offer = make_offer(face({{0, "PCMU", 8000, 1, ""}}, Direction::sendonly), &previous, 1);
    ASSERT_EQ(offer.media.size(), 2U);
    EXPECT_EQ(offer.media[0].kind, "video");
    EXPECT_TRUE(offer.media[0].is_disabled());
    EXPECT_EQ(offer.media[1].port, 20000);
    EXPECT_EQ(sip::sdp::direction_of(offer, offer.media[1]), Direction::sendonly);
}

TEST(BridgeRules, AnAnswerDisablesWhatIsNotTheSlotAndTakesRtcpMuxOnlyIfOffered) {
    const auto offer = parse("m=audio 5000 RTP/AVP 0\r\na=rtcp-mux\r\nm=video 4000 RTP/AVP 31\r\n");
    const auto answer = make_answer(face({{0, "PCMU", 8000, 1, ""}}), offer, 0);
    ASSERT_EQ(answer.media.size(), 2U);
    EXPECT_TRUE(answer.media[1].is_disabled());
    EXPECT_NE(answer.media[0].attribute("rtcp-mux"), nullptr);
    const auto plain = make_answer(face({{0, "PCMU", 8000, 1, ""}}), parse("m=audio 5000 RTP/AVP 0\r\n"), 0);
    EXPECT_EQ(plain.media[0].attribute("rtcp-mux"), nullptr);
}

TEST(BridgeRules, AnAddressIsNoOtherCodecButAnotherOrderIs) {
    const sip::sdp::Agreed before{parse("m=audio 5000 RTP/AVP 0 8\r\n"), parse("m=audio 5000 RTP/AVP 0 8\r\n")};
    EXPECT_FALSE(changes_codec(before, parse("m=audio 6000 RTP/AVP 0 8\r\na=ptime:30\r\n"), 0, both));
    EXPECT_FALSE(changes_codec(before, parse("m=audio 5000 RTP/AVP 0\r\n"), 0, both));
    EXPECT_FALSE(changes_codec(before, parse("m=audio 5000 RTP/AVP 0 8\r\na=sendonly\r\n"), 0, both));
    EXPECT_TRUE(changes_codec(before, parse("m=audio 5000 RTP/AVP 8 0\r\n"), 0, both));
    EXPECT_TRUE(changes_codec(before, parse("m=audio 0 RTP/AVP 0 8\r\n"), 0, both));
}

TEST(BridgeRules, AnOfferAfterAnAnswerKeepsTheCodecThatItStillLists) {
    const sip::sdp::Agreed before{parse("m=audio 5000 RTP/AVP 8 0\r\n"), parse("m=audio 5000 RTP/AVP 0\r\n"), true};
    EXPECT_FALSE(changes_codec(before, parse("m=audio 5000 RTP/AVP 8 0\r\n"), 0, both));
    EXPECT_TRUE(changes_codec(before, parse("m=audio 5000 RTP/AVP 8\r\n"), 0, both));
}

}  // namespace
}  // namespace server
