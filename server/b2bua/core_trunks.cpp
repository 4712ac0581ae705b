// Trunks: whether their peers are there (routing/trunk_health), asked by OPTIONS outside of dialogs (RFC 3261 §11). One
// core asks, and tells all others whom to call last.
#include <algorithm>
#include <memory>
#include <utility>

#include "server/b2bua/addressing.hpp"
#include "server/b2bua/call_id.hpp"
#include "server/b2bua/core_state.hpp"
#include "sip/message/name_addr.hpp"

namespace server {
namespace {

sip::Message make_ping(const sip::Uri& peer, const OwnAddress& own, const CoreSetup& setup, base::Random& random) {
    sip::Message ping = sip::Message::request(sip::Method::options, peer.to_string());
    const std::string host = own.host.find(':') == own.host.npos ? own.host : '[' + own.host + ']';
    sip::NameAddr to;
    to.uri = peer;
    to.uri.parameters.clear();
    ping.add(sip::HeaderId::from, "<sip:" + host + ">;tag=" + random.token(response_tag_length));
    ping.add(sip::HeaderId::to, to.to_string());
    ping.add(sip::HeaderId::call_id, make_call_id(setup.shard, random));
    ping.add(sip::HeaderId::cseq, "1 OPTIONS");
    ping.add(sip::HeaderId::max_forwards, "70");
    ping.add(sip::HeaderId::contact, own.contact);
    ping.add(sip::HeaderId::accept, "application/sdp");
    return ping;
}

}  // namespace

void Core::State::learn_trunks(base::Instant now) {
    if (setup.watches_trunks) { trunks.replace(now, snapshot->config.trunks); }
}

void Core::State::watch_trunks(Turn& turn) {
    for (const TrunkPeerName& peer : trunks.overdue(turn.now)) {
        pings.forget(peer);
        note(turn, trunks.on_failure(turn.now, peer, "no answer"));
    }
    for (const TrunkPeerName& peer : trunks.take_due(turn.now, random)) { ping(turn, peer); }
}

void Core::State::ping(Turn& turn, const TrunkPeerName& peer) {
    const auto uri = sip::Uri::parse(peer.uri);
    const auto transport = uri ? transport_of(*uri, sip::Transport::udp) : std::nullopt;
    if (!transport) { return note(turn, trunks.on_failure(turn.now, peer, "its transport is not spoken here")); }
    if (const auto remote = literal_endpoint(*uri, *transport)) {
        return send_ping(turn, peer, flow_to(*uri, *transport, *remote, setup));
    }
    pings.looked_up(table.resolve({}, uri->host, turn.out), peer);
}

bool Core::State::on_peer_resolved(Turn& turn, std::uint64_t id, std::optional<base::IpAddress> address) {
    const auto peer = pings.take_resolution(id);
    if (!peer) { return false; }
    if (!address) {
        note(turn, trunks.on_failure(turn.now, *peer, "no address is known for its name"));
        return true;
    }
    const auto uri = sip::Uri::parse(peer->uri);
    const auto transport = transport_of(*uri, sip::Transport::udp).value_or(sip::Transport::udp);
    const base::Endpoint remote{*address, uri->port != 0 ? uri->port : sip::default_port(transport)};
    send_ping(turn, *peer, flow_to(*uri, transport, remote, setup));
    return true;
}

void Core::State::send_ping(Turn& turn, const TrunkPeerName& peer, const std::optional<sip::Flow>& flow) {
    if (!flow) { return note(turn, trunks.on_failure(turn.now, peer, "no listener of ours reaches it")); }
    const OwnAddress own = own_address(*flow, snapshot->config, setup);
    sip::Message ping = make_ping(*sip::Uri::parse(peer.uri), own, setup, random);
    ++counters.requests_out[{sip::Method::options, flow->transport}];
    pings.asked(layer.send_request(turn.now, std::move(ping), *flow, own.sent_by, turn.sip), peer);
}

bool Core::State::on_ping_final(Turn& turn, const sip::TransactionEvent& event) {
    using Kind = sip::TransactionEvent::Kind;
    if (event.kind == Kind::response && event.message.status() < 200) { return false; }
    const auto peer = pings.take(event.transaction);
    if (!peer) { return false; }
    if (event.kind == Kind::response) {
        note(turn, trunks.on_answer(turn.now, *peer, event.message.status()));
    } else {
        note(turn,
             trunks.on_failure(turn.now, *peer, event.kind == Kind::timeout ? "no answer" : "it cannot be reached"));
    }
    return true;
}

void Core::State::note(Turn& turn, const std::optional<TrunkHealth::Change>& change) {
    if (!change) { return; }
    turn.out.log.push_back({change->up ? config::LogLevel::info : config::LogLevel::warn,
                            change->up ? "trunk.up" : "trunk.down",
                            {},
                            {{"trunk", change->peer.trunk}, {"peer", change->peer.uri}, {"why", change->why}}});
    turn.out.events.emplace_back(TrunkEvent{turn.now, *change, trunks.state_of_trunk(change->peer.trunk)});
    down_peers = std::make_shared<const DownPeers>(trunks.down());
    turn.out.down_peers = down_peers;
}

std::vector<TrunkView> Core::trunks() const {
    std::vector<TrunkView> views;
    const auto legs = gauges().trunk_legs;
    for (const auto& [name, trunk] : state_->snapshot->config.trunks) {
        TrunkView view{name, trunk.options_ping != base::Duration::zero(), {}, 0, {}};
        for (const config::TrunkPeer& peer : trunk.peers) {
            view.peers.push_back({peer.uri, peer.priority, peer.weight, state_->trunks.known({name, peer.uri})});
        }
        if (const auto found = legs.find(name); found != legs.end()) { view.calls = found->second; }
        const auto& rejected = state_->counters.trunk_rejected;
        for (auto at = rejected.lower_bound({name, {}}); at != rejected.end() && at->first.first == name; ++at) {
            view.rejected.emplace(at->first.second, at->second);
        }
        views.push_back(std::move(view));
    }
    return views;
}

void Core::take_down_peers(std::shared_ptr<const DownPeers> down) { state_->down_peers = std::move(down); }

}  // namespace server
