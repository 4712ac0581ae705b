#include "server/http/event_stream.hpp"

#include <gtest/gtest.h>

namespace server::http {
namespace {

EventStream::Text text(const std::string& words) { return std::make_shared<const std::string>(words); }

struct Watching {
    EventInbox inbox;
    EventStream stream{3, EventInbox::Watch{inbox}};
    int woken = 0;
    Watching() {
        stream.on_news([this] { ++woken; });
    }
};

TEST(EventStream, GivesWhatWaitsTogetherInItsOrder) {
    Watching client;
    client.stream.put(text("one "), text("last"));
    client.stream.put(text("two "), text("last"));
    EXPECT_EQ(client.woken, 1);
    EXPECT_EQ(client.stream.take(), "one two ");
    EXPECT_EQ(client.stream.take(), "");
    EXPECT_FALSE(client.stream.is_over());
}

TEST(EventStream, HoldsUpToItsLimitAndEndsAtOnePast) {
    Watching client;
    for (const char* const words : {"1", "2", "3"}) { client.stream.put(text(words), text("last")); }
    EXPECT_EQ(client.inbox.report().too_slow, 0u);
    client.stream.put(text("4"), text("last"));
    EXPECT_EQ(client.inbox.report().too_slow, 1u);
    client.stream.put(text("5"), text("last"));
    EXPECT_FALSE(client.stream.is_over()) << "that it was too slow is yet to be said";
    EXPECT_EQ(client.stream.take(), "last");
    EXPECT_TRUE(client.stream.is_over());
    EXPECT_EQ(client.inbox.report().too_slow, 1u) << "once";
}

TEST(EventStream, IsOverWhenItsClientHasGone) {
    Watching client;
    client.stream.put(text("one"), text("last"));
    client.stream.leave();
    EXPECT_TRUE(client.stream.is_over());
    EXPECT_EQ(client.stream.take(), "");
    EXPECT_EQ(client.woken, 2);
    client.stream.put(text("two"), text("last"));
    client.stream.end(text("last"));
    EXPECT_TRUE(client.stream.is_over());
}

TEST(EventStream, GivesNoMoreThanAPieceAtATimeAndAnEventWhole) {
    Watching client;
    const std::string huge(std::size_t{300} << 10, 'x');
    client.stream.put(text(huge), text("last"));
    client.stream.put(text("next"), text("last"));
    EXPECT_EQ(client.stream.take(), huge);
    EXPECT_EQ(client.stream.take(), "next");
}

}  // namespace
}  // namespace server::http
