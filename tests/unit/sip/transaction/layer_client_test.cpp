// Requests that go out: Via, responses, ACK of a failure, CANCEL, UDP and TCP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layer_run.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Kind = TransactionEvent::Kind;

TEST(LayerClient, SendsARequestWithAViaOfItsOwn) {
    LayerRun run;
    const auto id = run.send(Method::options);
    EXPECT_TRUE(run.layer.exists(id));
    EXPECT_EQ(run.out.send.at(0).transaction, id);
    const Message request = run.sent_one();
    EXPECT_EQ(run.flows[0], udp_flow());
    EXPECT_THAT(std::string{*request.first(HeaderId::via)}, StartsWith("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"));
    EXPECT_THAT(std::string{*request.first(HeaderId::via)}, testing::EndsWith(";rport"));
}

TEST(LayerClient, GivesEachRequestABranchOfItsOwn) {
    LayerRun run;
    run.send(Method::options);
    run.send(Method::options);
    const auto requests = run.sent();
    EXPECT_NE(*requests[0].first(HeaderId::via), *requests[1].first(HeaderId::via));
}

TEST(LayerClient, PassesProvisionalsButThe100AndTheFinalOnce) {
    LayerRun run;
    const auto id = run.send(Method::info);
    const Message request = run.sent_one();
    for (const int status : {100, 183, 200, 200}) { run.receive(LayerRun::answer(request, status)); }
    EXPECT_THAT(run.events(), ElementsAre(Kind::response, Kind::response));
    EXPECT_EQ(run.last_events[0].message.status(), 183);
    EXPECT_EQ(run.last_events[1].message.status(), 200);
    EXPECT_EQ(run.last_events[1].transaction, id);
    EXPECT_EQ(run.layer.counters().retransmissions_in, 1U);
    run.pass(5s);
    EXPECT_EQ(run.layer.size(), 0U);
}

TEST(LayerClient, RetransmitsTheSameBytesAndReportsThatNobodyAnswered) {
    for (const Method method : {Method::invite, Method::bye}) {
        LayerRun run;
        run.send(method);
        const std::string first = run.out.send.at(0).bytes;
        run.pass(32s);
        for (const Outgoing& outgoing : run.out.send) { EXPECT_EQ(outgoing.bytes, first); }
        EXPECT_THAT(run.sent(), SizeIs(method == Method::invite ? 7 : 11));
        EXPECT_THAT(run.events(), ElementsAre(Kind::timeout));
        EXPECT_EQ(run.layer.size(), 0U);
    }
}

TEST(LayerClient, AcknowledgesAFailureBySection17113) {
    LayerRun run;
    run.send(Method::invite);
    const Message invite = run.sent_one();
    run.receive(LayerRun::answer(invite, 486, "b7"));
    const Message ack = run.sent_one();
    EXPECT_EQ(ack.method(), Method::ack);
    EXPECT_EQ(ack.request_uri(), invite.request_uri());
    EXPECT_EQ(*ack.first(HeaderId::via), *invite.first(HeaderId::via));
    EXPECT_EQ(ack.count(HeaderId::via), 1U);
    EXPECT_EQ(*ack.first(HeaderId::from), *invite.first(HeaderId::from));
    EXPECT_EQ(*ack.first(HeaderId::to), "<sip:bob@example.org>;tag=b7");
    EXPECT_EQ(*ack.first(HeaderId::call_id), "call-2");
    EXPECT_EQ(*ack.first(HeaderId::cseq), "5 ACK");
    EXPECT_EQ(*ack.first(HeaderId::route), "<sip:proxy.example.org;lr>");
    EXPECT_EQ(run.flows[0], udp_flow());
    EXPECT_THAT(run.events(), ElementsAre(Kind::response));
    run.receive(LayerRun::answer(invite, 486, "b7"));
    EXPECT_EQ(run.sent_one().to_string(), ack.to_string());
    EXPECT_THAT(run.events(), IsEmpty());
    run.pass(32s);
    EXPECT_EQ(run.layer.size(), 0U);
}

TEST(LayerClient, PassesEvery2xxOfAnInviteUntilTimerMAndCallsThemStrayAfterwards) {
    LayerRun run;
    const auto id = run.send(Method::invite);
    const Message invite = run.sent_one();
    run.receive(LayerRun::answer(invite, 200, "b1"));
    run.receive(LayerRun::answer(invite, 200, "b2"));
    EXPECT_THAT(run.events(), ElementsAre(Kind::response, Kind::response));
    EXPECT_EQ(run.last_events[1].transaction, id);
    EXPECT_THAT(run.sent(), IsEmpty());  // the ACK is the user's
    run.pass(32s);
    EXPECT_EQ(run.layer.size(), 0U);
    run.receive(LayerRun::answer(invite, 200, "b1"));
    EXPECT_THAT(run.events(), ElementsAre(Kind::stray_response));
}

TEST(LayerClient, TakesNoResponseOfAnotherBranchSentByOrMethod) {
    for (const auto& [field, from, to] :
         {std::tuple{HeaderId::via, ";branch=z9hG4bK", ";branch=z9hG4bKx"},
          std::tuple{HeaderId::via, "192.0.2.1:5060", "192.0.2.1:5061"},
          std::tuple{HeaderId::via, "192.0.2.1", "192.0.2.2"}, std::tuple{HeaderId::cseq, "OPTIONS", "INFO"}}) {
        LayerRun run;
        run.send(Method::options);
        Message request = run.sent_one();
        std::string value{*request.first(field)};
        value.replace(value.find(from), std::string_view{from}.size(), to);
        request.set(field, value);
        run.receive(LayerRun::answer(request, 200));
        EXPECT_THAT(run.events(), ElementsAre(Kind::stray_response)) << to;
    }
}

TEST(LayerClient, DropsAResponseWithAViaBelowOurs) {  // §8.1.3.3
    LayerRun run;
    run.send(Method::options);
    Message request = run.sent_one();
    request.add(HeaderId::via, "SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKbelow");
    run.receive(LayerRun::answer(request, 200));
    EXPECT_THAT(run.events(), IsEmpty());
}

TEST(LayerClient, CancelsAtOnceWhenAProvisionalHasCome) {
    LayerRun run;
    const auto id = run.send(Method::invite);
    const Message invite = run.sent_one();
    run.receive(LayerRun::answer(invite, 180));
    run.layer.cancel(run.now, id, "Q.850;cause=16", run.out);
    const Message cancel = run.sent_one();
    EXPECT_EQ(cancel.method(), Method::cancel);
    EXPECT_EQ(cancel.request_uri(), invite.request_uri());
    EXPECT_EQ(*cancel.first(HeaderId::via), *invite.first(HeaderId::via));
    EXPECT_EQ(*cancel.first(HeaderId::to), *invite.first(HeaderId::to));
    EXPECT_EQ(*cancel.first(HeaderId::cseq), "5 CANCEL");
    EXPECT_EQ(*cancel.first(HeaderId::route), "<sip:proxy.example.org;lr>");
    EXPECT_EQ(*cancel.first(HeaderId::reason), "Q.850;cause=16");
    run.receive(LayerRun::answer(cancel, 200));
    run.layer.cancel(run.now, id, {}, run.out);
    EXPECT_THAT(run.sent(), IsEmpty());
    EXPECT_THAT(run.events(), ElementsAre(Kind::response));  // the 180 only
    run.receive(LayerRun::answer(invite, 487));
    EXPECT_EQ(run.sent_one().method(), Method::ack);
    EXPECT_THAT(run.events(), ElementsAre(Kind::response));
    run.pass(40s);
    EXPECT_EQ(run.layer.size(), 0U);
}

TEST(LayerClient, HoldsItsCancelBackUntilAProvisionalComes) {  // §9.1
    LayerRun run;
    const auto id = run.send(Method::invite);
    const Message invite = run.sent_one();
    run.layer.cancel(run.now, id, {}, run.out);
    EXPECT_THAT(run.sent(), IsEmpty());
    run.receive(LayerRun::answer(invite, 100));
    EXPECT_EQ(run.sent_one().method(), Method::cancel);
    run.receive(LayerRun::answer(invite, 180));
    EXPECT_THAT(run.sent(), IsEmpty());
}

TEST(LayerClient, CancelsNothingAfterAFinalAndNothingButAnInvite) {
    LayerRun run;
    const auto invite = run.send(Method::invite);
    run.receive(LayerRun::answer(run.sent_one(), 200));
    const auto info = run.send(Method::info);
    run.receive(LayerRun::answer(run.sent_one(), 100));
    run.layer.cancel(run.now, invite, {}, run.out);
    run.layer.cancel(run.now, info, {}, run.out);
    run.layer.cancel(run.now, TransactionId{999}, {}, run.out);
    EXPECT_THAT(run.sent(), IsEmpty());
}

TEST(LayerClient, GivesUpOnACancelledInviteAfter64T1) {
    LayerRun run;
    const auto id = run.send(Method::invite);
    run.receive(LayerRun::answer(run.sent_one(), 180));
    run.events();
    run.layer.cancel(run.now, id, {}, run.out);
    run.pass(32s);
    EXPECT_THAT(run.events(), ElementsAre(Kind::timeout));  // of the INVITE; the CANCEL is silent
    EXPECT_EQ(run.last_events[0].transaction, id);
    EXPECT_EQ(run.layer.size(), 0U);
}

TEST(LayerClient, RepeatsALostCancel) {
    LayerRun run;
    const auto id = run.send(Method::invite);
    run.receive(LayerRun::answer(run.sent_one(), 180));
    run.layer.cancel(run.now, id, {}, run.out);
    run.sent();
    run.pass(500ms);
    EXPECT_EQ(run.sent_one().method(), Method::cancel);
}

TEST(LayerClient, ReportsASendErrorOnce) {
    LayerRun run;
    const auto id = run.send(Method::bye);
    run.layer.on_send_error(run.now, id, run.out);
    run.layer.on_send_error(run.now, id, run.out);
    EXPECT_THAT(run.events(), ElementsAre(Kind::transport_error));
    EXPECT_EQ(run.layer.size(), 0U);
    EXPECT_EQ(run.layer.next_timeout(), base::never);
}

TEST(LayerClient, SaysNothingOfAnAckThatCannotBeSentBecauseTheFinalWasGiven) {
    LayerRun run;
    const auto id = run.send(Method::invite);
    run.receive(LayerRun::answer(run.sent_one(), 486));
    run.layer.on_send_error(run.now, id, run.out);
    EXPECT_THAT(run.events(), ElementsAre(Kind::response));
    EXPECT_EQ(run.layer.size(), 0U);
}

// §18.1.1. A body that makes the request exactly as large as the limit, or one byte larger.
struct LargeRequest {
    LayerRun run;
    TransactionId id;

    explicit LargeRequest(std::size_t excess, Method method = Method::invite) {
        LayerRun probe;
        probe.send(method, udp_flow(), std::string(1000, 'x'));
        const std::size_t without = probe.out.send.at(0).bytes.size() - 1000;
        const std::string body(LayerConfig{}.datagram_request_limit - without + excess, 'x');
        id = run.send(method, udp_flow(), body);
    }
};

TEST(LayerClient, SendsARequestOfTheDatagramLimitByUdp) {
    LargeRequest large{0};
    EXPECT_EQ(large.run.out.send.at(0).bytes.size(), LayerConfig{}.datagram_request_limit);
    EXPECT_EQ(large.run.out.send.at(0).flow.transport, Transport::udp);
}

TEST(LayerClient, MovesARequestOneByteLargerToTcp) {
    LargeRequest large{1};
    const Message request = large.run.sent_one();
    EXPECT_EQ(large.run.flows[0].transport, Transport::tcp);
    EXPECT_EQ(large.run.flows[0].remote, udp_flow().remote);
    EXPECT_THAT(std::string{*request.first(HeaderId::via)}, StartsWith("SIP/2.0/TCP 192.0.2.1:5060;"));
    large.run.pass(31s);
    EXPECT_THAT(large.run.sent(), IsEmpty());  // a reliable transport: no retransmission
}

TEST(LayerClient, FallsBackToUdpOnceWhenTcpFails) {
    for (const Method method : {Method::invite, Method::message}) {
        LargeRequest large{1, method};
        LayerRun& run = large.run;
        run.sent();
        run.layer.on_send_error(run.now, large.id, run.out);
        const Message request = run.sent_one();
        EXPECT_EQ(run.flows[0], udp_flow());
        EXPECT_THAT(std::string{*request.first(HeaderId::via)}, StartsWith("SIP/2.0/UDP 192.0.2.1:5060;"));
        run.pass(500ms);
        EXPECT_EQ(run.sent_one().to_string(), request.to_string());
        run.receive(LayerRun::answer(request, 404));
        EXPECT_THAT(run.events(), ElementsAre(Kind::response));
    }
}

TEST(LayerClient, ReportsTheErrorWhenUdpFailsToo) {
    LargeRequest large{1};
    large.run.layer.on_send_error(large.run.now, large.id, large.run.out);
    EXPECT_THAT(large.run.events(), IsEmpty());
    large.run.layer.on_send_error(large.run.now, large.id, large.run.out);
    EXPECT_THAT(large.run.events(), ElementsAre(Kind::transport_error));
}

TEST(LayerClient, WritesAMessageOutsideTransactionsWithAViaOfItsOwn) {
    LayerRun run;
    Message ack = Message::request(Method::ack, "sip:bob@192.0.2.10");
    const Outgoing outgoing = run.layer.make_stateless(std::move(ack), tcp_flow(), "192.0.2.1:5060");
    EXPECT_EQ(outgoing.flow, tcp_flow());
    EXPECT_EQ(outgoing.transaction, TransactionId{});
    EXPECT_THAT(outgoing.bytes, testing::HasSubstr("Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK"));
    EXPECT_EQ(run.layer.size(), 0U);
}

}  // namespace
}  // namespace sip
