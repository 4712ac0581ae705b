#include <gtest/gtest.h>

#include <set>

#include "base/byte_reader.hpp"
#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "base/timer_set.hpp"

namespace base {
namespace {

using namespace std::chrono_literals;

TEST(Text, ANumberIsTheWholeText) {
    EXPECT_EQ(parse_number<unsigned>("42"), 42U);
    EXPECT_EQ(parse_number<std::uint16_t>("65535"), 65535);
    for (const char* wrong : {"", "+1", "-1", " 1", "1 ", "0x1", "65536", "1.0"}) {
        EXPECT_FALSE(parse_number<std::uint16_t>(wrong)) << wrong;
    }
}

TEST(Text, CasesOfAsciiOnlyAreFolded) {
    EXPECT_TRUE(iequals("INVITE", "invite"));
    EXPECT_FALSE(iequals("a", "ab"));
    EXPECT_FALSE(iequals("\xC4", "\xE4"));
    EXPECT_EQ(trim(" \t x y \r\n"), "x y");
    EXPECT_EQ(trim(" \t"), "");
}

TEST(Text, Utf8StaysAndEachOtherByteIsReplaced) {
    EXPECT_EQ(to_utf8("grüße €😀"), "grüße €😀");
    EXPECT_EQ(to_utf8("\xff|"), "\xef\xbf\xbd|");
    EXPECT_EQ(to_utf8("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd") << "cut short";
    EXPECT_EQ(to_utf8("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd") << "longer than need be";
    EXPECT_EQ(to_utf8("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") << "a surrogate";
    EXPECT_EQ(to_utf8(std::string_view{"\0\x7f", 2}), (std::string_view{"\0\x7f", 2}));
}

TEST(ByteReader, AShortReadFailsForGood) {
    const std::byte bytes[]{std::byte{1}, std::byte{2}, std::byte{3}};
    ByteReader reader{bytes};
    EXPECT_EQ(reader.u16(), 0x0102);
    EXPECT_EQ(reader.u16(), 0);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0) << "what was left does not come back";
    EXPECT_FALSE(reader.ok());
}

TEST(Bytes, NetworkOrder) {
    std::byte bytes[4];
    write_u32(bytes, 0, 0x01020304);
    EXPECT_EQ(bytes[0], std::byte{1});
    EXPECT_EQ(read_u32(bytes, 0), 0x01020304U);
    EXPECT_EQ(read_u16(bytes, 2), 0x0304);
}

TEST(TimerSet, PopsTheEarliestOnce) {
    enum class Name { a, b };
    TimerSet<Name, 2> timers;
    const Instant start{};
    timers.arm(Name::a, start + 2s);
    timers.arm(Name::b, start + 1s);
    EXPECT_EQ(timers.next(), start + 1s);
    EXPECT_FALSE(timers.pop_due(start));
    EXPECT_EQ(timers.pop_due(start + 5s), Name::b);
    EXPECT_EQ(timers.pop_due(start + 5s), Name::a);
    EXPECT_FALSE(timers.pop_due(start + 5s));
    EXPECT_EQ(timers.next(), never);
}

TEST(Random, TokensDifferAndSeedsRepeat) {
    SystemRandom system;
    std::set<std::string> tokens;
    for (int i = 0; i < 1000; ++i) { tokens.insert(system.token(16)); }
    EXPECT_EQ(tokens.size(), 1000U);
    SeededRandom first{5};
    SeededRandom second{5};
    EXPECT_EQ(first.token(40), second.token(40));
    EXPECT_EQ(first.below(0), 0U);
}

}  // namespace
}  // namespace base
