#include "server/b2bua/hold.hpp"

#include <gtest/gtest.h>

#include <string>

namespace server {
namespace {

using enum Direction;
using media::Source;
using When = config::HoldWhen;

struct Row {
    Direction wish;
    Direction other;
    bool music;
    Direction ours;
};

TEST(Hold, OursTowardsAPeerFollowsTheFullTable) {
    const Row rows[] = {
        {sendrecv, sendrecv, false, sendrecv},
        {sendrecv, sendonly, false, sendonly},
        {sendrecv, recvonly, false, recvonly},
        {sendrecv, inactive, false, inactive},
        {sendonly, sendrecv, false, recvonly},
        {sendonly, sendonly, false, inactive},
        {sendonly, recvonly, false, recvonly},
        {sendonly, inactive, false, inactive},
        {recvonly, sendrecv, false, sendonly},
        {recvonly, sendonly, false, sendonly},
        {recvonly, recvonly, false, inactive},
        {recvonly, inactive, false, inactive},
        {inactive, sendrecv, false, inactive},
        {inactive, sendonly, false, inactive},
        {inactive, recvonly, false, inactive},
        {inactive, inactive, false, inactive},
        // Music flows to whoever may receive, so a held leg is offered sendonly, not inactive.
        {sendrecv, inactive, true, sendonly},
        {sendrecv, sendonly, true, sendonly},
        {sendrecv, recvonly, true, sendrecv},
        {recvonly, inactive, true, sendonly},
        {sendonly, inactive, true, inactive},
        {inactive, inactive, true, inactive},
        {sendrecv, sendrecv, true, sendrecv},
        {recvonly, recvonly, true, sendonly},
        {sendonly, sendrecv, true, recvonly},
        {inactive, sendrecv, true, inactive},
        {recvonly, sendrecv, true, sendonly},
        {recvonly, sendonly, true, sendonly},
        {sendonly, sendonly, true, inactive},
        {sendonly, recvonly, true, recvonly},
        {inactive, sendonly, true, inactive},
        {inactive, recvonly, true, inactive},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(ours_towards(row.wish, row.other, row.music), row.ours)
            << to_text(row.wish) << " towards " << to_text(row.other) << " music " << row.music;
    }
}

// What both legs are told (RFC 3264 §6.1): hold on neither, either or both sides, the music rule as it is by default.
TEST(Hold, BothLegsAreToldWhatBothWishesAmountTo) {
    struct Pair {
        Direction a;
        Direction b;
        Direction to_a;
        Direction to_b;
    };
    const Pair pairs[] = {
        {sendrecv, sendrecv, sendrecv, sendrecv}, {sendrecv, sendonly, sendonly, recvonly},
        {sendrecv, recvonly, sendrecv, sendonly}, {sendrecv, inactive, sendonly, inactive},
        {sendonly, sendrecv, recvonly, sendonly}, {sendonly, sendonly, inactive, inactive},
        {sendonly, recvonly, recvonly, sendonly}, {sendonly, inactive, inactive, inactive},
        {recvonly, sendrecv, sendonly, sendrecv}, {recvonly, sendonly, sendonly, recvonly},
        {recvonly, recvonly, sendonly, sendonly}, {recvonly, inactive, sendonly, inactive},
        {inactive, sendrecv, inactive, sendonly}, {inactive, sendonly, inactive, inactive},
        {inactive, recvonly, inactive, sendonly}, {inactive, inactive, inactive, inactive},
    };
    for (const Pair& pair : pairs) {
        SCOPED_TRACE(std::string{"A wishes "} + std::string{to_text(pair.a)} + ", B " + std::string{to_text(pair.b)});
        EXPECT_EQ(ours_towards(pair.a, pair.b, music_may_play(pair.b, false, When::automatic)), pair.to_a);
        EXPECT_EQ(ours_towards(pair.b, pair.a, music_may_play(pair.a, false, When::automatic)), pair.to_b);
    }
}

TEST(Hold, ResumeOfOneSideStaysOneWayUntilTheOtherResumes) {
    EXPECT_EQ(ours_towards(sendrecv, sendonly, false), sendonly) << "B still holds: A hears it and is not heard";
    EXPECT_EQ(ours_towards(sendonly, sendrecv, false), recvonly);
}

TEST(Hold, AnAnswerShowsAWishOnlyWhereTheOfferLeftAChoice) {
    EXPECT_EQ(wish_after_answer(sendrecv, sendonly, recvonly), sendrecv) << "held, it could not say more";
    EXPECT_EQ(wish_after_answer(sendrecv, sendrecv, recvonly), recvonly);
    EXPECT_EQ(wish_after_answer(sendrecv, sendrecv, sendonly), sendonly) << "a hold by answer";
    EXPECT_EQ(wish_after_answer(sendonly, recvonly, sendonly), sendonly);
    EXPECT_EQ(wish_after_answer(sendrecv, sendonly, inactive), sendonly);
}

constexpr Direction in_order[] = {inactive, recvonly, sendonly, sendrecv};

// `before` the wish, `ours` what we said; then the wish after the peer said inactive, recvonly, sendonly, sendrecv.
struct WishRow {
    Direction before;
    Direction ours;
    Direction after[4];
};

TEST(Hold, TheWishAfterAnAnswerFollowsTheFullTable) {
    const WishRow rows[] = {
        {sendrecv, sendrecv, {inactive, recvonly, sendonly, sendrecv}},
        {sendonly, sendrecv, {inactive, recvonly, sendonly, sendrecv}},
        {recvonly, sendrecv, {inactive, recvonly, sendonly, sendrecv}},
        {inactive, sendrecv, {inactive, recvonly, sendonly, sendrecv}},
        // We would not have received: what it sends is what it wished to send before.
        {sendrecv, sendonly, {sendonly, sendrecv, sendonly, sendrecv}},
        {sendonly, sendonly, {sendonly, sendrecv, sendonly, sendrecv}},
        {recvonly, sendonly, {inactive, recvonly, inactive, recvonly}},
        {inactive, sendonly, {inactive, recvonly, inactive, recvonly}},
        // We would not have sent: it goes on wishing to receive, or not to.
        {sendrecv, recvonly, {recvonly, recvonly, sendrecv, sendrecv}},
        {sendonly, recvonly, {inactive, inactive, sendonly, sendonly}},
        {recvonly, recvonly, {recvonly, recvonly, sendrecv, sendrecv}},
        {inactive, recvonly, {inactive, inactive, sendonly, sendonly}},
        {sendrecv, inactive, {sendrecv, sendrecv, sendrecv, sendrecv}},
        {sendonly, inactive, {sendonly, sendonly, sendonly, sendonly}},
        {recvonly, inactive, {recvonly, recvonly, recvonly, recvonly}},
        {inactive, inactive, {inactive, inactive, inactive, inactive}},
    };
    for (const WishRow& row : rows) {
        for (int i = 0; i < 4; ++i) {
            EXPECT_EQ(wish_after_answer(row.before, row.ours, in_order[i]), row.after[i])
                << to_text(row.before) << ", offered " << to_text(row.ours) << ", answers " << to_text(in_order[i]);
        }
    }
}

TEST(Hold, TheWishAfterAFreshOfferFollowsTheFullTable) {
    const WishRow rows[] = {
        {sendrecv, sendrecv, {inactive, recvonly, sendonly, sendrecv}},
        {sendonly, sendrecv, {inactive, recvonly, sendonly, sendrecv}},
        {recvonly, sendrecv, {inactive, recvonly, sendonly, sendrecv}},
        {inactive, sendrecv, {inactive, recvonly, sendonly, sendrecv}},
        // We do not receive: that it does not send may be our doing.
        {sendrecv, sendonly, {sendonly, sendrecv, sendonly, sendrecv}},
        {sendonly, sendonly, {sendonly, sendrecv, sendonly, sendrecv}},
        {recvonly, sendonly, {inactive, recvonly, sendonly, sendrecv}},
        {inactive, sendonly, {inactive, recvonly, sendonly, sendrecv}},
        // We do not send: that it does not receive may be.
        {sendrecv, recvonly, {recvonly, recvonly, sendrecv, sendrecv}},
        {sendonly, recvonly, {inactive, recvonly, sendonly, sendrecv}},
        {recvonly, recvonly, {recvonly, recvonly, sendrecv, sendrecv}},
        {inactive, recvonly, {inactive, recvonly, sendonly, sendrecv}},
        {sendrecv, inactive, {sendrecv, sendrecv, sendrecv, sendrecv}},
        {sendonly, inactive, {sendonly, sendrecv, sendonly, sendrecv}},
        {recvonly, inactive, {recvonly, recvonly, sendrecv, sendrecv}},
        {inactive, inactive, {inactive, recvonly, sendonly, sendrecv}},
    };
    for (const WishRow& row : rows) {
        for (int i = 0; i < 4; ++i) {
            EXPECT_EQ(wish_after_fresh_offer(row.before, row.ours, in_order[i]), row.after[i])
                << to_text(row.before) << ", told " << to_text(row.ours) << ", offers " << to_text(in_order[i]);
        }
    }
}

TEST(Hold, AFreshOfferOfAHeldPeerDoesNotMakeItsHoldPermanent) {
    EXPECT_EQ(wish_after_fresh_offer(sendrecv, sendonly, recvonly), sendrecv);
    EXPECT_EQ(wish_after_fresh_offer(sendrecv, sendrecv, sendonly), sendonly) << "nobody forced that: it holds";
}

TEST(Hold, WhatALegHearsFollowsTheFullTable) {
    constexpr Source peer = Source::peer;
    constexpr Source either = Source::peer_or_music;
    constexpr Source music = Source::music;
    constexpr Source none = Source::none;
    constexpr When policies[] = {When::automatic, When::trust, When::always, When::never};
    struct Line {
        Direction other;
        bool offerless;  // a re-INVITE without an offer of the other is open
        Source heard[4];
    };
    const Line lines[] = {
        {sendrecv, false, {peer, peer, peer, peer}},    {sendonly, false, {either, peer, music, peer}},
        {recvonly, false, {music, music, music, none}}, {inactive, false, {music, music, music, none}},
        {sendrecv, true, {music, music, music, peer}},  {sendonly, true, {music, music, music, peer}},
        {recvonly, true, {music, music, music, none}},  {inactive, true, {music, music, music, none}},
    };
    for (const Line& line : lines) {
        for (int i = 0; i < 4; ++i) {
            EXPECT_EQ(source_for(line.other, line.offerless, policies[i]), line.heard[i])
                << "the other wishes " << to_text(line.other) << " offerless " << line.offerless << " policy " << i;
        }
    }
}

}  // namespace
}  // namespace server
