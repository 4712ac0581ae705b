#include "server/b2bua/sampling_wheel.hpp"

#include <gmock/gmock.h>

#include <map>

#include "base/strong_id.hpp"

namespace server {
namespace {

using Key = base::StrongId<struct SamplingWheelTag>;
using Wheel = SamplingWheel<Key>;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SamplingWheelTest : public testing::Test {
protected:
    // Time goes on, each turn is taken when it is due; how often each key came.
    std::map<std::uint64_t, int> run(base::Duration time) {
        std::map<std::uint64_t, int> came;
        const base::Instant end = now + time;
        while (wheel.next() <= end) {
            now = wheel.next();
            const auto due = wheel.take_due(now);
            most = std::max(most, due.size());
            for (const Key key : due) { ++came[key.value]; }
        }
        now = end;
        return came;
    }
    base::Instant now{seconds{1000}};
    Wheel wheel;
    std::size_t most = 0;  // keys of one turn
};

TEST_F(SamplingWheelTest, IsNeverDueWithoutKeys) {
    EXPECT_EQ(wheel.next(), base::never);
    EXPECT_THAT(wheel.take_due(now), IsEmpty());
    wheel.add(now, Key{1});
    wheel.remove(Key{1});
    wheel.remove(Key{1});
    EXPECT_EQ(wheel.next(), base::never);
    EXPECT_EQ(wheel.size(), 0U);
}

TEST_F(SamplingWheelTest, BringsEachKeyOnceASecond) {
    for (std::uint64_t i = 1; i <= 120; ++i) { wheel.add(now, Key{i}); }
    const auto came = run(seconds{10});
    EXPECT_EQ(came.size(), 120U);
    for (const auto& [key, times] : came) { EXPECT_EQ(times, 10) << key; }
}

TEST_F(SamplingWheelTest, NeverBringsManyTogether) {
    for (std::uint64_t i = 1; i <= 5000; ++i) { wheel.add(now, Key{i}); }
    run(seconds{3});
    EXPECT_EQ(most, 100U) << "5,000 keys in 50 turns";
}

TEST_F(SamplingWheelTest, SkipsTurnsWithoutKeys) {
    wheel.add(now, Key{7});
    int turns = 0;
    for (const base::Instant end = now + seconds{5}; wheel.next() <= end; ++turns) { wheel.take_due(wheel.next()); }
    EXPECT_EQ(turns, 5);
}

TEST_F(SamplingWheelTest, DoesNotMakeUpForWhatWasMissed) {
    wheel.add(now, Key{7});
    wheel.add(now, Key{8});
    now += seconds{30};
    int turns = 0;
    for (; wheel.next() <= now; ++turns) { wheel.take_due(now); }
    EXPECT_LE(turns, 4);
    const auto came = run(seconds{10});
    EXPECT_EQ(came.at(7), 10);
}

TEST_F(SamplingWheelTest, GoesOnWhenItWasEmptyForLong) {
    wheel.add(now, Key{1});
    wheel.remove(Key{1});
    now += seconds{100};
    wheel.add(now, Key{2});
    EXPECT_GT(wheel.next(), now);
    EXPECT_LE(wheel.next(), now + seconds{1});
    EXPECT_THAT(wheel.take_due(wheel.next()), ElementsAre(Key{2}));
}

}  // namespace
}  // namespace server
