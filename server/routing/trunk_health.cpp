#include "server/routing/trunk_health.hpp"

#include <algorithm>
#include <utility>

namespace server {
namespace {

bool says_that_nobody_serves(int status) { return status == 408 || status == 503 || status == 504; }

}  // namespace

void TrunkHealth::replace(base::Instant now, const std::map<std::string, config::Trunk>& trunks) {
    std::map<TrunkPeerName, Peer> before = std::exchange(peers_, {});
    for (const auto& [name, trunk] : trunks) {
        if (trunk.options_ping == base::Duration::zero()) { continue; }
        for (const config::TrunkPeer& configured : trunk.peers) {
            const TrunkPeerName peer{name, configured.uri};
            const auto known = before.find(peer);
            if (known == before.end()) {
                peers_.emplace(peer, Peer{trunk.options_ping, now}).first->second.known.since = now;
                continue;
            }
            known->second.interval = trunk.options_ping;
            known->second.next = std::min(known->second.next, now + trunk.options_ping);
            peers_.insert(before.extract(known));
        }
    }
}

std::vector<TrunkPeerName> TrunkHealth::take_due(base::Instant now, base::Random& random) {
    std::vector<TrunkPeerName> due;
    for (auto& [name, peer] : peers_) {
        if (peer.asked || peer.next > now) { continue; }
        peer.asked = true;
        peer.deadline = now + answer_time;
        const auto most = static_cast<std::uint64_t>((peer.interval / 10).count());
        peer.next = now + peer.interval - base::Duration{static_cast<base::Duration::rep>(random.below(most))};
        due.push_back(name);
    }
    return due;
}

std::optional<TrunkHealth::Change> TrunkHealth::on_answer(base::Instant now, const TrunkPeerName& name, int status) {
    const auto found = peers_.find(name);
    if (found == peers_.end() || !found->second.asked) { return std::nullopt; }
    Peer& peer = found->second;
    peer.asked = false;
    peer.misses = 0;
    peer.known.answered = now;
    peer.known.last = std::to_string(status);
    return settle(now, peer, name, says_that_nobody_serves(status) ? State::down : State::up);
}

std::optional<TrunkHealth::Change> TrunkHealth::on_failure(base::Instant now, const TrunkPeerName& name,
                                                           std::string_view why) {
    const auto found = peers_.find(name);
    if (found == peers_.end() || !found->second.asked) { return std::nullopt; }
    return miss(now, found->second, name, why);
}

std::vector<TrunkPeerName> TrunkHealth::overdue(base::Instant now) const {
    std::vector<TrunkPeerName> late;
    for (const auto& [name, peer] : peers_) {
        if (peer.asked && peer.deadline <= now) { late.push_back(name); }
    }
    return late;
}

base::Instant TrunkHealth::next_timeout() const {
    base::Instant next = base::never;
    for (const auto& [name, peer] : peers_) { next = std::min(next, peer.asked ? peer.deadline : peer.next); }
    return next;
}

TrunkHealth::State TrunkHealth::state(const TrunkPeerName& peer) const {
    const auto found = peers_.find(peer);
    return found == peers_.end() ? State::unknown : found->second.known.state;
}

TrunkHealth::State TrunkHealth::state_of_trunk(const std::string& trunk) const {
    std::optional<State> sum;
    for (auto at = peers_.lower_bound({trunk, {}}); at != peers_.end() && at->first.trunk == trunk; ++at) {
        sum = together(sum, at->second.known.state);
    }
    return sum.value_or(State::unknown);
}

std::optional<TrunkHealth::Known> TrunkHealth::known(const TrunkPeerName& peer) const {
    const auto found = peers_.find(peer);
    return found == peers_.end() ? std::nullopt : std::optional{found->second.known};
}

DownPeers TrunkHealth::down() const {
    DownPeers down;
    for (const auto& [name, peer] : peers_) {
        if (peer.known.state == State::down) { down.insert(name); }
    }
    return down;
}

std::map<std::string, TrunkHealth::State> TrunkHealth::of_trunks() const {
    std::map<std::string, State> states;
    for (const auto& [name, peer] : peers_) {
        State& state = states.emplace(name.trunk, peer.known.state).first->second;
        state = together(state, peer.known.state);
    }
    return states;
}

std::optional<TrunkHealth::Change> TrunkHealth::settle(base::Instant now, Peer& peer, const TrunkPeerName& name,
                                                       State state) {
    if (std::exchange(peer.known.state, state) == state) { return std::nullopt; }
    peer.known.since = now;
    return Change{name, state == State::up, peer.known.last};
}

std::optional<TrunkHealth::Change> TrunkHealth::miss(base::Instant now, Peer& peer, const TrunkPeerName& name,
                                                     std::string_view why) {
    peer.asked = false;
    peer.known.last = why;
    if (++peer.misses < misses_until_down) {
        peer.next = now;
        return std::nullopt;
    }
    return settle(now, peer, name, State::down);
}

TrunkHealth::State together(std::optional<TrunkHealth::State> one, TrunkHealth::State other) {
    using State = TrunkHealth::State;
    if (!one || other == State::up) { return other; }
    return *one == State::down ? other : *one;
}

std::string_view to_text(TrunkHealth::State state) {
    switch (state) {
        case TrunkHealth::State::unknown:
            return "unknown";
        case TrunkHealth::State::up:
            return "up";
        case TrunkHealth::State::down:
            break;
    }
    return "down";
}

}  // namespace server
