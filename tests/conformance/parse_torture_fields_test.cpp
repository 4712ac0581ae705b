// Field by field: what the torture messages say must be what their readers see. RFC 4475 §3, RFC 5118 §4.
#include "parse_torture.hpp"

#include <vector>

#include "sip/message/cseq.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/parser.hpp"
#include "sip/message/values.hpp"
#include "sip/message/via.hpp"

namespace {

using namespace std::string_view_literals;
using sip::HeaderId;

sip::Message accepted(const std::string& name) {
    auto parsed = sip::parse_message(torture::message(name));
    EXPECT_FALSE(parsed.error) << name << ": " << parsed.error->detail;
    return std::move(parsed.message);
}

std::vector<std::string> values(const sip::Message& message, HeaderId id) {
    std::vector<std::string> found;
    message.for_each(id, [&](std::string_view value) { found.emplace_back(value); });
    return found;
}

sip::NameAddr address(const sip::Message& message, HeaderId id) {
    return sip::NameAddr::parse(message.first(id).value_or("")).value_or(sip::NameAddr{});
}

sip::Uri request_uri(const sip::Message& message) {
    return sip::Uri::parse(message.request_uri()).value_or(sip::Uri{});
}

TEST(ParseTortureFields, Wsinv) {
    SKIP_WITHOUT_TORTURE_DATA();
    const auto message = accepted("wsinv");
    EXPECT_EQ(message.method(), sip::Method::invite);
    EXPECT_EQ(message.request_uri(), "sip:vivekg@chair-dnrc.example.com;unknownparam");
    EXPECT_EQ(address(message, HeaderId::to).uri.to_string(), "sip:vivekg@chair-dnrc.example.com");
    EXPECT_EQ(address(message, HeaderId::to).tag(), "1918181833n");
    EXPECT_EQ(address(message, HeaderId::from).display, "J Rosenberg \\\"");
    EXPECT_EQ(address(message, HeaderId::from).tag(), "98asjd8");
    EXPECT_EQ(sip::max_forwards(message), 68);
    EXPECT_EQ(message.first(HeaderId::call_id), "wsinv.ndaksdj@192.0.2.1");
    EXPECT_EQ(sip::CSeq::parse(*message.first(HeaderId::cseq))->number, 9u);
    EXPECT_EQ(message.first(HeaderId::subject), "");
    EXPECT_EQ(message.first("NewFangledHeader"), "newfangled value continued newfangled value");
    EXPECT_EQ(message.first("UnknownHeaderWithUnusualValue"), ";;,,;;,;");
    EXPECT_EQ(message.first(HeaderId::content_type), "application/sdp");
    EXPECT_EQ(message.first(HeaderId::route), "<sip:services.example.com;lr;unknownwith=value;unknown-no-value>");
    EXPECT_EQ(message.body().size(), 150u);
    const auto contact = address(message, HeaderId::contact);
    EXPECT_EQ(contact.display, "Quoted string \"\"");
    EXPECT_EQ(contact.parameter("newparam"), "newvalue");
    EXPECT_EQ(contact.parameter("secondparam"), "");
    EXPECT_EQ(contact.parameter("q"), "0.33");
}

TEST(ParseTortureFields, WsinvVias) {
    SKIP_WITHOUT_TORTURE_DATA();
    const auto vias = values(accepted("wsinv"), HeaderId::via);
    ASSERT_EQ(vias.size(), 3u);
    const auto first = sip::Via::parse(vias[0]);
    const auto second = sip::Via::parse(vias[1]);
    const auto third = sip::Via::parse(vias[2]);
    ASSERT_TRUE(first && second && third);
    EXPECT_EQ(first->transport + ' ' + first->host + ' ' + first->branch, "UDP 192.0.2.2 390skdjuw");
    EXPECT_FALSE(first->has_magic_cookie());
    EXPECT_EQ(second->transport + ' ' + second->host + ' ' + second->branch, "TCP spindle.example.com z9hG4bK9ikj8");
    EXPECT_EQ(third->transport + ' ' + third->host + ' ' + third->branch, "UDP 192.168.255.111 z9hG4bK30239");
}

TEST(ParseTortureFields, Intmeth) {
    SKIP_WITHOUT_TORTURE_DATA();
    const auto message = accepted("intmeth");
    EXPECT_EQ(message.method(), sip::Method::other);
    EXPECT_EQ(message.method_text(), "!interesting-Method0123456789_*+`.%indeed'~");
    EXPECT_EQ(request_uri(message).user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    EXPECT_EQ(request_uri(message).password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
    EXPECT_EQ(
        message.first(HeaderId::to),
        "\"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f\" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>"sv);
    EXPECT_EQ(address(message, HeaderId::to).display, "BEL:\x07 NUL:\x00 DEL:\x7f"sv);
    EXPECT_EQ(address(message, HeaderId::from).display, "token1~` token2'+_ token3*%!.-");
    EXPECT_EQ(address(message, HeaderId::from).tag(), "_token~1'+`*%!-.");
    EXPECT_EQ(sip::max_forwards(message), 255);
    EXPECT_EQ(message.first("extensionHeader-!.%*+_`'~"), "\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb");
}

TEST(ParseTortureFields, Esc01) {
    SKIP_WITHOUT_TORTURE_DATA();
    const auto message = accepted("esc01");
    EXPECT_EQ(request_uri(message).user, "sips%3Auser%40example.com");
    EXPECT_EQ(request_uri(message).host, "example.net");
    EXPECT_TRUE(equivalent(address(message, HeaderId::to).uri, *sip::Uri::parse("sip:user@example.com")));
    EXPECT_EQ(address(message, HeaderId::from).uri.user, "I%20have%20spaces");
    const auto contact = address(message, HeaderId::contact).uri;
    EXPECT_EQ(contact.to_string(), "sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31");
    EXPECT_TRUE(equivalent(contact, *sip::Uri::parse("sip:caller@host5.example.net;lr;name=value%2541")));
    EXPECT_FALSE(equivalent(contact, *sip::Uri::parse("sip:caller@host5.example.net;lr;name=valueA")));
}

TEST(ParseTortureFields, Esc02) {
    SKIP_WITHOUT_TORTURE_DATA();
    const auto message = accepted("esc02");
    EXPECT_EQ(message.method(), sip::Method::other);
    EXPECT_EQ(message.method_text(), "RE%47IST%45R");
    EXPECT_EQ(address(message, HeaderId::to).display, "%Z%45");
    EXPECT_EQ(message.count(HeaderId::contact), 2u);
    EXPECT_EQ(message.first("C%6Fntact"), "<sip:alias2@host2.example.com>");
}

TEST(ParseTortureFields, Escnull) {
    SKIP_WITHOUT_TORTURE_DATA();
    const auto message = accepted("escnull");
    EXPECT_EQ(address(message, HeaderId::to).uri.user, "null-%00-null");
    const auto contacts = values(message, HeaderId::contact);
    ASSERT_EQ(contacts.size(), 2u);
    EXPECT_FALSE(equivalent(sip::NameAddr::parse(contacts[0])->uri, sip::NameAddr::parse(contacts[1])->uri));
}

TEST(ParseTortureFields, Longreq) {
    SKIP_WITHOUT_TORTURE_DATA();
    const auto message = accepted("longreq");
    EXPECT_EQ(message.count(HeaderId::via), 34u);
    EXPECT_EQ(address(message, HeaderId::to).uri.port, 6000);
    EXPECT_EQ(address(message, HeaderId::from).tag().size(), 155u);
    EXPECT_EQ(message.body().size(), 150u);
}

TEST(ParseTortureFields, SemiuriAndLwsdisp) {
    SKIP_WITHOUT_TORTURE_DATA();
    EXPECT_EQ(request_uri(accepted("semiuri")).user, "user;par=u%40example.net");
    EXPECT_EQ(request_uri(accepted("semiuri")).parameters, "");
    EXPECT_EQ(address(accepted("lwsdisp"), HeaderId::from).display, "caller");
    EXPECT_EQ(address(accepted("lwsdisp"), HeaderId::from).tag(), "323");
}

TEST(ParseTortureFields, Transports) {
    SKIP_WITHOUT_TORTURE_DATA();
    std::string transports;
    for (const auto& via : values(accepted("transports"), HeaderId::via)) {
        transports += sip::Via::parse(via).value_or(sip::Via{}).transport + ' ';
    }
    EXPECT_EQ(transports, "UDP SCTP TLS UNKNOWN TCP ");
}

TEST(ParseTortureFields, Mpart01KeepsItsBodyByteForByte) {
    SKIP_WITHOUT_TORTURE_DATA();
    const auto message = accepted("mpart01");
    EXPECT_TRUE(torture::message("mpart01").ends_with(message.body()));
    EXPECT_EQ(std::to_string(message.body().size()), message.first(HeaderId::content_length));
    EXPECT_TRUE(message.to_string().ends_with(message.body()));
}

TEST(ParseTortureFields, Responses) {
    SKIP_WITHOUT_TORTURE_DATA();
    const auto unreason = accepted("unreason");
    EXPECT_EQ(unreason.status(), 200);
    EXPECT_EQ(unreason.reason(),
              "= 2**3 * 5**2 \xd0\xbd\xd0\xbe \xd1\x81\xd1\x82\xd0\xbe \xd0\xb4\xd0\xb5\xd0\xb2\xd1\x8f"
              "\xd0\xbd\xd0\xbe\xd1\x81\xd1\x82\xd0\xbe \xd0\xb4\xd0\xb5\xd0\xb2\xd1\x8f\xd1\x82\xd1\x8c"
              " - \xd0\xbf\xd1\x80\xd0\xbe\xd1\x81\xd1\x82\xd0\xbe\xd0\xb5");
    EXPECT_EQ(accepted("noreason").status(), 100);
    EXPECT_EQ(accepted("noreason").reason(), "");
    const auto bigcode = sip::parse_message(torture::message("bigcode"));
    EXPECT_FALSE(bigcode.message.is_request());
    EXPECT_EQ(bigcode.message.status(), -1);
}

TEST(ParseTortureFields, ContactParameters) {
    SKIP_WITHOUT_TORTURE_DATA();
    const auto of_header = address(accepted("cparam01"), HeaderId::contact);
    EXPECT_EQ(of_header.parameter("unknownparam"), "");
    EXPECT_FALSE(of_header.uri.has_parameter("unknownparam"));
    const auto of_uri = address(accepted("cparam02"), HeaderId::contact);
    EXPECT_FALSE(of_uri.parameter("unknownparam"));
    EXPECT_TRUE(of_uri.uri.has_parameter("unknownparam"));
    EXPECT_EQ(address(accepted("regescrt"), HeaderId::contact).uri.headers, "?Route=%3Csip:sip.example.com%3E");
}

TEST(ParseTortureFields, UnknownSchemes) {
    SKIP_WITHOUT_TORTURE_DATA();
    EXPECT_EQ(request_uri(accepted("unkscm")).scheme_text, "nobodyKnowsThisScheme");
    EXPECT_EQ(request_uri(accepted("novelsc")).scheme_text, "soap.beep");
    EXPECT_EQ(address(accepted("unksm2"), HeaderId::to).uri.scheme, sip::Uri::Scheme::other);
}

TEST(ParseTortureFields, OthersThatAreJudgedHigherUp) {
    SKIP_WITHOUT_TORTURE_DATA();
    EXPECT_FALSE(sip::Via::parse(*accepted("badbranch").first(HeaderId::via))->has_magic_cookie());
    EXPECT_TRUE(sip::has_token(accepted("bext01"), HeaderId::require, "nothingSupportsThis"));
    EXPECT_TRUE(sip::has_token(accepted("bext01"), HeaderId::proxy_require, "noProxiesSupportThis"));
    EXPECT_EQ(sip::max_forwards(accepted("zeromf")), 0);
    EXPECT_EQ(sip::media_type(*accepted("invut").first(HeaderId::content_type)), "application/unknownformat");
    EXPECT_EQ(accepted("baddate").first(HeaderId::date), "Fri, 01 Jan 2010 16:00:00 EST");
    EXPECT_EQ(accepted("inv2543").body().substr(0, 5), "v=0\r\n");
    EXPECT_EQ(sip::tag_of(*accepted("inv2543").first(HeaderId::from)), "");
}

TEST(ParseTortureFields, Ipv6Addresses) {
    SKIP_WITHOUT_TORTURE_DATA();
    EXPECT_EQ(request_uri(accepted("ipv6-good")).host, "2001:db8::10");
    EXPECT_EQ(request_uri(accepted("port-ambiguous")).host, "2001:db8::10:5070");
    EXPECT_EQ(request_uri(accepted("port-ambiguous")).port, 0);
    EXPECT_EQ(request_uri(accepted("port-unambiguous")).host, "2001:db8::10");
    EXPECT_EQ(request_uri(accepted("port-unambiguous")).port, 5070);
    for (const std::string name : {"via-received-param-with-delim", "via-received-param-no-delim"}) {
        const auto via = sip::Via::parse(*accepted(name).first(HeaderId::via));
        ASSERT_TRUE(via) << name;
        EXPECT_EQ(via->host, "2001:db8::9:1") << name;
        EXPECT_EQ(via->received, "2001:db8::9:255") << name;
    }
    for (const auto& text : values(accepted("mult-ip-in-header"), HeaderId::via)) {
        EXPECT_TRUE(sip::Via::parse(text)) << text;
    }
}

}  // namespace
