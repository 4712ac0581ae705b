#include "sip/message/message.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sip {
namespace {

using namespace std::string_view_literals;

Message request() {
    Message message = Message::request(Method::invite, "sip:bob@example.com");
    message.add(HeaderId::via, "SIP/2.0/UDP h;branch=z9hG4bK1");
    message.add(HeaderId::call_id, "c1");
    return message;
}

std::vector<std::string> values(const Message& message, HeaderId id) {
    std::vector<std::string> found;
    message.for_each(id, [&](std::string_view value) { found.emplace_back(value); });
    return found;
}

TEST(Message, RequestIsWrittenInOrderWithItsLengthLast) {
    Message message = request();
    message.add("X-Thing", "y");
    message.set_body("application/sdp", "v=0\r\n");
    message.add(HeaderId::subject, "later");
    EXPECT_EQ(
        message.to_string(),
        "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nCall-ID: c1\r\nX-Thing: y\r\n"
        "Content-Type: application/sdp\r\nSubject: later\r\nContent-Length: 5\r\n\r\nv=0\r\n");
}

TEST(Message, ResponseHasTheStandardPhraseUnlessGivenOne) {
    EXPECT_EQ(Message::response(486).to_string(), "SIP/2.0 486 Busy Here\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(Message::response(200, "Fine").to_string(), "SIP/2.0 200 Fine\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(Message::response(200, "Fine").reason(), "Fine");
    EXPECT_FALSE(Message::response(200).is_request());
}

TEST(Message, ResponseTakesItsMethodFromCSeq) {
    Message message = Message::response(200);
    EXPECT_EQ(message.method(), Method::other);
    message.add(HeaderId::cseq, "7 BYE");
    EXPECT_EQ(message.method(), Method::bye);
    EXPECT_EQ(message.method_text(), "BYE");
    message.set(HeaderId::cseq, "8 PING");
    EXPECT_EQ(message.method(), Method::other);
    EXPECT_EQ(message.method_text(), "PING");
}

TEST(Message, KeepsAnUnknownMethodAsText) {
    const Message message = Message::request("PING", "sip:a@b");
    EXPECT_EQ(message.method(), Method::other);
    EXPECT_EQ(message.method_text(), "PING");
}

TEST(Message, FindsFieldsByIdAndByAnyNameInAnyCase) {
    Message message = request();
    message.add("X-Thing", "y");
    EXPECT_EQ(message.first(HeaderId::call_id), "c1");
    EXPECT_EQ(message.first("call-id"), "c1");
    EXPECT_EQ(message.first("i"), "c1");
    EXPECT_EQ(message.first("x-thing"), "y");
    EXPECT_FALSE(message.first("X-Other"));
    EXPECT_EQ(message.header(2).name, "X-Thing");
    EXPECT_EQ(message.header(2).id, HeaderId::other);
}

TEST(Message, AddsInFrontOfItsKindOrOfEverything) {
    Message message = request();
    message.add_first(HeaderId::via, "SIP/2.0/UDP top");
    EXPECT_EQ(message.header(0).value, "SIP/2.0/UDP top");
    message.add(HeaderId::route, "<sip:r2>");
    message.add_first(HeaderId::route, "<sip:r1>");
    EXPECT_EQ(values(message, HeaderId::route), (std::vector<std::string>{"<sip:r1>", "<sip:r2>"}));
    EXPECT_EQ(message.header(0).id, HeaderId::via);
    message.add_first(HeaderId::subject, "first of all");
    EXPECT_EQ(message.header(0).id, HeaderId::subject);
}

TEST(Message, SetReplacesAllOfAKindWhereTheFirstStood) {
    Message message = request();
    message.add(HeaderId::via, "SIP/2.0/UDP two");
    message.set(HeaderId::via, "SIP/2.0/UDP only");
    EXPECT_EQ(values(message, HeaderId::via), (std::vector<std::string>{"SIP/2.0/UDP only"}));
    EXPECT_EQ(message.header(0).id, HeaderId::via);
    message.set(HeaderId::subject, "new");
    EXPECT_EQ(message.first(HeaderId::subject), "new");
}

TEST(Message, RemovesByIdByNameAndTheFirst) {
    Message message = request();
    message.add(HeaderId::via, "SIP/2.0/UDP two");
    message.add("X-A", "1");
    message.add("X-B", "2");
    message.remove_first(HeaderId::via);
    EXPECT_EQ(message.first(HeaderId::via), "SIP/2.0/UDP two");
    message.remove("x-a");
    EXPECT_FALSE(message.first("X-A"));
    EXPECT_EQ(message.first("X-B"), "2");
    message.remove("v");
    EXPECT_EQ(message.count(HeaderId::via), 0u);
    message.remove_first(HeaderId::via);
    message.remove(HeaderId::other);
    EXPECT_EQ(message.first("X-B"), "2");
}

TEST(Message, NothingSmuggledBecomesAHeader) {
    Message message = request();
    message.add(HeaderId::subject, "a\r\nEvil: 1");
    message.add("X-A", "b\nEvil: 2");
    message.add("X-B", "c\0d"sv);
    message.add("X-C\r\nEvil", "3");
    message.add("", "4");
    message.add(HeaderId::other, "5");
    EXPECT_EQ(message.header_count(), 5u);
    EXPECT_EQ(message.first(HeaderId::subject), "a");
    EXPECT_EQ(message.first("X-A"), "b");
    EXPECT_EQ(message.first("X-B"), "c");
    EXPECT_EQ(message.to_string().find("Evil"), std::string::npos);
    EXPECT_EQ(Message::request("INVITE", "sip:a\r\nEvil: 1").to_string().find("Evil"), std::string::npos);
    EXPECT_EQ(Message::response(200, "OK\r\nEvil: 1").to_string().find("Evil"), std::string::npos);
}

TEST(Message, AQuotedPairMayHoldNul) {  // RFC 3261 §25.1
    Message message = request();
    message.add(HeaderId::to, "\"x\\\0\" <sip:a@b>"sv);
    EXPECT_EQ(message.first(HeaderId::to), "\"x\\\0\" <sip:a@b>"sv);
    message.set(HeaderId::to, "\"x\\\\\0\" <sip:a@b>"sv);
    EXPECT_EQ(message.first(HeaderId::to), "\"x\\\\");
}

TEST(Message, TakesViewsIntoItselfWhileItGrows) {
    Message message = request();
    message.add("X-Thing", std::string(100, 'x'));
    for (int i = 0; i < 50; ++i) {
        const HeaderField field = message.header(2);
        message.add(field.name, field.value);
        message.add(HeaderId::subject, *message.first("X-Thing"));
    }
    message.set_request_uri(*message.first(HeaderId::call_id));
    EXPECT_EQ(message.request_uri(), "c1");
    for (std::size_t i = 2; i < message.header_count(); ++i) {
        EXPECT_EQ(message.header(i).value, std::string(100, 'x'));
    }
    EXPECT_EQ(message.header(103 - 2).name, "X-Thing");
}

TEST(Message, AnEmptyBodyTakesItsTypeAway) {
    Message message = request();
    message.set_body("application/sdp", "v=0\r\n");
    message.set_body("", "");
    EXPECT_EQ(message.body(), "");
    EXPECT_FALSE(message.first(HeaderId::content_type));
}

TEST(Message, ABodyMayHoldAnyByte) {
    Message message = request();
    const auto body = "\0\r\n\r\n\xff"sv;
    message.set_body("application/octet-stream", body);
    EXPECT_EQ(message.body(), body);
    EXPECT_TRUE(message.to_string().ends_with("Content-Length: 6\r\n\r\n\0\r\n\r\n\xff"sv));
}

TEST(Message, NeighboursInATokenListShareALine) {
    Message message = request();
    message.add(HeaderId::allow, "INVITE");
    message.add(HeaderId::allow, "ACK");
    message.add(HeaderId::route, "<sip:a>");
    message.add(HeaderId::route, "<sip:b>");
    EXPECT_NE(message.to_string().find("\r\nAllow: INVITE, ACK\r\nRoute: <sip:a>\r\nRoute: <sip:b>\r\n"),
              std::string::npos);
}

TEST(Message, ACopyStandsAlone) {
    Message message = request();
    const Message copy = message;
    message.set(HeaderId::call_id, "c2");
    message.set_request_uri("sip:other");
    EXPECT_EQ(copy.first(HeaderId::call_id), "c1");
    EXPECT_EQ(copy.request_uri(), "sip:bob@example.com");
    EXPECT_GT(copy.memory(), 0u);
}

}  // namespace
}  // namespace sip
