#include "server/b2bua/music_start.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

using std::chrono::milliseconds;

constexpr base::Instant start{};

TEST(MusicStart, IsMeasuredFromTheFirstRequest) {
    MusicStart music;
    music.ask(start);
    music.ask(start + milliseconds{5});
    EXPECT_EQ(music.on_started(start + milliseconds{12}, true), milliseconds{12});
    EXPECT_FALSE(music.on_started(start + milliseconds{50}, true)) << "it set in again";
}

TEST(MusicStart, ThatIsToldAfterTheEndOfTheHoldCountsAllTheSame) {
    MusicStart music;
    music.ask(start);
    music.settle(start + milliseconds{30}, false);
    EXPECT_EQ(music.on_started(start + milliseconds{2}, false), milliseconds{2});
}

TEST(MusicStart, AfterARefusalOrAHolderThatSpokeIsNoAnswer) {
    MusicStart music;
    music.ask(start);
    music.settle(start + milliseconds{30}, false);
    EXPECT_FALSE(music.on_started(start + milliseconds{4000}, false));
    music.ask(start + milliseconds{5000});
    EXPECT_EQ(music.on_started(start + milliseconds{5007}, true), milliseconds{7}) << "the next hold is measured";
}

TEST(MusicStart, ThatOnlyFillsInWhileFarIsAskedIsNone) {
    MusicStart music;
    music.ask(start);
    EXPECT_FALSE(music.on_started(start + milliseconds{400}, false));
}

TEST(MusicStart, OfAnEarlierHoldThatIsToldLateLeavesTheNextOneItsTime) {
    MusicStart music;
    music.ask(start);
    music.settle(start + milliseconds{10}, false);
    music.ask(start + milliseconds{20});
    EXPECT_FALSE(music.on_started(start + milliseconds{1}, true));
    EXPECT_EQ(music.on_started(start + milliseconds{23}, true), milliseconds{3});
}

}  // namespace
}  // namespace server
