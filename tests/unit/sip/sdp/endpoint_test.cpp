#include <gtest/gtest.h>

#include "sdp_text.hpp"
#include "sip/sdp/session.hpp"

namespace sip::sdp {
namespace {

using testing::session_with;

// "RTP RTCP" of the first line of `body`.
std::string endpoints_in(std::string_view body) {
    const auto session = session_with(body);
    const auto text = [](const std::optional<base::Endpoint>& endpoint) {
        return endpoint ? endpoint->to_string() : "none";
    };
    return text(rtp_endpoint(session, session.media[0])) + " " + text(rtcp_endpoint(session, session.media[0]));
}

TEST(Endpoints, AreThePortAndTheNextAtTheConnectionsAddress) {
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\n"), "192.0.2.1:4000 192.0.2.1:4001");
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n"),
              "[2001:db8::1]:4000 [2001:db8::1]:4001");
}

TEST(Endpoints, TakeTheRtcpAttribute) {
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\na=rtcp:53020\r\n"), "192.0.2.1:4000 192.0.2.1:53020");
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\na=rtcp:53020 IN IP4 192.0.2.9\r\n"),
              "192.0.2.1:4000 192.0.2.9:53020");
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\na=rtcp:53020 IN IP6 2001:db8::2\r\n"),
              "192.0.2.1:4000 [2001:db8::2]:53020");
}

TEST(Endpoints, IgnoreAnRtcpAttributeThatSaysNothing) {
    for (const std::string_view value : {"0", "x", "", "70000"}) {
        EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\na=rtcp:" + std::string{value} + "\r\n"),
                  "192.0.2.1:4000 192.0.2.1:4001");
    }
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\na=rtcp\r\n"), "192.0.2.1:4000 192.0.2.1:4001");
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\na=rtcp:4009 IN IP4 0.0.0.0\r\n"),
              "192.0.2.1:4000 192.0.2.1:4009");
}

TEST(Endpoints, AreNoneForNamesNobodysAddressesAndDisabledLines) {
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 host.example.com\r\n"), "none none");
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\na=rtcp:4001 IN IP4 host.example.com\r\n"), "192.0.2.1:4000 none");
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n"), "none none");
    EXPECT_EQ(endpoints_in("m=audio 4000 RTP/AVP 0\r\nc=IN IP6 ::\r\n"), "none none");
    EXPECT_EQ(endpoints_in("m=audio 0 RTP/AVP 0\r\na=rtcp:4001\r\n"), "none none");
}

TEST(Endpoints, OfRtcpAreNoneAboveTheLastPort) {
    EXPECT_EQ(endpoints_in("m=audio 65535 RTP/AVP 0\r\n"), "192.0.2.1:65535 none");
}

TEST(Connection, IsMadeOfAnAddress) {
    EXPECT_EQ(Connection::of(*base::IpAddress::parse("2001:db8::1")), (Connection{true, "2001:db8::1"}));
    EXPECT_EQ(Connection::of(*base::IpAddress::parse("192.0.2.1")), (Connection{false, "192.0.2.1"}));
}

}  // namespace
}  // namespace sip::sdp
