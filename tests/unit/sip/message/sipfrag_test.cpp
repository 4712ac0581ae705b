// RFC 3420, RFC 3515 §2.4.5.
#include "sip/message/sipfrag.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sip {
namespace {

using namespace std::string_view_literals;

TEST(Sipfrag, IsAStatusLine) {
    EXPECT_EQ(write_sipfrag(200), "SIP/2.0 200 OK\r\n");
    EXPECT_EQ(write_sipfrag(100), "SIP/2.0 100 Trying\r\n");
    EXPECT_EQ(write_sipfrag(486, "Gone fishing"), "SIP/2.0 486 Gone fishing\r\n");
    EXPECT_EQ(write_sipfrag(180, "Es l\xc3\xa4utet"), "SIP/2.0 180 Es l\xc3\xa4utet\r\n");
}

TEST(Sipfrag, HasTheStandardPhraseForAReasonThatCannotBeWritten) {
    EXPECT_EQ(write_sipfrag(200, "OK\r\nEvil: 1"), "SIP/2.0 200 OK\r\n");
    EXPECT_EQ(write_sipfrag(603, "a\0b"sv), "SIP/2.0 603 Decline\r\n");
    const std::string longest(max_sipfrag_reason, 'x');
    EXPECT_EQ(write_sipfrag(486, longest), "SIP/2.0 486 " + longest + "\r\n");
    EXPECT_EQ(write_sipfrag(486, longest + "x"), "SIP/2.0 486 Busy Here\r\n");
}

TEST(Sipfrag, ReadsTheStatusOfWhatPeersWrite) {
    EXPECT_EQ(read_sipfrag("SIP/2.0 200 OK\r\n"), 200);
    EXPECT_EQ(read_sipfrag("SIP/2.0 100 Trying"), 100);
    EXPECT_EQ(read_sipfrag("sip/2.0 180 Ringing\nContact: <sip:a@b>\n"), 180);
    EXPECT_EQ(read_sipfrag("SIP/2.0 503"), 503);
    EXPECT_EQ(read_sipfrag("SIP/2.0 699 \r\nTo: x\r\n\r\n"), 699);
}

TEST(Sipfrag, HasNoStatusWithoutAStatusLine) {
    for (const std::string_view text :
         {"", "SIP/2.0", "SIP/2.0 ", "SIP/2.0 20", "SIP/2.0 2000 OK", "SIP/2.0 099 x", "SIP/2.0 700 x", "SIP/2.0 -12 x",
          "SIP/2.0200 OK", "SIP/3.0 200 OK", "SIP/2.0 200OK", "\r\nSIP/2.0 200 OK", "INVITE sip:a@b SIP/2.0",
          "To: <sip:a@b>\r\n", "SIP/2.0\r\n 200 OK"}) {
        EXPECT_FALSE(read_sipfrag(text)) << text;
    }
}

}  // namespace
}  // namespace sip
