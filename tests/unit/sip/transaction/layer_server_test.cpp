// Requests that come in: matching, ACK, CANCEL, merged requests, limits.
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

RequestText ack_of(RequestText request, std::string tag = "b1") {
    request.method = "ACK";
    request.to += ";tag=" + tag;
    return request;
}

RequestText cancel_of(RequestText request) {
    request.method = "CANCEL";
    return request;
}

TEST(LayerServer, GivesANewRequestToItsUserAndSendsNothingByItself) {
    LayerRun run;
    run.receive(RequestText{});
    EXPECT_THAT(run.events(), ElementsAre(Kind::request));
    EXPECT_EQ(run.last_events[0].flow, udp_flow());
    EXPECT_THAT(run.sent(), IsEmpty());
    EXPECT_EQ(run.layer.size(), 1U);
}

TEST(LayerServer, AbsorbsARepetitionAndAnswersItWithTheLastResponse) {
    LayerRun run;
    const auto id = run.accept({});
    run.receive(RequestText{});
    EXPECT_THAT(run.sent(), IsEmpty());
    run.respond(id, 180);
    const Message ringing = run.sent_one();
    run.receive(RequestText{});
    EXPECT_EQ(run.sent_one().to_string(), ringing.to_string());
    EXPECT_THAT(run.events(), IsEmpty());
    EXPECT_EQ(run.layer.counters().retransmissions_in, 2U);
    EXPECT_EQ(run.layer.counters().retransmissions_out, 1U);
}

TEST(LayerServer, TellsRequestsApartByBranchSentByAndMethod) {
    for (const auto& change : std::vector<std::function<void(RequestText&)>>{
             [](auto& r) { r.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKtwo"; },
             [](auto& r) { r.via = "SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bKone"; },
             [](auto& r) { r.via = "SIP/2.0/UDP 192.0.2.11;branch=z9hG4bKone"; },
             [](auto& r) { r.method = "OPTIONS"; }}) {
        LayerRun run;
        run.accept({});
        RequestText other;
        other.call_id = "call-9";
        change(other);
        run.receive(other);
        EXPECT_THAT(run.events(), ElementsAre(Kind::request));
    }
}

TEST(LayerServer, KnowsOneSentByInItsSpellings) {
    LayerRun run;
    RequestText request;
    request.via = "SIP/2.0/UDP Phone.Example.org;branch=z9hG4bKone";
    run.accept(request);
    request.via = "SIP/2.0/UDP phone.example.org:5060;branch=z9hG4bKone";
    run.receive(request);
    EXPECT_THAT(run.events(), IsEmpty());
}

TEST(LayerServer, ReportsTheAckOfAFailureOnceAndIsGoneAfterTimerI) {
    LayerRun run;
    const auto id = run.accept({});
    run.respond(id, 486);
    run.receive(ack_of({}));
    run.receive(ack_of({}));
    EXPECT_THAT(run.events(), ElementsAre(Kind::refusal_acknowledged));
    EXPECT_EQ(run.last_events[0].transaction, id);
    EXPECT_THAT(run.sent(), SizeIs(1));
    run.pass(5s);
    EXPECT_FALSE(run.layer.exists(id));
    EXPECT_EQ(run.layer.next_timeout(), base::never);
}

TEST(LayerServer, RepeatsAFailureUntilItsAckAndReportsIfNoneComes) {
    LayerRun run;
    const auto id = run.accept({});
    run.respond(id, 486);
    run.pass(32s);
    EXPECT_THAT(run.sent(), SizeIs(11));
    EXPECT_THAT(run.events(), ElementsAre(Kind::no_ack));
    EXPECT_EQ(run.last_events[0].transaction, id);
    EXPECT_EQ(run.layer.size(), 0U);
}

TEST(LayerServer, PassesTheAckOfA2xxAndNamesTheInviteWhoseBranchItHas) {
    LayerRun run;
    const auto id = run.accept({});
    run.respond(id, 200);
    auto ack = ack_of({});
    run.receive(ack);  // some reuse the branch
    ack.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKack";
    run.receive(ack);
    EXPECT_THAT(run.events(), ElementsAre(Kind::ack, Kind::ack));
    EXPECT_EQ(run.last_events[0].transaction, id);
    EXPECT_EQ(run.last_events[1].transaction, TransactionId{});
    EXPECT_EQ(run.last_events[1].message.method(), Method::ack);
}

TEST(LayerServer, AbsorbsTheInviteAfterA2xxAndLetsItsUserRepeatTheAnswer) {
    LayerRun run;
    const auto id = run.accept({});
    run.respond(id, 200);
    run.sent();
    run.receive(RequestText{});
    EXPECT_THAT(run.sent(), IsEmpty());
    run.respond(id, 200);
    EXPECT_THAT(run.sent(), SizeIs(1));
    run.pass(32s);
    EXPECT_EQ(run.layer.size(), 0U);
    run.respond(id, 200);
    EXPECT_THAT(run.sent(), IsEmpty());
}

TEST(LayerServer, AnswersACancelAndTellsItsUserOnce) {
    LayerRun run;
    const auto id = run.accept({});
    run.respond(id, 180, "b1");
    run.sent();
    run.receive(cancel_of({}));
    const Message ok = run.sent_one();
    EXPECT_EQ(ok.status(), 200);
    EXPECT_EQ(ok.method(), Method::cancel);
    EXPECT_EQ(*ok.first(HeaderId::to), "<sip:bob@example.org>;tag=b1");  // §9.2: as the INVITE's
    EXPECT_THAT(run.events(), ElementsAre(Kind::cancel));
    EXPECT_EQ(run.last_events[0].transaction, id);
    run.receive(cancel_of({}));
    EXPECT_EQ(run.sent_one().to_string(), ok.to_string());
    EXPECT_THAT(run.events(), IsEmpty());
    run.respond(id, 487);
    EXPECT_EQ(run.sent_one().status(), 487);
}

TEST(LayerServer, AnswersACancelThatComesTooLateWithoutTellingItsUser) {
    for (const int final : {200, 404}) {
        LayerRun run;
        const auto id = run.accept({});
        run.respond(id, final);
        run.sent();
        run.receive(cancel_of({}));
        EXPECT_EQ(run.sent_one().status(), 200);
        EXPECT_THAT(run.events(), IsEmpty());
    }
}

TEST(LayerServer, AnswersACancelOfNothingWith481WithoutKeepingAnything) {
    LayerRun run;
    run.receive(cancel_of({}));
    const Message refusal = run.sent_one();
    EXPECT_EQ(refusal.status(), 481);
    run.receive(cancel_of({}));
    EXPECT_EQ(run.sent_one().to_string(), refusal.to_string());  // §8.2.7: the same To tag again
    EXPECT_THAT(run.events(), IsEmpty());
    EXPECT_EQ(run.layer.size(), 0U);
}

TEST(LayerServer, AnswersAMergedRequestWith482) {  // §8.2.2.2
    for (const std::string_view method : {"INVITE", "OPTIONS"}) {
        LayerRun run;
        RequestText request;
        request.method = method;
        run.accept(request);
        request.via = "SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKother";
        run.receive(request);
        EXPECT_EQ(run.sent_one().status(), 482);
        EXPECT_THAT(run.events(), IsEmpty());
        EXPECT_EQ(run.layer.counters().merged, 1U);
        EXPECT_EQ(run.layer.size(), 1U);
    }
}

TEST(LayerServer, DoesNotTakeARequestInADialogForAMergedOne) {
    LayerRun run;
    RequestText request;
    request.to += ";tag=b1";
    run.accept(request);
    request.via = "SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKother";
    run.receive(request);
    EXPECT_THAT(run.events(), ElementsAre(Kind::request));
}

TEST(LayerServer, TakesTheSameRequestAnewOnceItFailed) {  // as a proxy that forks in sequence sends it
    LayerRun run;
    RequestText request;
    const auto id = run.accept(request);
    run.respond(id, 404);
    request.via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKnext";
    run.receive(request);
    EXPECT_THAT(run.events(), ElementsAre(Kind::request));
}

TEST(LayerServer, TakesTransactionsUpToItsLimitAndThenAnswers503) {
    LayerRun run{{.max_transactions = 2}};
    for (const int i : {1, 2, 3}) {
        RequestText request;
        request.call_id = "call-" + std::to_string(i);
        request.via += std::to_string(i);
        run.receive(request);
    }
    EXPECT_THAT(run.events(), ElementsAre(Kind::request, Kind::request));
    const Message refusal = run.sent_one();
    EXPECT_EQ(refusal.status(), 503);
    EXPECT_TRUE(refusal.first(HeaderId::retry_after));
    EXPECT_EQ(run.layer.counters().rejected_full, 1U);
    EXPECT_EQ(run.layer.size(), 2U);
}

TEST(LayerServer, TakesACancelEvenAtItsLimit) {
    LayerRun run{{.max_transactions = 1}};
    const auto id = run.accept({});
    run.receive(cancel_of({}));
    EXPECT_EQ(run.sent_one().status(), 200);
    EXPECT_THAT(run.events(), ElementsAre(Kind::cancel));
    EXPECT_EQ(run.last_events[0].transaction, id);
    EXPECT_EQ(run.layer.size(), 1U);
}

TEST(LayerServer, AnswersAMalformedRequestWithAWarningAndForgetsIt) {
    LayerRun run;
    auto parsed = parse_message(RequestText{}.text());
    parsed.error = ParseError{ParseFault::bad_value, 400, "bad \"quote\"\r\nX: y", false};
    run.layer.on_message(run.now, parsed, udp_flow(), run.out);
    const Message refusal = run.sent_one();
    EXPECT_EQ(refusal.status(), 400);
    EXPECT_EQ(refusal.first(HeaderId::warning), "399 holdfast \"bad quoteX: y\"");
    EXPECT_NE(refusal.first(HeaderId::to)->find(";tag="), std::string_view::npos);
    EXPECT_THAT(run.events(), IsEmpty());
    EXPECT_EQ(run.layer.size(), 0U);
    EXPECT_EQ(run.layer.counters().malformed, 1U);
}

TEST(LayerServer, NeverAnswersAMalformedAckOrResponseOrWhatCannotBeAnswered) {
    LayerRun run;
    RequestText ack;
    ack.method = "ACK";
    ack.more = "Content-Length: 1\r\n";
    run.receive(ack);
    run.receive("OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\nContent-Length: 0\r\n\r\n");
    run.receive("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\nContent-Length: 0\r\n\r\n");
    run.receive("not SIP at all");
    EXPECT_THAT(run.sent(), IsEmpty());
    EXPECT_THAT(run.events(), IsEmpty());
    EXPECT_EQ(run.layer.counters().malformed, 4U);
}

TEST(LayerServer, KeepsANonInviteAnswerForItsRepetitionsUntilTimerJ) {
    LayerRun run;
    RequestText bye;
    bye.method = "BYE";
    const auto id = run.accept(bye);
    run.respond(id, 200);
    run.sent();
    run.pass(31s);
    run.receive(bye);
    EXPECT_EQ(run.sent_one().status(), 200);
    run.pass(1s);
    EXPECT_EQ(run.layer.size(), 0U);
}

}  // namespace
}  // namespace sip
