#include "sip/transaction/invite_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine_run.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Action = InviteClient::Action;
using State = InviteClient::State;

MachineRun<InviteClient> run_over(Transport transport) {
    return {InviteClient{base::Instant{}, transport, TimerConfig{}}, {}};
}

TEST(InviteClient, RetransmitsAtDoublingIntervalsThenGivesUpAfter64T1) {
    auto run = run_over(Transport::udp);
    run.idle_until(60s);
    EXPECT_THAT(run.log, ElementsAre(Pair(500ms, Action::send_request),    //
                                     Pair(1500ms, Action::send_request),   //
                                     Pair(3500ms, Action::send_request),   //
                                     Pair(7500ms, Action::send_request),   //
                                     Pair(15500ms, Action::send_request),  //
                                     Pair(31500ms, Action::send_request),  //
                                     Pair(32s, Action::report_timeout)));
    EXPECT_TRUE(run.is_over());
}

TEST(InviteClient, NeverRetransmitsOverAReliableTransportButStillGivesUp) {
    auto run = run_over(Transport::tcp);
    run.idle_until(60s);
    EXPECT_THAT(run.log, ElementsAre(Pair(32s, Action::report_timeout)));
    EXPECT_TRUE(run.is_over());
}

TEST(InviteClient, StopsRetransmittingAndWaitsWithoutEndOnceTheCallIsProceeding) {
    auto run = run_over(Transport::udp);
    run.respond(100ms, 180);
    run.respond(200s, 183);
    run.idle_until(300s);
    EXPECT_THAT(run.log, ElementsAre(Pair(100ms, Action::pass_response), Pair(200s, Action::pass_response)));
    EXPECT_EQ(run.machine.state(), State::proceeding);
}

TEST(InviteClient, AcknowledgesEachRetransmittedFailureButPassesItUpOnce) {
    auto run = run_over(Transport::udp);
    run.respond(100ms, 486);
    run.respond(600ms, 486);
    run.idle_until(60s);
    EXPECT_THAT(run.log, ElementsAre(Pair(100ms, Action::send_ack), Pair(100ms, Action::pass_response),
                                     Pair(600ms, Action::send_ack)));
    EXPECT_TRUE(run.is_over());
}

TEST(InviteClient, AbsorbsFailuresUntilTimerD) {
    auto run = run_over(Transport::udp);
    run.respond(1s, 300);
    run.idle_until(33s - 1ns);
    EXPECT_EQ(run.machine.state(), State::completed);
    run.idle_until(33s);
    EXPECT_TRUE(run.is_over());
}

TEST(InviteClient, EndsAtOnceAfterAFailureOverAReliableTransport) {
    auto run = run_over(Transport::tls);
    run.respond(1s, 699);
    EXPECT_THAT(run.log, ElementsAre(Pair(1s, Action::send_ack), Pair(1s, Action::pass_response)));
    EXPECT_TRUE(run.is_over());
}

TEST(InviteClient, IgnoresA2xxAndAProvisionalAfterAFailure) {
    auto run = run_over(Transport::udp);
    run.respond(1s, 404);
    run.log.clear();
    run.respond(2s, 200);
    run.respond(3s, 180);
    EXPECT_THAT(run.log, IsEmpty());
}

TEST(InviteClient, PassesEveryForked2xxUpUntilTimerM) {
    auto run = run_over(Transport::tcp);
    run.respond(1s, 200);
    run.respond(2s, 200);
    run.idle_until(33s - 1ns);
    EXPECT_EQ(run.machine.state(), State::accepted);
    run.idle_until(40s);
    run.respond(41s, 200);
    EXPECT_THAT(run.log, ElementsAre(Pair(1s, Action::pass_response), Pair(2s, Action::pass_response)));
    EXPECT_TRUE(run.is_over());
}

TEST(InviteClient, IgnoresFailuresAndProvisionalsOfOtherForksOnceAccepted) {
    auto run = run_over(Transport::udp);
    run.respond(1s, 200);
    run.log.clear();
    run.respond(2s, 486);
    run.respond(2s, 180);
    EXPECT_THAT(run.log, IsEmpty());
    EXPECT_EQ(run.machine.state(), State::accepted);
}

TEST(InviteClient, GivesUp64T1AfterItsCancelWhateverProvisionalsCome) {
    auto run = run_over(Transport::udp);
    run.respond(100ms, 180);
    run.feed(10s, [](auto& client, auto now, auto&) { client.on_cancel_sent(now); });
    run.respond(20s, 183);
    run.idle_until(60s);
    EXPECT_THAT(run.log, ElementsAre(Pair(100ms, Action::pass_response), Pair(20s, Action::pass_response),
                                     Pair(42s, Action::report_timeout)));
    EXPECT_TRUE(run.is_over());
}

TEST(InviteClient, TakesA487AfterItsCancelAsAnyFailure) {
    auto run = run_over(Transport::udp);
    run.respond(100ms, 180);
    run.feed(2s, [](auto& client, auto now, auto&) { client.on_cancel_sent(now); });
    run.respond(3s, 487);
    run.idle_until(100s);
    EXPECT_THAT(run.log, ElementsAre(Pair(100ms, Action::pass_response), Pair(3s, Action::send_ack),
                                     Pair(3s, Action::pass_response)));
}

TEST(InviteClient, ReportsASendErrorOnceAndEnds) {
    for (const int before : {0, 180, 486}) {
        auto run = run_over(Transport::udp);
        if (before != 0) { run.respond(100ms, before); }
        run.log.clear();
        run.fail_to_send(200ms);
        run.fail_to_send(300ms);
        run.idle_until(100s);
        EXPECT_THAT(run.log, ElementsAre(Pair(200ms, Action::report_send_error))) << before;
        EXPECT_TRUE(run.is_over());
    }
}

TEST(InviteClient, SendsNothingInAcceptedSoASendErrorMeansNothing) {
    auto run = run_over(Transport::udp);
    run.respond(1s, 200);
    run.log.clear();
    run.fail_to_send(2s);
    EXPECT_THAT(run.log, IsEmpty());
    EXPECT_EQ(run.machine.state(), State::accepted);
}

}  // namespace
}  // namespace sip
