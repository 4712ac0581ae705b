#include "media/relay/latch.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/support/wire.hpp"

namespace media::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LatchTest : public testing::Test {
protected:
    base::Instant at(int ms) const { return base::Instant{} + std::chrono::hours{1} + milliseconds{ms}; }

    const base::Endpoint described = endpoint("10.0.0.1:4000");
    const base::Endpoint behind_nat = endpoint("203.0.113.5:61000");
    const base::Endpoint stranger = endpoint("198.51.100.66:666");
    const base::Endpoint moved = endpoint("10.0.0.9:5000");
    Latch latch{true};
};

TEST_F(LatchTest, TakesNothingBeforeADescription) {
    EXPECT_FALSE(latch.accept(at(0), described, true));
    EXPECT_FALSE(latch.target());
}

TEST_F(LatchTest, TrustsTheDescribedAddressAtOnce) {
    latch.describe(at(0), described);
    EXPECT_EQ(latch.target(), described);
    EXPECT_TRUE(latch.accept(at(1), described, false));
    EXPECT_FALSE(latch.accept(at(2), stranger, true));
    EXPECT_EQ(latch.target(), described);
}

TEST_F(LatchTest, LearnsOneOtherSourceIfTheDescribedOneIsSilent) {
    latch.describe(at(0), described);
    EXPECT_TRUE(latch.accept(at(20), behind_nat, true));
    EXPECT_EQ(latch.target(), behind_nat);
    EXPECT_FALSE(latch.accept(at(40), stranger, true));
    EXPECT_EQ(latch.target(), behind_nat);
}

TEST_F(LatchTest, LearnsOnlyFromWhatIsWorthIt) {
    latch.describe(at(0), described);
    EXPECT_FALSE(latch.accept(at(20), stranger, false));
    EXPECT_EQ(latch.target(), described);
}

TEST_F(LatchTest, LearnsNothingWhenLearningIsOff) {
    Latch strict{false};
    strict.describe(at(0), described);
    EXPECT_FALSE(strict.accept(at(20), behind_nat, true));
    EXPECT_TRUE(strict.accept(at(20), described, true));
}

TEST_F(LatchTest, LetsTheDescribedAddressWinBackWithinTwoSeconds) {
    latch.describe(at(0), described);
    latch.accept(at(20), stranger, true);
    EXPECT_TRUE(latch.accept(at(2000), described, true));
    EXPECT_EQ(latch.target(), described);
    EXPECT_FALSE(latch.accept(at(2020), stranger, true));
}

TEST_F(LatchTest, LetsNobodyWinBackAfterTwoSeconds) {
    latch.describe(at(0), described);
    latch.accept(at(20), behind_nat, true);
    EXPECT_FALSE(latch.accept(at(2001), described, true));
    EXPECT_EQ(latch.target(), behind_nat);
}

TEST_F(LatchTest, LearnsLateIfNobodyWasHeardBefore) {
    latch.describe(at(0), described);
    EXPECT_TRUE(latch.accept(at(30'000), behind_nat, true));
    EXPECT_EQ(latch.target(), behind_nat);
}

TEST_F(LatchTest, NeverLearnsAgainInMidStream) {
    latch.describe(at(0), described);
    latch.accept(at(20), described, true);
    EXPECT_FALSE(latch.accept(at(60'000), stranger, true));
    EXPECT_EQ(latch.target(), described);
}

TEST_F(LatchTest, KeepsTheLearntTargetWhenTheSameAddressIsDescribedAgain) {
    latch.describe(at(0), described);
    latch.accept(at(20), behind_nat, true);
    latch.describe(at(5000), described);
    EXPECT_EQ(latch.target(), behind_nat);
    EXPECT_TRUE(latch.accept(at(5020), behind_nat, true));
    EXPECT_FALSE(latch.accept(at(5040), stranger, true));
}

TEST_F(LatchTest, LetsTheLearntOneWinBackFromANeighbourThatWasFasterAfterARefresh) {
    const base::Endpoint neighbour = endpoint("203.0.113.5:666");
    latch.describe(at(0), described);
    latch.accept(at(20), behind_nat, true);
    latch.describe(at(5000), described);
    latch.accept(at(5001), neighbour, true);
    EXPECT_TRUE(latch.accept(at(5020), behind_nat, true));
    EXPECT_EQ(latch.target(), behind_nat);
    EXPECT_FALSE(latch.accept(at(5040), neighbour, true));
}

TEST_F(LatchTest, LearnsAnotherPortOfTheSameHostAfterADescription) {
    latch.describe(at(0), described);
    latch.accept(at(20), behind_nat, true);
    latch.describe(at(5000), described);
    EXPECT_TRUE(latch.accept(at(5020), endpoint("203.0.113.5:61999"), true)) << "the peer's NAT forgot its binding";
}

TEST_F(LatchTest, LearnsNoOtherHostUnderAnAddressThatWasHeard) {
    latch.describe(at(0), described);
    latch.accept(at(20), described, true);
    latch.describe(at(5000), described);
    EXPECT_FALSE(latch.accept(at(5020), stranger, true));
    latch.describe(at(9000), described);
    EXPECT_FALSE(latch.accept(at(20'000), stranger, true)) << "silent through two descriptions";
    EXPECT_EQ(latch.target(), described);
}

TEST_F(LatchTest, HearsTheOldSourceUntilTheNewOneIsHeard) {
    latch.describe(at(0), described);
    latch.accept(at(20), described, true);
    latch.describe(at(5000), moved);
    EXPECT_EQ(latch.target(), moved);
    EXPECT_TRUE(latch.accept(at(5100), described, true));
    EXPECT_EQ(latch.target(), moved);
    EXPECT_TRUE(latch.accept(at(5200), moved, true));
    EXPECT_FALSE(latch.accept(at(5220), described, true));
}

TEST_F(LatchTest, HearsTheOldSourceForTwoSecondsAtMost) {
    latch.describe(at(0), described);
    latch.accept(at(20), described, true);
    latch.describe(at(5000), moved);
    EXPECT_TRUE(latch.accept(at(7000), described, true));
    EXPECT_FALSE(latch.accept(at(7001), described, true)) << "and it is not learnt again";
    EXPECT_EQ(latch.target(), moved);
}

TEST_F(LatchTest, HearsALearntOldSourceToo) {
    latch.describe(at(0), described);
    latch.accept(at(20), behind_nat, true);
    latch.describe(at(5000), moved);
    EXPECT_TRUE(latch.accept(at(5100), behind_nat, true));
    EXPECT_FALSE(latch.accept(at(7100), behind_nat, true));
}

TEST_F(LatchTest, SendsNowhereWhileTheAddressIsNone) {
    latch.describe(at(0), described);
    latch.accept(at(20), behind_nat, true);
    latch.describe(at(5000), endpoint("0.0.0.0:4000"));
    EXPECT_FALSE(latch.target());
    EXPECT_TRUE(latch.accept(at(5020), behind_nat, true)) << "its packets are still known";
    latch.describe(at(9000), described);
    EXPECT_EQ(latch.target(), behind_nat);
    latch.describe(at(9500), endpoint("10.0.0.1:0"));
    EXPECT_FALSE(latch.target());
    latch.describe(at(9600), endpoint("[::]:4000"));
    EXPECT_FALSE(latch.target());
}

TEST_F(LatchTest, DoesNotLearnWhoSentToThisPortInAnotherCall) {
    latch.bar(stranger, at(10'000));
    latch.describe(at(0), described);
    EXPECT_FALSE(latch.accept(at(20), stranger, true));
    EXPECT_TRUE(latch.accept(at(40), behind_nat, true));
}

TEST_F(LatchTest, ForgetsTheOtherCallInTimeAndWhenItsSourceIsDescribed) {
    latch.bar(described, at(10'000));
    latch.describe(at(0), described);
    EXPECT_TRUE(latch.accept(at(20), described, true));
    Latch later{true};
    later.bar(behind_nat, at(10'000));
    later.describe(at(0), described);
    EXPECT_TRUE(later.accept(at(10'000), behind_nat, true));
}

TEST_F(LatchTest, NeverLearnsFromOneThatIsShutOut) {
    latch.describe(at(0), described);
    latch.shut_out(stranger);
    EXPECT_FALSE(latch.accept(at(20), stranger, true));
    EXPECT_EQ(latch.target(), described);
    EXPECT_TRUE(latch.accept(at(40), behind_nat, true)) << "others are learnt as before";
}

TEST_F(LatchTest, ForgetsWhomItHadLearntOnceThatOneIsShutOut) {
    latch.describe(at(0), described);
    ASSERT_TRUE(latch.accept(at(20), stranger, true));
    latch.shut_out(stranger);
    EXPECT_EQ(latch.target(), described);
    EXPECT_FALSE(latch.accept(at(40), stranger, true));
    latch.describe(at(5000), described);
    EXPECT_EQ(latch.target(), described);
}

TEST_F(LatchTest, DoesNotShutOutTheDescribedAddress) {
    latch.describe(at(0), described);
    latch.shut_out(described);
    EXPECT_TRUE(latch.accept(at(20), described, true));
}

}  // namespace
}  // namespace media::test
