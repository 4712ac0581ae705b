#include "config/values.hpp"

#include <gtest/gtest.h>

#include "config/nearest.hpp"
#include "config/pattern.hpp"

namespace config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsANumberWithItsUnit) {
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("5s"), 5s);
    EXPECT_EQ(parse_duration("10m"), 10min);
    EXPECT_EQ(parse_duration("1h"), 1h);
    EXPECT_EQ(parse_duration("0"), 0s);
    for (const char* text :
         {"", "s", "5", "-5s", "+5s", "5 s", "5S", "5sec", "1.5s", "1h30m", "99999999999999999999s", "1000001h"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(Duration, IsShownInTheLargestUnitThatIsExact) {
    EXPECT_EQ(format_duration(90s), "90s");
    EXPECT_EQ(format_duration(120s), "2m");
    EXPECT_EQ(format_duration(1500ms), "1500ms");
    EXPECT_EQ(format_duration(24h), "24h");
    EXPECT_EQ(format_duration(0s), "0s");
}

TEST(Size, CountsBytesOrPowersOf1024) {
    EXPECT_EQ(parse_size("100"), 100U);
    EXPECT_EQ(parse_size("64KiB"), 65536U);
    EXPECT_EQ(parse_size("2MiB"), 2U << 20);
    EXPECT_EQ(parse_size("1GiB"), 1U << 30);
    for (const char* text : {"", "KiB", "64KB", "64 KiB", "-1", "99999999999GiB"}) {
        EXPECT_FALSE(parse_size(text)) << text;
    }
}

TEST(Host, IsANameOrAnAddress) {
    for (const char* text :
         {"a", "example.com", "sip-1.example.com", "192.0.2.1", "2001:db8::1", "a.b.", "x_y.example"}) {
        EXPECT_TRUE(is_host(text)) << text;
    }
    for (const char* text : {"", ".", "a..b", "-a", "a-", "a b", "300.1.1.1", "1.2.3", "[::1]", "a:5060", "é"}) {
        EXPECT_FALSE(is_host(text)) << text;
    }
    EXPECT_TRUE(is_host(std::string(63, 'a')));
    EXPECT_FALSE(is_host(std::string(64, 'a')));
}

TEST(SipUri, HasAHostAndATransportThatIsSpoken) {
    for (const char* text : {"sip:a", "SIP:u@a.example", "sip:u@192.0.2.1:5070", "sips:a;transport=tcp",
                             "sip:[2001:db8::1]:5070;transport=TCP;lr", "sip:a;lr;transport=TLS", "SIPS:u@a:5071"}) {
        EXPECT_TRUE(is_sip_uri(text)) << text;
    }
    for (const char* text :
         {"", "sip:", "sips:", "tel:+49", "sip:@a", "sip:u@", "sip:a:70000", "sip:a:", "sips:a;transport=udp",
          "sip:a;transport=udpx", "sip:a?X=y", "<sip:a>", "sip:a b", "sip:::1", "http://a"}) {
        EXPECT_FALSE(is_sip_uri(text)) << text;
    }
}

TEST(SipUri, IsSecureWhereItIsReachedUnderTls) {
    for (const char* text : {"sips:a", "sip:a;transport=tls", "SIPS:u@a;transport=tcp"}) {
        EXPECT_TRUE(is_secure_uri(text)) << text;
    }
    for (const char* text : {"sip:a", "sip:a;transport=tcp", "sips:a;transport=udp", "trunk:a", "builtin"}) {
        EXPECT_FALSE(is_secure_uri(text)) << text;
    }
}

TEST(Origin, IsAPageOfABrowser) {
    for (const char* text : {"https://a.example.com", "http://localhost:8000", "https://192.0.2.1", "http://[::1]:1"}) {
        EXPECT_TRUE(is_origin(text)) << text;
    }
    for (const char* text : {"", "a.example.com", "https://", "https://a/", "https://a/b", "ws://a", "https://*.a",
                             "https://a:70000", "HTTPS://a", "null", "https://u@a"}) {
        EXPECT_FALSE(is_origin(text)) << text;
    }
}

TEST(UdpUrl, HasAHostAndAPort) {
    using Place = std::pair<std::string, std::uint16_t>;
    EXPECT_EQ(parse_udp_url("udp://homer.internal:9060"), Place("homer.internal", 9060));
    EXPECT_EQ(parse_udp_url("udp://192.0.2.1:1"), Place("192.0.2.1", 1));
    EXPECT_EQ(parse_udp_url("udp://[2001:db8::1]:9060"), Place("2001:db8::1", 9060));
    for (const char* text : {"", "udp://", "udp://h", "udp://h:0", "udp://h:65536", "udp://h:x", "udp://:9060",
                             "tcp://h:9060", "h:9060", "udp://h:9060/", "udp://a b:9060", "udp://2001:db8::1:9060"}) {
        EXPECT_FALSE(parse_udp_url(text)) << text;
    }
}

TEST(Nearest, ForgivesATypoAndNoMore) {
    const std::vector<std::string> names{"listen", "limits", "timers"};
    EXPECT_EQ(nearest("listne", names), "listen");
    EXPECT_EQ(nearest("lissten", names), "listen");
    EXPECT_EQ(nearest("limit", names), "limits");
    EXPECT_EQ(nearest("port", names), "");
    EXPECT_EQ(nearest("", names), "");
    EXPECT_EQ(edit_distance("ab", "ba"), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Pattern, ReplacesThePartThatMatchedAndFillsInGroups) {
    std::string why;
    const auto pattern = Pattern::compile("^0049(\\d)(.*)$", why);
    EXPECT_EQ(pattern->replace("00493012", "+49-\\1-\\2"), "+49-3-012");
    EXPECT_EQ(pattern->replace("00493012", "[\\0]\\\\"), "[00493012]\\");
    EXPECT_EQ(pattern->replace("0043", "x"), std::nullopt);
    EXPECT_EQ(Pattern::compile("5+", why)->replace("1559", "-"), "1-9");
    EXPECT_EQ(pattern->groups(), 2U);
}

TEST(Pattern, LeavesAGroupThatTookNoPartEmpty) {
    std::string why;
    EXPECT_EQ(Pattern::compile("^(a)|(b)$", why)->replace("b", "<\\1\\2>"), "<b>");
}

}  // namespace
}  // namespace config
