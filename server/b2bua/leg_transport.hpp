// The transport that carries all media of a browser's leg (BUNDLE, RFC 8843): open as long as its owner, with our
// credentials of ICE, those in force and those that a restart by the peer would be answered with.
#pragma once

#include <memory>
#include <string>

#include "base/random.hpp"
#include "base/time.hpp"
#include "media/engine.hpp"

namespace server {

class LegTransport {
public:
    // Null: no port is free, or the address is not ours; `why` says which. `engine` outlives it.
    static std::unique_ptr<LegTransport> open(base::Instant now, media::Engine& engine, base::Random& random,
                                              const base::IpAddress& address, std::string& why);
    ~LegTransport() { engine_.close_transport(id_); }
    LegTransport(const LegTransport&) = delete;
    LegTransport& operator=(const LegTransport&) = delete;

    media::TransportId id() const { return id_; }
    const std::optional<base::Endpoint>& local_tcp() const { return local_tcp_; }
    const media::IceCredentials& ice() const { return ice_; }
    const media::IceCredentials& renewed() const { return renewed_; }
    // As agreed. Where our renewed credentials were agreed on, others are made for the next restart.
    void describe(base::Instant now, const media::TransportDescription& agreed, base::Random& random);

private:
    LegTransport(media::Engine& engine, const media::OpenTransport& opened, media::IceCredentials ice,
                 base::Random& random)
        : engine_{engine},
          id_{opened.id},
          local_tcp_{opened.local_tcp},
          ice_{std::move(ice)},
          renewed_{media::IceCredentials::make(random)} {}

    media::Engine& engine_;
    media::TransportId id_;
    std::optional<base::Endpoint> local_tcp_;  // where its peer may connect
    media::IceCredentials ice_;
    media::IceCredentials renewed_;
};

}  // namespace server
