#include "sip/transaction/invite_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine_run.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Action = InviteServer::Action;
using State = InviteServer::State;

MachineRun<InviteServer> run_over(Transport transport) { return {InviteServer{transport, TimerConfig{}}, {}}; }

TEST(InviteServer, AbsorbsRepeatedInvitesUntilThereIsAnythingToSend) {
    auto run = run_over(Transport::udp);
    run.repeat_request(500ms);
    EXPECT_THAT(run.log, IsEmpty());
    EXPECT_EQ(run.machine.next_timeout(), base::never);
}

TEST(InviteServer, AnswersARepeatedInviteWithTheLastProvisional) {
    auto run = run_over(Transport::udp);
    run.respond(0s, 100);
    run.respond(1s, 180);
    run.repeat_request(2s);
    EXPECT_THAT(run.log, ElementsAre(Pair(0s, Action::send), Pair(1s, Action::send), Pair(2s, Action::send_again)));
    EXPECT_FALSE(run.machine.has_final());
}

TEST(InviteServer, RepeatsAFailureAtDoublingIntervalsUpToT2AndReportsThatNoAckCame) {
    auto run = run_over(Transport::udp);
    run.respond(0s, 486);
    run.idle_until(60s);
    EXPECT_THAT(run.log, ElementsAre(Pair(0s, Action::send), Pair(500ms, Action::send_again),
                                     Pair(1500ms, Action::send_again), Pair(3500ms, Action::send_again),
                                     Pair(7500ms, Action::send_again), Pair(11500ms, Action::send_again),
                                     Pair(15500ms, Action::send_again), Pair(19500ms, Action::send_again),
                                     Pair(23500ms, Action::send_again), Pair(27500ms, Action::send_again),
                                     Pair(31500ms, Action::send_again), Pair(32s, Action::report_no_ack)));
    EXPECT_TRUE(run.is_over());
}

TEST(InviteServer, NeverRepeatsAFailureOverAReliableTransportButWaitsForItsAck) {
    auto run = run_over(Transport::tcp);
    run.respond(0s, 486);
    run.idle_until(60s);
    EXPECT_THAT(run.log, ElementsAre(Pair(0s, Action::send), Pair(32s, Action::report_no_ack)));
    EXPECT_TRUE(run.is_over());
}

TEST(InviteServer, AnswersARepeatedInviteWithItsFailure) {
    auto run = run_over(Transport::udp);
    run.respond(0s, 404);
    run.repeat_request(100ms);
    EXPECT_THAT(run.log, ElementsAre(Pair(0s, Action::send), Pair(100ms, Action::send_again)));
}

TEST(InviteServer, FallsSilentOnTheAckAndAbsorbsRepetitionsUntilTimerI) {
    auto run = run_over(Transport::udp);
    run.respond(0s, 404);
    run.acknowledge(100ms);
    EXPECT_EQ(run.machine.state(), State::confirmed);
    run.acknowledge(200ms);
    run.repeat_request(300ms);
    run.fail_to_send(400ms);
    run.idle_until(5100ms - 1ns);
    EXPECT_EQ(run.machine.state(), State::confirmed);
    run.idle_until(5100ms);
    EXPECT_TRUE(run.is_over());
    EXPECT_THAT(run.log, ElementsAre(Pair(0s, Action::send), Pair(100ms, Action::report_ack)));
}

TEST(InviteServer, EndsWithTheAckOverAReliableTransport) {
    auto run = run_over(Transport::tcp);
    run.respond(0s, 603);
    run.acknowledge(100ms);
    EXPECT_TRUE(run.is_over());
}

TEST(InviteServer, LivesOnAfterA2xxUntilTimerL) {
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
        auto run = run_over(transport);
        run.respond(1s, 200);
        run.idle_until(33s - 1ns);
        EXPECT_EQ(run.machine.state(), State::accepted);
        run.idle_until(33s);
        EXPECT_TRUE(run.is_over());
        EXPECT_THAT(run.log, ElementsAre(Pair(1s, Action::send)));
    }
}

TEST(InviteServer, AcceptedAbsorbsTheInviteAndPassesAcksAndFurther2xx) {
    auto run = run_over(Transport::udp);
    run.respond(0s, 200);
    run.repeat_request(1s);
    run.acknowledge(2s);
    run.respond(3s, 200);
    run.acknowledge(4s);
    EXPECT_THAT(run.log, ElementsAre(Pair(0s, Action::send), Pair(2s, Action::pass_ack), Pair(3s, Action::send),
                                     Pair(4s, Action::pass_ack)));
}

TEST(InviteServer, SendsNoSecondFinalOfAnotherKindAndNoLateProvisional) {
    auto run = run_over(Transport::udp);
    run.respond(0s, 200);
    run.respond(1s, 486);
    run.respond(1s, 180);
    EXPECT_THAT(run.log, ElementsAre(Pair(0s, Action::send)));
    auto refused = run_over(Transport::tcp);
    refused.respond(0s, 486);
    refused.respond(1s, 200);
    EXPECT_THAT(refused.log, ElementsAre(Pair(0s, Action::send)));
}

TEST(InviteServer, IgnoresAnAckBeforeItsFinal) {
    auto run = run_over(Transport::udp);
    run.acknowledge(1s);
    EXPECT_THAT(run.log, IsEmpty());
    EXPECT_EQ(run.machine.state(), State::proceeding);
}

TEST(InviteServer, ReportsASendErrorButKeepsItsState) {  // RFC 6026 §7.1
    for (const int status : {180, 200, 486}) {
        auto run = run_over(Transport::udp);
        run.respond(0s, status);
        const State before = run.machine.state();
        run.fail_to_send(1ms);
        EXPECT_THAT(run.log, ElementsAre(Pair(0s, Action::send), Pair(1ms, Action::report_send_error)));
        EXPECT_EQ(run.machine.state(), before);
    }
}

}  // namespace
}  // namespace sip
