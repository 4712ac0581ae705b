// Where responses go and what a Via is told on arrival: RFC 3261 §18.2, RFC 3581.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layer_run.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Kind = TransactionEvent::Kind;

std::string via_after(const std::string& via, const Flow& flow) {
    LayerRun run;
    RequestText request;
    request.via = via;
    run.accept(request, flow);
    return std::string{*run.accepted.first(HeaderId::via)};
}

Flow flow_of_answer(const std::string& via, const Flow& flow) {
    LayerRun run;
    RequestText request;
    request.via = via;
    run.respond(run.accept(request, flow), 200);
    run.sent();
    return run.flows.at(0);
}

TEST(LayerRoute, LeavesAViaAloneThatNamesItsSource) {
    EXPECT_EQ(via_after("SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKx", udp_flow()),
              "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKx");
}

TEST(LayerRoute, AddsReceivedWhereTheSourceIsAnotherOrTheViaHasAName) {
    EXPECT_EQ(via_after("SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx", udp_flow()),
              "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx;received=192.0.2.10");
    EXPECT_THAT(via_after("SIP/2.0/UDP phone.example.org;branch=z9hG4bKx", udp_flow()),
                HasSubstr(";received=192.0.2.10"));
}

TEST(LayerRoute, ReplacesAReceivedThatThePeerMadeUp) {
    const auto via = via_after("SIP/2.0/UDP 10.0.0.1;received=198.51.100.1;branch=z9hG4bKx", udp_flow());
    EXPECT_THAT(via, HasSubstr("received=192.0.2.10"));
    EXPECT_THAT(via, Not(HasSubstr("198.51.100.1")));
}

TEST(LayerRoute, FillsRportAndReceivedWhereAskedTo) {  // RFC 3581 §4
    const auto via = via_after("SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bKx", udp_flow("192.0.2.10:7000"));
    EXPECT_THAT(via, HasSubstr(";rport=7000"));
    EXPECT_THAT(via, HasSubstr(";received=192.0.2.10"));
}

TEST(LayerRoute, ComparesIpv6AddressesByValue) {
    const Flow flow{Transport::udp, endpoint("[2001:db8::1]:5060"), endpoint("[2001:db8::9]:5060"), 0};
    EXPECT_EQ(via_after("SIP/2.0/UDP [2001:db8:0:0::9];branch=z9hG4bKx", flow),
              "SIP/2.0/UDP [2001:db8:0:0::9];branch=z9hG4bKx");
    EXPECT_THAT(via_after("SIP/2.0/UDP [2001:db8::8];branch=z9hG4bKx", flow), HasSubstr("received=2001:db8::9"));
}

TEST(LayerRoute, StampsOnlyTheTopmostVia) {
    LayerRun run;
    RequestText request;
    request.via = "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKy";
    run.accept(request);
    std::vector<std::string> vias;
    run.accepted.for_each(HeaderId::via, [&](std::string_view via) { vias.emplace_back(via); });
    EXPECT_THAT(vias, ElementsAre("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx;received=192.0.2.10",
                                  "SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKy"));
}

TEST(LayerRoute, AnswersADatagramAtItsSourceAndThePortOfSentBy) {
    const Flow from = udp_flow("192.0.2.10:7000");
    EXPECT_EQ(flow_of_answer("SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKx", from).remote, endpoint("192.0.2.10:5070"));
    EXPECT_EQ(flow_of_answer("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx", from).remote, endpoint("192.0.2.10:5060"));
}

TEST(LayerRoute, AnswersADatagramAtItsSourcePortIfRportWasAskedFor) {
    const Flow from = udp_flow("192.0.2.10:7000");
    EXPECT_EQ(flow_of_answer("SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKx;rport", from), from);
}

TEST(LayerRoute, IgnoresMaddr) {
    const Flow from = udp_flow("192.0.2.10:5060");
    EXPECT_EQ(flow_of_answer("SIP/2.0/UDP 10.0.0.1;maddr=192.0.2.255;branch=z9hG4bKx", from), from);
}

TEST(LayerRoute, AnswersAStreamOnItsConnection) {
    EXPECT_EQ(flow_of_answer("SIP/2.0/TCP 10.0.0.1:5070;branch=z9hG4bKx", tcp_flow()), tcp_flow());
}

TEST(LayerRoute, OpensANewConnectionToSentByWhenTheOldOneBroke) {  // §18.2.2
    LayerRun run;
    RequestText request;
    request.via = "SIP/2.0/TCP 10.0.0.1:5070;branch=z9hG4bKx";
    for (const std::string_view method : {"INVITE", "BYE"}) {
        request.method = method;
        const auto id = run.accept(request, tcp_flow());
        run.respond(id, 486);
        const Message answer = run.sent_one();
        run.layer.on_send_error(run.now, id, run.out);
        EXPECT_EQ(run.sent_one().to_string(), answer.to_string());
        EXPECT_EQ(run.flows[0].remote, endpoint("192.0.2.10:5070"));
        EXPECT_EQ(run.flows[0].connection, 0U);
        EXPECT_THAT(run.events(), IsEmpty());
        run.pass(40s);
        run.events();
        EXPECT_EQ(run.layer.size(), 0U);
    }
}

TEST(LayerRoute, ANewConnectionUnderTlsIsToBeOfWhomSentByNames) {  // RFC 5922 §7.3
    LayerRun run;
    RequestText request;
    request.via = "SIP/2.0/TLS Phone.Example.org;branch=z9hG4bKx";
    Flow secured = tcp_flow();
    secured.transport = Transport::tls;
    const auto id = run.accept(request, secured);
    run.respond(id, 486);
    run.sent();
    EXPECT_EQ(run.flows.at(0).connection, secured.connection);
    run.layer.on_send_error(run.now, id, run.out);
    run.sent();
    EXPECT_EQ(run.flows.at(0).connection, 0U);
    EXPECT_EQ(run.flows[0].remote.port, 5061);
    EXPECT_EQ(run.flows[0].domain, "phone.example.org");
}

TEST(LayerRoute, SendsTheNextRepetitionOfA2xxOverTheNewConnection) {
    LayerRun run;
    RequestText request;
    request.via = "SIP/2.0/TCP 10.0.0.1;branch=z9hG4bKx";
    const auto id = run.accept(request, tcp_flow());
    run.respond(id, 200);
    run.sent();
    run.layer.on_send_error(run.now, id, run.out);
    EXPECT_THAT(run.sent(), IsEmpty());
    run.respond(id, 200);
    run.sent();
    EXPECT_EQ(run.flows.at(0).connection, 0U);
    run.layer.on_send_error(run.now, id, run.out);
    EXPECT_THAT(run.events(), ElementsAre(Kind::transport_error));
    EXPECT_TRUE(run.layer.exists(id));  // RFC 6026: timers end it, not errors
}

TEST(LayerRoute, AnswersOverTheConnectionThatTheRequestCameAgainOver) {
    LayerRun run;
    RequestText request;
    request.via = "SIP/2.0/TCP 10.0.0.1;branch=z9hG4bKx";
    const auto id = run.accept(request, tcp_flow());
    Flow anew = tcp_flow();
    anew.connection += 1;
    anew.remote.port += 1;
    run.receive(request, anew);
    Flow strange = anew;
    strange.connection += 1;
    strange.remote = endpoint("192.0.2.77:4000");
    run.receive(request, strange);
    EXPECT_THAT(run.events(), IsEmpty());
    run.sent();
    run.respond(id, 200);
    run.sent();
    EXPECT_EQ(run.flows.at(0), anew) << "not a stranger's, whatever it has seen";
}

TEST(LayerRoute, HasNoOtherWayToAWebSocket) {
    LayerRun run;
    RequestText request;
    request.via = "SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bKx";
    request.method = "OPTIONS";
    Flow flow = tcp_flow();
    flow.transport = Transport::ws;
    const auto id = run.accept(request, flow);
    run.respond(id, 200);
    run.sent();
    run.layer.on_send_error(run.now, id, run.out);
    EXPECT_THAT(run.sent(), IsEmpty());
    EXPECT_EQ(run.layer.size(), 0U);
}

TEST(LayerRoute, ReportsADatagramThatCannotBeSent) {
    LayerRun run;
    RequestText request;
    request.method = "OPTIONS";
    const auto id = run.accept(request);
    run.respond(id, 200);
    run.layer.on_send_error(run.now, id, run.out);
    EXPECT_THAT(run.events(), ElementsAre(Kind::transport_error));
    EXPECT_EQ(run.layer.size(), 0U);
}

TEST(LayerRoute, AnswersWithoutATransactionGoTheSameWay) {
    LayerRun run;
    RequestText cancel;
    cancel.method = "CANCEL";
    cancel.via = "SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKx;rport";
    run.receive(cancel, udp_flow("192.0.2.10:7000"));
    const Message refusal = run.sent_one();
    EXPECT_EQ(run.flows[0].remote, endpoint("192.0.2.10:7000"));
    EXPECT_THAT(std::string{*refusal.first(HeaderId::via)}, HasSubstr("rport=7000"));
}

}  // namespace
}  // namespace sip
