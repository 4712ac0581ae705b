#include "base/deadline_queue.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/random.hpp"

namespace base {
namespace {

using namespace std::chrono_literals;

Instant at(Duration time) { return Instant{} + time; }

TEST(DeadlineQueue, GivesKeysInTheOrderOfTheirDeadlines) {
    DeadlineQueue<int> queue;
    queue.set(1, at(3s));
    queue.set(2, at(1s));
    queue.set(3, at(2s));
    EXPECT_EQ(queue.next(), at(1s));
    EXPECT_EQ(queue.pop_due(at(2s)), 2);
    EXPECT_EQ(queue.pop_due(at(2s)), 3);
    EXPECT_EQ(queue.pop_due(at(2s)), std::nullopt);
    EXPECT_EQ(queue.pop_due(at(3s)), 1);
    EXPECT_EQ(queue.next(), never);
}

TEST(DeadlineQueue, ADeadlineMovedLaterIsNotDueBefore) {
    DeadlineQueue<int> queue;
    queue.set(1, at(1s));
    queue.set(1, at(5s));
    EXPECT_EQ(queue.pop_due(at(4s)), std::nullopt);
    EXPECT_EQ(queue.next(), at(5s));
    EXPECT_EQ(queue.pop_due(at(5s)), 1);
    EXPECT_EQ(queue.pop_due(at(9s)), std::nullopt) << "once";
}

TEST(DeadlineQueue, NeverRemovesAKey) {
    DeadlineQueue<int> queue;
    queue.set(1, at(1s));
    queue.set(1, never);
    EXPECT_EQ(queue.size(), 0U);
    EXPECT_EQ(queue.pop_due(at(2s)), std::nullopt);
}

TEST(DeadlineQueue, AgreesWithAPlainMapWhateverIsDone) {
    SeededRandom random{7};
    DeadlineQueue<std::uint64_t> queue;
    std::map<std::uint64_t, Instant> model;
    Instant now{};
    for (int step = 0; step < 20'000; ++step) {
        const std::uint64_t key = random.below(50);
        const auto choice = random.below(10);
        if (choice < 6) {
            const Instant deadline = now + std::chrono::milliseconds{random.below(1000)};
            queue.set(key, deadline);
            model[key] = deadline;
        } else if (choice < 8) {
            queue.erase(key);
            model.erase(key);
        } else {
            now += std::chrono::milliseconds{random.below(100)};
            while (const auto due = queue.pop_due(now)) {
                ASSERT_TRUE(model.contains(*due)) << step;
                ASSERT_LE(model[*due], now) << step;
                model.erase(*due);
            }
            for (const auto& [left, deadline] : model) { ASSERT_GT(deadline, now) << step << " key " << left; }
        }
        ASSERT_EQ(queue.size(), model.size());
    }
}

}  // namespace
}  // namespace base
