#include "sip/sdp/ice_attributes.hpp"

#include <gtest/gtest.h>

#include "sdp_text.hpp"

namespace sip::sdp {
namespace {

constexpr std::string_view ufrag = "a=ice-ufrag:8hhY\r\n";
constexpr std::string_view pwd = "a=ice-pwd:asd88fgpdd777uzjYhagZg\r\n";

Session with(const std::string& media_lines, const std::string& session_lines = "") {
    return testing::parsed(testing::head + session_lines + "m=audio 4000 RTP/SAVPF 0\r\n" + media_lines);
}
std::string credentials() { return std::string{ufrag} + std::string{pwd}; }

std::optional<IceDescription> read(const Session& session) {
    auto found = ice_of(session, session.media[0]);
    EXPECT_TRUE(found) << found.error().text;
    return *found;
}
std::string refusal(const std::string& media_lines) {
    const Session session = with(media_lines);
    const auto found = ice_of(session, session.media[0]);
    return found ? "" : found.error().text;
}

TEST(IceAttributes, OfTheLineGoBeforeThoseOfTheSession) {
    const Session session = with("a=ice-ufrag:line\r\na=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host\r\n",
                                 credentials() + "a=ice-lite\r\na=ice-options:trickle rtp+ecn\r\n");
    const auto ice = read(session);
    ASSERT_TRUE(ice);
    EXPECT_EQ(ice->ufrag, "line");
    EXPECT_EQ(ice->pwd, "asd88fgpdd777uzjYhagZg");
    EXPECT_TRUE(ice->is_lite);
    EXPECT_TRUE(ice->has_option("trickle"));
    EXPECT_TRUE(ice->has_option("rtp+ecn"));
    EXPECT_FALSE(ice->has_option("rtp"));
    EXPECT_FALSE(ice->is_complete);
    ASSERT_EQ(ice->candidates.size(), 1U);
    EXPECT_EQ(ice->candidates[0].endpoint(), base::Endpoint::parse("192.0.2.1:4000"));
}

TEST(IceAttributes, AbsentMeanNoIce) {
    EXPECT_EQ(read(with("a=candidate:1 1 UDP 1 192.0.2.1 4000 typ host\r\n")), std::nullopt);
}

TEST(IceAttributes, CredentialsHaveTheirLengths) {
    const auto lines = [](std::size_t ufrag_size, std::size_t pwd_size) {
        return "a=ice-ufrag:" + std::string(ufrag_size, 'u') + "\r\na=ice-pwd:" + std::string(pwd_size, 'p') + "\r\n";
    };
    EXPECT_EQ(refusal(lines(4, 22)), "");
    EXPECT_EQ(refusal(lines(256, 256)), "");
    EXPECT_NE(refusal(lines(3, 22)), "");
    EXPECT_NE(refusal(lines(4, 21)), "");
    EXPECT_NE(refusal(lines(257, 22)), "");
    EXPECT_NE(refusal(lines(4, 257)), "");
    EXPECT_NE(refusal(std::string{ufrag}), "") << "half of them";
    EXPECT_NE(refusal(std::string{pwd}), "");
    EXPECT_NE(refusal("a=ice-ufrag:ab-d\r\n" + std::string{pwd}), "");
    EXPECT_NE(refusal("a=ice-ufrag\r\n" + std::string{pwd}), "");
}

TEST(IceCandidate, IsReadWithEverything) {
    const auto candidate = parse_candidate(
        "2 1 TCP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998 tcptype active generation 0");
    ASSERT_TRUE(candidate);
    EXPECT_EQ(candidate->transport, "tcp");
    EXPECT_EQ(candidate->priority, 1694498815U);
    EXPECT_EQ(candidate->type, "srflx");
    EXPECT_EQ(candidate->related_address, "203.0.113.141");
    EXPECT_EQ(candidate->related_port, 8998);
    ASSERT_EQ(candidate->extensions.size(), 2U);
    EXPECT_EQ(candidate->extensions[0], (std::pair<std::string, std::string>{"tcptype", "active"}));
    EXPECT_EQ(parse_candidate(*to_attribute(*candidate).value), candidate);
}

TEST(IceCandidate, OfANameHasNoEndpoint) {
    const auto candidate = parse_candidate("1 1 udp 1 f2a9.local 50000 typ host");
    ASSERT_TRUE(candidate);
    EXPECT_EQ(candidate->address, "f2a9.local");
    EXPECT_EQ(candidate->endpoint(), std::nullopt);
    EXPECT_EQ(parse_candidate("1 1 udp 1 2001:db8::1 50000 typ host")->endpoint(),
              base::Endpoint::parse("[2001:db8::1]:50000"));
}

TEST(IceCandidate, OutOfItsRangesIsNotRead) {
    for (const char* const bad :
         {"", "1", "1 1 udp 1 192.0.2.1 4000", "1 1 udp 1 192.0.2.1 4000 typ", "1 0 udp 1 192.0.2.1 4000 typ host",
          "1 257 udp 1 192.0.2.1 4000 typ host", "1 1 udp 0 192.0.2.1 4000 typ host",
          "1 1 udp 2147483648 192.0.2.1 4000 typ host", "1 1 udp 1 192.0.2.1 65536 typ host",
          "1 1 udp 1 192.0.2.1 x typ host", "1- 1 udp 1 192.0.2.1 4000 typ host",
          "123456789012345678901234567890123 1 udp 1 192.0.2.1 4000 typ host", "1 1 udp 1 192.0.2.1 4000 kind host",
          "1 1 udp 1 192.0.2.1 4000 typ host generation",
          "1 1 udp 1 192.0.2.1 4000 typ srflx raddr 192.0.2.2 rport x"}) {
        EXPECT_FALSE(parse_candidate(bad)) << bad;
    }
    EXPECT_TRUE(parse_candidate("12345678901234567890123456789012 256 udp 2147483647 192.0.2.1 65535 typ host"));
}

TEST(IceCandidate, WithTooManyExtensionsIsNotRead) {
    std::string text = "1 1 udp 1 192.0.2.1 4000 typ host";
    for (std::size_t i = 0; i < max_candidate_extensions; ++i) { text += " a b"; }
    EXPECT_TRUE(parse_candidate(text));
    EXPECT_FALSE(parse_candidate(text + " a b"));
}

TEST(IceAttributes, BadCandidatesArePassedOverAndTheirNumberIsBounded) {
    std::string lines = credentials() + "a=candidate:nonsense\r\n";
    for (std::size_t i = 0; i <= max_candidates; ++i) {
        lines += "a=candidate:1 1 udp 1 192.0.2.1 " + std::to_string(4000 + i) + " typ host\r\n";
    }
    const auto ice = read(with(lines + "a=end-of-candidates\r\n"));
    ASSERT_TRUE(ice);
    EXPECT_EQ(ice->candidates.size(), max_candidates);
    EXPECT_EQ(ice->candidates[0].port, 4000);
    EXPECT_TRUE(ice->is_complete);
}

TEST(IceAttributes, AreWrittenAsTheyAreRead) {
    IceDescription ice{"abcd", std::string(24, 'p'), false, {"trickle", "ice2"}, {}, true};
    ice.candidates.push_back({"1", 1, "udp", 2130706431, "192.0.2.1", 4000, "host", {}, {}, {}});
    Session session = with("");
    session.media[0].attributes = to_attributes(ice);
    EXPECT_EQ(read(session), ice);
}

TEST(IceAttributes, OtherCredentialsAreARestart) {
    const IceDescription before{"abcd", std::string(24, 'p'), false, {}, {}, false};
    IceDescription now = before;
    now.candidates.push_back({});
    EXPECT_FALSE(is_ice_restart(before, now));
    now.pwd.back() = 'q';
    EXPECT_TRUE(is_ice_restart(before, now));
    now = before;
    now.ufrag = "abce";
    EXPECT_TRUE(is_ice_restart(before, now));
}

}  // namespace
}  // namespace sip::sdp
