#include "server/b2bua/early_dialogs.hpp"

#include <algorithm>
#include <utility>

#include "sip/message/name_addr.hpp"

namespace server {
namespace {

auto has_tag(std::string_view tag) {
    return [tag](const Fork& fork) { return fork.dialog->remote_tag() == tag; };
}

}  // namespace

std::optional<sip::sdp::Agreed> Fork::in_force() const {
    if (offer_answer.agreed()) { return offer_answer.agreed(); }
    const auto* offer = offer_answer.pending_offer();
    if (offer == nullptr || !preview) { return std::nullopt; }
    return sip::sdp::Agreed{*offer, *preview};
}

void EarlyDialogs::begin(const Fork& leg) {
    as_sent_ = std::make_unique<const Fork>(leg);
    others_.clear();
}

void EarlyDialogs::begin_anew(Fork& leg) {
    leg = *as_sent_;
    others_.clear();
}

bool EarlyDialogs::enter(Fork& leg, std::string_view tag) {
    if (leg.dialog && leg.dialog->remote_tag() == tag) { return true; }
    const auto found = std::find_if(others_.begin(), others_.end(), has_tag(tag));
    if (found == others_.end()) { return false; }
    std::swap(leg, *found);
    return true;
}

bool EarlyDialogs::enter(Fork& leg, const sip::Message& invite, const sip::Message& response) {
    const std::string tag{sip::tag_of(response.first(sip::HeaderId::to).value_or(""))};
    if (enter(leg, tag)) { return true; }
    auto dialog = sip::Dialog::as_caller(invite, response);
    if (!dialog) { return false; }
    if (leg.dialog && !leg.dialog->remote_tag().empty()) {
        if (response.status() < 200 && others_.size() + 1 >= max_dialogs) { return false; }
        others_.push_back(std::exchange(leg, Fork{*as_sent_}));
    }
    leg.dialog = std::move(dialog);  // also of what came without a tag at first, as in RFC 2543
    return true;
}

const Fork* EarlyDialogs::find(std::string_view tag) const {
    const auto found = std::find_if(others_.begin(), others_.end(), has_tag(tag));
    return found == others_.end() ? nullptr : &*found;
}

}  // namespace server
