// Which own address a peer is shown, and by which way a URI is reached: RFC 3261 §8.1.1.8, §18.1, RFC 3263 §4 as far as
// literal addresses go; names are looked up by the driver.
#pragma once

#include <optional>
#include <string>

#include "server/b2bua/snapshot.hpp"
#include "sip/message/message.hpp"
#include "sip/message/uri.hpp"
#include "sip/transport.hpp"

namespace server {

// What a leg shows of us. All of it is ours: nothing tells of the other leg.
struct OwnAddress {
    std::string host;                      // announced: sip.advertise where it fits, else `ip`; IPv6 without brackets
    std::string sent_by;                   // "host:port" for Via
    std::string contact;                   // "<sip:host:port;transport=tcp>"
    base::IpAddress ip;                    // the local address itself, for media when nothing else is configured
    std::optional<base::IpAddress> media;  // media.advertise, where it is of this leg's family

    base::IpAddress origin() const { return media.value_or(base::IpAddress::parse(host).value_or(ip)); }  // of o=
};

// `sips`: of a dialog that a SIPS URI begins: where its way is secure, our Contact is one too.
OwnAddress own_address(const sip::Flow& flow, const config::Config& config, const CoreSetup& setup, bool sips = false);
// Does an answer to this request owe a SIPS Contact (RFC 3261 §12.1.1)?
bool wants_sips(const sip::Message& request);

// The transport that a URI asks for: its parameter, else `fallback`; of a SIPS URI TLS (§26.2.2). Nullopt for one that
// is not spoken here.
std::optional<sip::Transport> transport_of(const sip::Uri& uri, sip::Transport fallback);

// A flow from the listener of this transport and family to `remote`, where `uri` is. Nullopt: nothing listens that way.
std::optional<sip::Flow> flow_to(const sip::Uri& uri, sip::Transport transport, const base::Endpoint& remote,
                                 const CoreSetup& setup);

// A flow from a listener of ours to itself; nullopt: nothing listens. What it carries is shown no announced address, by
// which we may not be able to reach ourselves.
std::optional<sip::Flow> loop_flow(const CoreSetup& setup);
OwnAddress loop_address(const sip::Flow& flow, const CoreSetup& setup);
// Was it sent by a listener of ours? Over a stream only the address tells.
bool is_own_source(const sip::Flow& flow, const CoreSetup& setup);
// Does the flow go by that listener's address and port?
bool goes_by(const sip::Flow& flow, const Listener& listener);
// Is it our host (`shown`, as whoever says it knows us, a listener's or announced address, one of sip.domains) and, if
// it names any, our port?
bool names_us(const sip::Uri& uri, const std::string& shown, const config::Config& config, const CoreSetup& setup);

// The endpoint of a URI with a literal address; nullopt for a name.
std::optional<base::Endpoint> literal_endpoint(const sip::Uri& uri, sip::Transport transport);

}  // namespace server
