#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdp_text.hpp"
#include "sip/sdp/attributes.hpp"
#include "sip/sdp/session.hpp"

namespace sip::sdp {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::session_with;

std::string describe(const Format& format) {
    return std::to_string(format.payload) + " " + format.encoding + "/" + std::to_string(format.clock_hz) + "/" +
           std::to_string(format.channels) + (format.fmtp.empty() ? "" : " " + format.fmtp);
}
std::vector<std::string> formats_in(std::string_view body) {
    std::vector<std::string> described;
    for (const Format& format : formats_of(session_with(body).media.at(0))) { described.push_back(describe(format)); }
    return described;
}

TEST(Formats, TakeTheirMeaningFromRtpmapAndFmtpInTheOrderOfTheLine) {
    EXPECT_THAT(formats_in("m=audio 4000 RTP/AVP 111 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
                           "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10; useinbandfec=1 \r\n"),
                ElementsAre("111 opus/48000/2 minptime=10; useinbandfec=1", "101 telephone-event/8000/1 0-15"));
}

TEST(Formats, OfStaticNumbersNeedNoRtpmap) {
    EXPECT_THAT(formats_in("m=audio 4000 RTP/AVP 0 8 3 4 9 13 18 34\r\n"),
                ElementsAre("0 PCMU/8000/1", "8 PCMA/8000/1", "3 GSM/8000/1", "4 G723/8000/1", "9 G722/8000/1",
                            "13 CN/8000/1", "18 G729/8000/1", "34 H263/90000/1"));
}

TEST(Formats, ThatAnRtpmapRedefinesMeanWhatItSays) {
    EXPECT_THAT(formats_in("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 L16/16000/2\r\n"), ElementsAre("0 L16/16000/2"));
}

TEST(Formats, WithABrokenRtpmapMeanWhatTheTableSays) {
    EXPECT_THAT(formats_in("m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:0 PCMU\r\na=rtpmap:97 opus/x\r\na=rtpmap:97\r\n"),
                ElementsAre("0 PCMU/8000/1", "97 /0/1"));
}

TEST(Formats, AreTheNumbersFrom0To127EachOnce) {
    EXPECT_THAT(formats_in("m=audio 4000 RTP/AVP 8 127 128 256 -1 x 8 1\r\n"),
                ElementsAre("8 PCMA/8000/1", "127 /0/1", "1 /0/1"));
}

TEST(Formats, ExistOnlyInRtpProfiles) {
    EXPECT_THAT(formats_in("m=application 9 DTLS/SCTP 5\r\n"), IsEmpty());
    EXPECT_THAT(formats_in("m=image 4000 udptl t38\r\n"), IsEmpty());
    EXPECT_THAT(formats_in("m=audio 9 udp/tls/rtp/savpf 0\r\n"), ElementsAre("0 PCMU/8000/1"));
}

TEST(Formats, AreTheSameByEncodingClockAndChannelsWhateverTheCaseAndNumber) {
    const Format pcmu{0, "PCMU", 8000, 1, ""};
    EXPECT_TRUE(same_meaning(pcmu, {96, "pcmu", 8000, 1, "x=1"}));
    EXPECT_FALSE(same_meaning(pcmu, {0, "PCMA", 8000, 1, ""}));
    EXPECT_FALSE(same_meaning(pcmu, {0, "PCMU", 16000, 1, ""}));
    EXPECT_FALSE(same_meaning(pcmu, {0, "PCMU", 8000, 2, ""}));
}

TEST(Attributes, SayThePacketTimeWhereItIsSensible) {
    const auto of = [](std::string_view value) {
        return ptime(session_with("m=audio 4000 RTP/AVP 0\r\na=ptime:" + std::string{value} + "\r\n").media[0]);
    };
    EXPECT_EQ(of("20"), 20ms);
    EXPECT_EQ(of(" 30.5"), 30ms);
    EXPECT_EQ(of("1000"), 1000ms);
    EXPECT_EQ(of("1001"), std::nullopt);
    EXPECT_EQ(of("0"), std::nullopt);
    EXPECT_EQ(of("-20"), std::nullopt);
    EXPECT_EQ(of(""), std::nullopt);
    const auto session = session_with("m=audio 4000 RTP/AVP 0\r\na=maxptime:60\r\na=ptime\r\n");
    EXPECT_EQ(maxptime(session.media[0]), 60ms);
    EXPECT_EQ(ptime(session.media[0]), std::nullopt);
}

TEST(Attributes, SayWhetherRtcpIsMultiplexed) {
    EXPECT_TRUE(has_rtcp_mux(session_with("m=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\n").media[0]));
    EXPECT_FALSE(has_rtcp_mux(session_with("a=rtcp-mux\r\nm=audio 4000 RTP/AVP 0\r\n").media[0]));
}

}  // namespace
}  // namespace sip::sdp
