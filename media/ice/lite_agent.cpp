#include "media/ice/lite_agent.hpp"

#include <algorithm>

namespace media {
namespace {

constexpr int bad_request = 400;
constexpr int unauthenticated = 401;
constexpr int unknown_attribute = 420;
constexpr int role_conflict = 487;

// To whom we do not know: without a text or an address, and never longer than what asked for it, so that nobody's
// forged source gets more from us than was spent on it.
std::optional<StunWriter> error_to_stranger(const StunView& request, int code, std::size_t request_size) {
    StunWriter reply{StunClass::error, request.transaction()};
    reply.error(code, "").fingerprint();
    if (reply.bytes().size() > request_size) { return std::nullopt; }
    return reply;
}

StunWriter error_to_peer(const StunView& request, int code, std::string_view reason, std::string_view pwd) {
    StunWriter reply{StunClass::error, request.transaction()};
    reply.error(code, reason);
    if (code == unknown_attribute) { reply.unknown(request.unknown_required()); }
    reply.integrity(pwd).fingerprint();
    return reply;
}

template <class Sources>
void note(Sources& sources, const TransportAddress& source) {
    const auto known = std::ranges::find(sources, source);
    if (known != sources.end()) {
        sources.erase(known);
    } else if (sources.size() == sources.capacity()) {
        sources.erase(sources.begin());
    }
    sources.push_back(source);
}

}  // namespace

std::optional<std::string_view> addressed_ufrag(const StunView& message) noexcept {
    const auto username = message.username();
    if (!username) { return std::nullopt; }
    const auto colon = username->find(':');
    if (colon == username->npos || colon == 0) { return std::nullopt; }
    return username->substr(0, colon);
}

IceLiteAgent::IceLiteAgent(IceCredentials ours) : current_{std::move(ours), std::nullopt, {}} {}

void IceLiteAgent::set_remote(std::string ufrag) { current_.their_ufrag = std::move(ufrag); }

// Of two restarts before a nomination the generation that carries media is the one to keep.
void IceLiteAgent::restart(IceCredentials ours) {
    if (!previous_ && selected_) { previous_ = std::move(current_); }
    current_ = Generation{std::move(ours), std::nullopt, {}};
    is_expired_ = false;
}

IceOutcome IceLiteAgent::on_datagram(base::Instant now, const TransportAddress& source,
                                     std::span<const std::byte> datagram) {
    const bool has_expired = on_timeout(now);
    IceOutcome outcome;
    if (const auto message = StunView::parse(datagram)) {
        outcome = on_message(now, source, *message, datagram.size());
    }
    outcome.has_expired = has_expired;
    ++counters_[static_cast<std::size_t>(outcome.result)];
    return outcome;
}

// The order of RFC 8489 §6.3.1 and §9.1.3: who asks comes before what is asked, and nothing is remembered before that.
IceOutcome IceLiteAgent::on_message(base::Instant now, const TransportAddress& source, const StunView& message,
                                    std::size_t size) {
    if (message.message_class() != StunClass::request) { return {IceResult::not_a_check, std::nullopt}; }
    if (!message.has_integrity() || !message.username()) {
        return {IceResult::unauthenticated, error_to_stranger(message, bad_request, size)};
    }
    Generation* const generation = generation_of(message);
    if (generation == nullptr || !message.is_authentic(generation->ours.pwd)) {
        return {IceResult::unauthenticated, error_to_stranger(message, unauthenticated, size)};
    }
    const std::string_view pwd = generation->ours.pwd;
    if (is_expired_) { return {IceResult::expired, std::nullopt}; }
    if (!message.unknown_required().empty()) {
        return {IceResult::unknown, error_to_peer(message, unknown_attribute, "Unknown Attribute", pwd)};
    }
    if (!message.priority()) {
        return {IceResult::malformed, error_to_peer(message, bad_request, "PRIORITY is missing", pwd)};
    }
    // RFC 8445 §6.1.1: beside a lite agent the full one controls, whatever the tie-breakers say.
    if (message.controlled()) {
        return {IceResult::role_conflict, error_to_peer(message, role_conflict, "Role Conflict", pwd)};
    }
    IceOutcome outcome{IceResult::answered, std::nullopt};
    accept(now, source, message, *generation, outcome);
    return outcome;
}

IceLiteAgent::Generation* IceLiteAgent::generation_of(const StunView& message) noexcept {
    const auto ufrag = addressed_ufrag(message);
    if (!ufrag) { return nullptr; }
    Generation* found = nullptr;
    if (*ufrag == current_.ours.ufrag) { found = &current_; }
    if (previous_ && *ufrag == previous_->ours.ufrag) { found = &*previous_; }
    if (found == nullptr || !found->their_ufrag) { return found; }
    return message.username()->substr(ufrag->size() + 1) == *found->their_ufrag ? found : nullptr;
}

void IceLiteAgent::accept(base::Instant now, const TransportAddress& source, const StunView& message,
                          Generation& generation, IceOutcome& outcome) {
    StunWriter reply{StunClass::success, message.transaction()};
    reply.mapped_address(source.endpoint).integrity(generation.ours.pwd).fingerprint();
    outcome.reply = reply;
    note(generation.sources, source);  // RFC 8445 §7.3.1.3: peer-reflexive, as every source is for us
    if (selected_ == source) { consent_.on_check(now); }
    if (message.wants_nomination()) { select(now, source, generation, outcome); }
}

// The latest nomination counts, not the highest priority (RFC 8445 §8.1.1 has one nomination a pair; browsers nominate
// anew when they move to another network). One of the generation before does not take back what a new one has not got.
void IceLiteAgent::select(base::Instant now, const TransportAddress& source, Generation& generation,
                          IceOutcome& outcome) {
    const bool ends_restart = previous_ && &generation == &current_;
    outcome.is_new_selection = selected_ != source;
    if (outcome.is_new_selection || ends_restart) { consent_.start(now); }
    selected_ = source;
    if (ends_restart) { previous_.reset(); }
}

bool IceLiteAgent::on_timeout(base::Instant now) noexcept {
    if (now < consent_.next_timeout()) { return false; }
    is_expired_ = !previous_;  // a restart that is under way may still bring a new pair
    selected_.reset();
    previous_.reset();
    consent_ = IceConsent{};
    return true;
}

void IceLiteAgent::forget(const TransportAddress& source) noexcept {
    const auto drop = [&](Generation& generation) {
        const auto gone = std::ranges::find(generation.sources, source);
        if (gone != generation.sources.end()) { generation.sources.erase(gone); }
    };
    drop(current_);
    if (previous_) { drop(*previous_); }
    if (selected_ == source) { selected_.reset(); }
}

bool IceLiteAgent::is_known(const TransportAddress& source) const noexcept {
    const auto has = [&](const Generation& generation) {
        return std::ranges::find(generation.sources, source) != generation.sources.end();
    };
    return selected_ == source || has(current_) || (previous_ && has(*previous_));
}

}  // namespace media
