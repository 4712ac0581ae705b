#include "server/b2bua/message_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string audio(const std::string& rest, const std::string& protocol = "RTP/AVP",
                  const std::string& address = "192.0.2.1") {
    return "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 " + address + "\r\nt=0 0\r\nm=audio 4000 " + protocol +
           " 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n" + rest;
}

std::string described(const std::string& sdp) {
    auto message = sip::Message::request(sip::Method::invite, "sip:bob@192.0.2.9");
    message.set_body("application/sdp", sdp);
    return description_words(message);
}

TEST(MessageWords, BeginWithTheMethodOrTheStatusLine) {
    EXPECT_EQ(start_words(sip::Message::request("FROBNICATE", "sip:bob@192.0.2.9")), "FROBNICATE");
    EXPECT_EQ(start_words(sip::Message::response(488)), "488 Not Acceptable Here");
    EXPECT_EQ(start_words(sip::Message::response(200, "Fine")), "200 Fine");
}

TEST(MessageWords, TellTheCSeqWhereItCanBeRead) {
    auto message = sip::Message::response(200);
    EXPECT_EQ(cseq_words(message), "");
    message.add(sip::HeaderId::cseq, "7   INVITE");
    EXPECT_EQ(cseq_words(message), "7 INVITE");
    message.set(sip::HeaderId::cseq, "seven INVITE");
    EXPECT_EQ(cseq_words(message), "");
}

TEST(MessageWords, SayWhatADescriptionAmountsTo) {
    EXPECT_EQ(described(audio("a=sendonly\r\n")), "sendonly PCMA PCMU telephone-event");
    EXPECT_EQ(described(audio("")), "sendrecv PCMA PCMU telephone-event");
    EXPECT_EQ(described(audio("", "RTP/SAVPF")), "sendrecv PCMA PCMU telephone-event over RTP/SAVPF");
    EXPECT_EQ(described(audio("", "RTP/AVP", "0.0.0.0")), "sendonly 0.0.0.0 PCMA PCMU telephone-event");
    EXPECT_EQ(described(audio("m=video 0 RTP/AVP 96\r\n")), "sendrecv PCMA PCMU telephone-event, video off");
    EXPECT_EQ(described(audio("m=video 4002 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n")),
              "sendrecv PCMA PCMU telephone-event, video sendrecv VP8");
    EXPECT_EQ(described("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 96 97\r\n"),
              "sendrecv 96 97");
}

TEST(MessageWords, AreShortForALongDescription) {
    std::string lines = audio("");
    for (int i = 0; i < 10; ++i) { lines += "m=audio 0 RTP/AVP 0\r\n"; }
    EXPECT_EQ(described(lines), "sendrecv PCMA PCMU telephone-event, audio off, audio off, audio off, …");
    EXPECT_EQ(described("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
                        "m=audio 9 RTP/AVP 96 97 98 99 100 101 102 103 104 105\r\n"),
              "sendrecv 96 97 98 99 100 101 102 103 …");
}

TEST(MessageWords, SayThatADescriptionCannotBeRead) { EXPECT_EQ(described("v=zero"), "that cannot be read"); }

TEST(MessageWords, HaveNoneForAMessageWithoutDescription) {
    auto message = sip::Message::request(sip::Method::info, "sip:bob@192.0.2.9");
    message.set_body("application/dtmf-relay", "Signal=5\r\n");
    EXPECT_EQ(description_words(message), "");
}

TEST(MessageWords, GiveReasonsAndNoOtherHeaderField) {
    auto message = sip::Message::response(488);
    EXPECT_EQ(why_words(message), "");
    message.add(sip::HeaderId::warning, "305 holdfast \"no codec\"");
    message.add(sip::HeaderId::authorization, "Digest username=\"u1\"");
    message.add(sip::HeaderId::retry_after, "5");
    message.add(sip::HeaderId::reason, "SIP;cause=480");
    message.add("X-Secret", "s3cret");
    EXPECT_EQ(why_words(message), "Reason: SIP;cause=480; Warning: 305 holdfast \"no codec\"; Retry-After: 5");
}

}  // namespace
}  // namespace server
