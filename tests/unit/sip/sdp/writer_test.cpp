#include <gtest/gtest.h>

#include "sdp_text.hpp"
#include "sip/sdp/parser.hpp"

namespace sip::sdp {
namespace {

using testing::below_head;
using testing::parsed;

TEST(SdpWriter, WritesACanonicalTextBackByteForByte) {
    const std::string text =
        "v=0\r\no=alice 1 2 IN IP6 2001:db8::1\r\ns=talk\r\ni=about\r\nu=http://example.com/\r\ne=a@example.com\r\n"
        "p=+1\r\nc=IN IP6 2001:db8::1\r\nb=CT:1\r\nt=0 0\r\nr=7d 1h 0\r\nk=prompt\r\ny=?\r\na=recvonly\r\na=tool:\r\n"
        "m=audio 4000/2 RTP/AVP 0 8\r\ni=microphone\r\nc=IN IP4 233.252.0.1/127\r\nc=IN IP4 233.252.0.2/127\r\n"
        "b=AS:64\r\na=ptime:20\r\nm=video 0 RTP/AVP 31\r\n";
    EXPECT_EQ(write(parsed(text)), text);
}

TEST(SdpWriter, PutsLinesIntoTheOrderOfTheGrammarWithoutLosingAny) {
    EXPECT_EQ(write(parsed("v=0\nt=0 0\na=x\ns=-\nb=AS:1\no=- 1 1 IN IP4 h\nc=IN IP4 h\nm=audio 1 RTP/AVP "
                           "0\na=y\nb=AS:2\nc=IN IP4 i\n")),
              "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\nb=AS:1\r\na=x\r\n"
              "m=audio 1 RTP/AVP 0\r\nc=IN IP4 i\r\nb=AS:2\r\na=y\r\n");
}

TEST(SdpWriter, WritesTheTimeLineThatASessionOfOursLacks) {
    Session session;
    session.origin.address = "192.0.2.1";
    EXPECT_EQ(write(session), "v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n");
}

TEST(SdpWriter, GivesBackTheSameSessionHoweverOddTheOrderWas) {
    const auto once = parsed(
        "v=0\nb=AS:1\ni=late\nx=1\no=Front Desk 99999999999999999999 1 IN IP4 h\nu=z\nm=audio 1/3 RTP/AVP "
        "0\nb=1\ni=2\nc=IN IP4 a\nc=IN IP4 b\na=\na=:\na= x : y \n");
    EXPECT_EQ(parsed(write(once)), once);
}

}  // namespace
}  // namespace sip::sdp
