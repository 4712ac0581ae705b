#include "server/capture/call_messages.hpp"

#include <gtest/gtest.h>

#include <string>

namespace server::capture {
namespace {

constexpr std::size_t plenty = 1'000'000;

CapturedMessage message(const std::string& text) {
    CapturedMessage message;
    message.text = SharedText{text};
    return message;
}

TEST(CallMessages, KeepsTheSetUpAndTheLatest) {
    CallMessages kept;
    constexpr std::size_t all = CallMessages::max_first + CallMessages::max_last;
    for (std::size_t i = 0; i < all; ++i) { kept.add(message(std::to_string(i)), plenty); }
    EXPECT_EQ(kept.all().size(), all);
    EXPECT_EQ(kept.left_out(), 0U);
    kept.add(message("one more"), plenty);
    EXPECT_EQ(kept.all().size(), all);
    EXPECT_EQ(kept.left_out(), 1U);
    EXPECT_EQ(kept.first(), CallMessages::max_first);
    EXPECT_EQ(kept.all()[kept.first() - 1].text.view(), std::to_string(CallMessages::max_first - 1));
    EXPECT_EQ(kept.all()[kept.first()].text.view(), std::to_string(CallMessages::max_first + 1));
    EXPECT_EQ(kept.all().back().text.view(), "one more");
}

TEST(CallMessages, StaysWithinItsBytes) {
    constexpr std::size_t limit = 10'000;
    CallMessages kept;
    for (int i = 0; i < 100; ++i) {
        kept.add(message(std::string(1000, static_cast<char>('a' + i % 26))), limit);
        EXPECT_LE(kept.bytes(), limit);
    }
    EXPECT_GE(kept.first(), 3U) << "half of it is for the set-up";
    EXPECT_EQ(kept.all().front().text.view().front(), 'a');
    EXPECT_EQ(kept.all().back().text.view().front(), 'a' + 99 % 26);
    EXPECT_EQ(kept.left_out() + kept.all().size(), 100U);
}

TEST(CallMessages, LeavesOutWhatIsTooLargeByItself) {
    CallMessages kept;
    kept.add(message("small"), 1000);
    kept.add(message(std::string(2000, 'x')), 1000);
    ASSERT_EQ(kept.all().size(), 1U);
    EXPECT_EQ(kept.all().front().text.view(), "small");
    EXPECT_EQ(kept.left_out(), 1U);
}

}  // namespace
}  // namespace server::capture
