// Events of the transactions to the calls that they belong to; what belongs to none is answered here.
#include <algorithm>
#include <utility>

#include "server/b2bua/addressing.hpp"
#include "server/b2bua/bridge_rules.hpp"
#include "server/b2bua/call.hpp"
#include "server/b2bua/call_events.hpp"
#include "server/b2bua/call_id.hpp"
#include "server/b2bua/core_state.hpp"
#include "sip/dialog/dialog.hpp"
#include "sip/message/body.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

constexpr std::string_view overload_retry_after = "5";

std::string tag_in(const sip::Message& message, sip::HeaderId id) {
    const auto value = message.first(id);
    return std::string{value ? sip::tag_of(*value) : std::string_view{}};
}

// An answer that takes nothing of the offer in a 2xx, for a dialog that ends at once; "": it makes none.
std::string decline(const sip::Message& response, const OwnAddress& own, base::Random& random) {
    const auto offer = sip::sdp::parse(sip::session_description(response));
    if (!offer) { return {}; }
    sip::sdp::Session answer = make_declining_answer(*offer, {own.origin(), 0});
    constexpr std::uint64_t any = 1'000'000'000;
    answer.origin.session_id = 1 + random.below(any);
    answer.origin.version = 1;
    answer.origin.is_v6 = own.origin().is_v6();
    answer.origin.address = own.origin().to_string();
    return sip::sdp::write(answer);
}

}  // namespace

// Carries each event to its end; what that makes happen in the layer is appended and carried out in turn.
void Core::State::drain_layer(base::Instant now, sip::LayerOutput& sip, CoreOutput& out, const Arrival& arrival) {
    Turn turn{now, sip, out, arrival.sender};
    for (std::size_t i = 0; i < sip.events.size(); ++i) {
        sip::TransactionEvent event = std::move(sip.events[i]);
        on_event(turn, event);
    }
    if (arrival.flow != nullptr) {
        keep_message(now, false, *arrival.flow, arrival.text, out);
    }  // its call is known now
    for (sip::Outgoing& outgoing : sip.send) {
        keep_message(now, true, outgoing.flow, outgoing.bytes, out);
        out.send.push_back(std::move(outgoing));
    }
    counters.retransmissions_in = layer.counters().retransmissions_in;
    counters.retransmissions_out = layer.counters().retransmissions_out;
}

void Core::State::on_event(Turn& turn, sip::TransactionEvent& event) {
    using Kind = sip::TransactionEvent::Kind;
    switch (event.kind) {
        case Kind::request:
            return on_request(turn, event);
        case Kind::ack:
            return on_ack(turn, event);
        case Kind::response:
            ++counters.responses_in[{event.message.method(), event.message.status()}];
            return on_final_of_transaction(turn, event);
        case Kind::timeout:
        case Kind::transport_error:
            return on_final_of_transaction(turn, event);
        case Kind::cancel: {
            ++counters.requests_in[{sip::Method::cancel, event.flow.transport}];
            const auto place = table.of_transaction(event.transaction);
            if (!place) { return; }
            table.find(place->call)->note_received(turn, place->side, event.message);
            table.find(place->call)->on_cancel(turn, place->side, event.transaction);
            return settle(turn, place->call);
        }
        case Kind::stray_response:
            ++counters.dropped["stray_response"];
            return;
        case Kind::refusal_acknowledged:
        case Kind::no_ack:
            return on_refusal_over(turn, event.transaction);
    }
}

void Core::State::on_request(Turn& turn, sip::TransactionEvent& event) {
    const sip::Message& request = event.message;
    ++counters.requests_in[{request.method(), event.flow.transport}];
    const std::string to_tag = tag_in(request, sip::HeaderId::to);
    if (to_tag.empty()) { return on_new_request(turn, event); }
    const auto place = table.of_dialog(request.first(sip::HeaderId::call_id).value_or(""), to_tag);
    Call* call = place ? table.find(place->call) : nullptr;
    if (call == nullptr || !call->has_dialog(place->side, request)) {
        return refuse(turn, event, RequestFault{481, {}, {}, {}});
    }
    call->note_received(turn, place->side, request);
    const bool secure = sip::is_secure(event.flow.transport);
    if (const auto fault = check_request(request, secure)) { return refuse(turn, event, *fault, call, place->side); }
    if (request.method() == sip::Method::invite) { table.watch(event.transaction, place->call, place->side); }
    call->on_request(turn, place->side, event.transaction, request, event.flow);
    settle(turn, place->call);
}

void Core::State::on_new_request(Turn& turn, sip::TransactionEvent& event) {
    auto fault = check_request(event.message, sip::is_secure(event.flow.transport));
    if (!fault) { fault = check_body(event.message); }
    if (fault) {
        const std::string name = turn.sender.trunk_name();
        if (turn.sender.trunk != nullptr) { ++counters.trunk_rejected[{name, std::to_string(fault->status)}]; }
        if (!fault->rule.empty()) { ++counters.offers_refused[{name, fault->rule}]; }
        return refuse(turn, event, *fault);
    }
    switch (event.message.method()) {
        case sip::Method::invite:
            if (event.message.count(sip::HeaderId::replaces) != 0) { return on_replacing_invite(turn, event); }
            return on_invite(turn, event);
        case sip::Method::options:
            return on_options(turn, event);
        case sip::Method::register_:
            if (turn.sender.user != nullptr) { return on_register(turn, event); }
            return refuse(turn, event, RequestFault{405, {}, "Allow", std::string{allowed_methods}});
        case sip::Method::bye:
        case sip::Method::info:
        case sip::Method::prack:
            return refuse(turn, event, RequestFault{481, {}, {}, {}});
        default:
            return refuse(turn, event, RequestFault{405, {}, "Allow", std::string{allowed_methods}});
    }
}

bool Core::State::is_closed_to(const sip::Flow& flow) const {
    return draining || std::ranges::any_of(setup.listeners, [&](const Listener& listener) {
               return listener.leaving && goes_by(flow, listener);
           });
}

void Core::State::on_invite(Turn& turn, sip::TransactionEvent& event) {
    if (is_closed_to(event.flow)) {
        return refuse(turn, event, RequestFault{503, {}, "Retry-After", std::string{overload_retry_after}});
    }
    if (is_loop(event.message)) { return refuse(turn, event, RequestFault{482, {}, {}, {}}); }
    const CallKey key = table.next_key();
    Call& call = table.add(std::make_unique<Call>(key, snapshot, services));
    sampled.add(turn.now, key);
    table.watch(event.transaction, key, media::Side::a);
    call.note_received(turn, media::Side::a, event.message);
    call.start(turn, event.transaction, std::move(event.message), event.flow, turn.sender);
    settle(turn, key);
}

// An INVITE of ours that came back unchanged: same Call-ID, our own tag, same place. A different Request-URI is a
// spiral and is routed; Max-Forwards bounds it.
bool Core::State::is_loop(const sip::Message& invite) const {
    const auto place =
        table.of_dialog(invite.first(sip::HeaderId::call_id).value_or(""), tag_in(invite, sip::HeaderId::from));
    const Call* call = place && place->side == media::Side::b ? table.find(place->call) : nullptr;
    return call != nullptr && call->sent_invite_to(invite.request_uri());
}

void Core::State::on_options(Turn& turn, const sip::TransactionEvent& event) {
    if (is_closed_to(event.flow)) {
        return refuse(turn, event, RequestFault{503, {}, "Retry-After", std::string{overload_retry_after}});
    }
    sip::Message response = sip::make_response(event.message, 200, random.token(response_tag_length));
    response.add(sip::HeaderId::allow, allowed_methods);
    response.add(sip::HeaderId::accept, accepted_bodies);
    response.add(sip::HeaderId::accept_encoding, "identity");
    response.add(sip::HeaderId::supported, supported_options);
    ++counters.responses_out[{sip::Method::options, 200}];
    layer.respond(turn.now, event.transaction, response, turn.sip);
}

void Core::State::refuse(Turn& turn, const sip::TransactionEvent& event, const RequestFault& fault, Call* of,
                         media::Side side) {
    // The ACK is to find this shard, whatever its Call-ID.
    const bool replaces = event.message.count(sip::HeaderId::replaces) != 0;
    const std::string tag = replaces ? make_tag(setup.shard, random) : random.token(response_tag_length);
    sip::Message response = sip::make_response(event.message, fault.status, tag);
    if (!fault.header.empty()) { response.add(fault.header, fault.value); }
    if (!fault.warning.empty()) { add_warning(response, 399, fault.warning); }
    ++counters.responses_out[{event.message.method(), fault.status}];
    if (of != nullptr) { of->note_sent(turn, side, response); }
    layer.respond(turn.now, event.transaction, response, turn.sip);
}

void Core::State::on_ack(Turn& turn, const sip::TransactionEvent& event) {
    ++counters.requests_in[{sip::Method::ack, event.flow.transport}];
    const auto place = table.of_dialog(event.message.first(sip::HeaderId::call_id).value_or(""),
                                       tag_in(event.message, sip::HeaderId::to));
    Call* call = place ? table.find(place->call) : nullptr;
    if (call == nullptr || !call->has_dialog(place->side, event.message)) {
        ++counters.dropped["stray_ack"];
        return;
    }
    call->note_received(turn, place->side, event.message);
    call->on_ack(turn, place->side, event);
    settle(turn, place->call);
}

void Core::State::on_refusal_over(Turn& turn, sip::TransactionId invite) {
    const auto place = table.of_transaction(invite);
    Call* call = place ? table.find(place->call) : nullptr;
    if (call == nullptr) { return; }
    table.forget(invite);
    call->on_refusal_over(turn, invite);
    settle(turn, place->call);
}

void Core::State::on_final_of_transaction(Turn& turn, const sip::TransactionEvent& event) {
    const auto place = table.of_transaction(event.transaction);
    Call* call = place ? table.find(place->call) : nullptr;
    if (call == nullptr) {
        table.forget(event.transaction);
        if (on_ping_final(turn, event)) { return; }
        return acknowledge_orphan(turn, event);
    }
    using Kind = sip::TransactionEvent::Kind;
    if (event.kind == Kind::response) {
        call->note_received(turn, place->side, event.message);
        call->on_response(turn, place->side, event.transaction, event.message);
        // A 2xx to INVITE may come again; every other final is the last word of its transaction.
        const bool last = event.message.status() >= 300 ||
                          (event.message.status() >= 200 && event.message.method() != sip::Method::invite);
        if (last) { table.forget(event.transaction); }
    } else {
        call->on_failure(turn, place->side, event.transaction, event.kind == Kind::timeout);
        table.forget(event.transaction);
    }
    settle(turn, place->call);
}

// A 2xx of an INVITE whose call is gone: our ACK was lost, or it was late. Everything that its ACK needs is in it
// (RFC 3261 §13.2.2.4); without one the peer repeats it for 64·T1. Where a proxy had asked others too and one of them
// answers only now, its dialog ends at once.
void Core::State::acknowledge_orphan(Turn& turn, const sip::TransactionEvent& event) {
    const sip::Message& response = event.message;
    const bool answer = event.kind == sip::TransactionEvent::Kind::response && response.status() >= 200 &&
                        response.status() < 300 && response.method() == sip::Method::invite;
    if (!answer) { return; }
    const auto place =
        table.of_dialog(response.first(sip::HeaderId::call_id).value_or(""), tag_in(response, sip::HeaderId::from));
    Call* call = place && place->side == media::Side::b ? table.find(place->call) : nullptr;
    if (call != nullptr && call->on_late_answer(turn, response)) { return; }
    const auto cseq = sip::CSeq::parse(response.first(sip::HeaderId::cseq).value_or(""));
    if (!cseq) { return; }
    auto request = sip::Message::request(sip::Method::invite, "sip:invalid");
    for (const auto id : {sip::HeaderId::from, sip::HeaderId::call_id}) {
        request.add(id, response.first(id).value_or(""));
    }
    constexpr std::uint32_t room = 100;  // for PRACKs that the dialog may have had
    request.add(sip::HeaderId::cseq, std::to_string(cseq->number + room) + " INVITE");
    auto dialog = sip::Dialog::as_caller(request, response);
    if (!dialog) { return; }
    const sip::Flow way = next_flow(*dialog, event.flow, setup);
    const auto own = own_address(way, snapshot->config, setup);
    const auto* const kept = table.kept_acks(event.transaction);
    const KeptAck* const known = kept != nullptr ? kept->find(dialog->remote_tag()) : nullptr;
    const bool is_fork = kept != nullptr && known == nullptr;
    if (is_fork && kept->of.size() > max_forks) { return; }
    const std::string body = known != nullptr             ? known->body
                             : is_fork && kept->offerless ? decline(response, own, random)
                                                          : std::string{};
    sip::Message ack = dialog->make_ack(cseq->number);
    ack.set_body(body.empty() ? std::string_view{} : "application/sdp", body);
    turn.sip.send.push_back(layer.make_stateless(std::move(ack), way, own.sent_by));
    if (!is_fork) { return; }
    table.keep_ack(event.transaction, kept->offerless, {dialog->remote_tag(), body});
    layer.send_request(turn.now, dialog->make_request(sip::Method::bye), way, own.sent_by, turn.sip);
}

namespace {

CallShare share_of(const Call& call) {
    CallShare share;
    share.state = static_cast<std::size_t>(call.state());
    share.has_media = call.has_media();
    share.is_one_way = call.quality().is_one_way;
    for (const auto side : {media::Side::a, media::Side::b}) {
        const Leg* leg = call.leg(side);
        if (leg == nullptr) { continue; }
        share.holds += call.state() == Call::State::up && holds(leg->wish) ? 1 : 0;
        if (!leg->over) { share.trunks[side == media::Side::a ? 0 : 1] = leg->trunk_name(); }
    }
    return share;
}

}  // namespace

// After a turn: what it changed, the call's next deadline and its part of the gauges, or its end.
void Core::State::settle(Turn& turn, CallKey key) {
    Call* call = table.find(key);
    if (call == nullptr) { return; }
    tell_what_changed(turn, *call);
    for (const std::string& dialog : call->take_dialogs()) { archive.name(dialog, key, call->id()); }
    if (call->finished()) {
        LadderView ladder = call->ladder();
        ladder.state = "ended";
        const auto gone = ended.add(std::move(ladder), timeline_of(*call), {key, archive.close(key)});
        for (const CallKey eldest : gone) { archive.forget(eldest); }
        shares.remove(key);
        sampled.remove(key);
        return table.remove(key);
    }
    shares.set(key, share_of(*call));
    call->clock_holds(turn.now);
    table.deadlines.set(key, call->next_timeout());
}

void Core::State::tell_what_changed(Turn& turn, Call& call) {
    const std::shared_ptr<const CallBrief> before = call.brief();
    if (call.renew_brief()) { append_events(before.get(), call.brief(), turn.now, call.end_of(), turn.out.events); }
}

// Those whose turn it is: a few of them at a time, whatever their number.
void Core::State::measure_calls(base::Instant now) {
    for (const CallKey key : sampled.take_due(now)) {
        Call* call = table.find(key);
        if (call == nullptr) { continue; }
        call->measure(now);
        shares.set(key, share_of(*call));
    }
}

}  // namespace server
