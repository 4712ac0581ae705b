#include "media/quality/e_model.hpp"

#include <gtest/gtest.h>

namespace media {
namespace {

using std::chrono::milliseconds;

double opinion(double loss, base::Duration delay) {
    return mean_opinion(rating({impairment_of(Codec::pcma).value(), loss, delay}));
}

TEST(EModel, TurnsRatingsIntoOpinionsAsAnnexBDoes) {
    EXPECT_NEAR(mean_opinion(93.2), 4.41, 0.01);
    EXPECT_NEAR(mean_opinion(90), 4.34, 0.01);
    EXPECT_NEAR(mean_opinion(80), 4.03, 0.01);
    EXPECT_NEAR(mean_opinion(70), 3.60, 0.01);
    EXPECT_NEAR(mean_opinion(60), 3.10, 0.01);
    EXPECT_NEAR(mean_opinion(50), 2.58, 0.01);
    for (const double r : {0.0, 3.0, 6.0}) { EXPECT_GE(mean_opinion(r), 1) << r; }
}

TEST(EModel, FindsG711AsGoodAsATelephoneCanBe) { EXPECT_NEAR(opinion(0, milliseconds{0}), 4.41, 0.005); }

TEST(EModel, LosesWithLosses) {
    EXPECT_NEAR(opinion(0.01, milliseconds{0}), 4.32, 0.03);
    double last = 5;
    for (const double loss : {0.0, 0.01, 0.05, 0.2, 1.0}) {
        EXPECT_LT(opinion(loss, milliseconds{50}), last) << loss;
        last = opinion(loss, milliseconds{50});
    }
    EXPECT_LT(last, 1.5);
}

TEST(EModel, HardlyNoticesDelayBelowAFifthOfASecond) {
    EXPECT_GT(opinion(0, milliseconds{150}), 4.3);
    EXPECT_LT(opinion(0, milliseconds{400}), 3.6);
}

TEST(EModel, KnowsNothingOfWhatIsNoSpeechOrRelayed) {
    EXPECT_FALSE(impairment_of(Codec::telephone_event));
    EXPECT_FALSE(impairment_of(Codec::comfort_noise));
    EXPECT_FALSE(impairment_of(Codec::relayed));
}

TEST(EModel, CountsAJitterBufferAndHalfTheRoundTripAsDelay) {
    EXPECT_EQ(mouth_to_ear(std::nullopt, milliseconds{0}), milliseconds{40});
    EXPECT_EQ(mouth_to_ear(milliseconds{100}, milliseconds{30}), milliseconds{130});
}

}  // namespace
}  // namespace media
