// Peers without a unique branch: RFC 3261 §17.2.3, last paragraphs; RFC 4475 §3.2.1 (a branch that is the cookie
// alone).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "layer_run.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = TransactionEvent::Kind;

RequestText old_invite() {
    RequestText request;
    request.via = "SIP/2.0/UDP 192.0.2.10:5060";
    return request;
}

TEST(LayerRfc2543, KnowsARepetitionByItsFields) {
    for (const std::string_view branch : {"", ";branch=1", ";branch=z9hG4bK"}) {
        LayerRun run;
        auto request = old_invite();
        request.via += branch;
        const auto id = run.accept(request);
        run.respond(id, 180);
        run.sent();
        run.receive(request);
        EXPECT_THAT(run.events(), IsEmpty());
        EXPECT_EQ(run.sent_one().status(), 180);
    }
}

TEST(LayerRfc2543, TellsRequestsApartByEachFieldThatTheRfcNames) {
    for (const auto& change : std::vector<std::function<void(RequestText&)>>{
             [](auto& r) { r.uri = "sip:carol@192.0.2.1"; }, [](auto& r) { r.to += ";tag=b9"; },
             [](auto& r) { r.from = "<sip:alice@example.org>;tag=a9"; }, [](auto& r) { r.call_id = "call-9"; },
             [](auto& r) { r.cseq = "2"; }, [](auto& r) { r.method = "OPTIONS"; }}) {
        LayerRun run;
        run.accept(old_invite());
        auto other = old_invite();
        change(other);
        if (other.uri != old_invite().uri) { other.cseq = "2"; }  // else it is a merged request
        run.receive(other);
        EXPECT_THAT(run.events(), ElementsAre(Kind::request));
    }
}

TEST(LayerRfc2543, TwoCallsWithTheBareCookieAreTwoTransactions) {
    LayerRun run;
    auto first = old_invite();
    first.via += ";branch=z9hG4bK";
    run.accept(first);
    auto second = first;
    second.call_id = "call-2";
    run.receive(second);
    EXPECT_THAT(run.events(), ElementsAre(Kind::request));
}

TEST(LayerRfc2543, TakesTheAckOfAFailureWithTheTagOfTheResponse) {
    for (const std::string_view in_dialog : {"", ";tag=b1"}) {
        LayerRun run;
        auto request = old_invite();
        request.to += in_dialog;
        const auto id = run.accept(request);
        run.respond(id, 486);
        run.sent();
        auto ack = old_invite();
        ack.method = "ACK";
        ack.to += ";tag=b1";
        run.receive(ack);
        run.pass(4s);
        EXPECT_THAT(run.sent(), IsEmpty());
        EXPECT_THAT(run.events(), ElementsAre(Kind::refusal_acknowledged));
        run.pass(1s);
        EXPECT_EQ(run.layer.size(), 0U);
    }
}

TEST(LayerRfc2543, PassesTheAckOfA2xx) {
    LayerRun run;
    const auto id = run.accept(old_invite());
    run.respond(id, 200);
    auto ack = old_invite();
    ack.method = "ACK";
    ack.to += ";tag=b1";
    run.receive(ack);
    EXPECT_THAT(run.events(), ElementsAre(Kind::ack));
    EXPECT_EQ(run.last_events[0].transaction, TransactionId{}) << "it has no branch that could be wrong";
}

TEST(LayerRfc2543, CancelsByTheFieldsOfTheInvite) {
    LayerRun run;
    const auto id = run.accept(old_invite());
    auto cancel = old_invite();
    cancel.method = "CANCEL";
    run.receive(cancel);
    EXPECT_EQ(run.sent_one().status(), 200);
    EXPECT_THAT(run.events(), ElementsAre(Kind::cancel));
    EXPECT_EQ(run.last_events[0].transaction, id);
}

}  // namespace
}  // namespace sip
