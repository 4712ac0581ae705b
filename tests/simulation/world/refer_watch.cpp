#include "tests/simulation/world/refer_watch.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace simulation {
namespace {

std::string_view first_word(std::string_view value) { return base::trim(value.substr(0, value.find(';'))); }

}  // namespace

void ReferWatch::on_request_received(const Glance& seen) {
    if (seen.method == "REFER") { subscriptions_.push_back({seen.cseq}); }
}

void ReferWatch::on_response_sent(const Glance& seen, std::string_view text) {
    if (seen.method != "REFER" || seen.status < 200) { return; }
    for (Subscription& subscription : subscriptions_) {
        if (subscription.cseq != seen.cseq) { continue; }
        subscription.accepted = seen.status < 300 && !base::iequals(header_value(text, "Refer-Sub"), "false");
        subscription.over = seen.status >= 300;
    }
}

std::string ReferWatch::on_request_sent(const Glance& seen, std::string_view text) {
    if (seen.method == "NOTIFY") { return check_notify(text); }
    if (seen.method == "REFER" && header_value(text, "Refer-To").empty()) { return "a REFER that names nobody"; }
    return {};
}

std::string ReferWatch::check_notify(std::string_view text) {
    const std::string_view event = header_value(text, "Event");
    const std::string_view state = header_value(text, "Subscription-State");
    if (first_word(event) != "refer") { return "a NOTIFY of an event that nobody asked for"; }
    const auto id_at = event.find(";id=");
    const std::string_view id = id_at == event.npos ? std::string_view{} : event.substr(id_at + 4);
    const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(), [&](const Subscription& one) {
        return id.empty() || std::to_string(one.cseq) == first_word(id);
    });
    if (found == subscriptions_.end() || found->over) { return "a NOTIFY without a subscription"; }
    if (state.empty()) { return "a NOTIFY without Subscription-State"; }
    const std::string_view body = body_of(text);
    const bool is_fragment = first_word(header_value(text, "Content-Type")) == "message/sipfrag";
    if (!is_fragment || !body.starts_with("SIP/2.0 ")) { return "a NOTIFY without a status line"; }
    const bool told = found->has_final;
    found->notified = true;
    found->has_final = told || number_at(body, 1) >= 200;
    found->over = first_word(state) == "terminated";
    found->succeeded = body.starts_with("SIP/2.0 2");
    if (told) { return "a status after the final one"; }
    const bool is_given_up = state.find("reason=timeout") != state.npos;
    return found->over && !found->has_final && !is_given_up ? "an end without a final status" : "";
}

bool ReferWatch::owes_notice() const {
    return std::any_of(subscriptions_.begin(), subscriptions_.end(), [](const Subscription& one) { return !one.over; });
}

bool ReferWatch::is_replaced() const {
    return std::any_of(subscriptions_.begin(), subscriptions_.end(),
                       [](const Subscription& one) { return one.succeeded; });
}

std::string ReferWatch::on_end() const {
    const bool forgets = std::any_of(subscriptions_.begin(), subscriptions_.end(),
                                     [](const Subscription& one) { return one.accepted && !one.notified; });
    return forgets ? "a REFER that was accepted, and no NOTIFY" : "";
}

}  // namespace simulation
