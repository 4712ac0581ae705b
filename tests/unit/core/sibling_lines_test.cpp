#include "server/b2bua/sibling_lines.hpp"

#include <gtest/gtest.h>

#include "sip/sdp/parser.hpp"

namespace server {
namespace {

using enum sip::sdp::Direction;
using sip::sdp::Direction;
using sip::sdp::Session;
using Lines = std::vector<LineShare>;

constexpr const char* browsers = "UDP/TLS/RTP/SAVPF";

struct Line {
    const char* kind;
    Direction direction;
    const char* protocol = browsers;
    int port = 9;
};

Session session_of(const std::vector<Line>& lines) {
    std::string text = "v=0\r\no=- 49 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";
    for (const Line& line : lines) {
        text += std::string{"m="} + line.kind + " " + std::to_string(line.port) + " " + line.protocol +
                " 0\r\na=" + std::string{sip::sdp::to_text(line.direction)} + "\r\na=ice-ufrag:TUfr\r\n";
    }
    auto session = sip::sdp::parse(text);
    EXPECT_TRUE(session) << text;
    return session ? *session : Session{};
}

TEST(SiblingLines, ABrowserWishesWhatItDoesOnAllOfThem) {
    EXPECT_EQ(audio_direction(session_of({{"audio", recvonly}, {"audio", sendrecv}, {"video", sendrecv}}), 0),
              sendrecv);
    EXPECT_EQ(audio_direction(session_of({{"audio", recvonly}, {"audio", sendonly}}), 0), sendrecv);
    EXPECT_EQ(audio_direction(session_of({{"audio", inactive}, {"audio", sendonly}}), 0), sendonly);
    EXPECT_EQ(audio_direction(session_of({{"audio", inactive}, {"video", sendrecv}}), 0), inactive);
}

TEST(SiblingLines, ALineThatIsOffIsNone) {
    EXPECT_EQ(audio_direction(session_of({{"audio", recvonly}, {"audio", sendrecv, browsers, 0}}), 0), recvonly);
    EXPECT_EQ(audio_direction(session_of({{"audio", sendrecv, browsers, 0}}), 0), inactive);
    EXPECT_EQ(audio_direction(Session{}, 0), inactive);
}

TEST(SiblingLines, OfAnybodyElseOnlyTheSlotCounts) {
    const Session offer = session_of({{"audio", recvonly, "RTP/AVP"}, {"audio", sendrecv, "RTP/AVP"}});
    EXPECT_EQ(audio_direction(offer, 0), recvonly);
    EXPECT_EQ(split_answer(offer, 0, sendrecv), (Lines{{0, sendonly}}));
}

// SIP.js 0.13.8 adds video: it plays the first line, and speaks on the new one.
TEST(SiblingLines, WhatTheSlotDoesNotAllowGoesToTheNext) {
    const Session offer = session_of({{"audio", recvonly}, {"audio", sendrecv}, {"video", sendrecv}});
    EXPECT_EQ(split_answer(offer, 0, sendrecv), (Lines{{0, sendonly}, {1, recvonly}}));
    EXPECT_EQ(split_answer(offer, 0, sendonly), (Lines{{0, sendonly}, {1, inactive}}));
}

// SIP.js 0.9.1 adds video: the same microphone on two lines.
TEST(SiblingLines, NothingIsTakenTwice) {
    const Session offer = session_of({{"audio", sendrecv}, {"audio", sendrecv}, {"video", sendrecv}});
    EXPECT_EQ(split_answer(offer, 0, sendrecv), (Lines{{0, sendrecv}, {1, inactive}}));
}

TEST(SiblingLines, OfThreeOnlyOneTakesTheRest) {
    const Session offer = session_of({{"audio", recvonly}, {"audio", sendrecv}, {"audio", sendrecv}});
    EXPECT_EQ(split_answer(offer, 0, sendrecv), (Lines{{0, sendonly}, {1, recvonly}, {2, inactive}}));
}

// SIP.js 0.21 adds its camera beside the line on which it only sees: that says sendrecv as well.
TEST(SiblingLines, OfSeveralCamerasTheLastIsSeen) {
    const Session offer = session_of({{"audio", sendrecv}, {"video", sendrecv}, {"video", sendrecv}});
    EXPECT_EQ(split_answer(offer, 1, sendrecv), (Lines{{1, sendonly}, {2, recvonly}}));
}

// Our description says which lines are streams of their own.
TEST(SiblingLines, ALineWithASourceOfOursBelongsToNoOther) {
    const Session offer = session_of({{"audio", sendrecv}, {"video", sendrecv}, {"video", sendrecv}});
    Session told = offer;
    told.media[2].attributes.push_back({"ssrc", "1 cname:holdfast"});
    EXPECT_EQ(split_answer(offer, 1, sendrecv, &told), (Lines{{1, sendrecv}}));
    EXPECT_EQ(whole_direction(offer, 1, &told), sendrecv);
}

TEST(SiblingLines, AnOfferHasThePeerSpeakWhereItDid) {
    const Session told = session_of({{"audio", sendonly}, {"audio", recvonly}, {"video", inactive}});
    EXPECT_EQ(split_offer(&told, 0, 1, sendrecv), (Lines{{0, sendonly}, {1, recvonly}}));
    EXPECT_EQ(split_offer(&told, 0, 1, sendonly), (Lines{{0, sendonly}, {1, inactive}}));
    EXPECT_EQ(split_offer(&told, 0, 0, sendrecv), (Lines{{0, sendrecv}, {1, inactive}}));
    EXPECT_EQ(split_offer(&told, 0, std::nullopt, sendrecv), (Lines{{0, sendrecv}, {1, inactive}}));
}

TEST(SiblingLines, AFirstOfferHasOne) {
    EXPECT_EQ(split_offer(nullptr, 0, std::nullopt, sendrecv), (Lines{{0, sendrecv}}));
}

}  // namespace
}  // namespace server
