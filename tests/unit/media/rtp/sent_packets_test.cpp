#include "media/rtp/sent_packets.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/support/allocations.hpp"
#include "tests/unit/media/support/wire.hpp"

namespace media::test {
namespace {

using std::chrono::milliseconds;

class SentPacketsTest : public testing::Test {
protected:
    void keep(std::uint16_t sequence, std::size_t size = 100) {
        sent.keep(sequence, rtp({.sequence = sequence, .size = size - rtp_header_size}));
    }
    // The sequence number of what was given out; -1: nothing now, -2: it is not here.
    int repeat(std::uint16_t sequence, int ms = 0, std::optional<base::Duration> round_trip = std::nullopt) {
        const auto packet = sent.repeat(start + milliseconds{ms}, sequence, round_trip);
        if (!packet) { return -2; }
        return packet->empty() ? -1 : parse_rtp(*packet).value().header.sequence;
    }

    base::Instant start = base::Instant{} + std::chrono::hours{1};
    SentPackets sent;
};

TEST_F(SentPacketsTest, GiveOutWhatWasSent) {
    const Bytes packet = rtp({.payload = 96, .sequence = 7, .size = 1188});
    sent.keep(7, packet);
    const auto again = sent.repeat(start, 7, std::nullopt);
    ASSERT_TRUE(again);
    EXPECT_EQ(Bytes(again->begin(), again->end()), packet);
    EXPECT_EQ(repeat(6), -2);
    EXPECT_EQ(repeat(8), -2);
}

TEST_F(SentPacketsTest, KnowNothingAtFirst) {
    for (const int sequence : {0, 1, 0x8000, 0xffff}) { EXPECT_EQ(repeat(static_cast<std::uint16_t>(sequence)), -2); }
}

TEST_F(SentPacketsTest, AreTheLastOnesUpToTheirNumber) {
    constexpr int last = 1000;
    for (int i = 0; i <= last; ++i) { keep(static_cast<std::uint16_t>(i)); }
    constexpr auto oldest = static_cast<std::uint16_t>(last + 1 - static_cast<int>(SentPackets::max_packets));
    EXPECT_EQ(repeat(oldest), oldest);
    EXPECT_EQ(repeat(oldest - 1), -2);
    EXPECT_EQ(repeat(last), last);
}

TEST_F(SentPacketsTest, AreTheLastOnesUpToTheirBytes) {
    constexpr std::size_t size = 2048;
    constexpr std::size_t fit = SentPackets::max_bytes / size;
    static_assert(fit < SentPackets::max_packets);
    for (std::uint16_t i = 0; i <= fit; ++i) { keep(i, size); }
    EXPECT_EQ(repeat(0), -2);
    for (std::uint16_t i = 1; i <= fit; ++i) { EXPECT_EQ(repeat(i), i); }
}

TEST_F(SentPacketsTest, KeepEachPacketInOnePiece) {
    constexpr std::size_t size = 1999;  // no number of them fills the room
    constexpr std::uint16_t last = 2000;
    for (std::uint16_t i = 0; i <= last; ++i) { keep(i, size); }
    constexpr auto fit = static_cast<std::uint16_t>(SentPackets::max_bytes / size);
    for (auto i = static_cast<std::uint16_t>(last - fit + 2); i <= last; ++i) {
        const auto packet = sent.repeat(start, i, std::nullopt);
        ASSERT_TRUE(packet) << i;
        EXPECT_EQ(Bytes(packet->begin(), packet->end()), rtp({.sequence = i, .size = size - rtp_header_size}));
    }
}

TEST_F(SentPacketsTest, AreKnownAcrossTheWrap) {
    for (const int sequence : {0xfffe, 0xffff, 0, 1}) { keep(static_cast<std::uint16_t>(sequence)); }
    for (const int sequence : {0xfffe, 0xffff, 0, 1}) {
        EXPECT_EQ(repeat(static_cast<std::uint16_t>(sequence)), sequence);
    }
}

TEST_F(SentPacketsTest, AreNotTakenForThoseOfATurnBefore) {
    keep(100);
    for (int i = 1; i <= 22; ++i) { keep(static_cast<std::uint16_t>(100 + i * 2980)); }
    EXPECT_EQ(repeat(100), -2) << "what would be sent under it now is another packet";
    keep(100);
    EXPECT_EQ(repeat(100), 100);
}

TEST_F(SentPacketsTest, TakeWhatComesOutOfOrder) {
    keep(10);
    keep(8);
    keep(9);
    for (const std::uint16_t sequence : {std::uint16_t{8}, std::uint16_t{9}, std::uint16_t{10}}) {
        EXPECT_EQ(repeat(sequence), sequence);
    }
}

TEST_F(SentPacketsTest, AreRepeatedAtOnceAndThenAfterAWhile) {
    for (std::uint16_t i = 0; i < 10; ++i) { keep(i); }
    EXPECT_EQ(repeat(3, 0), 3);
    EXPECT_EQ(repeat(3, 0), -1);
    EXPECT_EQ(repeat(3, 9), -1);
    EXPECT_EQ(repeat(4, 9), 4) << "each packet for itself";
    EXPECT_EQ(repeat(3, 10), 3);
    EXPECT_EQ(repeat(3, 50, milliseconds{80}), -1) << "the answer may be on its way";
    EXPECT_EQ(repeat(3, 90, milliseconds{80}), 3);
    EXPECT_EQ(repeat(3, 95, milliseconds{1}), -1) << "a peer cannot be nearer than that";
}

TEST_F(SentPacketsTest, AreNotRepeatedMoreOftenThanPacketsWereSent) {
    for (std::uint16_t i = 0; i < 3; ++i) { keep(i); }
    for (const int ms : {0, 10, 20}) { EXPECT_EQ(repeat(1, ms), 1); }
    EXPECT_EQ(repeat(1, 30), -1);
    keep(3);
    EXPECT_EQ(repeat(1, 40), 1);
    EXPECT_EQ(repeat(1, 50), -1);
}

TEST_F(SentPacketsTest, SaveUpNoMoreRepetitionsThanThereIsRoomForPackets) {
    for (std::uint16_t i = 0; i < 1000; ++i) { keep(i); }
    std::size_t repeated = 0;
    for (int round = 0; round < 3; ++round) {
        for (std::uint16_t i = 999; i > 900; --i) { repeated += repeat(i, 10 * round) == i ? 1 : 0; }
    }
    EXPECT_EQ(repeated, SentPackets::max_packets);
}

TEST_F(SentPacketsTest, LeaveOutWhatHasNoRoom) {
    sent.keep(1, Bytes(SentPackets::max_bytes + 1));
    EXPECT_EQ(repeat(1), -2);
    sent.keep(2, Bytes(SentPackets::max_bytes));
    EXPECT_EQ(sent.repeat(start, 2, std::nullopt)->size(), SentPackets::max_bytes);
}

TEST_F(SentPacketsTest, AllocateNothing) {
    const Bytes packet = rtp({.size = 1200});
    const std::size_t before = allocations();
    for (std::uint16_t i = 0; i < 2000; ++i) {
        sent.keep(i, packet);
        static_cast<void>(sent.repeat(start + milliseconds{i}, i, std::nullopt));
    }
    EXPECT_EQ(allocations(), before);
}

}  // namespace
}  // namespace media::test
