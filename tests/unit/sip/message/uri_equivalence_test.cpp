// RFC 3261 §19.1.4 with all its examples; RFC 3966 §4.
#include <gtest/gtest.h>

#include "sip/message/uri.hpp"

namespace sip {
namespace {

bool same(std::string_view a, std::string_view b) {
    const auto left = Uri::parse(a);
    const auto right = Uri::parse(b);
    EXPECT_TRUE(left) << a;
    EXPECT_TRUE(right) << b;
    if (!left || !right) { return false; }
    EXPECT_TRUE(equivalent(*left, *left)) << a;
    EXPECT_TRUE(equivalent(*right, *right)) << b;
    EXPECT_EQ(equivalent(*left, *right), equivalent(*right, *left)) << a << ' ' << b;
    return equivalent(*left, *right);
}

TEST(UriEquivalence, HoldsForTheExamplesOfTheRfc) {
    EXPECT_TRUE(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
    EXPECT_TRUE(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
    EXPECT_TRUE(same("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"));
    EXPECT_TRUE(same("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"));
    EXPECT_TRUE(same("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                     "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"));
    EXPECT_TRUE(same("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                     "sip:alice@atlanta.com?priority=urgent&subject=project%20x"));
}

TEST(UriEquivalence, FailsForTheCounterexamplesOfTheRfc) {
    EXPECT_FALSE(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
    EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
    EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
    EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
    EXPECT_FALSE(same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
    EXPECT_FALSE(same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
}

TEST(UriEquivalence, IsNotTransitive) {
    EXPECT_TRUE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com"));
    EXPECT_TRUE(same("sip:carol@chicago.com", "sip:carol@chicago.com;security=off"));
    EXPECT_FALSE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
}

TEST(UriEquivalence, WantsCertainParametersInBoth) {
    for (const std::string_view parameter : {";user=ip", ";ttl=1", ";method=INVITE", ";maddr=192.0.2.1"}) {
        EXPECT_FALSE(same("sip:a@b", "sip:a@b" + std::string{parameter})) << parameter;
    }
}

TEST(UriEquivalence, SipIsNotSips) { EXPECT_FALSE(same("sip:a@b", "sips:a@b")); }

TEST(UriEquivalence, AnEscapedSeparatorIsNotASeparator) {
    EXPECT_FALSE(same("sip:a%3Bb@c", "sip:a;b@c"));
    EXPECT_TRUE(same("sip:a%3bb@c", "sip:a%3Bb@c"));
    EXPECT_FALSE(same("sip:%00@c", "sip:%00%00@c"));
    EXPECT_FALSE(same("sip:%2541@c", "sip:%41@c"));
}

TEST(UriEquivalence, ComparesIpv6AddressesByValue) {
    EXPECT_TRUE(same("sip:[2001:db8::1]", "sip:[2001:DB8:0:0::1]"));
    EXPECT_FALSE(same("sip:[2001:db8::1]", "sip:[2001:db8::2]"));
}

TEST(UriEquivalence, PasswordsCount) {
    EXPECT_FALSE(same("sip:a:x@b", "sip:a@b"));
    EXPECT_FALSE(same("sip:a:x@b", "sip:a:X@b"));
}

TEST(UriEquivalence, OfTelephoneNumbersIgnoresSeparators) {
    EXPECT_TRUE(same("tel:+1-201-555-0123", "tel:+1(201)555.0123"));
    EXPECT_FALSE(same("tel:+12015550123", "tel:12015550123"));
    EXPECT_FALSE(same("tel:7042;phone-context=a.com", "tel:7042;phone-context=b.com"));
    EXPECT_TRUE(same("tel:7042;ext=1;phone-context=A.com", "tel:7042;phone-context=a.com;ext=1"));
}

TEST(UriEquivalence, OfOtherSchemesComparesText) {
    EXPECT_TRUE(same("HTTP://a/b", "http://a/b"));
    EXPECT_FALSE(same("http://a/b", "http://a/B"));
}

}  // namespace
}  // namespace sip
