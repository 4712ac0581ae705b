#include "media/stream/deframer.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/support/wire.hpp"

namespace media::test {
namespace {

Bytes framed(const std::vector<Bytes>& datagrams) {
    Bytes out;
    for (const Bytes& datagram : datagrams) {
        out.push_back(static_cast<std::byte>(datagram.size() >> 8));
        out.push_back(static_cast<std::byte>(datagram.size() & 0xff));
        out.insert(out.end(), datagram.begin(), datagram.end());
    }
    return out;
}

void read(Deframer& deframer, std::span<const std::byte> bytes, std::vector<Bytes>& out) {
    while (const auto frame = deframer.next(bytes)) { out.emplace_back(frame->begin(), frame->end()); }
    EXPECT_TRUE(bytes.empty() || deframer.is_broken());
}

const std::vector<Bytes> some{Bytes(1, std::byte{1}), Bytes(300, std::byte{2}), Bytes(2, std::byte{3})};

TEST(Deframer, FindsFramesThatComeTogether) {
    Deframer deframer;
    std::vector<Bytes> found;
    read(deframer, framed(some), found);
    EXPECT_EQ(found, some);
}

TEST(Deframer, FindsFramesWhereverTheStreamIsCut) {
    const Bytes stream = framed(some);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Deframer deframer;
        std::vector<Bytes> found;
        read(deframer, std::span{stream}.first(cut), found);
        read(deframer, std::span{stream}.subspan(cut), found);
        EXPECT_EQ(found, some) << cut;
    }
}

TEST(Deframer, FindsFramesByteByByte) {
    Deframer deframer;
    std::vector<Bytes> found;
    const Bytes stream = framed(some);
    for (std::size_t i = 0; i < stream.size(); ++i) { read(deframer, std::span{stream}.subspan(i, 1), found); }
    EXPECT_EQ(found, some);
}

TEST(Deframer, PassesOverFramesWithoutContent) {
    Deframer deframer;
    std::vector<Bytes> found;
    read(deframer, framed({{}, some[0], {}, {}, some[1], {}}), found);
    EXPECT_EQ(found, (std::vector<Bytes>{some[0], some[1]}));
    EXPECT_FALSE(deframer.is_broken());
}

TEST(Deframer, AFrameMayBeChangedInPlace) {
    Deframer deframer;
    const Bytes stream = framed(some);
    std::span<const std::byte> bytes{stream};
    const auto frame = deframer.next(bytes);
    ASSERT_TRUE(frame);
    std::ranges::fill(*frame, std::byte{0xff});
    EXPECT_EQ(deframer.next(bytes)->size(), some[1].size());
}

TEST(Deframer, TakesFramesUpToItsLimitAndNoneBehindALongerOne) {
    Deframer deframer;
    std::vector<Bytes> found;
    const Bytes longest(Deframer::max_frame, std::byte{4});
    read(deframer, framed({longest}), found);
    EXPECT_EQ(found, std::vector<Bytes>{longest});
    EXPECT_FALSE(deframer.is_broken());
    read(deframer, framed({Bytes(Deframer::max_frame + 1), some[0]}), found);
    EXPECT_TRUE(deframer.is_broken());
    read(deframer, framed(some), found);
    EXPECT_EQ(found.size(), 1U);
}

TEST(Deframer, WhatIsNoFramingIsToldByItsFirstBytes) {
    Deframer deframer;
    std::vector<Bytes> found;
    read(deframer, bytes({'G', 'E', 'T', ' '}), found);
    EXPECT_TRUE(deframer.is_broken());
}

}  // namespace
}  // namespace media::test
