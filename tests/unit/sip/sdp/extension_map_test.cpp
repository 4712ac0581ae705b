#include "sip/sdp/extension_map.hpp"

#include <gmock/gmock.h>

#include "sdp_text.hpp"
#include "sip/sdp/offer_answer.hpp"

namespace sip::sdp {
namespace {

constexpr std::string_view level = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

std::vector<ExtensionMap> maps_in(const std::string& media_lines, const std::string& session_lines = "") {
    const Session session = testing::parsed(testing::head + session_lines + "m=audio 4000 RTP/AVP 0\r\n" + media_lines);
    return extension_maps_of(session, session.media.at(0));
}

TEST(ExtensionMap, IsReadAndWritten) {
    for (const std::string_view text :
         {"1 urn:x", "14/sendonly urn:x vad=on", "255/recvonly urn:x a=b c", "4/inactive urn:x"}) {
        const auto map = parse_extension_map(text);
        ASSERT_TRUE(map) << text;
        EXPECT_EQ(to_attribute(*map).value, text);
    }
    EXPECT_EQ(parse_extension_map("7/recvonly  urn:x   vad=off "),
              (ExtensionMap{7, Direction::recvonly, "urn:x", "vad=off"}));
    EXPECT_EQ(to_attribute(*parse_extension_map("3/sendrecv urn:x")).value, "3 urn:x") << "what holds without it";
}

TEST(ExtensionMap, IsNoneOfWhatIsNotByTheGrammar) {
    for (const std::string_view text : {"", "1", "1 ", "x urn:x", "1/ urn:x", "1/both urn:x", "1/SENDONLY urn:x",
                                        "-1 urn:x", "/sendonly urn:x", "1x urn:x"}) {
        EXPECT_FALSE(parse_extension_map(text)) << text;
    }
}

TEST(ExtensionMap, HasANumberThatAPacketCanCarry) {
    for (const std::string_view text : {"0 urn:x", "15 urn:x", "256 urn:x", "4096 urn:x", "99999999999 urn:x"}) {
        EXPECT_FALSE(parse_extension_map(text)) << text;
    }
    EXPECT_TRUE(parse_extension_map("16 urn:x"));
    EXPECT_TRUE(parse_extension_map("255 urn:x"));
}

TEST(ExtensionMap, HasANameUpToItsLimit) {
    const std::string longest(max_extension_uri, 'u');
    EXPECT_TRUE(parse_extension_map("1 " + longest));
    EXPECT_FALSE(parse_extension_map("1 " + longest + "u"));
}

TEST(ExtensionMaps, OfTheLineGoBeforeThoseOfTheSession) {
    EXPECT_THAT(
        maps_in("a=extmap:1 urn:line\r\na=extmap:nonsense\r\n", "a=extmap:1 urn:session\r\na=extmap:2 urn:b\r\n"),
        ::testing::ElementsAre(ExtensionMap{1, Direction::sendrecv, "urn:line", {}},
                               ExtensionMap{2, Direction::sendrecv, "urn:b", {}}));
}

TEST(ExtensionMaps, HaveEachNumberOnce) {
    EXPECT_THAT(maps_in("a=extmap:1 urn:a\r\na=extmap:1 urn:b\r\n"),
                ::testing::ElementsAre(ExtensionMap{1, Direction::sendrecv, "urn:a", {}}));
}

TEST(ExtensionMaps, EndWithTheirLimit) {
    std::string lines;
    for (std::size_t i = 0; i <= max_extension_maps; ++i) {
        lines += "a=extmap:" + std::to_string(i + 16) + " urn:" + std::to_string(i) + "\r\n";
    }
    EXPECT_EQ(maps_in(lines).size(), max_extension_maps);
}

Session with(const std::string& extensions, const std::string& port = "4000") {
    return testing::parsed(testing::head + "m=audio " + port + " RTP/AVP 0\r\n" + extensions);
}

TEST(ExtensionLedger, KeepsTheFirstMeaningOfANumberForTheWholeDialog) {
    OfferAnswer leg{1, base::IpAddress::v4({192, 0, 2, 1})};
    ASSERT_TRUE(leg.on_remote_offer(with("a=extmap:4 urn:a\r\na=extmap:5 urn:unknown\r\n"), {"PCMU"}));
    EXPECT_TRUE(leg.extensions().empty()) << "nothing is agreed";
    leg.answer(with("a=extmap:4 urn:a\r\n"));
    const ExtensionLedger first{{4, "urn:a"}, {5, "urn:unknown"}};
    EXPECT_EQ(leg.extensions(), first);
    ASSERT_TRUE(leg.on_remote_offer(with("a=extmap:4 urn:b\r\n"), {"PCMU"}));
    leg.answer(with(""));
    EXPECT_EQ(leg.extensions(), first);
}

TEST(ExtensionLedger, LearnsNothingFromWhatIsRefused) {
    OfferAnswer leg{1, base::IpAddress::v4({192, 0, 2, 1})};
    ASSERT_TRUE(leg.on_remote_offer(with("a=extmap:4 " + std::string{level} + "\r\n"), {"PCMU"}));
    leg.reject_remote_offer();
    EXPECT_TRUE(leg.extensions().empty());
}

}  // namespace
}  // namespace sip::sdp
