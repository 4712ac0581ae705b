#include "server/b2bua/addressing.hpp"

#include <algorithm>

namespace server {
namespace {

bool is_v6_literal(const std::string& host) { return host.find(':') != host.npos; }

// What is announced in place of an own address: a name fits always, an address where it is of the same family.
bool fits(const std::string& advertised, const base::IpAddress& own) {
    const auto literal = base::IpAddress::parse(advertised);
    return !advertised.empty() && (!literal || literal->is_v6() == own.is_v6());
}

}  // namespace

OwnAddress own_address(const sip::Flow& flow, const config::Config& config, const CoreSetup& setup) {
    OwnAddress own;
    own.ip = flow.local.address;
    if (own.ip.is_unspecified()) { own.ip = setup.source_address(flow.remote.address); }
    own.host = fits(config.sip.advertise, own.ip) ? config.sip.advertise : own.ip.to_string();
    if (fits(config.media.advertise, own.ip)) { own.media = base::IpAddress::parse(config.media.advertise); }
    own.sent_by = is_v6_literal(own.host) ? "[" + own.host + "]" : own.host;
    own.sent_by += ":" + std::to_string(flow.local.port);
    own.contact = "<sip:" + own.sent_by;
    if (flow.transport != sip::Transport::udp) {
        own.contact += ";transport=";
        own.contact += sip::to_text(flow.transport);
    }
    own.contact += '>';
    return own;
}

std::optional<sip::Transport> transport_of(const sip::Uri& uri, sip::Transport fallback) {
    const auto parameter = uri.parameter("transport");
    return parameter ? sip::parse_transport(*parameter) : fallback;
}

std::optional<sip::Flow> flow_to(sip::Transport transport, const base::Endpoint& remote, const CoreSetup& setup) {
    const auto fits = [&](const Listener& listener) {
        return listener.transport == transport && listener.endpoint.address.is_v6() == remote.address.is_v6();
    };
    // A listener on the peer's own network side first: loopback peers are reached from loopback.
    const auto same_scope = [&](const Listener& listener) {
        return fits(listener) && (listener.endpoint.address.is_unspecified() ||
                                  listener.endpoint.address.is_loopback() == remote.address.is_loopback());
    };
    auto found = std::find_if(setup.listeners.begin(), setup.listeners.end(), same_scope);
    if (found == setup.listeners.end()) { found = std::find_if(setup.listeners.begin(), setup.listeners.end(), fits); }
    if (found == setup.listeners.end()) { return std::nullopt; }
    return sip::Flow{transport, found->endpoint, remote, 0};
}

std::optional<base::Endpoint> literal_endpoint(const sip::Uri& uri, sip::Transport transport) {
    const auto address = base::IpAddress::parse(uri.host);
    if (!address) { return std::nullopt; }
    return base::Endpoint{*address, uri.port != 0 ? uri.port : sip::default_port(transport)};
}

}  // namespace server
