#include "sip/message/body.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sip {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Message message_with(std::string_view type, std::string_view body, std::string_view disposition = {}) {
    Message message = Message::request(Method::invite, "sip:bob@example.com");
    message.set_body(type, body);
    if (!disposition.empty()) { message.add(HeaderId::content_disposition, disposition); }
    return message;
}

constexpr std::string_view mixed =
    "to be passed over\r\n"
    "--cut\r\n"
    "Content-Type: application/sdp\r\n"
    "\r\n"
    "v=0\r\ns=-\r\n"
    "\r\n--cut\r\n"
    "content-type: application/isup;version=x\r\n"
    "Content-Disposition: signal; handling=optional\r\n"
    "\r\n"
    "--cutlet\x01\x02"
    "\r\n--cut--\r\nnor this";

TEST(Body, OfOnePartIsThatPart) {
    const Message message = message_with("application/sdp;charset=utf-8", "v=0\r\n");
    const auto parts = body_parts(message);
    ASSERT_TRUE(parts);
    ASSERT_THAT(*parts, SizeIs(1));
    EXPECT_EQ(parts->front().type, "application/sdp");
    EXPECT_EQ(parts->front().disposition, "session");
    EXPECT_FALSE(parts->front().optional);
    EXPECT_EQ(session_description(message), "v=0\r\n");
}

TEST(Body, ThatIsMissingHasNoParts) {
    const Message message = Message::request(Method::invite, "sip:bob@example.com");
    ASSERT_TRUE(body_parts(message));
    EXPECT_THAT(*body_parts(message), IsEmpty());
    EXPECT_EQ(session_description(message), "");
}

TEST(Body, InPartsIsCutAtItsDelimiters) {
    const Message message = message_with("multipart/mixed;boundary=cut", mixed);
    const auto parts = body_parts(message);
    ASSERT_TRUE(parts);
    ASSERT_THAT(*parts, SizeIs(2));
    EXPECT_EQ((*parts)[0].content, "v=0\r\ns=-\r\n");
    EXPECT_EQ((*parts)[1].type, "application/isup");
    EXPECT_EQ((*parts)[1].disposition, "signal");
    EXPECT_TRUE((*parts)[1].optional);
    EXPECT_EQ((*parts)[1].content.substr(0, 8), "--cutlet");
    EXPECT_EQ(session_description(message), "v=0\r\ns=-\r\n");
}

TEST(Body, MayQuoteItsBoundary) {
    EXPECT_EQ(session_description(message_with("Multipart/Mixed; boundary=\"a b\"",
                                               "--a b\nContent-Type: application/sdp\n\nv=0\n--a b--")),
              "v=0");
}

TEST(Body, WithoutHeadersInAPartIsText) {
    const Message message = message_with("multipart/mixed;boundary=c", "--c\r\n\r\nhello\r\n--c--");
    ASSERT_TRUE(body_parts(message));
    EXPECT_EQ(body_parts(message)->front().type, "text/plain");
    EXPECT_EQ(body_parts(message)->front().disposition, "render");
    EXPECT_EQ(body_parts(message)->front().content, "hello");
}

TEST(Body, OfAlternativesTheLastIsTaken) {
    EXPECT_EQ(session_description(message_with("multipart/alternative;boundary=c",
                                               "--c\r\nContent-Type: application/sdp\r\n\r\none\r\n"
                                               "--c\r\nContent-Type: application/sdp\r\n\r\ntwo\r\n--c--")),
              "two");
}

TEST(Body, OfAnotherDispositionIsNoSessionDescription) {
    EXPECT_EQ(session_description(message_with("application/sdp", "v=0\r\n", "early-session;handling=optional")), "");
    EXPECT_TRUE(
        body_parts(message_with("application/sdp", "v=0\r\n", "early-session;handling=optional"))->front().optional);
}

TEST(Body, WhosePartsCannotBeToldApartIsRefused) {
    for (const std::string_view type :
         {"multipart/mixed", "multipart/mixed;boundary=", "multipart/mixed;boundary=other"}) {
        EXPECT_FALSE(body_parts(message_with(type, mixed))) << type;
    }
    const std::string_view open = mixed.substr(0, mixed.rfind("\r\n--cut--"));
    EXPECT_FALSE(body_parts(message_with("multipart/mixed;boundary=cut", open)));
    EXPECT_EQ(session_description(message_with("multipart/mixed;boundary=cut", open)), "");
}

std::string of_parts(std::size_t count) {
    std::string body;
    for (std::size_t i = 0; i < count; ++i) { body += "--c\r\n\r\nx\r\n"; }
    return body + "--c--";
}

TEST(Body, HasAsManyPartsAsTheLimitAndNotOneMore) {
    EXPECT_TRUE(body_parts(message_with("multipart/mixed;boundary=c", of_parts(max_body_parts))));
    EXPECT_FALSE(body_parts(message_with("multipart/mixed;boundary=c", of_parts(max_body_parts + 1))));
}

}  // namespace
}  // namespace sip
