// The other end of a transport, as a browser has it: a full ICE agent that controls and nominates, DTLS in either role,
// SRTP, RTCP on the same port. It is handed datagrams and the time, and returns datagrams, all of them for the
// candidate of its peer. The beginning of a handshake is repeated by the time that it is told, the rest by OpenSSL's
// clock, which is that on the wall. Leaves out: candidates of its own, several pairs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "media/dtls/leg_association.hpp"
#include "media/ice/credentials.hpp"
#include "media/ice/stun.hpp"
#include "media/relay/protection.hpp"

namespace media::test {

class BrowserTransport {
public:
    using Bytes = std::vector<std::byte>;
    using Kind = Protection::Kind;
    static constexpr base::Duration check_interval = std::chrono::milliseconds{50};
    static constexpr base::Duration consent_interval = std::chrono::milliseconds{2500};

    // Both outlive it.
    BrowserTransport(const DtlsContext& context, base::Random& random);

    struct Remote {
        IceCredentials ice;
        DtlsParameters dtls;
        friend bool operator==(const Remote&, const Remote&) = default;
    };
    const IceCredentials& credentials() const { return ours_; }
    // New credentials, which the next description goes with.
    void restart();
    // Both descriptions are there: it checks from now on. The same again changes nothing.
    void describe(base::Instant now, const Remote& remote);

    struct Packet {
        Kind kind;
        Bytes bytes;
    };
    // As after a change of networks.
    void check_now(base::Instant now) { check(now); }

    // What was inside, if it was media.
    std::optional<Packet> on_datagram(base::Instant now, std::span<const std::byte> datagram);
    void on_timeout(base::Instant now);
    base::Instant next_timeout() const;
    std::vector<Bytes> take_output() { return std::exchange(output_, {}); }

    // Empty: there are no keys, or no pair.
    Bytes seal(Kind kind, std::span<const std::byte> packet);

    bool is_connected() const { return is_connected_; }  // its checks are answered
    bool is_up() const { return is_connected_ && is_keyed_; }
    std::size_t handshakes() const { return handshakes_; }  // that brought keys
    Drop last_drop() const { return last_drop_; }           // of media
    DtlsFailure failure() const { return association_.failure(); }

    bool nominates = true;
    bool checks = true;  // false: it has lost the network

private:
    void check(base::Instant now);
    void on_check_answer(base::Instant now, std::span<const std::byte> datagram);
    void on_handshake(base::Instant now, std::span<const std::byte> datagram);
    std::optional<Packet> on_media(base::Instant now, std::span<const std::byte> datagram);
    void associate(base::Instant now);

    base::Random* random_;
    IceCredentials ours_;
    std::optional<Remote> remote_;
    StunTransactionId transaction_{};  // of the latest check
    bool is_connected_ = false;
    base::Instant check_at_ = base::never;

    LegAssociation association_;
    LegAssociation::Datagrams hello_;  // repeated while nothing was heard
    base::Instant hello_at_ = base::never;
    Protection protection_;
    bool is_keyed_ = false;
    std::size_t handshakes_ = 0;
    Drop last_drop_ = Drop::none;
    std::vector<Bytes> output_;
};

}  // namespace media::test
