#include "server/b2bua/ringing_devices.hpp"

#include <algorithm>
#include <utility>

#include "server/b2bua/words.hpp"

namespace server {
namespace {

bool is_heard(const RingingDevices::Device& device) { return !device.leg->apart; }
bool has_said_of_media(const RingingDevices::Device& device) { return device.leg->in_force().has_value(); }

DeviceView view_of(const Leg& leg) {
    return {leg.call_id,
            leg.party.user_name(),
            std::string{sip::to_text(leg.flow.transport)},
            leg.flow.remote.to_string(),
            {}};
}

}  // namespace

RingingDevices::~RingingDevices() {
    for (const Device& device : devices_) {
        device.leg->forget_pracks(services_);
        device.leg->forget(services_);
    }
}

void RingingDevices::begin() {
    refusals = {};
    outcomes_.clear();
}

RingingDevices::Device RingingDevices::take() {
    auto which = std::ranges::find_if(devices_, is_heard);
    if (which == devices_.end()) { which = std::ranges::find_if(devices_, has_said_of_media); }
    return take(which == devices_.end() ? devices_.begin() : which);
}

RingingDevices::Device RingingDevices::take_last() { return take(devices_.end() - 1); }

RingingDevices::Device RingingDevices::take(std::vector<Device>::iterator which) {
    Device taken = std::move(*which);
    devices_.erase(which);
    return taken;
}

RingingDevices::Device* RingingDevices::heard() {
    const auto found = std::ranges::find_if(devices_, is_heard);
    return found == devices_.end() ? nullptr : &*found;
}

bool RingingDevices::is_any_ringing() const {
    return std::ranges::any_of(devices_, [](const Device& device) { return device.leg->rings; });
}

bool RingingDevices::is_any_heard() const { return std::ranges::any_of(devices_, is_heard); }

RingingDevices::Device* RingingDevices::of_transaction(sip::TransactionId transaction) {
    const auto found = std::ranges::find_if(devices_, [&](const Device& device) {
        return device.leg->invite_out == transaction || device.leg->is_prack(transaction);
    });
    return found == devices_.end() ? nullptr : &*found;
}

RingingDevices::Device* RingingDevices::of_dialog(const sip::Message& request) {
    const auto found =
        std::ranges::find_if(devices_, [&](const Device& device) { return device.leg->has_dialog(request); });
    return found == devices_.end() ? nullptr : &*found;
}

bool RingingDevices::has_dialog(const sip::Message& request) const {
    return std::ranges::any_of(devices_, [&](const Device& device) { return device.leg->has_dialog(request); });
}

bool RingingDevices::sent_invite_to(std::string_view request_uri) const {
    return std::ranges::any_of(
        devices_, [&](const Device& device) { return device.leg->sent_invite->request_uri() == request_uri; });
}

bool RingingDevices::uses(const Listener& listener) const {
    return std::ranges::any_of(devices_, [&](const Device& device) { return goes_by(device.leg->flow, listener); });
}

void RingingDevices::follow(std::string_view user, std::uint64_t lost, const sip::Flow& flow) {
    for (const Device& device : devices_) { device.leg->follow(user, lost, flow); }
}

void RingingDevices::announce(const Leg& leg) {
    outcomes_.push_back(view_of(leg));
    outcomes_.back().outcome = "called";
}

std::string RingingDevices::name(const Leg& leg) const {
    return outcomes_.empty() ? words::partner(leg) : words::device(leg);
}

bool RingingDevices::note(const Leg& leg, std::string_view outcome) {
    const auto of = std::ranges::find(outcomes_, leg.call_id, &DeviceView::call_id);
    return of != outcomes_.end() && std::exchange(of->outcome, outcome) != outcome;
}

}  // namespace server
