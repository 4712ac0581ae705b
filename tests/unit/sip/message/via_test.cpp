// RFC 3261 §20.42, RFC 3581, RFC 5118 §4.5.
#include "sip/message/via.hpp"

#include <gtest/gtest.h>

namespace sip {
namespace {

Via via(std::string_view text) {
    const auto parsed = Via::parse(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(Via{});
}

TEST(Via, HasAllItsParts) {
    const Via it = via("SIP/2.0/UDP 192.0.2.1:5066;branch=z9hG4bK87;rport=5000;received=192.0.2.9;x");
    EXPECT_EQ(it.transport, "UDP");
    EXPECT_EQ(it.host, "192.0.2.1");
    EXPECT_EQ(it.port, 5066);
    EXPECT_EQ(it.branch, "z9hG4bK87");
    EXPECT_TRUE(it.rport);
    EXPECT_EQ(it.rport_value, 5000);
    EXPECT_EQ(it.received, "192.0.2.9");
    EXPECT_EQ(it.parameters, ";branch=z9hG4bK87;rport=5000;received=192.0.2.9;x");
    EXPECT_TRUE(it.has_magic_cookie());
}

TEST(Via, ToleratesBlanksEverywhere) {
    const Via it = via("SIP  / 2.0  / TCP     spindle.example.com : 5070  ; branch  =   z9hG4bK9ikj8");
    EXPECT_EQ(it.transport, "TCP");
    EXPECT_EQ(it.host, "spindle.example.com");
    EXPECT_EQ(it.port, 5070);
    EXPECT_EQ(it.branch, "z9hG4bK9ikj8");
}

TEST(Via, TakesUnknownTransports) {
    EXPECT_EQ(via("SIP/2.0/UNKNOWN t4.example.com;branch=1").transport, "UNKNOWN");
    EXPECT_EQ(via("SIP/2.0/WS 6d7goot3hmmo.invalid;branch=z9hG4bK1").host, "6d7goot3hmmo.invalid");
}

TEST(Via, TheCookieAloneIsNoBranchOfRfc3261) {
    EXPECT_FALSE(via("SIP/2.0/UDP h;branch=z9hG4bK").has_magic_cookie());
    EXPECT_FALSE(via("SIP/2.0/UDP h").has_magic_cookie());
}

TEST(Via, ReadsReceivedWithAndWithoutBrackets) {  // RFC 5118 §4.5
    EXPECT_EQ(via("SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3").received,
              "2001:db8::9:255");
    EXPECT_EQ(via("SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3").received,
              "2001:db8::9:255");
    EXPECT_EQ(via("SIP/2.0/UDP [2001:db8::9:1]").host, "2001:db8::9:1");
}

TEST(Via, LearnsWhereARequestCameFrom) {
    Via it = via("SIP/2.0/UDP [2001:db8::1]:5062;rport;branch=z9hG4bKx");
    EXPECT_TRUE(it.rport);
    EXPECT_FALSE(it.rport_value);
    it.set_rport(4000);
    it.set_received("2001:db8::2");
    EXPECT_EQ(it.to_string(), "SIP/2.0/UDP [2001:db8::1]:5062;rport=4000;branch=z9hG4bKx;received=2001:db8::2");
    it.set_received("2001:db8::3");
    EXPECT_EQ(it.to_string(), "SIP/2.0/UDP [2001:db8::1]:5062;rport=4000;branch=z9hG4bKx;received=2001:db8::3");
}

TEST(Via, ASecondReceivedOfThePeersMakingDoesNotSurvive) {  // found by fuzz_uri
    Via it = via("SIP/2.0/TCP h;received=192.0.2.1;rport=1;branch=z9hG4bK1;received=192.0.2.2;rport=2");
    EXPECT_EQ(it.received, "192.0.2.1");
    it.set_received("192.0.2.9");
    it.set_rport(9);
    EXPECT_EQ(it.to_string(), "SIP/2.0/TCP h;received=192.0.2.9;rport=9;branch=z9hG4bK1");
}

TEST(Via, TakesTheFirstOfTwoBranches) { EXPECT_EQ(via("SIP/2.0/UDP h;branch=a;branch=b").branch, "a"); }

TEST(Via, AnUnreadablePortOfRportIsNone) {
    const Via it = via("SIP/2.0/UDP h;rport=65536");
    EXPECT_TRUE(it.rport);
    EXPECT_FALSE(it.rport_value);
}

TEST(Via, RefusesWhatIsNone) {
    for (const std::string_view text :
         {"", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0 h", "HTTP/2.0/UDP h", "SIP/2.0/UDPh", "SIP/2.0/UDP h;;branch=1",
          "SIP/2.0/UDP h;", "SIP/2.0/UDP h:0", "SIP/2.0/UDP h:65536", "SIP/2.0/UDP h:", "SIP/2.0/UDP 2001:db8::1",
          "SIP/2.0/UDP [2001:db8::1", "SIP/2.0/UDP h x", "SIP//UDP h", "SIP/2.0/UDP ;branch=1"}) {
        EXPECT_FALSE(Via::parse(text)) << text;
    }
}

}  // namespace
}  // namespace sip
