#include "server/b2bua/call_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace server {
namespace {

using Kind = CallEvent::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

const base::Instant now{std::chrono::seconds{9}};

CallBrief brief(const std::string& state) {
    CallBrief call;
    call.id = "c1";
    call.state = state;
    if (state == "up") { call.answered = base::Instant{}; }
    return call;
}

std::vector<Event> events(const CallBrief* before, const CallBrief& after) {
    std::vector<Event> out;
    append_events(before, std::make_shared<const CallBrief>(after), now, {"answered", 200, "A hung up", "a"}, out);
    return out;
}

std::vector<Kind> kinds(const CallBrief* before, const CallBrief& after) {
    std::vector<Kind> list;
    for (const Event& event : events(before, after)) { list.push_back(std::get<CallEvent>(event).kind); }
    return list;
}

TEST(CallEvents, ACallMayBeginRingAndBeAnsweredInOneTurn) {
    EXPECT_THAT(kinds(nullptr, brief("routing")), ElementsAre(Kind::started));
    EXPECT_THAT(kinds(nullptr, brief("ringing")), ElementsAre(Kind::started, Kind::ringing));
    EXPECT_THAT(kinds(nullptr, brief("up")), ElementsAre(Kind::started, Kind::answered));
    EXPECT_THAT(kinds(nullptr, brief("ending")), ElementsAre(Kind::started, Kind::ended));
}

TEST(CallEvents, AHoldIsToldWithWhoseItIs) {
    const CallBrief before = brief("up");
    CallBrief after = before;
    after.hold.a = true;
    after.held.b = true;
    const auto told = events(&before, after);
    ASSERT_EQ(told.size(), 2u);
    const auto& first = std::get<CallEvent>(told[0]);
    EXPECT_EQ(first.kind, Kind::held);
    EXPECT_EQ(first.at, now);
    EXPECT_EQ(first.hold->leg, media::Side::a);
    EXPECT_FALSE(first.hold->by_operator);
    const auto& second = std::get<CallEvent>(told[1]);
    EXPECT_EQ(second.hold->leg, media::Side::b);
    EXPECT_TRUE(second.hold->by_operator);
    EXPECT_THAT(kinds(&after, before), ElementsAre(Kind::resumed, Kind::resumed));
}

TEST(CallEvents, WhatHasNoNameIsAChange) {
    const CallBrief before = brief("up");
    CallBrief after = before;
    after.music.b = true;
    EXPECT_THAT(kinds(&before, after), ElementsAre(Kind::changed));
    after.renegotiations = 1;
    EXPECT_THAT(kinds(&before, after), ElementsAre(Kind::renegotiated)) << "it brings the rest along";
    const CallBrief ringing = brief("ringing");
    EXPECT_THAT(kinds(&ringing, brief("routing")), ElementsAre(Kind::changed)) << "the next target is tried";
}

TEST(CallEvents, AnEndIsToldOnceWithItsReason) {
    CallBrief before = brief("up");
    before.hold.a = true;
    CallBrief after = before;
    after.state = "ending";
    after.hold.a = false;
    const auto told = events(&before, after);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(std::get<CallEvent>(told[0]).end->cause, "A hung up");
    CallBrief later = after;
    later.b = LegBrief{};
    EXPECT_THAT(kinds(&after, later), IsEmpty());
}

}  // namespace
}  // namespace server
