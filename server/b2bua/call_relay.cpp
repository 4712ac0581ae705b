// Requests that go from one dialog to the other as they are: INFO (RFC 6086) and MESSAGE (RFC 3428). The body crosses
// untouched; of the header fields only those of the policy.
#include <algorithm>

#include "server/b2bua/call.hpp"
#include "server/b2bua/header_policy.hpp"

namespace server {
namespace {

constexpr std::size_t max_relayed = 8;  // under way at once on one call

}  // namespace

void Call::relay_request(Turn& turn, Leg& near, sip::TransactionId transaction, const sip::Message& request) {
    Leg* far = other(near);
    if (state_ != State::up || relayed_.size() >= max_relayed) {
        return refuse_request(turn, near, transaction, request, state_ == State::ending ? 481 : 500, "1");
    }
    if (far == nullptr || far->over) {  // a built-in end, or nobody any more, takes everything and does nothing with it
        return near.respond(turn, services_, transaction, sip::make_response(request, 200, near.local_tag));
    }
    sip::Message copy = far->dialog->make_request(request.method());
    pass_dialog_headers(request, copy, far->header_policy());
    if (const auto package = request.first("Info-Package")) { copy.add("Info-Package", *package); }
    for (const auto field :
         {sip::HeaderId::refer_to, sip::HeaderId::refer_sub, sip::HeaderId::event, sip::HeaderId::subscription_state}) {
        if (const auto value = request.first(field)) { copy.add(field, *value); }
    }
    copy.set_body(request.first(sip::HeaderId::content_type).value_or(""), request.body());
    const auto sent = far->send_request(turn, services_, std::move(copy));
    services_.index.watch(sent, key_, far->side);
    relayed_.push_back(Relayed{sent, transaction, near.side, request});
}

bool Call::relay_response(Turn& turn, sip::TransactionId transaction, const sip::Message* response, int status) {
    const auto found = std::find_if(relayed_.begin(), relayed_.end(),
                                    [&](const Relayed& relayed) { return relayed.far == transaction; });
    if (found == relayed_.end()) { return false; }
    const Relayed relayed = std::move(*found);
    relayed_.erase(found);
    Leg& near = relayed.near_side == media::Side::a ? *a_ : *b_;
    sip::Message answer = sip::make_response(relayed.request, status, near.local_tag);
    if (response != nullptr) {
        pass_dialog_headers(*response, answer, near.header_policy());
        answer.set_body(response->first(sip::HeaderId::content_type).value_or(""), response->body());
    }
    near.respond(turn, services_, relayed.near, answer);
    return true;
}

}  // namespace server
