#include "sip/transaction/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine_run.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Action = NonInviteServer::Action;
using State = NonInviteServer::State;

MachineRun<NonInviteServer> run_over(Transport transport) { return {NonInviteServer{transport, TimerConfig{}}, {}}; }

TEST(NonInviteServer, AbsorbsRepetitionsWhileItsUserThinks) {
    auto run = run_over(Transport::udp);
    run.repeat_request(500ms);
    EXPECT_THAT(run.log, IsEmpty());
    EXPECT_EQ(run.machine.state(), State::trying);
}

TEST(NonInviteServer, AnswersRepetitionsWithItsLastResponse) {
    auto run = run_over(Transport::udp);
    run.respond(0s, 100);
    run.repeat_request(1s);
    run.respond(2s, 200);
    run.repeat_request(3s);
    EXPECT_THAT(run.log, ElementsAre(Pair(0s, Action::send), Pair(1s, Action::send_again), Pair(2s, Action::send),
                                     Pair(3s, Action::send_again)));
}

TEST(NonInviteServer, SendsOneFinalOnly) {
    auto run = run_over(Transport::udp);
    run.respond(0s, 200);
    run.respond(1s, 500);
    run.respond(1s, 100);
    EXPECT_THAT(run.log, ElementsAre(Pair(0s, Action::send)));
}

TEST(NonInviteServer, LingersUntilTimerJ) {
    auto run = run_over(Transport::udp);
    run.respond(1s, 200);
    run.idle_until(33s - 1ns);
    EXPECT_EQ(run.machine.state(), State::completed);
    run.idle_until(33s);
    EXPECT_TRUE(run.is_over());
}

TEST(NonInviteServer, EndsWithItsFinalOverAReliableTransport) {
    auto run = run_over(Transport::wss);
    run.respond(1s, 200);
    EXPECT_TRUE(run.is_over());
    run.repeat_request(2s);
    EXPECT_THAT(run.log, ElementsAre(Pair(1s, Action::send)));
}

TEST(NonInviteServer, ReportsASendErrorOnceAndEnds) {
    for (const int status : {100, 200}) {
        auto run = run_over(Transport::udp);
        run.respond(0s, status);
        run.log.clear();
        run.fail_to_send(1ms);
        run.fail_to_send(2ms);
        EXPECT_THAT(run.log, ElementsAre(Pair(1ms, Action::report_send_error)));
        EXPECT_TRUE(run.is_over());
    }
}

}  // namespace
}  // namespace sip
