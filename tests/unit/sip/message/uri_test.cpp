// RFC 3261 §19.1, RFC 5118, RFC 3966.
#include "sip/message/uri.hpp"

#include <gtest/gtest.h>

namespace sip {
namespace {

Uri uri(std::string_view text) {
    const auto parsed = Uri::parse(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(Uri{});
}

TEST(Uri, HasAllItsParts) {
    const Uri it = uri("sips:alice:secret@atlanta.example.com:5061;transport=tcp;lr?subject=x&priority=urgent");
    EXPECT_EQ(it.scheme, Uri::Scheme::sips);
    EXPECT_EQ(it.user, "alice");
    EXPECT_TRUE(it.has_password);
    EXPECT_EQ(it.password, "secret");
    EXPECT_EQ(it.host, "atlanta.example.com");
    EXPECT_EQ(it.port, 5061);
    EXPECT_EQ(it.parameters, ";transport=tcp;lr");
    EXPECT_EQ(it.headers, "?subject=x&priority=urgent");
    EXPECT_EQ(it.parameter("Transport"), "tcp");
    EXPECT_EQ(it.parameter("lr"), "");
    EXPECT_FALSE(it.parameter("maddr"));
}

TEST(Uri, IsWrittenAsItCame) {
    for (const std::string_view text :
         {"sip:atlanta.com", "sip:alice@atlanta.com", "sip:alice:@atlanta.com:5060;a=1?b=2", "sip:[2001:db8::10]:5070",
          "sip:user;par=u%40example.net@example.com", "sip:+1-212-555-1212:1234@gateway.com;user=phone",
          "tel:+1-201-555-0123;ext=3", "soap.beep://192.0.2.103:3002", "sip:@host.example.com"}) {
        EXPECT_EQ(uri(text).to_string(), text);
    }
}

TEST(Uri, KeepsSemicolonsAndEscapesInTheUserPart) {
    const Uri it = uri("sip:user;par=u%40example.net@example.com");
    EXPECT_EQ(it.user, "user;par=u%40example.net");
    EXPECT_EQ(it.parameters, "");
    EXPECT_EQ(uri("sip:sips%3Auser%40example.com@example.net").user, "sips%3Auser%40example.com");
}

TEST(Uri, AnAddressInBracketsMayEndInWhatLooksLikeAPort) {  // RFC 5118 §4.3, §4.4
    EXPECT_EQ(uri("sip:[2001:db8::10:5070]").host, "2001:db8::10:5070");
    EXPECT_EQ(uri("sip:[2001:db8::10:5070]").port, 0);
    EXPECT_EQ(uri("sip:[2001:db8::10]:5070").host, "2001:db8::10");
    EXPECT_EQ(uri("sip:[2001:db8::10]:5070").port, 5070);
    EXPECT_TRUE(uri("sip:[::ffff:192.0.2.2]").host_is_v6);
}

TEST(Uri, RefusesIpv6WithoutBracketsOrWithThreeColons) {  // RFC 5118 §4.2, §4.10
    EXPECT_FALSE(Uri::parse("sip:2001:db8::10"));
    EXPECT_FALSE(Uri::parse("sip:user@[2001:db8:::192.0.2.1]"));
    EXPECT_TRUE(Uri::parse("sip:user@[2001:db8::192.0.2.1]"));
    EXPECT_FALSE(Uri::parse("sip:[2001:db8::10"));
    EXPECT_FALSE(Uri::parse("sip:[192.0.2.1]"));
    EXPECT_FALSE(Uri::parse("sip:[fe80::1%25eth0]"));
}

TEST(Uri, RefusesWhatIsNone) {
    for (const std::string_view text :
         {"",           "sip",        "sip:",        ":alice@x",  "1sip:x",     "sip:alice@",   "sip:a b@c",
          "sip:a@b c",  "<sip:a@b>",  "sip:a@b;lr ", "sip:a%4@b", "sip:a%zz@b", "sip:a@b;x=%4", "sip:a@b;;lr",
          "sip:a@b;",   "sip:a@b;=1", "sip:a@b@c",   "sip:a@b:x", "sip:a@b:",   "sip:a@\"b\"",  "sip:a<b@c",
          "sip:a\\b@c", "sip:a@b!c",  "tel:",        "tel:+",     "tel:hello",  "other:"}) {
        EXPECT_FALSE(Uri::parse(text)) << text;
    }
    using namespace std::string_view_literals;
    EXPECT_FALSE(Uri::parse("sip:a\0b@c"sv));
    EXPECT_FALSE(Uri::parse("sip:a@b\r\nc"sv));
}

TEST(Uri, PortsEndAt65535) {
    EXPECT_EQ(uri("sip:a@b:65535").port, 65535);
    EXPECT_FALSE(Uri::parse("sip:a@b:65536"));
    EXPECT_FALSE(Uri::parse("sip:a@b:0"));
    EXPECT_FALSE(Uri::parse("sip:a@b:-1"));
    EXPECT_FALSE(Uri::parse("sip:a@b:99999999999999999999"));
}

TEST(Uri, UnknownSchemesAreKeptAsText) {
    const Uri it = uri("nobodyKnowsThisScheme:totallyopaquecontent");
    EXPECT_EQ(it.scheme, Uri::Scheme::other);
    EXPECT_EQ(it.scheme_text, "nobodyKnowsThisScheme");
    EXPECT_EQ(it.user, "totallyopaquecontent");
    EXPECT_EQ(it.to_string(), "nobodyKnowsThisScheme:totallyopaquecontent");
}

TEST(Uri, SchemesAreFoundInAnyCase) {
    EXPECT_EQ(uri("SIP:a@b").scheme, Uri::Scheme::sip);
    EXPECT_EQ(uri("SiPs:a@b").scheme, Uri::Scheme::sips);
    EXPECT_EQ(uri("TEL:+49").scheme, Uri::Scheme::tel);
}

TEST(Uri, OfATelephoneHasANumberAndParameters) {
    const Uri it = uri("tel:7042;phone-context=example.com");
    EXPECT_EQ(it.scheme, Uri::Scheme::tel);
    EXPECT_EQ(it.user, "7042");
    EXPECT_EQ(it.parameter("phone-context"), "example.com");
}

TEST(Uri, ToleratesSignsThatTelephonesWriteInTheUserPart) {
    EXPECT_EQ(uri("sip:*21#@example.com").user, "*21#");
    EXPECT_EQ(uri("sip:j\xc3\xbcrg@example.com").user, "j\xc3\xbcrg");
    EXPECT_EQ(uri("sip:a@my_host").host, "my_host");
}

TEST(Uri, ParametersAreSetReplacedAndRemovedInPlace) {
    Uri it = uri("sip:a@b;transport=udp;lr;x=1");
    it.set_parameter("Transport", "tcp");
    EXPECT_EQ(it.to_string(), "sip:a@b;Transport=tcp;lr;x=1");
    it.set_parameter("ob", "");
    EXPECT_EQ(it.to_string(), "sip:a@b;Transport=tcp;lr;x=1;ob");
    it.remove_parameter("LR");
    EXPECT_EQ(it.to_string(), "sip:a@b;Transport=tcp;x=1;ob");
    it.remove_parameter("absent");
    EXPECT_EQ(it.to_string(), "sip:a@b;Transport=tcp;x=1;ob");
}

TEST(Unescape, UndoesEachEscapeOnce) {
    EXPECT_EQ(unescape("%41b%63"), "Abc");
    EXPECT_EQ(unescape("%2541"), "%41");
    EXPECT_EQ(unescape("%00"), std::string(1, '\0'));
    EXPECT_EQ(unescape("plain"), "plain");
    EXPECT_EQ(unescape(""), "");
}

TEST(Unescape, RefusesABrokenEscape) {
    for (const std::string_view text : {"%", "%4", "%4g", "a%", "%%41"}) { EXPECT_FALSE(unescape(text)) << text; }
}

}  // namespace
}  // namespace sip
