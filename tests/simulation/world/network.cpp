#include "tests/simulation/world/network.hpp"

#include <algorithm>

namespace simulation {

void Network::attach(const base::Endpoint& endpoint, Receive receive) {
    receivers_[endpoint] = std::make_shared<const Receive>(std::move(receive));
}

const Faults& Network::faults_of(const base::IpAddress& from) const {
    const auto found = faults_.find(from);
    return found == faults_.end() ? all : found->second;
}

Duration Network::extra_by_rules(const Datagram& datagram) {
    if (rules_.empty()) { return {}; }
    const Glance seen = glance(datagram.bytes);
    for (Rule& rule : rules_) {
        if (rule.count == 0 || !rule.which(datagram, seen)) { continue; }
        --rule.count;
        return rule.extra;
    }
    return {};
}

// In order, and a loss costs time instead of the message.
Duration Network::stream_delay(const Datagram& datagram, Duration delay) {
    if (happens(faults_of(datagram.from.address).loss)) { delay += 200ms; }
    Instant& until = stream_until_[datagram.from.to_string() + ">" + datagram.to.to_string()];
    until = std::max(until, clock_.now() + delay);
    return until - clock_.now();
}

void Network::send(Datagram datagram) {
    using Kind = Datagram::Kind;
    const bool is_media = datagram.kind == Kind::media || datagram.kind == Kind::media_stream;
    if (on_send) { on_send(datagram); }
    const Faults& faults = faults_of(datagram.from.address);
    const Duration extra = is_media ? Duration{} : extra_by_rules(datagram);
    const bool is_stream = datagram.kind == Kind::sip_stream || datagram.kind == Kind::media_stream;
    const bool is_lost = extra == Rule::lost || (!is_stream && happens(faults.loss));
    if (!is_media && trace_.records) {
        trace_.message(datagram.from, datagram.to, datagram.bytes, is_lost ? "lost" : "");
    }
    if (is_lost) { return; }
    for (const Fork& fork : forks_) {
        if (is_media || !fork.which(datagram, glance(datagram.bytes))) { continue; }
        Datagram copy = datagram;
        copy.to = fork.to;
        trace_.message(copy.from, copy.to, copy.bytes, "forked");
        deliver_after(faults.delay, std::move(copy));
    }
    Duration delay = faults.delay + up_to(faults.jitter) + extra;
    if (is_stream) {
        delay = stream_delay(datagram, delay);
        deliver_after(delay, std::move(datagram));
        return;
    }
    if (happens(faults.reorder)) { delay += up_to(50ms); }
    if (happens(faults.duplicate)) { deliver_after(delay + up_to(20ms), datagram); }
    deliver_after(delay, std::move(datagram));
}

void Network::deliver_after(Duration delay, Datagram datagram) {
    clock_.after(delay, [this, datagram = std::move(datagram)] {
        const auto found = receivers_.find(datagram.to);
        if (found == receivers_.end()) { return; }
        if (on_arrival) { on_arrival(datagram); }
        const auto receive = found->second;  // it may detach itself
        (*receive)(datagram);
    });
}

}  // namespace simulation
