// Many transactions: that each is gone when its time has come, that timers make progress, and what one costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layer_run.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using Kind = TransactionEvent::Kind;

RequestText request_of(std::string_view method, int number) {
    RequestText request;
    request.method = method;
    request.call_id = "call-" + std::to_string(number);
    request.via += std::to_string(number);
    return request;
}

// One transaction of each kind and end, by turns; the network answers nothing by itself.
void begin_one(LayerRun& run, int number) {
    switch (number % 10) {
        case 0:
            run.respond(run.accept(request_of("INVITE", number)), 486);
            return;  // never acknowledged
        case 1:
            run.send(Method::invite);
            return;  // never answered
        case 2:
            run.send(Method::options);
            return;
        case 3:
        case 4:
        case 5:
            run.respond(run.accept(request_of("INVITE", number)), 200);
            return;
        default:
            run.respond(run.accept(request_of("BYE", number)), 200);
            return;
    }
}

TEST(LayerChurn, LeavesNothingOfAHundredThousandTransactions) {
    LayerRun run;
    constexpr int count = 100'000;
    std::size_t most = 0;
    for (int i = 0; i < count; ++i) {
        begin_one(run, i);
        run.out.send.clear();
        if (i % 100 != 99) { continue; }
        run.pass(50ms);
        run.out = {};
        most = std::max(most, run.layer.size());
    }
    EXPECT_GT(most, 50'000U);
    run.pass(33s);
    EXPECT_EQ(run.layer.size(), 0U);
    EXPECT_EQ(run.layer.next_timeout(), base::never);
}

TEST(LayerChurn, MakesProgressWhenTheClockJumpsPastEverything) {
    LayerRun run;
    for (int i = 0; i < 100; ++i) { begin_one(run, i); }
    run.now += 1h;
    run.layer.on_timeout(run.now, run.out);
    while (run.layer.next_timeout() != base::never) {
        EXPECT_GT(run.layer.next_timeout(), run.now);
        run.now = run.layer.next_timeout();
        run.layer.on_timeout(run.now, run.out);
    }
    EXPECT_EQ(run.layer.size(), 0U);
}

TEST(LayerChurn, ReportsTheEndOfEachUnansweredTransactionOnce) {
    LayerRun run;
    for (int i = 0; i < 100; ++i) { begin_one(run, i); }
    run.pass(33s);
    run.sent();
    const auto kinds = run.events();
    EXPECT_EQ(std::count(kinds.begin(), kinds.end(), Kind::timeout), 20);
    EXPECT_EQ(std::count(kinds.begin(), kinds.end(), Kind::no_ack), 10);
    EXPECT_EQ(kinds.size(), 30U);
}

}  // namespace
}  // namespace sip
