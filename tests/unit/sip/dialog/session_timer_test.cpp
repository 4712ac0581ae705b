// RFC 4028 §7–§10.
#include "sip/dialog/session_timer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace sip {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Action = SessionTimer::Action;
using Log = std::vector<std::pair<base::Duration, Action>>;

constexpr base::Instant start{};
constexpr auto none = Refresher::none;
constexpr auto uac = Refresher::uac;
constexpr auto uas = Refresher::uas;

Log run_until(SessionTimer& timer, base::Duration end) {
    Log log;
    while (timer.next_timeout() <= start + end) {
        const base::Instant now = timer.next_timeout();
        log.emplace_back(now - start, timer.on_timeout(now));
    }
    return log;
}

SessionTimer make_timer(SessionTimerConfig config = {}) { return SessionTimer{config}; }

// A timer set by our 2xx or the peer's, at `start`.
SessionTimer refreshed_by_us(std::chrono::seconds interval, SessionTimerConfig config = {}) {
    SessionTimer timer{config};
    timer.on_2xx(start, SessionExpires{interval, uac});
    return timer;
}
SessionTimer refreshed_by_peer(std::chrono::seconds interval, SessionTimerConfig config = {}) {
    SessionTimer timer{config};
    timer.on_2xx(start, SessionExpires{interval, uas});
    return timer;
}

SessionTimerRequest knowing(std::chrono::seconds interval, Refresher refresher = none) {
    return {SessionExpires{interval, refresher}, std::nullopt, true};
}
SessionTimerRequest not_knowing(std::chrono::seconds interval, Refresher refresher = none) {
    return {SessionExpires{interval, refresher}, std::nullopt, false};
}

TEST(SessionTimer, RefreshesAtHalfTheInterval) {
    auto timer = refreshed_by_us(1800s);
    EXPECT_TRUE(timer.we_refresh());
    EXPECT_EQ(timer.next_timeout(), start + 900s);
    EXPECT_EQ(timer.on_timeout(start + 900s - 1ns), Action::none);
    EXPECT_EQ(timer.on_timeout(start + 900s), Action::refresh);
}

TEST(SessionTimer, EndsASessionThatThePeerDoesNotRefreshSlightlyBeforeItExpires) {  // §10
    auto longer = refreshed_by_peer(1800s);
    EXPECT_THAT(run_until(longer, 1h), ElementsAre(Pair(1768s, Action::expired)));
    auto at_the_bend = refreshed_by_peer(96s);
    EXPECT_THAT(run_until(at_the_bend, 1h), ElementsAre(Pair(64s, Action::expired)));
    auto shorter = refreshed_by_peer(90s);
    EXPECT_THAT(run_until(shorter, 1h), ElementsAre(Pair(60s, Action::expired)));
}

TEST(SessionTimer, EndsASessionWhoseRefreshOfOursNeverSucceeded) {
    auto timer = refreshed_by_us(90s);
    EXPECT_THAT(run_until(timer, 1h), ElementsAre(Pair(45s, Action::refresh), Pair(60s, Action::expired)));
    EXPECT_FALSE(timer.is_running());
}

TEST(SessionTimer, BeginsAnewWithEach2xxOnEitherSide) {
    auto timer = refreshed_by_us(100s);
    EXPECT_EQ(timer.on_timeout(start + 50s), Action::refresh);
    timer.on_2xx(start + 51s, SessionExpires{100s, uac});
    EXPECT_EQ(timer.next_timeout(), start + 101s);
    timer.on_2xx_sent(start + 60s, {100s, uac});
    EXPECT_FALSE(timer.we_refresh());
    EXPECT_THAT(run_until(timer, 1h), ElementsAre(Pair(128s, Action::expired)));
}

TEST(SessionTimer, TriesAFailedRefreshAgainWhenTheOwnerWantsUntilTheSessionExpires) {
    auto timer = refreshed_by_us(90s);
    EXPECT_EQ(timer.on_timeout(start + 45s), Action::refresh);
    EXPECT_FALSE(timer.on_failure(491));
    timer.refresh_at(start + 48s);
    EXPECT_EQ(timer.on_timeout(start + 48s), Action::refresh);
    EXPECT_FALSE(timer.on_failure(500));
    timer.refresh_at(start + 70s);
    EXPECT_THAT(run_until(timer, 1h), ElementsAre(Pair(60s, Action::expired)));
}

TEST(SessionTimer, ARefreshThatSaysThatTheDialogIsGoneEndsIt) {
    auto timer = refreshed_by_us(90s);
    EXPECT_TRUE(timer.on_failure(408));
    EXPECT_TRUE(timer.on_failure(481));
    for (const int status : {400, 401, 407, 480, 488, 491, 500, 503, 603}) {
        EXPECT_FALSE(timer.on_failure(status)) << status;
    }
}

TEST(SessionTimer, DoesNotRefreshForThePeer) {
    auto timer = refreshed_by_peer(90s);
    timer.refresh_at(start + 1s);
    EXPECT_EQ(timer.next_timeout(), start + 60s);
}

TEST(SessionTimer, StaysStoppedEvenIfA2xxCrossedTheBye) {
    auto timer = refreshed_by_us(90s);
    timer.stop();
    EXPECT_FALSE(timer.is_running());
    timer.on_2xx(start + 1s, SessionExpires{90s, uac});
    timer.on_2xx_sent(start + 1s, {90s, uas});
    EXPECT_FALSE(timer.is_running());
    EXPECT_THAT(run_until(timer, 1h), IsEmpty());
}

TEST(SessionTimer, DoesNothingBeforeThe2xx) {
    auto timer = make_timer();
    timer.on_request(knowing(1800s));
    EXPECT_FALSE(timer.is_running());
    EXPECT_EQ(timer.next_timeout(), base::never);
}

TEST(SessionTimer, NeverRunsFasterThanTheLeastIntervalWhateverThePeerWrites) {
    auto ours = refreshed_by_us(0s);
    EXPECT_EQ(ours.next_timeout(), start + 45s);
    auto theirs = refreshed_by_peer(1s);
    EXPECT_EQ(theirs.next_timeout(), start + 60s);
    auto short_by_configuration = refreshed_by_us(4s, {10s, 4s});
    EXPECT_EQ(short_by_configuration.next_timeout(), start + 2s);
}

TEST(SessionTimer, BearsTheLongestIntervalThatCanBeWritten) {
    const auto timer = refreshed_by_peer(4294967295s);
    EXPECT_EQ(timer.next_timeout(), start + 4294967263s);
}

// --- As client ---

TEST(SessionTimerClient, AsksForItsIntervalAndLetsTheServerChooseWhoRefreshes) {  // §7.1
    const auto timer = make_timer();
    EXPECT_EQ(timer.session_expires(), (SessionExpires{1800s, none}));
    EXPECT_EQ(timer.min_se(), std::nullopt);
}

TEST(SessionTimerClient, SaysAMinimumOfItsOwnThatIsAboveTheUsual) {
    EXPECT_EQ(make_timer({1800s, 300s}).min_se(), 300s);
    EXPECT_EQ(make_timer({1800s, 90s}).min_se(), std::nullopt);
    EXPECT_EQ(make_timer({1800s, 30s}).min_se(), std::nullopt);
    EXPECT_EQ(make_timer({200s, 300s}).session_expires().interval, 300s);
}

TEST(SessionTimerClient, KeepsIntervalAndRefresherOfTheRunningSession) {  // §7.4
    EXPECT_EQ(refreshed_by_us(600s).session_expires(), (SessionExpires{600s, uac}));
    EXPECT_EQ(refreshed_by_peer(600s).session_expires(), (SessionExpires{600s, uas}));
}

TEST(SessionTimerClient, RefreshesForItsOwnSakeAPeerThatDoesNotKnowTimers) {  // §7.2
    auto timer = make_timer({600s, 90s});
    timer.on_2xx(start, std::nullopt);
    EXPECT_TRUE(timer.we_refresh());
    EXPECT_EQ(timer.next_timeout(), start + 300s);
    EXPECT_EQ(timer.session_expires(), (SessionExpires{600s, uac}));
}

TEST(SessionTimerClient, RefreshesWhereThe2xxForgetsToSayWhoDoes) {
    auto timer = make_timer();
    timer.on_2xx(start, SessionExpires{600s, none});
    EXPECT_TRUE(timer.we_refresh());
}

TEST(SessionTimerClient, TriesOnceMoreWithTheMinimumOfA422) {  // §7.3, §7.4
    auto timer = make_timer({600s, 90s});
    EXPECT_TRUE(timer.on_422(3600s));
    EXPECT_EQ(timer.session_expires(), (SessionExpires{3600s, none}));
    EXPECT_EQ(timer.min_se(), 3600s);
    EXPECT_FALSE(timer.on_422(7200s));
    EXPECT_EQ(timer.session_expires().interval, 3600s);
}

TEST(SessionTimerClient, HasA422OfEachRequestFollowedOnce) {
    auto timer = make_timer({600s, 90s});
    EXPECT_TRUE(timer.on_422(700s));
    timer.on_2xx(start, SessionExpires{700s, uac});
    EXPECT_TRUE(timer.on_422(800s));
    timer.on_failure(500);
    EXPECT_TRUE(timer.on_422(900s));
    EXPECT_FALSE(timer.on_422(1000s));
    EXPECT_TRUE(timer.on_422(1000s));
}

TEST(SessionTimerClient, AChallengeBetweenTwo422DoesNotMakeTheSecondTheFirst) {
    auto timer = make_timer({600s, 90s});
    EXPECT_TRUE(timer.on_422(700s));
    EXPECT_FALSE(timer.on_failure(407));
    EXPECT_FALSE(timer.on_422(800s));
}

TEST(SessionTimerClient, DoesNotRepeatWhatA422GivesNoReasonToChange) {
    auto timer = make_timer({600s, 90s});
    EXPECT_FALSE(timer.on_422(std::nullopt));
    EXPECT_FALSE(timer.on_422(600s));
    EXPECT_TRUE(timer.on_422(601s));
}

TEST(SessionTimerClient, RemembersTheLargestMinimumThatThePeersRequestsNamed) {  // §7.4
    auto timer = refreshed_by_us(200s);
    timer.on_request({SessionExpires{500s, none}, 400s, true});
    timer.on_request({SessionExpires{500s, none}, 300s, true});
    EXPECT_EQ(timer.min_se(), 400s);
    EXPECT_EQ(timer.session_expires(), (SessionExpires{400s, uac}));
}

// --- As server ---

TEST(SessionTimerServer, RefusesAnIntervalBelowItsMinimum) {  // §9
    auto timer = make_timer({1800s, 300s});
    const auto reply = timer.on_request(knowing(299s, uac));
    EXPECT_TRUE(reply.too_small);
    EXPECT_EQ(reply.min_se, 300s);
    EXPECT_FALSE(timer.on_request(knowing(300s, uac)).too_small);
}

TEST(SessionTimerServer, AcceptsAShortIntervalOfWhoWouldNotUnderstandA422) {
    auto timer = make_timer({1800s, 300s});
    const auto reply = timer.on_request(not_knowing(120s));
    EXPECT_FALSE(reply.too_small);
    EXPECT_EQ(reply.session_expires, (SessionExpires{120s, uas}));
    EXPECT_FALSE(reply.require_timer);
}

struct TableRow {
    bool supports;
    Refresher asked;
    Refresher answered;
};

TEST(SessionTimerServer, NamesTheRefresherByTable2) {  // §9
    for (const auto& [supports, asked, answered] :
         {TableRow{false, none, uas}, TableRow{false, uac, uas}, TableRow{false, uas, uas}, TableRow{true, none, uas},
          TableRow{true, uac, uac}, TableRow{true, uas, uas}}) {
        auto timer = make_timer();
        const auto reply = timer.on_request({SessionExpires{900s, asked}, std::nullopt, supports});
        EXPECT_EQ(reply.session_expires, (SessionExpires{900s, answered}));
        EXPECT_EQ(reply.require_timer, supports);
        timer.on_2xx_sent(start, reply.session_expires);
        EXPECT_EQ(timer.we_refresh(), answered == uas);
    }
}

TEST(SessionTimerServer, LeavesTheRoleWhereItIsUnlessTheRequestMovesIt) {
    EXPECT_EQ(refreshed_by_peer(900s).on_request(knowing(900s)).session_expires.refresher, uac);
    EXPECT_EQ(refreshed_by_us(900s).on_request(knowing(900s)).session_expires.refresher, uas);
    EXPECT_EQ(refreshed_by_peer(900s).on_request(knowing(900s, uas)).session_expires.refresher, uas);
    EXPECT_EQ(refreshed_by_us(900s).on_request(knowing(900s, uac)).session_expires.refresher, uac);
}

TEST(SessionTimerServer, TakesTheRoleOfAPeerThatNoLongerKnowsTimers) {
    const auto reply = refreshed_by_peer(900s).on_request({});
    EXPECT_EQ(reply.session_expires, (SessionExpires{900s, uas}));
    EXPECT_FALSE(reply.require_timer);
}

TEST(SessionTimerServer, SetsATimerThatNobodyAskedFor) {
    auto timer = make_timer({600s, 90s});
    EXPECT_EQ(timer.on_request({}).session_expires, (SessionExpires{600s, uas}));
    const auto reply = timer.on_request({std::nullopt, 700s, true});
    EXPECT_EQ(reply.session_expires, (SessionExpires{700s, uas}));
    EXPECT_TRUE(reply.require_timer);
}

TEST(SessionTimerServer, ShortensAnIntervalToItsOwnButNotBelowTheMinimumOfTheRequest) {
    EXPECT_EQ(make_timer().on_request(knowing(86400s)).session_expires.interval, 1800s);
    EXPECT_EQ(make_timer().on_request({SessionExpires{86400s, none}, 3600s, true}).session_expires.interval, 3600s);
    EXPECT_EQ(make_timer({200s, 300s}).on_request(knowing(400s)).session_expires.interval, 300s);
}

TEST(SessionTimerServer, NeverLengthensAnInterval) {
    EXPECT_EQ(make_timer().on_request(knowing(90s)).session_expires.interval, 90s);
    EXPECT_EQ(make_timer().on_request({SessionExpires{100s, none}, 200s, true}).session_expires.interval, 100s);
    EXPECT_EQ(make_timer().on_request(not_knowing(1s)).session_expires.interval, 1s);
}

}  // namespace
}  // namespace sip
