#include "media/stream/connections.hpp"

#include <algorithm>

#include "media/bundle/first_byte.hpp"

namespace media {
namespace {

// Whoever has one IPv6 address has its /64 as a rule.
base::Endpoint network_of(const base::Endpoint& remote) {
    constexpr std::size_t prefix = 8;  // bytes
    if (!remote.address.is_v6()) { return {remote.address, 0}; }
    auto bytes = remote.address.bytes();
    std::fill(bytes.begin() + prefix, bytes.end(), std::uint8_t{0});
    return {base::IpAddress::v6(bytes), 0};
}

}  // namespace

std::optional<ConnectionId> Connections::accept(base::Instant now, const base::Endpoint& remote) {
    // That one is over, though nobody has said so yet: the network has one connection of an address and port.
    if (const auto before = at(remote)) { close(now, *before); }
    if (open_.size() == max_open) {
        refuse(ConnectionEnd::limit);
        return std::nullopt;
    }
    std::size_t& of_source = by_source_[network_of(remote)];
    if (of_source == max_per_source) {
        refuse(ConnectionEnd::source_limit);
        return std::nullopt;
    }
    ++of_source;
    const ConnectionId id{++accepted_};
    open_.try_emplace(id, Connection{remote, now});
    by_remote_[remote] = id;
    due_.set(id, now + proof_limit);
    return id;
}

std::optional<std::span<std::byte>> Connections::next(base::Instant now, ConnectionId id,
                                                      std::span<const std::byte>& bytes) {
    const auto found = open_.find(id);
    if (found == open_.end()) { return std::nullopt; }
    Connection& connection = found->second;
    connection.heard_at = now;
    const auto datagram = connection.in.next(bytes);
    if (connection.in.is_broken()) { end(now, id, ConnectionEnd::frame_size); }
    if (!datagram) { return std::nullopt; }
    const FirstByte kind = first_byte_of(*datagram);
    connection.is_check = kind == FirstByte::stun;
    if (kind != FirstByte::other) { return datagram; }
    end(now, id, ConnectionEnd::junk);  // what comes behind it is not to be trusted to be frames
    return std::nullopt;
}

void Connections::judge(base::Instant now, ConnectionId id) {
    const auto found = open_.find(id);
    if (found == open_.end()) { return; }
    Connection& connection = found->second;
    if (port_->knows(source(id))) {
        connection.false_checks = connection.strange = 0;
        return;
    }
    // Media may be quicker than the check on a connection that follows a lost one.
    ++(connection.is_check ? connection.false_checks : connection.strange);
    const bool is_too_much = connection.false_checks == max_false_checks || connection.strange == max_strange;
    if (is_too_much) { end(now, id, ConnectionEnd::junk); }
}

void Connections::on_timeout(base::Instant now) {
    while (const auto id = due_.pop_due(now)) {
        if (!port_->knows(source(*id))) {
            end(now, *id, ConnectionEnd::unproven);
        } else if (now - open_.at(*id).heard_at >= silence_limit) {
            end(now, *id, ConnectionEnd::silent);
        } else {
            due_.set(*id, now + proof_limit);
        }
    }
}

std::optional<ConnectionId> Connections::at(const base::Endpoint& remote) const noexcept {
    const auto found = by_remote_.find(remote);
    return found == by_remote_.end() ? std::nullopt : std::optional{found->second};
}

Backlog* Connections::backlog(ConnectionId id) noexcept {
    const auto found = open_.find(id);
    return found == open_.end() ? nullptr : &found->second.out;
}

ConnectionCounters Connections::counters() const {
    ConnectionCounters counters = counters_;
    counters.open = open_.size();
    for (const auto& [id, connection] : open_) { counters.frames_dropped += connection.out.dropped(); }
    return counters;
}

// Whoever had it for a pair has lost that.
void Connections::end(base::Instant now, ConnectionId id, ConnectionEnd why) {
    const auto found = open_.find(id);
    if (found == open_.end()) { return; }
    port_->forget(now, source(id));
    const base::Endpoint remote = found->second.remote;
    counters_.frames_dropped += found->second.out.dropped();
    ++counters_.ended[static_cast<std::size_t>(why)];
    const auto of_source = by_source_.find(network_of(remote));
    if (--of_source->second == 0) { by_source_.erase(of_source); }
    by_remote_.erase(remote);
    due_.erase(id);
    open_.erase(found);
    ended_.push_back(id);
}

}  // namespace media
