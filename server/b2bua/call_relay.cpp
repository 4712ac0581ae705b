// Requests that go from one dialog to the other as they are: INFO (RFC 6086), MESSAGE (RFC 3428), and, where transfers
// are not for us to carry out, REFER and its NOTIFYs (RFC 3515). The body crosses untouched,
// but for a key's; of the header fields only those of the policy.
#include <algorithm>

#include "base/text.hpp"
#include "server/b2bua/call.hpp"
#include "server/b2bua/header_policy.hpp"
#include "server/b2bua/words.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/dtmf_info.hpp"
#include "sip/message/name_addr.hpp"

namespace server {
namespace {

constexpr std::size_t max_relayed = 8;         // under way at once on one call
constexpr std::size_t max_relayed_refers = 8;  // whose numbers are remembered; of more, the first are forgotten

bool is_of_transfer(sip::Method method) { return method == sip::Method::refer || method == sip::Method::notify; }

// Far knows nothing of its dialog any more (RFC 3261 §12.2.1.2). A NOTIFY's 481 is of the subscription alone.
bool says_no_dialog(const sip::Message& request, int status) {
    return status == 481 && request.method() != sip::Method::notify;
}

// Near's dialog and ours with far are two: what asks us for credentials, or tells of far's dialog, says nothing of
// near's.
int status_of_relayed(const sip::Message& request, int status) {
    const bool of_our_dialog = status == 401 || status == 407 || status == 408;
    return of_our_dialog || says_no_dialog(request, status) ? 500 : status;
}

// A key in the form that all read: baresip for one takes no «Signal= 5», as SIP.js writes it.
std::string body_of_relayed(std::string_view type, std::string_view body) {
    const auto key = base::iequals(type, sip::dtmf_relay_type) ? sip::read_dtmf_info(type, body) : std::nullopt;
    return key ? sip::write_dtmf_info(*key) : std::string{body};
}

}  // namespace

void Call::relay_request(Turn& turn, Leg& near, sip::TransactionId transaction, const sip::Message& request) {
    Leg* far = other(near);
    if (state_ != State::up || relayed_.size() >= max_relayed) {
        return refuse_request(turn, near, transaction, request, state_ == State::ending ? 481 : 500, "1");
    }
    if (far == nullptr || far->over) {  // a built-in end, or nobody any more, takes everything and does nothing with it
        return near.respond(turn, services_, transaction, sip::make_response(request, 200, near.local_tag));
    }
    pass_on(turn, Relayed{{}, transaction, near.side, request}, *far);
}

void Call::pass_on(Turn& turn, Relayed relayed, Leg& far) {
    const sip::Message& request = relayed.request;
    const bool transfers = is_of_transfer(request.method());
    sip::Message copy = far.dialog->make_request(request.method(), transfers ? far.own.contact : std::string{});
    if (request.method() == sip::Method::refer) { note_refer(*other(far), far, request); }
    pass_dialog_headers(request, copy, far.header_policy());
    if (const auto package = request.first("Info-Package")) { copy.add("Info-Package", *package); }
    for (const auto field : {sip::HeaderId::refer_to, sip::HeaderId::refer_sub, sip::HeaderId::subscription_state}) {
        if (const auto value = request.first(field)) { copy.add(field, *value); }
    }
    if (const auto event = request.first(sip::HeaderId::event)) {
        copy.add(sip::HeaderId::event, event_for(far, *event));
    }
    const auto type = request.first(sip::HeaderId::content_type).value_or("");
    copy.set_body(type, body_of_relayed(type, request.body()));
    relayed.far = far.send_request(turn, services_, std::move(copy));
    services_.index.watch(relayed.far, key_, far.side);
    relayed_.push_back(std::move(relayed));
}

// Of a REFER that was passed on: we subscribe to nothing ourselves. One that ends the subscription is the last
// (RFC 6665 §4.1.3).
void Call::relay_notice(Turn& turn, Leg& near, sip::TransactionId transaction, const sip::Message& request) {
    const auto event = request.first(sip::HeaderId::event).value_or("");
    const auto parameters = event.find(';');
    const auto id = parameters == event.npos ? std::nullopt : sip::find_parameter(event.substr(parameters), "id");
    const auto refer = std::find_if(relayed_refers_.begin(), relayed_refers_.end(), [&](const RelayedRefer& one) {
        return one.near_side != near.side && (!id || *id == std::to_string(one.far_cseq));
    });
    if (refer == relayed_refers_.end()) { return refuse_request(turn, near, transaction, request, 481); }
    const std::size_t under_way = relayed_.size();
    relay_request(turn, near, transaction, request);
    const auto state = request.first(sip::HeaderId::subscription_state).value_or("");
    if (relayed_.size() > under_way && state.starts_with("terminated")) { relayed_refers_.erase(refer); }
}

// The REFERs of a dialog are told apart by their CSeq, which is another on the other leg (RFC 3515 §2.4.6).
void Call::note_refer(const Leg& near, const Leg& far, const sip::Message& request) {
    const auto cseq = sip::CSeq::parse(request.first(sip::HeaderId::cseq).value_or(""));
    if (relayed_refers_.size() == max_relayed_refers) { relayed_refers_.erase(relayed_refers_.begin()); }
    relayed_refers_.push_back({near.side, cseq ? cseq->number : 0, far.dialog->local_cseq()});
}

// Of a NOTIFY, as the referrer knows it.
std::string Call::event_for(const Leg& referrer, std::string_view event) const {
    const auto parameters = event.find(';');
    const auto id = parameters == event.npos ? std::nullopt : sip::find_parameter(event.substr(parameters), "id");
    for (const RelayedRefer& refer : relayed_refers_) {
        const bool meant = id && refer.near_side == referrer.side && *id == std::to_string(refer.far_cseq);
        if (meant) { return std::string{event.substr(0, parameters)} + ";id=" + std::to_string(refer.near_cseq); }
    }
    return std::string{event};
}

bool Call::relay_response(Turn& turn, sip::TransactionId transaction, const sip::Message* response, int status) {
    const auto found = std::find_if(relayed_.begin(), relayed_.end(),
                                    [&](const Relayed& relayed) { return relayed.far == transaction; });
    if (found == relayed_.end()) { return false; }
    Relayed relayed = std::move(*found);
    relayed_.erase(found);
    Leg& near = relayed.near_side == media::Side::a ? *a_ : *b_;
    Leg* far = other(near);
    if (response != nullptr && state_ == State::up && far != nullptr && far->take_challenge(*response)) {
        explain(turn, words::challenged(*far));
        pass_on(turn, std::move(relayed), *far);
        return true;
    }
    if (!relayed.near) { return true; }
    sip::Message answer =
        sip::make_response(relayed.request, status_of_relayed(relayed.request, status), near.local_tag);
    if (response != nullptr) {
        pass_dialog_headers(*response, answer, near.header_policy());
        if (const auto told = response->first(sip::HeaderId::refer_sub)) {
            answer.add(sip::HeaderId::refer_sub, *told);
        }
        const bool target = status < 300 && is_of_transfer(relayed.request.method());
        if (target) { answer.add(sip::HeaderId::contact, near.own.contact); }
        answer.set_body(response->first(sip::HeaderId::content_type).value_or(""), response->body());
    }
    near.respond(turn, services_, relayed.near, answer);
    const bool ends = response != nullptr && state_ == State::up && says_no_dialog(relayed.request, status);
    if (ends) { end(turn, "SIP;cause=481;text=\"dialog is gone\""); }
    return true;
}

}  // namespace server
