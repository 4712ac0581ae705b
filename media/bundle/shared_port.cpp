#include "media/bundle/shared_port.hpp"

#include <algorithm>
#include <utility>

#include "media/bundle/first_byte.hpp"
#include "media/rtcp/rtcp_view.hpp"

namespace media {
namespace {

Protection::Kind kind_of(Component component) {
    return component == Component::rtp ? Protection::Kind::rtp : Protection::Kind::rtcp;
}

}  // namespace

bool SharedPort::open(TransportId id, const IceCredentials& ours, std::string& why) {
    if (transports_.size() == max_transports) {
        why = "there are " + std::to_string(max_transports) + " transports on the shared port";
        return false;
    }
    if (by_ufrag_.contains(ours.ufrag)) {
        why = "the ufrag is in use";
        return false;
    }
    auto& entry = transports_[id];
    entry = std::make_unique<Entry>(id, ours, dtls_, handshakes_);
    note_ufrags(*entry);
    return true;
}

void SharedPort::describe(base::Instant now, TransportId id, const TransportDescription& description) {
    Entry* const entry = find(id);
    if (entry == nullptr) { return; }
    BundleTransport::Datagrams out;
    entry->transport.describe(now, description, out);
    send_dtls(entry->transport.selected(), out);
    settle(now, *entry);
}

void SharedPort::close(TransportId id) {
    Entry* const entry = find(id);
    if (entry == nullptr) { return; }
    BundleTransport::Datagrams out;
    entry->transport.close(out);
    send_dtls(entry->transport.selected(), out);
    if (entry->told) {
        for (const LineId& line : entry->transport.lines.ids()) { changes_.push_back({line, std::nullopt}); }
    }
    for (const std::string& ufrag : entry->ufrags) { by_ufrag_.erase(ufrag); }
    for (const TransportAddress& source : entry->sources) { by_source_.erase(source); }
    due_.erase(id);
    transports_.erase(id);
}

bool SharedPort::attach(base::Instant now, TransportId id, const LineId& line) {
    Entry* const entry = find(id);
    if (entry == nullptr || !entry->transport.lines.add(line)) { return false; }
    raise(now, *entry);
    return true;
}

void SharedPort::detach(TransportId id, const LineId& line) {
    if (Entry* const entry = find(id)) { entry->transport.lines.remove(line); }
}

void SharedPort::move(TransportId id, const LineId& from, const LineId& to) {
    if (Entry* const entry = find(id)) { entry->transport.lines.rename(from, to); }
}

void SharedPort::describe_line(TransportId id, const LineId& line, const LegDescription& description) {
    if (Entry* const entry = find(id)) { entry->transport.lines.describe(line, description); }
}

SharedPort::Arrival SharedPort::on_datagram(base::Instant now, const TransportAddress& source,
                                            std::span<std::byte> datagram) {
    if (datagram.size() > max_datagram) { return {Drop::malformed}; }
    const FirstByte kind = first_byte_of(datagram);
    if (kind == FirstByte::other) { return {Drop::malformed}; }
    if (kind == FirstByte::stun) { return take_check(now, source, datagram); }
    Entry* const entry = owner_of(source);
    if (entry == nullptr) { return {Drop::unknown_source}; }
    return kind == FirstByte::dtls ? take_dtls(now, *entry, source, datagram) : take_media(now, *entry, datagram);
}

// Whom nobody here is addressed by is not answered: an answer could be for whoever's address was forged.
SharedPort::Arrival SharedPort::take_check(base::Instant now, const TransportAddress& source,
                                           std::span<const std::byte> datagram) {
    Entry* const entry = addressee(datagram);
    if (entry == nullptr) {
        ++checks_.for_nobody;
        return {Drop::stun};
    }
    if (is_taken(*entry, source)) {
        ++checks_.from_taken_place;
        return {Drop::stun};
    }
    BundleTransport::Datagrams out;
    const IceOutcome outcome = entry->transport.on_check(now, source, datagram, out);
    ++checks_.results[static_cast<std::size_t>(outcome.result)];
    if (outcome.reply) { sink_->send(source, outcome.reply->bytes()); }
    const bool is_answered = outcome.result == IceResult::answered;
    if (is_answered) { note_source(*entry, source); }
    send_dtls(entry->transport.selected(), out);
    settle(now, *entry);
    return {is_answered ? Drop::none : Drop::stun};
}

SharedPort::Arrival SharedPort::take_dtls(base::Instant now, Entry& entry, const TransportAddress& source,
                                          std::span<const std::byte> datagram) {
    BundleTransport::Datagrams out;
    const Drop drop = entry.transport.on_dtls(now, datagram, out);
    send_dtls(source, out);
    settle(now, entry);
    return {drop};
}

SharedPort::Arrival SharedPort::take_media(base::Instant now, Entry& entry, std::span<std::byte> datagram) noexcept {
    Arrival arrival;
    arrival.component = is_rtcp(datagram) ? Component::rtcp : Component::rtp;
    arrival.packet = datagram;
    arrival.drop = entry.transport.open(now, kind_of(arrival.component), arrival.packet);
    if (arrival.drop != Drop::none) { return arrival; }
    // Each line knows its own SSRC in it.
    if (arrival.component == Component::rtcp) {
        arrival.lines = entry.transport.lines.ids();
        return arrival;
    }
    const auto view = parse_rtp(arrival.packet);
    if (!view) { return {Drop::malformed}; }
    const LineTable::Route route = entry.transport.lines.route(arrival.packet, *view);
    arrival.drop = route.drop;
    if (route.drop == Drop::none) { arrival.lines.push_back(route.line); }
    return arrival;
}

void SharedPort::send(TransportId id, Component component, std::span<const std::byte> packet) noexcept {
    Entry* const entry = find(id);
    const auto target = entry == nullptr ? std::nullopt : entry->transport.target();
    if (!target) { return; }
    Protection::Buffer buffer;
    const auto sealed = entry->transport.seal(kind_of(component), packet, buffer);
    if (!sealed.empty()) { sink_->send(*target, sealed); }
}

void SharedPort::on_timeout(base::Instant now) {
    while (const auto id = due_.pop_due(now)) {
        Entry* const entry = find(*id);
        if (entry == nullptr) { continue; }
        BundleTransport::Datagrams out;
        entry->transport.on_timeout(now, out);
        send_dtls(entry->transport.selected(), out);
        settle(now, *entry);
    }
}

void SharedPort::forget(base::Instant now, const TransportAddress& source) {
    const auto found = by_source_.find(source);
    if (found == by_source_.end()) { return; }
    Entry& entry = *found->second;
    by_source_.erase(found);
    entry.sources.erase(std::ranges::find(entry.sources, source));
    entry.transport.forget(source);
    settle(now, entry);
}

std::optional<TransportAddress> SharedPort::target(TransportId id) const noexcept {
    const Entry* const entry = find(id);
    return entry == nullptr ? std::nullopt : entry->transport.target();
}

void SharedPort::fill(TransportId id, LegStats& stats) const {
    const Entry* const entry = find(id);
    if (entry == nullptr) { return; }
    stats.remote = endpoint_of(entry->transport.selected());
    stats.srtp = entry->transport.suite();
    stats.ice = label(entry->transport.ice_state());
    stats.rtcp_mux = true;
}

IceStates SharedPort::states() const noexcept {
    IceStates states{};
    for (const auto& [id, entry] : transports_) { ++states[static_cast<std::size_t>(entry->transport.ice_state())]; }
    return states;
}

SharedPort::CheckCounters& SharedPort::CheckCounters::operator+=(const CheckCounters& other) noexcept {
    for (std::size_t i = 0; i < results.size(); ++i) { results[i] += other.results[i]; }
    for_nobody += other.for_nobody;
    from_taken_place += other.from_taken_place;
    return *this;
}

SharedPort::Entry* SharedPort::find(TransportId id) const noexcept {
    const auto found = transports_.find(id);
    return found == transports_.end() ? nullptr : found->second.get();
}

SharedPort::Entry* SharedPort::owner_of(const TransportAddress& source) const noexcept {
    const auto found = by_source_.find(source);
    if (found == by_source_.end() || !found->second->transport.agent().is_known(source)) { return nullptr; }
    return found->second;
}

SharedPort::Entry* SharedPort::addressee(std::span<const std::byte> datagram) const {
    const auto message = StunView::parse(datagram);
    if (!message || message->message_class() != StunClass::request) { return nullptr; }
    const auto ufrag = addressed_ufrag(*message);
    if (!ufrag) { return nullptr; }
    const auto found = by_ufrag_.find(std::string{*ufrag});
    return found == by_ufrag_.end() ? nullptr : found->second;
}

// Media of another transport comes from there now: whoever knows a password of one browser and forges the address of
// another must not get at its media.
bool SharedPort::is_taken(const Entry& by, const TransportAddress& source) const noexcept {
    const Entry* const owner = owner_of(source);
    return owner != nullptr && owner != &by && owner->transport.selected() == source;
}

void SharedPort::note_source(Entry& entry, const TransportAddress& source) {
    Entry*& owner = by_source_[source];
    if (owner == &entry) { return; }
    if (owner != nullptr) { owner->sources.erase(std::ranges::find(owner->sources, source)); }
    owner = &entry;
    if (entry.sources.size() == max_sources) { forget_sources(entry); }
    entry.sources.push_back(source);
}

// Those that the agent has forgotten: it knows fewer than max_sources but the newest.
void SharedPort::forget_sources(Entry& entry) {
    const auto is_gone = [&](const TransportAddress& source) { return !entry.transport.agent().is_known(source); };
    for (const TransportAddress& source : entry.sources) {
        if (is_gone(source)) { by_source_.erase(source); }
    }
    const auto gone = std::remove_if(entry.sources.begin(), entry.sources.end(), is_gone);
    entry.sources.erase(gone, entry.sources.end());
}

// Both generations of a restart lead here, until the new one has its pair.
void SharedPort::note_ufrags(Entry& entry) {
    std::vector<std::string> now{entry.transport.agent().credentials().ufrag};
    const IceCredentials* const previous = entry.transport.agent().previous_credentials();
    if (previous != nullptr && previous->ufrag != now.front()) { now.push_back(previous->ufrag); }
    if (now == entry.ufrags) { return; }
    for (const std::string& ufrag : entry.ufrags) { by_ufrag_.erase(ufrag); }
    std::erase_if(now, [&](const std::string& ufrag) { return !by_ufrag_.try_emplace(ufrag, &entry).second; });
    entry.ufrags = std::move(now);
}

void SharedPort::send_dtls(const std::optional<TransportAddress>& to,
                           const BundleTransport::Datagrams& datagrams) noexcept {
    if (!to) { return; }
    for (const auto& datagram : datagrams) { sink_->send(*to, datagram); }
}

// After whatever may have moved a deadline, the target, or brought an event.
void SharedPort::settle(base::Instant now, Entry& entry) {
    note_ufrags(entry);
    due_.set(entry.id, entry.transport.next_timeout());
    const auto target = entry.transport.target();
    if (target != entry.told) {
        entry.told = target;
        for (const LineId& line : entry.transport.lines.ids()) { changes_.push_back({line, target}); }
    }
    if (auto event = entry.transport.take_event()) { entry.event = event; }
    raise(now, entry);
}

void SharedPort::raise(base::Instant now, Entry& entry) {
    const auto lines = entry.transport.lines.ids();
    if (!entry.event || lines.empty()) { return; }
    const auto event = *std::exchange(entry.event, std::nullopt);
    events_.push_back({event.kind, lines.front().session, lines.front().side, now, {}, event.failure});
}

}  // namespace media
