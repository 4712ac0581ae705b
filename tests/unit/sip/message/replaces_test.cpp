// RFC 3891 §6.1.
#include "sip/message/replaces.hpp"

#include <gtest/gtest.h>

namespace sip {
namespace {

using namespace std::string_view_literals;

TEST(Replaces, NamesADialog) {
    const Replaces expected{"425928@bobster.example.org", "7743", "6472", false};
    EXPECT_EQ(Replaces::parse("425928@bobster.example.org;to-tag=7743;from-tag=6472"), expected);
    EXPECT_EQ(Replaces::parse("425928@bobster.example.org ; From-Tag = 6472 ; x=\"y\" ; TO-TAG=7743"), expected);
}

TEST(Replaces, MayMeanEarlyDialogsOnly) {
    const auto it = Replaces::parse("98732@sip.example.com;from-tag=r33th4x0r;early-only;to-tag=ff87ff");
    ASSERT_TRUE(it);
    EXPECT_TRUE(it->early_only);
}

TEST(Replaces, ReadsBackAsItWasWritten) {
    for (const bool early_only : {false, true}) {
        const Replaces it{"(a)<b>:\\\"/[c]?{d}@h", "t.1", "0", early_only};
        EXPECT_EQ(Replaces::parse(it.to_string()), it) << it.to_string();
    }
    EXPECT_EQ((Replaces{"c", "t", "f", true}).to_string(), "c;to-tag=t;from-tag=f;early-only");
}

TEST(Replaces, HasExactlyOneTagOfEachKind) {
    for (const std::string_view text :
         {"c;to-tag=1", "c;from-tag=1", "c;to-tag=1;from-tag=2;to-tag=3", "c;to-tag=1;from-tag=2;from-tag=2",
          "c;to-tag;from-tag=2", "c;to-tag=1;from-tag=", "c;to-tag=\"1\";from-tag=2", "c;to-tag=1,2;from-tag=2"}) {
        EXPECT_FALSE(Replaces::parse(text)) << text;
    }
}

TEST(Replaces, RefusesWhatNamesNoDialog) {
    for (const std::string_view text :
         {""sv, "c"sv, ";to-tag=1;from-tag=2"sv, " ;to-tag=1;from-tag=2"sv, "a b;to-tag=1;from-tag=2"sv,
          "c;to-tag=1;from-tag=2,d;to-tag=3;from-tag=4"sv, "a,b;to-tag=1;from-tag=2"sv, "c;to-tag=1;from-tag=2;"sv,
          "c;to-tag=1;from-tag=2;x=\"y"sv}) {
        EXPECT_FALSE(Replaces::parse(text)) << text;
    }
}

TEST(Replaces, HoldsNoLineEndAndNoNul) {
    for (const std::string_view text :
         {"a\r\nEvil: 1;to-tag=1;from-tag=2"sv, "a\0b;to-tag=1;from-tag=2"sv, "a;to-tag=1\n2;from-tag=2"sv}) {
        EXPECT_FALSE(Replaces::parse(text)) << text;
    }
}

}  // namespace
}  // namespace sip
