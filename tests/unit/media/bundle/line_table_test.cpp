#include "media/bundle/line_table.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/bundle/mid.hpp"

namespace media::test {
namespace {

const LineId voice{SessionId{1}, Side::a};
const LineId picture{SessionId{2}, Side::a};

LegDescription line(const std::string& mid, std::initializer_list<std::uint8_t> payloads, std::uint8_t extension = 4) {
    LegDescription out;
    out.bundled = BundledLine{mid, extension};
    for (const std::uint8_t payload : payloads) { out.receive_formats.push_back({Codec::relayed, payload}); }
    return out;
}

class LineTableTest : public testing::Test {
protected:
    LineTableTest() {
        EXPECT_TRUE(table_.add(voice));
        EXPECT_TRUE(table_.add(picture));
        table_.describe(voice, line("0", {0, 8, 111}));
        table_.describe(picture, line("1", {96, 111}));
    }
    LineTable::Route route(const Bytes& packet) { return table_.route(packet, *parse_rtp(packet)); }
    LineTable::Route route(std::uint32_t ssrc, std::uint8_t payload) {
        return route(rtp({.payload = payload, .ssrc = ssrc}));
    }
    LineTable::Route route(std::uint32_t ssrc, std::uint8_t payload, const std::string& mid) {
        return route(with_mid(rtp({.payload = payload, .ssrc = ssrc}), 4, mid));
    }
    LineTable table_;
};

TEST_F(LineTableTest, GoesByTheMidAndBindsTheSsrcToIt) {
    EXPECT_EQ(route(7, 111, "1").line, picture);
    EXPECT_EQ(route(7, 111).line, picture);
    EXPECT_EQ(route(7, 111, "0").line, voice) << "the latest mid counts";
    EXPECT_EQ(route(7, 111).line, voice);
}

TEST_F(LineTableTest, KnowsNoLineOfAnotherMid) {
    EXPECT_EQ(route(7, 0, "2").drop, Drop::no_route);
    EXPECT_EQ(route(7, 0, "00").drop, Drop::no_route);
}

TEST_F(LineTableTest, GoesByThePayloadNumberThatOneLineAloneHas) {
    EXPECT_EQ(route(7, 96).line, picture);
    EXPECT_EQ(route(7, 111).line, picture) << "by its SSRC now";
    EXPECT_EQ(route(8, 111).drop, Drop::no_route) << "two lines have it";
    EXPECT_EQ(route(8, 33).drop, Drop::codec);
}

TEST_F(LineTableTest, ALineAloneHasEverythingThatNamesNoOther) {
    table_.remove(picture);
    EXPECT_EQ(route(7, 33).line, voice);
    EXPECT_EQ(route(7, 33, "1").drop, Drop::no_route);
}

TEST_F(LineTableTest, WhatIsRemovedTakesItsSsrcsAlong) {
    EXPECT_EQ(route(7, 111, "1").line, picture);
    table_.remove(picture);
    EXPECT_EQ(route(7, 111).line, voice);
}

TEST_F(LineTableTest, ALegThatTakesAPlaceKeepsItsSsrcs) {
    EXPECT_EQ(route(7, 111, "1").line, picture);
    const LineId heir{SessionId{2}, Side::b};
    table_.rename(picture, heir);
    EXPECT_EQ(route(7, 111).line, heir);
    EXPECT_EQ(route(9, 96).line, heir);
}

TEST_F(LineTableTest, WithoutTheExtensionAgreedAMidIsNotLookedAt) {
    table_.describe(voice, line("0", {0}, 0));
    table_.describe(picture, line("1", {96}, 0));
    EXPECT_EQ(route(7, 0, "1").line, voice);
}

TEST_F(LineTableTest, HasRoomForSoManySourcesAndLines) {
    for (std::uint32_t ssrc = 1; ssrc <= LineTable::max_sources; ++ssrc) { route(ssrc, 111, "1"); }
    EXPECT_EQ(route(1, 111).line, picture);
    route(99, 111, "1");
    EXPECT_EQ(route(1, 111).drop, Drop::no_route) << "the first one made room";
    EXPECT_EQ(route(2, 111).line, picture);
    for (std::size_t i = 2; i < LineTable::max_lines; ++i) { EXPECT_TRUE(table_.add({SessionId{100 + i}, Side::a})); }
    EXPECT_FALSE(table_.add({SessionId{99}, Side::a}));
    table_.remove(voice);
    EXPECT_FALSE(table_.add(picture)) << "it is there";
    EXPECT_TRUE(table_.add(voice));
}

}  // namespace
}  // namespace media::test
