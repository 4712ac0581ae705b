// What a core knows of its surroundings: configuration and routing, replaced as a whole on reload; calls that are up
// keep the snapshot they began with. Immutable, so that shards can share it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "config/config.hpp"
#include "media/dtls/certificate.hpp"
#include "server/routing/router.hpp"
#include "sip/transport.hpp"

namespace server {

struct Listener {
    sip::Transport transport;
    base::Endpoint endpoint;  // as bound: a port of 0 in the configuration is the real one here
    bool leaving{};           // a reload has left it out: calls go on there, none begins
    friend bool operator==(const Listener&, const Listener&) = default;
};

struct Snapshot {
    config::Config config;
    std::shared_ptr<const Routing> routing;
};

struct CoreSetup {
    unsigned shard = 0;
    bool watches_trunks = true;  // asks their peers whether they are there, and tells the cores of all other shards
    std::vector<Listener> listeners;  // those that are leaving last: what is sent takes the first that fits
    // The own address that packets to `remote` leave from; asked for listeners on 0.0.0.0 or ::.
    std::function<base::IpAddress(const base::IpAddress& remote)> source_address;
    media::CertificateFingerprint certificate;  // that the media plane shows in handshakes of DTLS
};

}  // namespace server
