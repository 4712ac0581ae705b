// The lite side of ICE (RFC 8445 §2.5, §7.3): it answers checks, learns where its peer really is, and is told by the
// peer which pair counts. Across a restart (§9) the pair of before carries media until the new one is nominated.
// Leaves out: checks of our own (so two lite agents), RTCP on a port of its own, candidates of TCP that are not
// passive.
#pragma once

#include <array>
#include <boost/container/static_vector.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "media/ice/consent.hpp"
#include "media/ice/credentials.hpp"
#include "media/ice/stun.hpp"
#include "media/ice/transport_address.hpp"

namespace media {

// Which of our ufrags a check is for: what stands before the colon of its USERNAME (RFC 8445 §7.2.2). Nullopt: it has
// none.
std::optional<std::string_view> addressed_ufrag(const StunView& message) noexcept;

enum class IceResult : std::uint8_t {
    answered,         // an authentic check; `reply` says so
    malformed,        // no STUN, or not readable as a check: dropped, or told 400
    unauthenticated,  // other credentials than ours, or none: dropped, or told 401 or 400
    unknown,          // with an attribute that we must understand and do not: told 420
    role_conflict,    // the peer says that it is controlled too: told 487
    not_a_check,      // an indication, or an answer to what we never asked
    expired           // consent is over, so is this generation
};
inline constexpr std::size_t ice_result_count = 7;
using IceCounters = std::array<std::uint64_t, ice_result_count>;

// A label of holdfast_ice_checks_total.
constexpr std::string_view label(IceResult result) {
    constexpr std::array<std::string_view, ice_result_count> labels{
        "answered", "malformed", "unauthenticated", "unknown_attribute", "role_conflict", "not_a_check", "expired"};
    return labels[static_cast<std::size_t>(result)];
}

// Of a transport; `checking`: no pair was ever nominated.
enum class IceState : std::uint8_t { checking, connected, disconnected };
inline constexpr std::size_t ice_state_count = 3;
using IceStates = std::array<std::size_t, ice_state_count>;  // how many transports are in each

constexpr std::string_view label(IceState state) {
    constexpr std::array<std::string_view, ice_state_count> labels{"checking", "connected", "disconnected"};
    return labels[static_cast<std::size_t>(state)];
}

struct IceOutcome {
    IceResult result = IceResult::malformed;
    std::optional<StunWriter> reply;  // to where the datagram came from
    bool is_new_selection = false;    // selected() is another one now
    bool has_expired = false;         // as on_timeout() would have said before it
};

class IceLiteAgent {
public:
    static constexpr std::size_t max_sources = 16;  // the one heard least recently makes room

    explicit IceLiteAgent(IceCredentials ours);

    // The peer's ufrag, once its description came. Until then checks count that know ours.
    void set_remote(std::string ufrag);
    // New credentials on both sides. The peer's come by set_remote, before or after.
    void restart(IceCredentials ours);

    IceOutcome on_datagram(base::Instant now, const TransportAddress& source, std::span<const std::byte> datagram);
    base::Instant next_timeout() const noexcept { return consent_.next_timeout(); }
    // True: consent has ended with this call; nothing may be sent any more.
    bool on_timeout(base::Instant now) noexcept;
    // Its connection is closed: the pair is gone. Where media went there, it goes nowhere until another one is
    // nominated; consent goes on to run out.
    void forget(const TransportAddress& source) noexcept;

    // Where media goes; nullopt: nowhere yet, or no more.
    const std::optional<TransportAddress>& selected() const noexcept { return selected_; }
    // An authentic check came from there: DTLS from elsewhere is not looked at.
    bool is_known(const TransportAddress& source) const noexcept;
    const IceCredentials& credentials() const noexcept { return current_.ours; }
    bool is_restarting() const noexcept { return previous_.has_value(); }
    // While restarting: what the pair that carries media was checked with.
    const IceCredentials* previous_credentials() const noexcept { return previous_ ? &previous_->ours : nullptr; }
    const IceCounters& counters() const noexcept { return counters_; }

private:
    struct Generation {
        IceCredentials ours;
        std::optional<std::string> their_ufrag;
        boost::container::static_vector<TransportAddress, max_sources> sources;  // heard last at the end
    };

    IceOutcome on_message(base::Instant now, const TransportAddress& source, const StunView& message, std::size_t size);
    Generation* generation_of(const StunView& message) noexcept;
    void accept(base::Instant now, const TransportAddress& source, const StunView& message, Generation& generation,
                IceOutcome& outcome);
    void select(base::Instant now, const TransportAddress& source, Generation& generation, IceOutcome& outcome);

    Generation current_;
    std::optional<Generation> previous_;  // until a pair of the current one is nominated
    std::optional<TransportAddress> selected_;
    IceConsent consent_;
    bool is_expired_ = false;
    IceCounters counters_{};
};

}  // namespace media
