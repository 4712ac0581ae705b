#include "sip/transaction/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine_run.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Action = NonInviteClient::Action;
using State = NonInviteClient::State;

MachineRun<NonInviteClient> run_over(Transport transport) {
    return {NonInviteClient{base::Instant{}, transport, TimerConfig{}}, {}};
}

TEST(NonInviteClient, RetransmitsAtIntervalsThatDoubleUpToT2ThenGivesUp) {
    auto run = run_over(Transport::udp);
    run.idle_until(60s);
    EXPECT_THAT(run.log, ElementsAre(Pair(500ms, Action::send_request), Pair(1500ms, Action::send_request),
                                     Pair(3500ms, Action::send_request), Pair(7500ms, Action::send_request),
                                     Pair(11500ms, Action::send_request), Pair(15500ms, Action::send_request),
                                     Pair(19500ms, Action::send_request), Pair(23500ms, Action::send_request),
                                     Pair(27500ms, Action::send_request), Pair(31500ms, Action::send_request),
                                     Pair(32s, Action::report_timeout)));
    EXPECT_TRUE(run.is_over());
}

TEST(NonInviteClient, NeverRetransmitsOverAReliableTransportButStillGivesUp) {
    auto run = run_over(Transport::tcp);
    run.idle_until(60s);
    EXPECT_THAT(run.log, ElementsAre(Pair(32s, Action::report_timeout)));
    EXPECT_TRUE(run.is_over());
}

TEST(NonInviteClient, SlowsToT2AfterAProvisionalAndTimerFStillEndsIt) {
    auto run = run_over(Transport::udp);
    run.respond(100ms, 100);
    run.idle_until(10s);
    EXPECT_THAT(run.log, ElementsAre(Pair(100ms, Action::pass_response), Pair(500ms, Action::send_request),
                                     Pair(4500ms, Action::send_request), Pair(8500ms, Action::send_request)));
    EXPECT_EQ(run.machine.state(), State::proceeding);
    run.idle_until(60s);
    EXPECT_EQ(run.log.back(), std::pair(base::Duration{32s}, Action::report_timeout));
    EXPECT_TRUE(run.is_over());
}

TEST(NonInviteClient, PassesItsFinalOnceAndAbsorbsRepetitionsUntilTimerK) {
    auto run = run_over(Transport::udp);
    run.respond(1ms, 200);
    run.respond(2ms, 200);
    run.respond(3ms, 100);
    run.idle_until(5001ms - 1ns);
    EXPECT_EQ(run.machine.state(), State::completed);
    run.idle_until(5001ms);
    EXPECT_TRUE(run.is_over());
    EXPECT_THAT(run.log, ElementsAre(Pair(1ms, Action::pass_response)));
}

TEST(NonInviteClient, EndsWithItsFinalOverAReliableTransport) {
    auto run = run_over(Transport::tcp);
    run.respond(1ms, 100);
    run.respond(2ms, 404);
    run.respond(3ms, 404);
    EXPECT_THAT(run.log, ElementsAre(Pair(1ms, Action::pass_response), Pair(2ms, Action::pass_response)));
    EXPECT_TRUE(run.is_over());
}

TEST(NonInviteClient, ReportsASendErrorOnceAndEnds) {
    for (const bool proceeding : {false, true}) {
        auto run = run_over(Transport::udp);
        if (proceeding) { run.respond(1ms, 100); }
        run.log.clear();
        run.fail_to_send(2ms);
        run.fail_to_send(3ms);
        run.idle_until(60s);
        EXPECT_THAT(run.log, ElementsAre(Pair(2ms, Action::report_send_error)));
        EXPECT_TRUE(run.is_over());
    }
}

TEST(NonInviteClient, HasNothingLeftToSendOnceCompleted) {
    auto run = run_over(Transport::udp);
    run.respond(1ms, 200);
    run.log.clear();
    run.fail_to_send(2ms);
    EXPECT_THAT(run.log, IsEmpty());
    EXPECT_EQ(run.machine.state(), State::completed);
}

}  // namespace
}  // namespace sip
