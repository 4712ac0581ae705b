#include "media/stream/backlog.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/support/wire.hpp"

namespace media::test {
namespace {

using namespace std::chrono_literals;

class BacklogTest : public testing::Test {
protected:
    static Bytes datagram(std::size_t number) { return Bytes(3 + number % 5, static_cast<std::byte>(number)); }
    void push(std::size_t number) { backlog.push(now, datagram(number)); }
    // All that waits, as who reads it sees it.
    std::vector<Bytes> read() {
        for (auto piece = backlog.front(now); !piece.empty(); piece = backlog.front(now)) {
            stream.insert(stream.end(), piece.begin(), piece.end());
            backlog.sent(piece.size());
        }
        std::vector<Bytes> found;
        Deframer deframer;
        std::span<const std::byte> rest{stream};
        while (const auto frame = deframer.next(rest)) { found.emplace_back(frame->begin(), frame->end()); }
        stream.clear();
        return found;
    }
    void read_some(std::size_t count) {
        const auto piece = backlog.front(now).first(count);
        stream.insert(stream.end(), piece.begin(), piece.end());
        backlog.sent(count);
    }

    base::Instant now = base::Instant{} + 1h;
    Backlog backlog;
    Bytes stream;
};

TEST_F(BacklogTest, KeepsTheOrder) {
    for (std::size_t i = 0; i < 3 * Backlog::max_frames; ++i) {
        push(i);
        push(i + 1);
        EXPECT_EQ(read(), (std::vector<Bytes>{datagram(i), datagram(i + 1)}));
    }
    EXPECT_TRUE(backlog.empty());
    EXPECT_EQ(backlog.dropped(), 0U);
}

TEST_F(BacklogTest, GoesOnWhereItWasStopped) {
    push(1);
    push(2);
    read_some(1);
    read_some(2);
    EXPECT_EQ(read(), (std::vector<Bytes>{datagram(1), datagram(2)}));
}

TEST_F(BacklogTest, OfTooManyTheOldestAreDropped) {
    for (std::size_t i = 0; i < Backlog::max_frames + 2; ++i) { push(i); }
    EXPECT_EQ(backlog.dropped(), 2U);
    const auto found = read();
    ASSERT_EQ(found.size(), Backlog::max_frames);
    EXPECT_EQ(found.front(), datagram(2));
    EXPECT_EQ(found.back(), datagram(Backlog::max_frames + 1));
}

TEST_F(BacklogTest, AFrameThatHasBegunIsNotDropped) {
    push(0);
    read_some(4);
    for (std::size_t i = 1; i < Backlog::max_frames + 2; ++i) { push(i); }
    now += Backlog::max_age + 1ms;
    push(99);
    EXPECT_EQ(read(), (std::vector<Bytes>{datagram(0), datagram(99)}));
    EXPECT_EQ(backlog.dropped(), Backlog::max_frames + 1);
}

TEST_F(BacklogTest, WhatHasWaitedTooLongIsNotSent) {
    push(1);
    now += Backlog::max_age;
    push(2);
    now += 1ms;
    EXPECT_EQ(read(), std::vector<Bytes>{datagram(2)});
    EXPECT_EQ(backlog.dropped(), 1U);
}

TEST_F(BacklogTest, TakesDatagramsUpToItsLimit) {
    backlog.push(now, Bytes(Backlog::max_frame));
    backlog.push(now, Bytes(Backlog::max_frame + 1));
    EXPECT_EQ(backlog.dropped(), 1U);
    EXPECT_EQ(backlog.front(now).size(), frame_header_size + Backlog::max_frame);
}

}  // namespace
}  // namespace media::test
