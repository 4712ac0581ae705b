#include "media/rtp/extension_block.hpp"

#include <gtest/gtest.h>

#include "media/rtp/header_extension.hpp"
#include "tests/unit/media/support/hex.hpp"

namespace media::test {
namespace {

using std::chrono::milliseconds;

constexpr base::Instant at = base::Instant{} + milliseconds{1500};  // 1.5 s in 6.18: 0x060000
constexpr AudioLevel loud{0x85, true};

// Written into a packet, as it is then read.
Bytes written(const ExtensionBlock& block, std::optional<AudioLevel> level = std::nullopt) {
    Bytes out(block.size(level));
    block.write(out, at, level);
    return out;
}

TEST(ExtensionBlock, IsOfTheShortFormWhereItsNumbersAre) {
    const ExtensionBlock all{{.mid = 4, .send_time = 14, .audio_level = 1}, "0"};
    EXPECT_EQ(written(all, loud), hex("bede0002 40 30 e2060000 10 85"));
    const ExtensionBlock two{{.mid = 4, .send_time = 16, .audio_level = 1}, "0"};
    EXPECT_EQ(written(two, loud), hex("10000003 04 01 30 10 03 060000 01 01 85 00"));
}

TEST(ExtensionBlock, HasWhatIsAgreedOnly) {
    EXPECT_TRUE(ExtensionBlock({}, "0").is_empty());
    EXPECT_EQ(written(ExtensionBlock({}, "0"), loud), Bytes{});
    EXPECT_EQ(written(ExtensionBlock({.mid = 3}, "ab"), loud), hex("bede0001 31 6162 00"));
    EXPECT_EQ(written(ExtensionBlock({.send_time = 2}, "0"), loud), hex("bede0001 22060000"));
    EXPECT_TRUE(ExtensionBlock({.mid = 3}, "").is_empty()) << "a line without a name";
}

TEST(ExtensionBlock, IsLeftOutWhereItWouldSayNothing) {
    const ExtensionBlock block{{.audio_level = 9}, "0"};
    EXPECT_FALSE(block.is_empty());
    EXPECT_EQ(block.size(std::nullopt), 0U);
    EXPECT_EQ(written(block), Bytes{});
    EXPECT_EQ(written(block, loud), hex("bede0001 90 85 0000"));
}

TEST(ExtensionBlock, HasNoTraceOfALevelThatAPacketHasNot) {
    EXPECT_EQ(written(ExtensionBlock({.mid = 4, .send_time = 2, .audio_level = 1}, "0")),
              hex("bede0002 40 30 22060000 0000"));
}

TEST(ExtensionBlock, DoesNotPassForAVoiceWhatNobodyJudged) {
    const AudioLevel unjudged{0x85, false};
    EXPECT_EQ(ExtensionBlock({.audio_level = 1}, "").size(unjudged), 0U);
    EXPECT_NE(ExtensionBlock({.audio_level = 1, .says_voice = false}, "").size(unjudged), 0U);
    EXPECT_NE(ExtensionBlock({.audio_level = 1, .says_voice = false}, "").size(loud), 0U);
}

TEST(ExtensionBlock, HasRoomForTheLongestMidAndLeavesALongerOneOut) {
    const std::string longest(ExtensionBlock::max_mid_size, 'm');
    const Bytes one = written(ExtensionBlock({.mid = 1, .send_time = 2, .audio_level = 3}, longest), loud);
    EXPECT_EQ(one.size(), 28U);
    EXPECT_EQ(one[4], std::byte{0x1f});
    const Bytes two = written(ExtensionBlock({.mid = 255, .send_time = 254, .audio_level = 253}, longest), loud);
    EXPECT_EQ(two.size(), ExtensionBlock::max_size);
    EXPECT_TRUE(ExtensionBlock({.mid = 1}, longest + "m").is_empty());
}

TEST(ExtensionBlock, HasNoNumberFifteen) {
    EXPECT_TRUE(ExtensionBlock({.mid = 15, .send_time = 15, .audio_level = 15}, "0").is_empty());
}

TEST(AbsSendTime, IsSecondsIn18BitsBehindThePointAndComesRound) {
    EXPECT_EQ(abs_send_time(base::Instant{}), 0U);
    EXPECT_EQ(abs_send_time(base::Instant{} + std::chrono::seconds{1}), 1U << 18);
    EXPECT_EQ(abs_send_time(base::Instant{} + milliseconds{250}), 1U << 16);
    EXPECT_EQ(abs_send_time(base::Instant{} + std::chrono::seconds{64} + milliseconds{500}), 1U << 17);
    EXPECT_EQ(abs_send_time(base::Instant{} + std::chrono::seconds{64} - milliseconds{1}) >> 18, 63U);
}

}  // namespace
}  // namespace media::test
