// The DTLS-SRTP association of one leg, over all changes of its description (RFC 8842): the one in force goes on while
// the description says the same; another number of it begins a handshake, and the keys of the one before count until
// that has brought its own. What the leg's ports receive of DTLS comes here; whose datagrams these are was looked at
// before.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "media/dtls/parameters.hpp"
#include "media/dtls/session.hpp"
#include "media/srtp/keys.hpp"

namespace media {

class LegAssociation {
public:
    using Datagrams = DtlsSession::Datagrams;

    // `context` outlives it, and so does `outcomes`, where each handshake is counted when it ends.
    explicit LegAssociation(const DtlsContext& context, DtlsOutcomes* outcomes = nullptr)
        : context_{&context}, outcomes_{outcomes} {}

    // The descriptions were agreed. The same association again: nothing happens. The one whose keys are in force, while
    // another one was under way: that one is given up (the exchange was rolled back).
    void describe(base::Instant now, const DtlsParameters& parameters, Datagrams& out);
    void on_datagram(base::Instant now, std::span<const std::byte> datagram, Datagrams& out);
    void on_timeout(base::Instant now, Datagrams& out);
    base::Instant next_timeout() const noexcept { return session_ ? session_->next_timeout() : base::never; }
    // close_notify, if there is somebody to tell.
    void close(Datagrams& out);

    // Once for each association: what protects the leg's media from now on.
    std::optional<SrtpKeys> take_keys();
    // Of the latest handshake; none while it may still succeed.
    DtlsFailure failure() const noexcept;

private:
    void begin(base::Instant now, const DtlsParameters& parameters, Datagrams& out);
    void count() noexcept;

    const DtlsContext* context_;
    DtlsOutcomes* outcomes_;
    std::optional<DtlsSession> session_;  // of the latest association
    std::uint32_t number_ = 0;            // of it
    std::optional<std::uint32_t> keyed_;  // whose keys were taken last
    bool refused_ = false;                // by the library
    bool is_counted_ = false;             // the latest handshake
};

}  // namespace media
