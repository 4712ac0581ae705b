// What a line of one leg becomes on the other, and which lines are one stream.
#include "server/b2bua/stream_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/streams.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

using media::Side;
using sip::sdp::Direction;
using sip::sdp::Format;
using sip::sdp::Session;
using testing::HasSubstr;
using testing::Not;

const StreamFace face{*base::Endpoint::parse("192.0.2.9:7000"), Direction::sendrecv};

Session session(const std::string& lines) {
    auto parsed = sip::sdp::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" + lines);
    EXPECT_TRUE(parsed);
    return *parsed;
}
sip::sdp::Media line(const std::string& text) { return session(text).media.at(0); }
std::string written(const sip::sdp::Media& media) {
    Session around = session("");
    around.media = {media};
    const std::string text = sip::sdp::write(around);
    return text.substr(text.find("m="));
}
Format format(std::uint8_t number, const std::string& name) { return {number, name, 90'000, 1, {}}; }

TEST(NumberPairs, KeepTheNumberWhereTheOtherLegHasItFree) {
    NumberPairs pairs;
    EXPECT_EQ(pairs.pair(Side::a, format(96, "VP8"), nullptr), 96);
    EXPECT_EQ(pairs.across(Side::b, format(96, "VP8")), 96);
    EXPECT_FALSE(pairs.across(Side::b, format(96, "H264"))) << "another meaning is another format";
}

TEST(NumberPairs, TakeAnotherNumberWhereTheLedgerForbidsIt) {
    sip::sdp::LineLedger ledger;
    ledger.local_formats[96] = format(96, "H264");
    ledger.remote_formats[97] = format(97, "H263");
    NumberPairs pairs;
    EXPECT_EQ(pairs.pair(Side::a, format(96, "VP8"), &ledger), 98);
    EXPECT_EQ(pairs.pair(Side::a, format(96, "VP8"), &ledger), 98) << "and stay with it";
    EXPECT_EQ(pairs.across(Side::b, format(98, "VP8")), 96);
}

TEST(NumberPairs, TellTwoFormatsOfOneNameApart) {
    NumberPairs pairs;
    EXPECT_EQ(pairs.pair(Side::a, format(96, "H264"), nullptr), 96);
    EXPECT_EQ(pairs.pair(Side::a, format(97, "H264"), nullptr), 97);
    EXPECT_NE(pairs.meaning(Side::a, format(96, "H264")), pairs.meaning(Side::a, format(97, "H264")));
}

TEST(NumberPairs, EndWithTheirLimit) {
    NumberPairs pairs;
    for (std::uint8_t i = 0; i < media::max_meanings; ++i) {
        EXPECT_EQ(pairs.pair(Side::a, format(i, "X"), nullptr), i);
    }
    EXPECT_FALSE(pairs.pair(Side::a, format(media::max_meanings, "X"), nullptr));
}

TEST(NumberPairs, EndWhenNoNumberIsLeft) {
    sip::sdp::LineLedger ledger;
    for (std::uint8_t i = 96; i < 128; ++i) { ledger.local_formats[i] = format(i, "H264"); }
    NumberPairs pairs;
    EXPECT_FALSE(pairs.pair(Side::a, format(96, "VP8"), &ledger));
}

const std::string browsers_video =
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 45\r\na=ice-ufrag:TUfr\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 goog-remb\r\n"
    "a=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 ccm fir\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n"
    "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 red/90000\r\na=rtpmap:45 AV1/90000\r\n";

TEST(StreamRules, OfferABrowsersPictureInPlainRtpWithoutWhatIsBetweenItAndUs) {
    NumberPairs pairs;
    const auto offered = offered_line(line(browsers_video), Side::a, pairs, nullptr, face);
    EXPECT_EQ(written(offered),
              "m=video 7000 RTP/AVP 96 45\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:45 AV1/90000\r\n"
              "a=rtcp-fb:96 goog-remb\r\na=rtcp-fb:96 ccm fir\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n"
              "a=sendrecv\r\n");
}

TEST(StreamRules, AskABrowserForKeyFramesWhateverTheFarPeerSaysOfThem) {
    NumberPairs pairs;
    StreamFace browsers = face;
    browsers.webrtc = true;
    const auto plain = line("m=video 6000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n");
    const std::string offered = written(offered_line(plain, Side::a, pairs, nullptr, browsers));
    EXPECT_THAT(offered, HasSubstr("a=rtcp-fb:* nack pli\r\n"));
    EXPECT_THAT(offered, HasSubstr("a=rtcp-fb:* ccm fir\r\n"));
}

TEST(StreamRules, LeaveABrowsersPictureWaitingWhereNobodyTakesIt) {
    StreamFace mute = face;
    mute.direction = Direction::inactive;
    EXPECT_EQ(written(promised_line(line(browsers_video), mute, false)),
              "m=video 7000 UDP/TLS/RTP/SAVPF 96 45\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:45 AV1/90000\r\n"
              "a=rtcp-fb:96 ccm fir\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=inactive\r\n");
}

TEST(StreamRules, PromiseABrowserWhatAnotherBrowserCanAnswer) {
    const std::string promised = written(promised_line(line(browsers_video), face, true));
    EXPECT_THAT(promised, HasSubstr("a=rtcp-fb:96 goog-remb\r\n"));
    EXPECT_THAT(promised, Not(HasSubstr("transport-cc")));
    EXPECT_THAT(promised, Not(HasSubstr("rtcp-fb:97"))) << "RTX is between it and us";
}

TEST(StreamRules, TakeNoAudioOfABrowserForAStream) {
    EXPECT_TRUE(is_stream(line(browsers_video)));
    EXPECT_FALSE(is_stream(line("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=ice-ufrag:TUfr\r\n")));
    EXPECT_FALSE(is_stream(line("m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n"))) << "without ICE";
}

TEST(StreamRules, BridgeOnlyLiveLinesOfPlainRtp) {
    EXPECT_TRUE(is_stream(line("m=video 4000 RTP/AVP 96\r\n")));
    EXPECT_TRUE(is_stream(line("m=video 4000 RTP/AVPF 96\r\n")));
    EXPECT_TRUE(is_stream(line("m=text 4000 RTP/AVP 98\r\n")));
    EXPECT_FALSE(is_stream(line("m=video 0 RTP/AVP 96\r\n")));
    EXPECT_FALSE(is_stream(line("m=video 4000 RTP/SAVP 96\r\n")));
    EXPECT_FALSE(is_stream(line("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n")));
    EXPECT_FALSE(is_stream(line("m=image 4000 udptl t38\r\n")));
    EXPECT_FALSE(is_stream(line("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n")));
}

TEST(StreamRules, OfferWhatThePeerOffersAndNothingOfItsTransport) {
    NumberPairs pairs;
    const auto theirs = line(
        "m=video 4000 RTP/AVPF 96 97\r\nc=IN IP4 10.9.8.7\r\nb=AS:512\r\na=rtpmap:96 H264/90000\r\n"
        "a=fmtp:96 profile-level-id=42e01f\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtcp-fb:96 nack pli\r\n"
        "a=rtcp-fb:* ccm fir\r\na=rtcp:4444\r\na=candidate:1 1 udp 1 10.9.8.7 4000 typ host\r\na=sendonly\r\n"
        "a=rtcp-mux\r\na=mid:v\r\n");
    EXPECT_EQ(written(offered_line(theirs, Side::a, pairs, nullptr, face)),
              "m=video 7000 RTP/AVPF 96 97\r\nb=AS:512\r\na=rtpmap:96 H264/90000\r\n"
              "a=fmtp:96 profile-level-id=42e01f\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
              "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:* ccm fir\r\na=sendrecv\r\n");
}

TEST(StreamRules, RewriteTheNumbersInParametersAndFeedback) {
    sip::sdp::LineLedger ledger;
    ledger.local_formats[96] = format(96, "H263");
    NumberPairs pairs;
    const auto theirs = line(
        "m=video 4000 RTP/AVPF 96 97\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n"
        "a=fmtp:97 rtx-time=200;apt=96\r\na=rtcp-fb:96 nack\r\n");
    const auto offered = written(offered_line(theirs, Side::a, pairs, &ledger, face));
    EXPECT_THAT(offered, HasSubstr("RTP/AVPF 97 98"));
    EXPECT_THAT(offered, HasSubstr("a=rtpmap:97 VP8/90000"));
    EXPECT_THAT(offered, HasSubstr("a=fmtp:98 rtx-time=200;apt=97"));
    EXPECT_THAT(offered, HasSubstr("a=rtcp-fb:97 nack"));
}

TEST(StreamRules, LeaveOutWhatRepairsAFormatThatIsNotThere) {
    NumberPairs pairs;
    const auto theirs =
        line("m=video 4000 RTP/AVP 97 98\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 VP8/90000\r\n");
    EXPECT_THAT(written(offered_line(theirs, Side::a, pairs, nullptr, face)), Not(HasSubstr("rtx")));
}

TEST(StreamRules, OfferNoFeedbackWhereTheProfileHasNone) {
    NumberPairs pairs;
    const auto theirs = line("m=video 4000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\n");
    EXPECT_THAT(written(offered_line(theirs, Side::a, pairs, nullptr, face)), Not(HasSubstr("rtcp-fb")));
}

struct Answered : testing::Test {
    NumberPairs pairs;
    sip::sdp::Media offer = line(
        "m=video 4000 RTP/AVPF 96 97 98\r\nb=AS:900\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 H264/90000\r\n"
        "a=fmtp:97 profile-level-id=640028\r\na=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=97\r\na=rtcp-fb:97 nack pli\r\n"
        "a=rtcp-fb:97 ccm fir\r\na=rtcp-fb:96 nack pli\r\na=rtcp-mux\r\n");
    std::string answer(const std::string& theirs) {
        sip::sdp::Agreed far;
        far.local.media = {offered_line(offer, Side::a, pairs, nullptr, face)};
        far.remote = session(theirs);
        return written(answered_line(offer, Side::a, far, 0, pairs, nullptr, face));
    }
};

TEST_F(Answered, HasWhatTheFarPeerTookInItsOrderWithItsParameters) {
    EXPECT_EQ(answer("m=video 5000 RTP/AVPF 97 98 96\r\nb=AS:300\r\na=rtpmap:97 H264/90000\r\n"
                     "a=fmtp:97 profile-level-id=42e01f\r\na=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=97\r\n"
                     "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:97 nack pli\r\n"),
              "m=video 7000 RTP/AVPF 97 98 96\r\nb=AS:300\r\na=rtpmap:97 H264/90000\r\n"
              "a=fmtp:97 profile-level-id=42e01f\r\na=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=97\r\n"
              "a=rtpmap:96 VP8/90000\r\na=rtcp-mux\r\na=rtcp-fb:97 nack pli\r\na=sendrecv\r\n");
}

TEST_F(Answered, NamesAFormatAsItsPeerDoesWhateverNumberTheFarOneUses) {
    EXPECT_THAT(answer("m=video 5000 RTP/AVPF 120\r\na=rtpmap:120 H264/90000\r\n"), HasSubstr("RTP/AVPF 97\r\n"));
}

TEST_F(Answered, HasNothingOfWhatTheFarPeerLeftOut) {
    const auto text = answer("m=video 5000 RTP/AVPF 96\r\na=rtpmap:96 VP8/90000\r\n");
    EXPECT_THAT(text, HasSubstr("RTP/AVPF 96\r\n"));
    EXPECT_THAT(text, Not(HasSubstr("H264")));
    EXPECT_THAT(text, Not(HasSubstr("rtcp-fb")));
}

TEST(StreamRules, KeepALineAsFarAsALateOfferAllows) {
    sip::sdp::Agreed agreed{session("m=audio 1 RTP/AVP 0\r\nm=video 7000 RTP/AVP 96 97\r\na=rtpmap:96 VP8/90000\r\n"
                                    "a=rtpmap:97 H264/90000\r\n"),
                            session("m=audio 1 RTP/AVP 0\r\nm=video 4000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n")};
    const auto kept = kept_line(
        agreed, session("m=audio 1 RTP/AVP 0\r\nm=video 4000 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\na=recvonly\r\n"),
        1);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->port, 7000);
    EXPECT_EQ(kept->formats, std::vector<std::string>{"97"});
    EXPECT_EQ(sip::sdp::direction_of(agreed.local, *kept), Direction::sendonly);
    EXPECT_FALSE(kept_line(agreed, session("m=audio 1 RTP/AVP 0\r\nm=video 0 RTP/AVP 97\r\n"), 1));
}

TEST(KeptLine, HasRtcpMuxOnlyWhereThisOfferHasIt) {
    const std::string line = "m=audio 1 RTP/AVP 0\r\nm=video 4000 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n";
    const sip::sdp::Agreed agreed{session(line + "a=rtcp-mux\r\n"), session(line + "a=rtcp-mux\r\n")};
    EXPECT_NE(kept_line(agreed, session(line + "a=rtcp-mux\r\n"), 1)->attribute("rtcp-mux"), nullptr);
    EXPECT_EQ(kept_line(agreed, session(line), 1)->attribute("rtcp-mux"), nullptr);
}

TEST(StreamPlan, GivesOneFormatOneMeaningOnBothLegs) {
    NumberPairs pairs;
    sip::sdp::LineLedger ledger;
    ledger.local_formats[96] = format(96, "H263");
    const auto theirs = session("m=video 4000 RTP/AVPF 96\r\na=rtpmap:96 VP8/90000\r\n");
    Session ours = session("");
    ours.media = {offered_line(theirs.media[0], Side::a, pairs, &ledger, face)};
    const auto far = session("m=video 5000 RTP/AVPF 120\r\na=rtpmap:120 VP8/90000\r\n");
    const auto a = stream_plan({theirs, theirs}, 0, Side::a, pairs);
    const auto b = stream_plan({ours, far}, 0, Side::b, pairs);
    ASSERT_EQ(a.receive_formats.size(), 1U);
    ASSERT_EQ(b.send_formats.size(), 1U);
    ASSERT_EQ(b.receive_formats.size(), 1U);
    EXPECT_EQ(a.receive_formats[0].meaning, b.send_formats[0].meaning);
    EXPECT_EQ(b.send_formats[0].payload, 120) << "as its peer asks";
    EXPECT_EQ(b.receive_formats[0].payload, 97) << "as we said";
    EXPECT_EQ(b.send_formats[0].clock_hz, 90'000U);
    EXPECT_TRUE(b.feedback);
}

TEST(KeptLine, HasTheExtensionsThatThisOfferHas) {
    const std::string line = "m=audio 1 RTP/AVP 0\r\nm=video 4000 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n";
    const std::string map = "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
    const sip::sdp::Agreed agreed{session(line + map), session(line + map)};
    EXPECT_NE(kept_line(agreed, session(line + map), 1)->attribute("extmap"), nullptr);
    EXPECT_EQ(kept_line(agreed, session(line), 1)->attribute("extmap"), nullptr);
}

TEST(StreamPlan, HasEstimatesWhereBothSidesOfALegSayThem) {
    const NumberPairs pairs;
    const std::string plain = "m=video 4000 RTP/AVPF 96\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n";
    const auto without = session(plain);
    const auto with = session(plain + "a=rtcp-fb:96 goog-remb\r\n");
    EXPECT_TRUE(stream_plan({with, with}, 0, Side::a, pairs).estimates);
    EXPECT_FALSE(stream_plan({without, with}, 0, Side::a, pairs).estimates);
    EXPECT_FALSE(stream_plan({with, without}, 0, Side::a, pairs).estimates);
}

TEST(StreamPlan, HasTheExtensionsOfABrowsersLineOnly) {
    const NumberPairs pairs;
    const std::string mid = "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
    const auto browsers = session(browsers_video + mid);
    const auto plan = stream_plan({browsers, browsers}, 0, Side::a, pairs);
    ASSERT_TRUE(plan.bundled);
    EXPECT_EQ(plan.bundled->mid_extension, 9);
    EXPECT_EQ(plan.send_extensions.mid, 9);
    EXPECT_EQ(plan.receive_extensions.mid, 9);
    const auto carriers = session("m=video 4000 RTP/AVPF 96\r\na=rtpmap:96 VP8/90000\r\n" + mid);
    EXPECT_EQ(stream_plan({carriers, carriers}, 0, Side::a, pairs).send_extensions, media::ExtensionNumbers{});
}

TEST(Streams, AreTakenUpToTheirLimit) {
    std::string lines = "m=audio 4000 RTP/AVP 0\r\n";
    for (std::size_t i = 0; i <= max_streams; ++i) { lines += "m=video 4000 RTP/AVP 96\r\n"; }
    Streams streams;
    streams.take(Side::a, session(lines), 0);
    EXPECT_EQ(streams.size(), max_streams);
    streams.take(Side::a, session(lines), 0);
    EXPECT_EQ(streams.size(), max_streams) << "known lines are no new streams";
}

TEST(Streams, TakeOverALineThatIsOffAndNobodyNeeds) {
    const auto audio_and_off = session("m=audio 4000 RTP/AVP 0\r\nm=image 0 udptl t38\r\n");
    const std::optional<sip::sdp::Agreed> agreed{sip::sdp::Agreed{audio_and_off, audio_and_off}};
    Streams streams;
    streams.take(Side::a, session("m=audio 1 RTP/AVP 0\r\nm=video 4 RTP/AVP 96\r\nm=video 6 RTP/AVP 96\r\n"), 0);
    EXPECT_EQ(streams.place(*streams.begin(), Side::b, agreed, 0), 1U);
    EXPECT_EQ(streams.place(*(streams.begin() + 1), Side::b, agreed, 0), 2U) << "the next one is appended";
}

TEST(Streams, ForgetLinesOfARefusedOffer) {
    Streams streams;
    streams.take(Side::a, session("m=audio 1 RTP/AVP 0\r\nm=video 4 RTP/AVP 96\r\n"), 0);
    streams.place(*streams.begin(), Side::b, std::nullopt, 0);
    streams.forget_from(Side::b, 1);
    EXPECT_FALSE(streams.begin()->at(Side::b).line);
    streams.forget_from(Side::a, 1);
    streams.drop_empty();
    EXPECT_EQ(streams.size(), 0U);
}

}  // namespace
}  // namespace server
