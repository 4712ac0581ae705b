#include "sip/dialog/invite_usage.hpp"

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
using Action = SentAnswer::Action;

constexpr base::Instant start{};

std::vector<std::pair<base::Duration, Action>> run_until(SentAnswer& answer, base::Duration end) {
    std::vector<std::pair<base::Duration, Action>> log;
    while (answer.next_timeout() <= start + end) {
        const base::Instant now = answer.next_timeout();
        log.emplace_back(now - start, answer.on_timeout(now));
    }
    return log;
}

TEST(SentAnswer, IsRepeatedAtIntervalsUpToT2UntilWeGiveUpAfter64T1) {  // §13.3.1.4
    SentAnswer answer{TimerConfig{}};
    answer.on_2xx_sent(start, 1);
    EXPECT_THAT(
        run_until(answer, 60s),
        ElementsAre(Pair(500ms, Action::retransmit), Pair(1500ms, Action::retransmit), Pair(3500ms, Action::retransmit),
                    Pair(7500ms, Action::retransmit), Pair(11500ms, Action::retransmit),
                    Pair(15500ms, Action::retransmit), Pair(19500ms, Action::retransmit),
                    Pair(23500ms, Action::retransmit), Pair(27500ms, Action::retransmit),
                    Pair(31500ms, Action::retransmit), Pair(32s, Action::give_up)));
    EXPECT_FALSE(answer.awaits_ack());
    EXPECT_EQ(answer.next_timeout(), base::never);
}

TEST(SentAnswer, FallsSilentWithTheFirstAckWhichAloneCounts) {
    SentAnswer answer{TimerConfig{}};
    answer.on_2xx_sent(start, 7);
    EXPECT_TRUE(answer.awaits_ack());
    EXPECT_TRUE(answer.on_ack(7));
    EXPECT_FALSE(answer.on_ack(7));
    EXPECT_THAT(run_until(answer, 60s), IsEmpty());
}

TEST(SentAnswer, IgnoresTheAckOfAnotherInvite) {
    SentAnswer answer{TimerConfig{}};
    EXPECT_FALSE(answer.on_ack(0));
    answer.on_2xx_sent(start, 7);
    EXPECT_FALSE(answer.on_ack(6));
    EXPECT_TRUE(answer.awaits_ack());
}

TEST(SentAnswer, BeginsAnewWithTheNextInvite) {
    SentAnswer answer{TimerConfig{}};
    answer.on_2xx_sent(start, 1);
    run_until(answer, 10s);
    EXPECT_TRUE(answer.on_ack(1));
    answer.on_2xx_sent(start + 10s, 2);
    EXPECT_EQ(answer.next_timeout(), start + 10500ms);
    EXPECT_FALSE(answer.on_ack(1));
    EXPECT_TRUE(answer.on_ack(2));
}

TEST(SentAnswer, AsksForNothingBeforeATimerIsDueOrAfterStop) {
    SentAnswer answer{TimerConfig{}};
    answer.on_2xx_sent(start, 1);
    EXPECT_EQ(answer.on_timeout(start + 499ms), Action::none);
    answer.stop();
    EXPECT_EQ(answer.on_timeout(start + 60s), Action::none);
}

TEST(SentAck, RemembersWhatItAcknowledgedLast) {
    SentAck ack;
    EXPECT_FALSE(ack.acknowledged(0));
    ack.on_ack_sent(5, "application/sdp", "v=0");
    EXPECT_TRUE(ack.acknowledged(5));
    EXPECT_FALSE(ack.acknowledged(6));
    EXPECT_EQ(ack.body_type(), "application/sdp");
    EXPECT_EQ(ack.body(), "v=0");
    ack.on_ack_sent(6, "", "");
    EXPECT_FALSE(ack.acknowledged(5));
    EXPECT_EQ(ack.body(), "");
}

}  // namespace
}  // namespace sip
