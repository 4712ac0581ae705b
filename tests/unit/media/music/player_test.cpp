#include "media/music/player.hpp"

#include <gtest/gtest.h>

namespace media {
namespace {

using std::chrono::milliseconds;

class PlayerTest : public testing::Test {
protected:
    base::Instant at(int ms) const { return base::Instant{} + std::chrono::hours{1} + milliseconds{ms}; }
    Player player;
};

TEST_F(PlayerTest, HasNothingDueBeforeItStartsAndAfterItStops) {
    EXPECT_EQ(player.due(), base::never);
    EXPECT_FALSE(player.take_due(at(0)));
    player.start(at(0), 0);
    player.stop();
    EXPECT_EQ(player.due(), base::never);
}

TEST_F(PlayerTest, GivesTheFirstFrameAtOnceAndEachNextAfterTwentyMilliseconds) {
    player.start(at(0), 0);
    EXPECT_EQ(player.take_due(at(0))->number, 0U);
    EXPECT_FALSE(player.take_due(at(0)));
    EXPECT_EQ(player.due(), at(20));
    EXPECT_FALSE(player.take_due(at(19)));
    EXPECT_EQ(player.take_due(at(20))->number, 1U);
}

TEST_F(PlayerTest, KeepsItsGridWhenFramesLeaveLate) {
    player.start(at(0), 0);
    player.take_due(at(13));
    EXPECT_EQ(player.due(), at(20));
    player.take_due(at(39));
    EXPECT_EQ(player.due(), at(40));
}

TEST_F(PlayerTest, CatchesUpOneFrame) {
    player.start(at(0), 0);
    player.take_due(at(0));
    EXPECT_EQ(player.take_due(at(40))->number, 1U);
    const auto second = player.take_due(at(40));
    EXPECT_EQ(second->number, 2U);
    EXPECT_FALSE(second->after_gap);
    EXPECT_FALSE(player.take_due(at(40)));
}

TEST_F(PlayerTest, LeavesOutWhatItMissedBeyondThat) {
    player.start(at(0), 100);
    player.take_due(at(0));
    const auto frame = player.take_due(at(60));
    EXPECT_EQ(frame->number, 3U);
    EXPECT_EQ(frame->place, 103U);
    EXPECT_TRUE(frame->after_gap);
    EXPECT_FALSE(player.take_due(at(60)));
    EXPECT_EQ(player.due(), at(80));
}

TEST_F(PlayerTest, RemembersItsPlace) {
    player.start(at(0), 7);
    player.take_due(at(0));
    player.stop();
    EXPECT_EQ(player.place(), 8U);
}

}  // namespace
}  // namespace media
