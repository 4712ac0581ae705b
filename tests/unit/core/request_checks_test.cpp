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
    return fault ? fault->status : 0;
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
    EXPECT_EQ(check_request(invite_with("text/plain", "hello"))->value, accepted_bodies);
}

TEST(RequestChecks, EveryPartOfABodyIsUnderstoodOrOptional) {
    EXPECT_EQ(status_of(invite_with("multipart/mixed;boundary=c", sdp_and_optional_isup)), 0);
    EXPECT_EQ(status_of(invite_with("multipart/mixed;boundary=c", sdp_and_isup)), 415);
    EXPECT_EQ(status_of(invite_with("multipart/alternative;boundary=c", sdp_and_isup)), 0);
    EXPECT_EQ(status_of(invite_with("multipart/mixed;boundary=other", sdp_and_isup)), 400);
}

}  // namespace
}  // namespace server
