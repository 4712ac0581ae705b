#include "media/rtp/header_extension.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/support/wire.hpp"

namespace media::test {
namespace {

// A packet with `data` as its extension under `profile`, and `csrcs` contributing sources before it.
Bytes packet(std::uint16_t profile, Bytes data, unsigned csrcs = 0) {
    Bytes out = with_extension(rtp({.size = 20}), profile, std::move(data));
    out[0] |= static_cast<std::byte>(csrcs);
    out.insert(out.begin() + rtp_header_size, std::size_t{4} * csrcs, std::byte{});
    return out;
}

std::string element(const Bytes& packet, std::uint8_t id) {
    const auto view = parse_rtp(packet);
    EXPECT_TRUE(view);
    const auto data = find_extension(packet, *view, id);
    return data ? std::string{reinterpret_cast<const char*>(data->data()), data->size()} : "none";
}

TEST(HeaderExtension, IsFoundInTheOneByteForm) {
    const Bytes both = packet(0xbede, bytes({0x10, 'x', 0, 0, 0x41, 'm', '1'}));
    EXPECT_EQ(element(both, 1), "x");
    EXPECT_EQ(element(both, 4), "m1") << "padding is passed over";
    EXPECT_EQ(element(both, 2), "none");
    EXPECT_EQ(element(both, 0), "none");
    EXPECT_EQ(element(packet(0xbede, bytes({0x40, 'a'}), 3), 4), "a") << "behind contributing sources";
}

TEST(HeaderExtension, IsFoundInTheTwoByteForm) {
    const Bytes both = packet(0x1005, bytes({1, 0, 0, 20, 2, 'm', '2'}));
    EXPECT_EQ(element(both, 1), "") << "may be empty";
    EXPECT_EQ(element(both, 20), "m2");
    EXPECT_EQ(element(both, 4), "none");
}

TEST(HeaderExtension, OfAnotherFormIsNone) {
    EXPECT_EQ(element(packet(0x2000, bytes({0x40, 'a'})), 4), "none");
    EXPECT_EQ(element(rtp({}), 4), "none");
    EXPECT_EQ(element(packet(0xbede, {}), 4), "none");
}

TEST(HeaderExtension, ThatIsCutShortEndsTheSearch) {
    EXPECT_EQ(element(packet(0xbede, bytes({0x4f, 'a', 'b', 'c'})), 4), "none");
    EXPECT_EQ(element(packet(0x1000, bytes({4, 200, 'b', 'c'})), 4), "none");
    EXPECT_EQ(element(packet(0x1000, bytes({1, 1, 'b', 4})), 4), "none") << "its size is missing";
}

TEST(HeaderExtension, BehindNumberFifteenIsNotLookedAt) {
    EXPECT_EQ(element(packet(0xbede, bytes({0xf0, 'x', 0x40, 'a'})), 4), "none") << "RFC 8285 §4.2";
}

TEST(HeaderExtension, MayEndWithTheBlockAndNotBehindIt) {
    EXPECT_EQ(element(packet(0xbede, bytes({0x42, 'a', 'b', 'c'})), 4), "abc");
    EXPECT_EQ(element(packet(0x1000, bytes({4, 2, 'b', 'c'})), 4), "bc");
    EXPECT_EQ(element(packet(0x1000, bytes({0, 0, 4, 0})), 4), "") << "its size is the last byte";
    EXPECT_EQ(element(packet(0xbede, bytes({0, 0, 0, 0x40})), 4), "none") << "a byte is promised";
}

TEST(HeaderExtension, HasNumbersUpTo255InTheTwoByteFormOnly) {
    EXPECT_EQ(element(packet(0xbede, bytes({0xe0, 'x'})), max_short_id), "x");
    EXPECT_EQ(element(packet(0x1000, bytes({15, 1, 'x', 0, 255, 1, 'y'})), 255), "y");
    EXPECT_EQ(element(packet(0xbede, bytes({0xe0, 'x'})), 255), "none");
}

TEST(HeaderExtension, IsNotLookedForInALongerBlockThanAllNumbersTake) {
    Bytes data(max_extension_size);
    data[max_extension_size - 2] = std::byte{0x40};
    data[max_extension_size - 1] = std::byte{'z'};
    EXPECT_EQ(element(packet(0xbede, data), 4), "z");
    data.resize(max_extension_size + 4);
    EXPECT_EQ(element(packet(0xbede, data), 4), "none");
}

}  // namespace
}  // namespace media::test
