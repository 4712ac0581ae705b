#include "server/b2bua/request_checks.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

sip::Message invite_with(std::string_view type, std::string_view body, std::string_view disposition = {}) {
    auto invite = sip::Message::request(sip::Method::invite, "sip:bob@203.0.113.1");
    invite.set_body(type, body);
    if (!disposition.empty()) { invite.add(sip::HeaderId::content_disposition, disposition); }
    return invite;
}

int status_of(const sip::Message& request) {
    const auto fault = check_request(request);
    const auto of_body = check_body(request);
    return fault ? fault->status : of_body ? of_body->status : 0;
}

constexpr std::string_view sdp_and_isup =
    "--c\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--c\r\nContent-Type: application/isup\r\n\r\n\x01\r\n--c--";
constexpr std::string_view sdp_and_optional_isup =
    "--c\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--c\r\nContent-Type: application/isup\r\n"
    "Content-Disposition: signal;handling=optional\r\n\r\n\x01\r\n--c--";

TEST(RequestChecks, ABodyIsASessionDescriptionOrOptional) {
    EXPECT_EQ(status_of(invite_with("application/sdp", "v=0\r\n")), 0);
    EXPECT_EQ(status_of(invite_with("text/plain", "hello")), 415);
    EXPECT_EQ(status_of(invite_with("text/plain", "hello", "render;handling=optional")), 0);
    EXPECT_EQ(check_body(invite_with("text/plain", "hello"))->value, accepted_bodies);
}

TEST(RequestChecks, EveryPartOfABodyIsUnderstoodOrOptional) {
    EXPECT_EQ(status_of(invite_with("multipart/mixed;boundary=c", sdp_and_optional_isup)), 0);
    EXPECT_EQ(status_of(invite_with("multipart/mixed;boundary=c", sdp_and_isup)), 415);
    EXPECT_EQ(status_of(invite_with("multipart/alternative;boundary=c", sdp_and_isup)), 0);
    EXPECT_EQ(status_of(invite_with("multipart/mixed;boundary=other", sdp_and_isup)), 400);
}

TEST(RequestChecks, ABodyThatIsNotTakenIsToldWithItsRule) {
    const auto strange = check_body(invite_with("multipart/mixed;boundary=c", sdp_and_isup));
    EXPECT_EQ(strange->rule, "body_type");
    EXPECT_NE(strange->warning.find("RFC 5621 §5"), std::string::npos);
    const auto broken = check_body(invite_with("multipart/mixed;boundary=other", sdp_and_isup));
    EXPECT_EQ(broken->rule, "body_parts");
    EXPECT_NE(broken->warning.find("RFC 2046 §5.1"), std::string::npos);
}

int status_with(sip::Method method, std::string_view replaces, std::string_view name = "Replaces",
                std::string_view other = {}) {
    sip::Message request = sip::Message::request(method, "sip:a@b");
    request.add(sip::HeaderId::replaces, replaces);
    if (!other.empty()) { request.add(name, other); }
    return status_of(request);
}

TEST(RequestChecks, ReplacesStandsOnceInAnInviteAndWithoutJoin) {  // RFC 3891 section 3
    constexpr std::string_view good = "x@y;to-tag=1;from-tag=2";
    EXPECT_EQ(status_with(sip::Method::invite, good), 0);
    EXPECT_EQ(status_with(sip::Method::info, good), 400);
    EXPECT_EQ(status_with(sip::Method::invite, good, "Replaces", good), 400);
    EXPECT_EQ(status_with(sip::Method::invite, good, "Join", good), 400);
    EXPECT_EQ(status_with(sip::Method::invite, "x@y;to-tag=1"), 400);
}

TEST(RequestChecks, ReplacesMayBeRequired) {
    sip::Message request = sip::Message::request(sip::Method::invite, "sip:a@b");
    request.add(sip::HeaderId::require, "replaces");
    EXPECT_EQ(status_of(request), 0);
    request.add(sip::HeaderId::require, "join");
    EXPECT_EQ(check_request(request)->value, "join");
}

}  // namespace
}  // namespace server
