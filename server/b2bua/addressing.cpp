#include "server/b2bua/addressing.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "sip/message/name_addr.hpp"

namespace server {
namespace {

bool is_v6_literal(const std::string& host) { return host.find(':') != host.npos; }

// What is announced in place of an own address: a name fits always, an address where it is of the same family.
bool fits(const std::string& advertised, const base::IpAddress& own) {
    const auto literal = base::IpAddress::parse(advertised);
    return !advertised.empty() && (!literal || literal->is_v6() == own.is_v6());
}

// Asked from another host or not, packets to an address of this host leave from that very address.
bool is_address_of(const Listener& listener, const base::IpAddress& address, const CoreSetup& setup) {
    const auto& own = listener.endpoint.address;
    if (own.is_v6() != address.is_v6()) { return false; }
    return own.is_unspecified() ? setup.source_address(address) == address : own == address;
}

constexpr base::IpAddress loopback(bool v6) {
    return v6 ? base::IpAddress::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})
              : base::IpAddress::v4({127, 0, 0, 1});
}

// Whom a certificate has to be of: without the dot that a name may end with, which no certificate has.
std::string domain_of(const sip::Uri& uri) {
    std::string domain = base::lower(uri.host);
    if (domain.ends_with('.')) { domain.pop_back(); }
    return domain;
}

}  // namespace

OwnAddress own_address(const sip::Flow& flow, const config::Config& config, const CoreSetup& setup, bool sips) {
    OwnAddress own;
    own.ip = flow.local.address;
    if (own.ip.is_unspecified()) { own.ip = setup.source_address(flow.remote.address); }
    own.host = fits(config.sip.advertise, own.ip) ? config.sip.advertise : own.ip.to_string();
    if (fits(config.media.advertise, own.ip)) { own.media = base::IpAddress::parse(config.media.advertise); }
    own.sent_by = is_v6_literal(own.host) ? "[" + own.host + "]" : own.host;
    own.sent_by += ":" + std::to_string(flow.local.port);
    const bool secured = sips && sip::is_secure(flow.transport);
    own.contact = (secured ? "<sips:" : "<sip:") + own.sent_by;
    // What a SIPS URI leaves open is TLS, and no WebSocket.
    const auto implied = secured ? sip::Transport::tls : sip::Transport::udp;
    if (flow.transport != implied) {
        own.contact += ";transport=";
        own.contact += sip::to_uri_text(flow.transport);
    }
    own.contact += '>';
    return own;
}

bool wants_sips(const sip::Message& request) {
    const auto asked = sip::Uri::parse(request.request_uri());
    if (asked && asked->scheme == sip::Uri::Scheme::sips) { return true; }
    const bool routed = request.count(sip::HeaderId::record_route) != 0;
    const auto hop = request.first(routed ? sip::HeaderId::record_route : sip::HeaderId::contact);
    const auto address = hop ? sip::NameAddr::parse(*hop) : std::nullopt;
    return address && address->uri.scheme == sip::Uri::Scheme::sips;
}

std::optional<sip::Transport> transport_of(const sip::Uri& uri, sip::Transport fallback) {
    const auto parameter = uri.parameter("transport");
    const auto asked = parameter ? sip::parse_transport(*parameter) : fallback;
    if (uri.scheme != sip::Uri::Scheme::sips || !asked || sip::is_secure(*asked)) { return asked; }
    if (asked == sip::Transport::ws) { return sip::Transport::wss; }  // RFC 7118 §5.1
    // TLS is what TCP becomes; over UDP there is none.
    return parameter && asked != sip::Transport::tcp ? std::nullopt : std::optional{sip::Transport::tls};
}

std::optional<sip::Flow> flow_to(const sip::Uri& uri, sip::Transport transport, const base::Endpoint& remote,
                                 const CoreSetup& setup) {
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
    return sip::Flow{transport, found->endpoint, remote, 0, sip::is_secure(transport) ? domain_of(uri) : std::string{}};
}

std::optional<sip::Flow> loop_flow(const CoreSetup& setup) {
    const Listener* simplest = nullptr;
    for (const Listener& listener : setup.listeners) {
        if (sip::is_websocket(listener.transport)) { continue; }  // where we cannot connect
        if (simplest == nullptr || listener.transport < simplest->transport) { simplest = &listener; }
    }
    if (simplest == nullptr) { return std::nullopt; }
    base::Endpoint here = simplest->endpoint;
    if (here.address.is_unspecified()) { here.address = loopback(here.address.is_v6()); }
    return sip::Flow{simplest->transport, simplest->endpoint, here, 0};
}

OwnAddress loop_address(const sip::Flow& flow, const CoreSetup& setup) {
    return own_address(flow, config::Config{}, setup);  // which announces nothing
}

bool is_own_source(const sip::Flow& flow, const CoreSetup& setup) {
    return std::any_of(setup.listeners.begin(), setup.listeners.end(), [&](const Listener& listener) {
        const bool port = sip::is_reliable(flow.transport) || listener.endpoint.port == flow.remote.port;
        return listener.transport == flow.transport && port && is_address_of(listener, flow.remote.address, setup);
    });
}

bool goes_by(const sip::Flow& flow, const Listener& listener) {
    const base::Endpoint& at = listener.endpoint;
    const bool same_address = at.address == flow.local.address ||
                              (at.address.is_unspecified() && at.address.is_v6() == flow.local.address.is_v6());
    return flow.transport == listener.transport && flow.local.port == at.port && same_address;
}

bool names_us(const sip::Uri& uri, const std::string& shown, const config::Config& config, const CoreSetup& setup) {
    const auto is_host = [&](const std::string& name) { return !name.empty() && base::iequals(name, uri.host); };
    const auto& domains = config.sip.domains;
    const bool named =
        is_host(shown) || is_host(config.sip.advertise) || std::any_of(domains.begin(), domains.end(), is_host);
    const auto literal = base::IpAddress::parse(uri.host);
    return std::any_of(setup.listeners.begin(), setup.listeners.end(), [&](const Listener& listener) {
        const bool port = uri.port == 0 || uri.port == listener.endpoint.port;
        return port && (named || (literal && is_address_of(listener, *literal, setup)));
    });
}

std::optional<base::Endpoint> literal_endpoint(const sip::Uri& uri, sip::Transport transport) {
    const auto address = base::IpAddress::parse(uri.host);
    if (!address) { return std::nullopt; }
    return base::Endpoint{*address, uri.port != 0 ? uri.port : sip::default_port(transport)};
}

}  // namespace server
