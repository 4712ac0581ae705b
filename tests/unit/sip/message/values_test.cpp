// CSeq (RFC 3261 §20.16) and the small values beside it.
#include "sip/message/values.hpp"

#include <gtest/gtest.h>

#include "sip/message/cseq.hpp"

namespace sip {
namespace {

TEST(CSeq, HasANumberAndAMethod) {
    const auto it = CSeq::parse("0009  INVITE");
    ASSERT_TRUE(it);
    EXPECT_EQ(it->number, 9u);
    EXPECT_EQ(it->method, Method::invite);
    EXPECT_EQ(it->method_text, "INVITE");
    EXPECT_EQ(CSeq::parse("1 PING")->method, Method::other);
}

TEST(CSeq, NumbersStayBelowTwoToThe31) {
    EXPECT_EQ(CSeq::parse("2147483647 ACK")->number, 2147483647u);
    EXPECT_FALSE(CSeq::parse("2147483648 ACK"));
    EXPECT_FALSE(CSeq::parse("36893488147419103232 ACK"));
}

TEST(CSeq, RefusesWhatIsNone) {
    for (const std::string_view text :
         {"", "1", "INVITE", "-1 INVITE", "+1 INVITE", "1 IN VITE", "1INVITE", "0x1 A", "1 "}) {
        EXPECT_FALSE(CSeq::parse(text)) << text;
    }
}

TEST(DeltaSeconds, EndAtParametersAndComments) {
    EXPECT_EQ(parse_delta_seconds("90"), 90u);
    EXPECT_EQ(parse_delta_seconds("90;refresher=uac"), 90u);
    EXPECT_EQ(parse_delta_seconds("5 (in a meeting)"), 5u);
    EXPECT_EQ(parse_delta_seconds("4294967295"), 4294967295u);
    EXPECT_FALSE(parse_delta_seconds("4294967296"));
    EXPECT_FALSE(parse_delta_seconds("-1"));
    EXPECT_FALSE(parse_delta_seconds("5x"));
    EXPECT_FALSE(parse_delta_seconds(""));
}

TEST(MaxForwards, IsAByteOrAbsent) {
    Message message = Message::request(Method::options, "sip:a@b");
    EXPECT_FALSE(max_forwards(message));
    message.add(HeaderId::max_forwards, "255");
    EXPECT_EQ(max_forwards(message), 255);
    message.set(HeaderId::max_forwards, "256");
    EXPECT_FALSE(max_forwards(message));
}

TEST(MediaType, LosesItsParameters) {
    EXPECT_EQ(media_type("application/sdp"), "application/sdp");
    EXPECT_EQ(media_type("application/sdp ; charset=utf-8"), "application/sdp");
    EXPECT_EQ(media_type(""), "");
}

TEST(TokenList, IsSearchedWithoutCaseAndHoweverItWasPutIn) {
    Message message = Message::request(Method::options, "sip:a@b");
    message.add(HeaderId::supported, "timer, 100rel");
    message.add(HeaderId::supported, "replaces");
    EXPECT_TRUE(has_token(message, HeaderId::supported, "100REL"));
    EXPECT_TRUE(has_token(message, HeaderId::supported, "replaces"));
    EXPECT_FALSE(has_token(message, HeaderId::supported, "100"));
    EXPECT_FALSE(has_token(message, HeaderId::require, "timer"));
}

}  // namespace
}  // namespace sip
