#include "server/observe/event_inbox.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace server {
namespace {

Event event() { return ServerEvent{ServerEvent::Kind::reloaded, {}}; }

TEST(EventInbox, TakesNothingWhileNobodyWatches) {
    EventInbox inbox;
    inbox.put(event());
    EXPECT_TRUE(inbox.take().events.empty());
    {
        const EventInbox::Watch watch{inbox};
        EXPECT_EQ(inbox.report().clients, 1u);
        inbox.put(event());
    }
    EXPECT_FALSE(inbox.is_watched());
    const EventInbox::Watch watch{inbox};
    EXPECT_TRUE(inbox.take().events.empty()) << "what was for somebody who has gone";
}

TEST(EventInbox, WakesOnceForWhatWaitsTogether) {
    EventInbox inbox;
    int woken = 0;
    inbox.open([&] { ++woken; });
    const EventInbox::Watch watch{inbox};
    inbox.put(event());
    inbox.put(event());
    EXPECT_EQ(woken, 1);
    EXPECT_EQ(inbox.take().events.size(), 2u);
    inbox.put(event());
    EXPECT_EQ(woken, 2);
    inbox.close();
    inbox.put(event());
    inbox.take();
    inbox.put(event());
    EXPECT_EQ(woken, 2) << "nobody is there to be woken";
}

TEST(EventInbox, HoldsUpToItsLimitAndCountsOnePast) {
    EventInbox inbox;
    const EventInbox::Watch watch{inbox};
    for (std::size_t i = 0; i < EventInbox::max_waiting; ++i) { inbox.put(event()); }
    EXPECT_EQ(inbox.report().dropped, 0u);
    inbox.put(std::vector<Event>{event(), event()});
    const auto batch = inbox.take();
    EXPECT_EQ(batch.events.size(), EventInbox::max_waiting);
    EXPECT_EQ(batch.dropped, 2u);
    EXPECT_EQ(inbox.report().dropped, 2u);
    inbox.put(event());
    EXPECT_EQ(inbox.take().dropped, 0u) << "there is room again";
}

TEST(EventInbox, LosesNothingBetweenThreads) {
    EventInbox inbox;
    const EventInbox::Watch watch{inbox};
    constexpr int each = 1000;
    const auto put = [&] {
        for (int i = 0; i < each; ++i) { inbox.put(event()); }
    };
    std::thread one{put};
    std::thread other{put};
    std::size_t taken = 0;
    while (taken < 2 * each) { taken += inbox.take().events.size(); }
    one.join();
    other.join();
    EXPECT_EQ(taken + inbox.take().events.size(), 2u * each);
    EXPECT_EQ(inbox.report().dropped, 0u);
}

}  // namespace
}  // namespace server
