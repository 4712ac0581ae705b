#include "sip/dialog/dialog.hpp"

#include <algorithm>
#include <utility>

#include "sip/message/cseq.hpp"

namespace sip {
namespace {

std::optional<NameAddr> address_in(const Message& message, HeaderId id) {
    const auto value = message.first(id);
    return value ? NameAddr::parse(*value) : std::nullopt;
}

// The Contact as a remote target: only what requests can be sent to.
std::optional<Uri> contact_uri(const Message& message) {
    auto contact = address_in(message, HeaderId::contact);
    if (!contact || contact->wildcard) { return std::nullopt; }
    const bool reachable = contact->uri.scheme == Uri::Scheme::sip || contact->uri.scheme == Uri::Scheme::sips;
    return reachable ? std::optional{std::move(contact->uri)} : std::nullopt;
}

// With the tag as the only parameter: whatever else stood there was said of that one message.
NameAddr tagged(NameAddr address, std::string_view tag) {
    address.parameters.clear();
    if (!tag.empty()) { address.set_parameter("tag", tag); }
    return address;
}

// What §19.1.1 does not allow in a Request-URI stays behind: a peer's Contact writes no header fields of ours.
std::string request_uri_of(Uri uri) {
    uri.headers.clear();
    uri.remove_parameter("method");
    return uri.to_string();
}

std::optional<CSeq> cseq_of(const Message& message) {
    const auto value = message.first(HeaderId::cseq);
    return value ? CSeq::parse(*value) : std::nullopt;
}

std::vector<std::string> record_route_of(const Message& message) {
    std::vector<std::string> routes;
    message.for_each(HeaderId::record_route, [&](std::string_view value) { routes.emplace_back(value); });
    return routes;
}

std::optional<Uri> uri_of_route(const std::vector<std::string>& routes) {
    if (routes.empty()) { return std::nullopt; }
    auto address = NameAddr::parse(routes.front());
    return address ? std::optional{std::move(address->uri)} : std::nullopt;
}

constexpr std::string_view usual_max_forwards = "70";

}  // namespace

// §12.1.2. Without a Contact, which a 2xx must have but some lack, the target stays what the request was sent to.
std::optional<Dialog> Dialog::as_caller(const Message& request, const Message& response) {
    auto local = address_in(request, HeaderId::from);
    auto remote = address_in(response, HeaderId::to);
    const auto call_id = request.first(HeaderId::call_id);
    const auto cseq = cseq_of(request);
    if (!local || !remote || !call_id || !cseq) { return std::nullopt; }
    Dialog dialog;
    dialog.call_id_ = *call_id;
    dialog.local_tag_ = local->tag();
    dialog.remote_tag_ = remote->tag();
    dialog.local_ = tagged(std::move(*local), dialog.local_tag_);
    dialog.remote_ = tagged(std::move(*remote), dialog.remote_tag_);
    dialog.local_cseq_ = cseq->number;
    if (const auto sent_to = Uri::parse(request.request_uri())) { dialog.remote_target_ = *sent_to; }
    dialog.refresh_target(response);
    dialog.set_routes(response, true);
    if (response.status() >= 200) { dialog.state_ = State::confirmed; }
    return dialog;
}

// §12.1.1. An RFC 2543 caller may lack a tag, and a Contact: then its From is all we know.
std::optional<Dialog> Dialog::as_callee(const Message& request, std::string_view local_tag) {
    auto local = address_in(request, HeaderId::to);
    auto remote = address_in(request, HeaderId::from);
    const auto call_id = request.first(HeaderId::call_id);
    const auto cseq = cseq_of(request);
    if (!local || !remote || !call_id || !cseq) { return std::nullopt; }
    Dialog dialog;
    dialog.call_id_ = *call_id;
    dialog.local_tag_ = local_tag;
    dialog.remote_tag_ = remote->tag();
    dialog.local_ = tagged(std::move(*local), dialog.local_tag_);
    dialog.remote_target_ = remote->uri;
    dialog.remote_ = tagged(std::move(*remote), dialog.remote_tag_);
    dialog.remote_cseq_ = cseq->number;
    dialog.refresh_target(request);
    dialog.set_routes(request, false);
    return dialog;
}

// The route set stays as it is from here on (§12.2); only the target may move.
void Dialog::confirm(const Message& response) {
    if (state_ == State::confirmed) { return; }
    state_ = State::confirmed;
    const bool caller = tag_of(response.first(HeaderId::from).value_or("")) == local_tag_;
    if (!caller) { return; }
    set_routes(response, true);
    refresh_target(response);
    if (!remote_tag_.empty()) { return; }
    remote_tag_ = tag_of(response.first(HeaderId::to).value_or(""));  // the provisional had none (RFC 2543)
    remote_ = tagged(std::move(remote_), remote_tag_);
}

void Dialog::set_routes(const Message& message, bool reversed) {
    route_set_ = record_route_of(message);
    if (reversed) { std::reverse(route_set_.begin(), route_set_.end()); }
    first_route_ = uri_of_route(route_set_);
    if (!first_route_) { route_set_.clear(); }
}

Message Dialog::make_request(Method method, std::string_view contact) {
    ++local_cseq_;
    Message request = make_routed(method, local_cseq_);
    if (!contact.empty()) { request.add(HeaderId::contact, contact); }
    return request;
}

Message Dialog::make_ack(std::uint32_t invite_cseq) const { return make_routed(Method::ack, invite_cseq); }

// §12.2.1.1. A first route without lr is a strict router of RFC 2543: it becomes the Request-URI, and the target goes
// to the end of the routes.
Message Dialog::make_routed(Method method, std::uint32_t cseq) const {
    const bool strict = first_route_ && !first_route_->has_parameter("lr");
    Message request = Message::request(method, request_uri_of(strict ? *first_route_ : remote_target_));
    request.add(HeaderId::max_forwards, usual_max_forwards);
    request.add(HeaderId::from, local_.to_string());
    request.add(HeaderId::to, remote_.to_string());
    request.add(HeaderId::call_id, call_id_);
    request.add(HeaderId::cseq, std::to_string(cseq) + " " + std::string{to_text(method)});
    for (std::size_t i = strict ? 1 : 0; i < route_set_.size(); ++i) { request.add(HeaderId::route, route_set_[i]); }
    if (strict) { request.add(HeaderId::route, "<" + remote_target_.to_string() + ">"); }
    return request;
}

const Uri& Dialog::next_hop() const { return first_route_ ? *first_route_ : remote_target_; }

bool Dialog::accept(const Message& request) {
    if (request.method() == Method::ack || request.method() == Method::cancel) { return true; }
    const auto cseq = cseq_of(request);
    if (!cseq || (remote_cseq_ && cseq->number < *remote_cseq_)) { return false; }
    remote_cseq_ = cseq->number;
    return true;
}

void Dialog::refresh_target(const Message& message) {
    if (auto target = contact_uri(message)) { remote_target_ = std::move(*target); }
}

bool Dialog::matches_request(const Message& request) const {
    return request.first(HeaderId::call_id) == call_id_ &&
           tag_of(request.first(HeaderId::to).value_or("")) == local_tag_ &&
           tag_of(request.first(HeaderId::from).value_or("")) == remote_tag_;
}

}  // namespace sip
