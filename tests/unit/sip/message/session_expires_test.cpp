// RFC 4028 §4, §5.
#include "sip/message/session_expires.hpp"

#include <gtest/gtest.h>

namespace sip {
namespace {

using namespace std::chrono_literals;

TEST(SessionExpires, IsAnIntervalAndMaybeARefresher) {
    EXPECT_EQ(SessionExpires::parse("4000"), (SessionExpires{4000s, Refresher::none}));
    EXPECT_EQ(SessionExpires::parse("4000;refresher=uac"), (SessionExpires{4000s, Refresher::uac}));
    EXPECT_EQ(SessionExpires::parse("4000 ; Refresher = UAS"), (SessionExpires{4000s, Refresher::uas}));
}

TEST(SessionExpires, ToleratesOtherParameters) {
    EXPECT_EQ(SessionExpires::parse("90;x;y=\"a;refresher=uac\";refresher=uas;z=1"),
              (SessionExpires{90s, Refresher::uas}));
}

TEST(SessionExpires, IsWrittenWithItsRefresher) {
    EXPECT_EQ((SessionExpires{1800s, Refresher::none}).to_string(), "1800");
    EXPECT_EQ((SessionExpires{1800s, Refresher::uac}).to_string(), "1800;refresher=uac");
    EXPECT_EQ((SessionExpires{90s, Refresher::uas}).to_string(), "90;refresher=uas");
}

TEST(SessionExpires, ReachesToTheEndOf32Bits) {
    EXPECT_EQ(SessionExpires::parse("0")->interval, 0s);
    EXPECT_EQ(SessionExpires::parse("4294967295")->interval, 4294967295s);
    EXPECT_FALSE(SessionExpires::parse("4294967296"));
}

TEST(SessionExpires, RefusesWhatIsNone) {
    for (const std::string_view text : {"", ";refresher=uac", "-1", "1.5", "90s", "90,", "90 uac", "90;", "90;;x",
                                        "90;refresher", "90;refresher=both", "90;refresher=\"uac\"", "90;a=\"b"}) {
        EXPECT_FALSE(SessionExpires::parse(text)) << text;
    }
}

TEST(MinSe, IsAnIntervalWithParametersOfNoMeaning) {
    EXPECT_EQ(parse_min_se("90"), 90s);
    EXPECT_EQ(parse_min_se("3600;lr;a=b"), 3600s);
    EXPECT_EQ(parse_min_se("4294967296"), std::nullopt);
    EXPECT_EQ(parse_min_se("90 s"), std::nullopt);
    EXPECT_EQ(parse_min_se("90;="), std::nullopt);
    EXPECT_EQ(parse_min_se(""), std::nullopt);
}

}  // namespace
}  // namespace sip
