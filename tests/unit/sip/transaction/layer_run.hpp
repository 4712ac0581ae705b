// A transaction layer on virtual time, fed with text, and everything that it gave out.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "sip/transaction/layer.hpp"

namespace sip {

inline base::Endpoint endpoint(std::string_view text) { return base::Endpoint::parse(text).value(); }

inline Flow udp_flow(std::string_view remote = "192.0.2.10:5060") {
    return {Transport::udp, endpoint("192.0.2.1:5060"), endpoint(remote), 0};
}
inline Flow tcp_flow(std::uint64_t connection = 7, std::string_view remote = "192.0.2.10:40000") {
    return {Transport::tcp, endpoint("192.0.2.1:5060"), endpoint(remote), connection};
}

// A request as a peer sends it; change what a test is about.
struct RequestText {
    std::string method = "INVITE";
    std::string uri = "sip:bob@192.0.2.1";
    std::string via = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKone";
    std::string from = "<sip:alice@example.org>;tag=a1";
    std::string to = "<sip:bob@example.org>";
    std::string call_id = "call-1";
    std::string cseq = "1";
    std::string more;  // whole lines, each with its CRLF

    std::string text() const {
        return method + " " + uri + " SIP/2.0\r\nVia: " + via + "\r\nFrom: " + from + "\r\nTo: " + to +
               "\r\nCall-ID: " + call_id + "\r\nCSeq: " + cseq + " " + method + "\r\nMax-Forwards: 70\r\n" + more +
               "Content-Length: 0\r\n\r\n";
    }
};

class LayerRun {
public:
    using Kind = TransactionEvent::Kind;

    explicit LayerRun(LayerConfig config = {}) : layer{config, random} {}

    void receive(const std::string& text, const Flow& flow = udp_flow()) {
        layer.on_message(now, parse_message(text), flow, out);
    }
    void receive(const RequestText& request, const Flow& flow = udp_flow()) { receive(request.text(), flow); }
    // The request must have made an event; returns its transaction.
    TransactionId accept(const RequestText& request, const Flow& flow = udp_flow()) {
        receive(request, flow);
        EXPECT_FALSE(out.events.empty());
        EXPECT_EQ(out.events.back().kind, Kind::request);
        accepted = out.events.back().message;
        const TransactionId id = out.events.back().transaction;
        out.events.clear();
        return id;
    }
    void respond(TransactionId id, int status, std::string_view tag = "b1") {
        layer.respond(now, id, make_response(accepted, status, tag), out);
    }
    // A response to the request that was sent last, with `status`, as its peer would make it.
    static std::string answer(const Message& request, int status, std::string_view tag = "b1") {
        return make_response(request, status, tag).to_string();
    }
    TransactionId send(Method method, const Flow& flow = udp_flow(), std::string_view more_body = {}) {
        Message request = Message::request(method, "sip:bob@192.0.2.10");
        request.add(HeaderId::from, "<sip:alice@example.org>;tag=a1");
        request.add(HeaderId::to, "<sip:bob@example.org>");
        request.add(HeaderId::call_id, "call-2");
        request.add(HeaderId::cseq, "5 " + std::string{to_text(method)});
        request.add(HeaderId::route, "<sip:proxy.example.org;lr>");
        if (!more_body.empty()) { request.set_body("text/plain", more_body); }
        return layer.send_request(now, std::move(request), flow, "192.0.2.1:5060", out);
    }
    void pass(base::Duration time) {
        const base::Instant end = now + time;
        while (layer.next_timeout() <= end) {
            now = std::max(now, layer.next_timeout());
            layer.on_timeout(now, out);
            EXPECT_GT(layer.next_timeout(), now);
        }
        now = end;
    }
    // What was sent since the last call, parsed.
    std::vector<Message> sent() {
        std::vector<Message> messages;
        for (const Outgoing& outgoing : out.send) { messages.push_back(parse_message(outgoing.bytes).message); }
        flows.clear();
        for (const Outgoing& outgoing : out.send) { flows.push_back(outgoing.flow); }
        out.send.clear();
        return messages;
    }
    // The one message that was sent since the last call.
    Message sent_one() {
        auto messages = sent();
        EXPECT_EQ(messages.size(), 1U);
        return messages.empty() ? Message{} : messages.front();
    }
    std::vector<Kind> events() {
        std::vector<Kind> kinds;
        for (const TransactionEvent& event : out.events) { kinds.push_back(event.kind); }
        last_events = std::exchange(out.events, {});
        return kinds;
    }

    base::SeededRandom random{1};
    TransactionLayer layer;
    base::Instant now{};
    LayerOutput out;
    Message accepted;
    std::vector<Flow> flows;  // of what sent() returned
    std::vector<TransactionEvent> last_events;
};

}  // namespace sip
