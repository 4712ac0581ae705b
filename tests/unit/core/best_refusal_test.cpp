#include "server/b2bua/best_refusal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace server {
namespace {

int best_of(const std::vector<int>& statuses) {
    BestRefusal best;
    for (const int status : statuses) { best.add(status, nullptr); }
    return best.status();
}

// In whatever order they come.
int best_of_any_order(std::vector<int> statuses) {
    std::ranges::sort(statuses);
    const int first = best_of(statuses);
    while (std::ranges::next_permutation(statuses).found) { EXPECT_EQ(best_of(statuses), first); }
    return first;
}

TEST(BestRefusal, IsNoneWhereNobodyRefused) {
    EXPECT_EQ(BestRefusal{}.status(), 0);
    EXPECT_EQ(BestRefusal{}.response(), nullptr);
}

TEST(BestRefusal, Of6xxSpeaksForTheUser) {
    EXPECT_EQ(best_of_any_order({486, 603, 408}), 603);
    EXPECT_EQ(best_of({603, 600}), 603) << "the first one";
}

TEST(BestRefusal, OfTheLowestClassComesNext) {
    EXPECT_EQ(best_of_any_order({500, 404, 503}), 404);
    EXPECT_EQ(best_of_any_order({503, 408}), 408);
}

TEST(BestRefusal, ThatABusyUserGivesTellsMostOf4xx) {
    EXPECT_EQ(best_of_any_order({480, 486, 488, 408}), 486);
    EXPECT_EQ(best_of_any_order({480, 488, 408}), 488) << "another call might be taken";
    EXPECT_EQ(best_of_any_order({480, 408, 487}), 480);
    EXPECT_EQ(best_of({404, 480}), 404) << "the first one";
}

// 3xx, 401, 407 and 422 are nothing to the caller: they count as what it is told for them.
TEST(BestRefusal, IsJudgedAsTheCallerIsToldIt) {
    EXPECT_EQ(best_of_any_order({302, 486}), 486);
    EXPECT_EQ(best_of_any_order({401, 408}), 408);
    EXPECT_EQ(best_of_any_order({422, 404}), 404);
    EXPECT_EQ(best_of_any_order({302, 503}), 302);
}

TEST(BestRefusal, KeepsTheResponseThatItIs) {
    BestRefusal best;
    sip::Message busy = sip::Message::response(486);
    busy.add(sip::HeaderId::retry_after, "30");
    best.add(408, nullptr);
    best.add(486, &busy);
    const sip::Message later = sip::Message::response(480);
    best.add(480, &later);
    ASSERT_NE(best.response(), nullptr);
    EXPECT_EQ(best.response()->first(sip::HeaderId::retry_after), "30");
    const sip::Message declined = sip::Message::response(603);
    best.add(603, &declined);
    EXPECT_EQ(best.response()->status(), 603);
    best = {};
    best.add(503, nullptr);
    EXPECT_EQ(best.response(), nullptr);
}

}  // namespace
}  // namespace server
