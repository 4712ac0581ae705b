// RFC 3262 §7.1, §7.2.
#include "sip/message/rack.hpp"

#include <gtest/gtest.h>

namespace sip {
namespace {

TEST(RSeq, IsANumberFrom1ToTheLastOf32Bits) {
    EXPECT_EQ(parse_rseq("1"), 1u);
    EXPECT_EQ(parse_rseq("0988789"), 988789u);
    EXPECT_EQ(parse_rseq("2147483648"), 2147483648u);  // only a first one is below
    EXPECT_EQ(parse_rseq("4294967295"), 4294967295u);
    EXPECT_EQ(parse_rseq("4294967296"), std::nullopt);
    EXPECT_EQ(parse_rseq("0"), std::nullopt);
}

TEST(RSeq, RefusesWhatIsNone) {
    for (const std::string_view text : {"", "-1", "+1", "1 ", "1;a=b", "x", "0x1"}) {
        EXPECT_EQ(parse_rseq(text), std::nullopt) << text;
    }
}

TEST(RAck, NamesAResponseAndItsRequest) {
    const auto it = RAck::parse("776656 1 INVITE");
    ASSERT_TRUE(it);
    EXPECT_EQ(it->rseq, 776656u);
    EXPECT_EQ(it->cseq.number, 1u);
    EXPECT_EQ(it->cseq.method, Method::invite);
    EXPECT_EQ(it->to_string(), "776656 1 INVITE");
}

TEST(RAck, ToleratesBlanksAndKeepsTheNameOfAnUnknownMethod) {
    const auto it = RAck::parse("1 \t 02   PING");
    ASSERT_TRUE(it);
    EXPECT_EQ(it->cseq.method, Method::other);
    EXPECT_EQ(it->to_string(), "1 2 PING");
}

TEST(RAck, ReachesToTheEndOfItsNumbers) {
    EXPECT_TRUE(RAck::parse("4294967295 2147483647 INVITE"));
    EXPECT_FALSE(RAck::parse("4294967296 1 INVITE"));
    EXPECT_FALSE(RAck::parse("1 2147483648 INVITE"));
}

TEST(RAck, RefusesWhatIsNone) {
    for (const std::string_view text :
         {"", "1", "1 1", "1 INVITE", "0 1 INVITE", "1 1INVITE", "-1 1 INVITE", "1 -1 INVITE", "1 1 IN VITE",
          "1;1 INVITE", "1, 1 INVITE", " 1 1 INVITE", "x 1 INVITE"}) {
        EXPECT_FALSE(RAck::parse(text)) << text;
    }
}

}  // namespace
}  // namespace sip
