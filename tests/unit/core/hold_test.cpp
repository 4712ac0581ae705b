#include "server/b2bua/hold.hpp"

#include <gtest/gtest.h>

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

TEST(Hold, AFreshOfferOfAHeldPeerDoesNotMakeItsHoldPermanent) {
    EXPECT_EQ(wish_after_fresh_offer(sendrecv, sendonly, recvonly), sendrecv);
    EXPECT_EQ(wish_after_fresh_offer(sendrecv, sendrecv, sendonly), sendonly) << "nobody forced that: it holds";
}

TEST(Hold, MusicRuleByTheOthersWish) {
    EXPECT_EQ(source_for(sendrecv, false, When::automatic), Source::peer);
    EXPECT_EQ(source_for(sendonly, false, When::automatic), Source::peer_or_music);
    EXPECT_EQ(source_for(sendonly, false, When::trust), Source::peer);
    EXPECT_EQ(source_for(sendonly, false, When::always), Source::music);
    EXPECT_EQ(source_for(sendonly, false, When::never), Source::peer);
    for (const Direction silent : {inactive, recvonly}) {
        EXPECT_EQ(source_for(silent, false, When::automatic), Source::music);
        EXPECT_EQ(source_for(silent, false, When::trust), Source::music);
        EXPECT_EQ(source_for(silent, false, When::never), Source::none);
    }
}

TEST(Hold, AnOpenOfferlessReinvitePlaysMusicInPlaceOfThePeer) {
    EXPECT_EQ(source_for(sendrecv, true, When::automatic), Source::music);
    EXPECT_EQ(source_for(sendonly, true, When::automatic), Source::music);
    EXPECT_EQ(source_for(sendrecv, true, When::never), Source::peer);
}

}  // namespace
}  // namespace server
