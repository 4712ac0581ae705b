#include "server/b2bua/ended_calls.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

LadderView ladder(const std::string& id, std::size_t bytes = 0) {
    LadderView ladder;
    ladder.id = id;
    ladder.entries.push_back({{}, RecordEntry::Kind::decision, std::nullopt, std::string(bytes, 'x')});
    return ladder;
}

TEST(EndedCalls, AreFoundById) {
    EndedCalls ended;
    EXPECT_EQ(ended.find("one"), nullptr);
    ended.add(ladder("one"));
    ended.add(ladder("two"));
    ASSERT_NE(ended.find("one"), nullptr);
    EXPECT_EQ(ended.find("one")->id, "one");
    EXPECT_EQ(ended.find("two")->id, "two");
    EXPECT_EQ(ended.find("three"), nullptr);
}

TEST(EndedCalls, KeepTheirTimelines) {
    EndedCalls ended;
    TimelineView timeline;
    timeline.samples.resize(QualityTimeline::max_samples);
    ended.add(ladder("one"));
    const std::size_t before = ended.bytes();
    ended.add(ladder("two"), timeline);
    EXPECT_TRUE(ended.find_timeline("one")->samples.empty());
    EXPECT_EQ(ended.find_timeline("two")->samples.size(), QualityTimeline::max_samples);
    EXPECT_EQ(ended.find_timeline("three"), nullptr);
    EXPECT_GE(ended.bytes() - before, QualityTimeline::max_samples * sizeof(QualityTimeline::Pair))
        << "they count against the bound";
}

TEST(EndedCalls, AreKeptUpToTheirCount) {
    EndedCalls ended;
    for (std::size_t i = 0; i < EndedCalls::max_calls; ++i) { ended.add(ladder(std::to_string(i))); }
    EXPECT_NE(ended.find("0"), nullptr);
    ended.add(ladder("one more"));
    EXPECT_EQ(ended.size(), EndedCalls::max_calls);
    EXPECT_EQ(ended.find("0"), nullptr);
    EXPECT_NE(ended.find("1"), nullptr);
    EXPECT_NE(ended.find("one more"), nullptr);
}

TEST(EndedCalls, AreKeptUpToTheirBytes) {
    constexpr std::size_t quarter = EndedCalls::max_bytes / 4;
    EndedCalls ended;
    for (const char* const id : {"a", "b", "c"}) { ended.add(ladder(id, quarter)); }
    EXPECT_EQ(ended.size(), 3U);
    ended.add(ladder("d", quarter));  // and what it is kept in
    EXPECT_EQ(ended.size(), 3U);
    EXPECT_EQ(ended.find("a"), nullptr);
    EXPECT_LE(ended.bytes(), EndedCalls::max_bytes);
    ended.add(ladder("huge", EndedCalls::max_bytes));
    EXPECT_EQ(ended.size(), 0U);
    EXPECT_EQ(ended.bytes(), 0U);
}

}  // namespace
}  // namespace server
