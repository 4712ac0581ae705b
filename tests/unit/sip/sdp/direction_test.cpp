#include "sip/sdp/direction.hpp"

#include <gtest/gtest.h>

#include "sdp_text.hpp"
#include "sip/sdp/session.hpp"

namespace sip::sdp {
namespace {

using testing::session_with;

Direction direction_in(std::string_view body, std::size_t line = 0) {
    const auto session = session_with(body);
    return direction_of(session, session.media.at(line));
}

TEST(Direction, IsSendrecvWhereNothingIsSaid) {
    EXPECT_EQ(direction_in("m=audio 4000 RTP/AVP 0\r\n"), Direction::sendrecv);
}

TEST(Direction, OfTheMediaLevelGoesBeforeThatOfTheSession) {
    constexpr auto body = "a=inactive\r\nm=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\na=recvonly\r\n";
    EXPECT_EQ(direction_in(body, 0), Direction::inactive);
    EXPECT_EQ(direction_in(body, 1), Direction::recvonly);
}

TEST(Direction, IsTheFirstOfSeveralInAnyCase) {
    EXPECT_EQ(direction_in("m=audio 4000 RTP/AVP 0\r\na=SendOnly\r\na=sendrecv\r\n"), Direction::sendonly);
}

TEST(Direction, LosesReceivingWhereTheConnectionIsNobodys) {
    const auto held = [](std::string_view address, std::string_view direction) {
        return direction_in("m=audio 4000 RTP/AVP 0\r\nc=IN " + std::string{address} +
                            "\r\na=" + std::string{direction} + "\r\n");
    };
    EXPECT_EQ(held("IP4 0.0.0.0", "sendrecv"), Direction::sendonly);
    EXPECT_EQ(held("IP4 0.0.0.0", "sendonly"), Direction::sendonly);
    EXPECT_EQ(held("IP4 0.0.0.0", "recvonly"), Direction::inactive);
    EXPECT_EQ(held("IP4 0.0.0.0", "inactive"), Direction::inactive);
    EXPECT_EQ(held("IP6 ::", "sendrecv"), Direction::sendonly);
    EXPECT_EQ(held("IP6 ::ffff:0.0.0.0", "sendrecv"), Direction::sendonly);
    EXPECT_EQ(held("IP4 0.0.0.1", "sendrecv"), Direction::sendrecv);
}

TEST(Direction, TakesTheNobodysAddressOfTheSessionOnlyForLinesWithoutTheirOwn) {
    const auto session = testing::parsed(
        "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
        "m=audio 4002 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n");
    EXPECT_EQ(direction_of(session, session.media[0]), Direction::sendonly);
    EXPECT_EQ(direction_of(session, session.media[1]), Direction::sendrecv);
}

TEST(Direction, IsNotChangedByAnRtcpAddressACandidateOrAZeroBandwidth) {
    EXPECT_EQ(direction_in("m=audio 4000 RTP/AVP 0\r\nb=AS:0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n"
                           "a=candidate:1 1 udp 1 0.0.0.0 9 typ host\r\n"),
              Direction::sendrecv);
}

TEST(Direction, IsNotChangedByTheAddressOfAnIceAgentWithoutCandidates) {
    EXPECT_EQ(direction_in("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n"),
              Direction::sendrecv);
    EXPECT_EQ(direction_in("m=audio 9 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n"), Direction::sendonly);
    EXPECT_EQ(direction_in("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n"), Direction::sendonly);
}

TEST(Direction, IsSetInPlaceOfAllThatWereThere) {
    auto session = session_with("m=audio 4000 RTP/AVP 0\r\na=one\r\na=sendonly\r\na=two\r\na=inactive\r\n");
    set_direction(session.media[0], Direction::recvonly);
    const std::vector<Attribute> expected{{"one", {}}, {"recvonly", {}}, {"two", {}}};
    EXPECT_EQ(session.media[0].attributes, expected);
    session.media[0].attributes.clear();
    set_direction(session.media[0], Direction::sendrecv);
    EXPECT_EQ(session.media[0].attributes, (std::vector<Attribute>{{"sendrecv", {}}}));
}

TEST(Direction, ReversesAndIntersectsBitByBit) {
    EXPECT_EQ(reverse(Direction::sendonly), Direction::recvonly);
    EXPECT_EQ(reverse(Direction::sendrecv), Direction::sendrecv);
    EXPECT_EQ(intersect(Direction::sendrecv, Direction::recvonly), Direction::recvonly);
    EXPECT_EQ(intersect(Direction::sendonly, Direction::recvonly), Direction::inactive);
}

}  // namespace
}  // namespace sip::sdp
