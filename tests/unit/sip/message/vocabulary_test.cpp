// Words of the protocol: methods, header names, reason phrases, transports.
#include <gtest/gtest.h>

#include "sip/message/header_id.hpp"
#include "sip/message/method.hpp"
#include "sip/message/reason_phrase.hpp"
#include "sip/transport.hpp"

namespace sip {
namespace {

TEST(Method, IsFoundByItsNameAndBackAgain) {
    for (int i = 0; i < static_cast<int>(Method::other); ++i) {
        const auto method = static_cast<Method>(i);
        EXPECT_EQ(parse_method(to_text(method)), method);
    }
}

TEST(Method, IsCaseSensitive) { EXPECT_EQ(parse_method("invite"), Method::other); }

TEST(Method, UnknownHasNoText) {
    EXPECT_EQ(parse_method("PING"), Method::other);
    EXPECT_EQ(parse_method(""), Method::other);
    EXPECT_EQ(to_text(Method::other), "");
}

TEST(HeaderId, IsFoundByItsNameInAnyCaseAndBackAgain) {
    for (int i = 0; i < static_cast<int>(HeaderId::other); ++i) {
        const auto id = static_cast<HeaderId>(i);
        std::string upper{to_text(id)};
        for (char& c : upper) { c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); }
        EXPECT_EQ(parse_header_id(to_text(id)), id);
        EXPECT_EQ(parse_header_id(upper), id);
    }
}

TEST(HeaderId, KnowsCompactFormsInBothCases) {
    EXPECT_EQ(parse_header_id("v"), HeaderId::via);
    EXPECT_EQ(parse_header_id("F"), HeaderId::from);
    EXPECT_EQ(parse_header_id("t"), HeaderId::to);
    EXPECT_EQ(parse_header_id("i"), HeaderId::call_id);
    EXPECT_EQ(parse_header_id("m"), HeaderId::contact);
    EXPECT_EQ(parse_header_id("c"), HeaderId::content_type);
    EXPECT_EQ(parse_header_id("l"), HeaderId::content_length);
    EXPECT_EQ(parse_header_id("e"), HeaderId::content_encoding);
    EXPECT_EQ(parse_header_id("k"), HeaderId::supported);
    EXPECT_EQ(parse_header_id("s"), HeaderId::subject);
    EXPECT_EQ(parse_header_id("x"), HeaderId::session_expires);
    EXPECT_EQ(parse_header_id("o"), HeaderId::event);
    EXPECT_EQ(parse_header_id("r"), HeaderId::refer_to);
    EXPECT_EQ(parse_header_id("b"), HeaderId::referred_by);
}

TEST(HeaderId, UnknownNamesAreOther) {
    EXPECT_EQ(parse_header_id(""), HeaderId::other);
    EXPECT_EQ(parse_header_id("z"), HeaderId::other);
    EXPECT_EQ(parse_header_id("\xe9"), HeaderId::other);
    EXPECT_EQ(parse_header_id("X-Call-ID"), HeaderId::other);
    EXPECT_EQ(parse_header_id(std::string(21, 'P')), HeaderId::other);
    EXPECT_EQ(to_text(HeaderId::other), "");
}

TEST(ReasonPhrase, IsThatOfTheCodeOrOfItsClass) {
    EXPECT_EQ(reason_phrase(180), "Ringing");
    EXPECT_EQ(reason_phrase(488), "Not Acceptable Here");
    EXPECT_EQ(reason_phrase(608), "Rejected");
    EXPECT_EQ(reason_phrase(499), "Client Error");
    EXPECT_EQ(reason_phrase(699), "Global Failure");
    EXPECT_EQ(reason_phrase(99), "Unknown");
    EXPECT_EQ(reason_phrase(700), "Unknown");
}

TEST(TransportPort, OfAWebSocketIsThatOfHttp) {
    EXPECT_EQ(default_port(Transport::tcp), 5060);
    EXPECT_EQ(default_port(Transport::tls), 5061);
    EXPECT_EQ(default_port(Transport::ws), 80);
    EXPECT_EQ(default_port(Transport::wss), 443);
}

TEST(TransportText, GoesBothWaysInAnyCase) {
    for (const auto transport : {Transport::udp, Transport::tcp, Transport::tls, Transport::ws, Transport::wss}) {
        EXPECT_EQ(parse_transport(to_text(transport)), transport);
        EXPECT_EQ(parse_transport(to_via_text(transport)), transport);
    }
    EXPECT_FALSE(parse_transport("sctp"));
    EXPECT_FALSE(parse_transport(""));
}

}  // namespace
}  // namespace sip
