// The transport of one browser (BUNDLE, RFC 8843): ICE-lite finds where it is, DTLS brings the keys, SRTP protects what
// all of its lines send and take, RTCP on the same port (RFC 5761). Keys and association outlive ICE restarts.
// Who a datagram comes from was looked at before: the shared port knows which sources are this transport's.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "media/bundle/line_table.hpp"
#include "media/dtls/leg_association.hpp"
#include "media/ice/lite_agent.hpp"
#include "media/relay/protection.hpp"

namespace media {

class BundleTransport {
public:
    // From its description to the first media.
    static constexpr base::Duration set_up_limit = std::chrono::seconds{30};
    using Datagrams = LegAssociation::Datagrams;  // of DTLS
    struct Event {
        EngineEvent::Kind kind;
        TransportFailure failure = TransportFailure::none;
    };

    // `context`: of the program; null: no handshake succeeds. `outcomes` as LegAssociation's.
    BundleTransport(const IceCredentials& ours, const DtlsContext* context, DtlsOutcomes* outcomes = nullptr);

    // What goes out by DTLS but in answer to a datagram is for selected(); without one it is lost, and repeated.
    void describe(base::Instant now, const TransportDescription& description, Datagrams& out);
    IceOutcome on_check(base::Instant now, const TransportAddress& source, std::span<const std::byte> datagram,
                        Datagrams& out);
    Drop on_dtls(base::Instant now, std::span<const std::byte> datagram, Datagrams& out);
    void on_timeout(base::Instant now, Datagrams& out);
    base::Instant next_timeout() const noexcept;
    void forget(const TransportAddress& source) noexcept { agent_.forget(source); }  // its connection is closed
    void close(Datagrams& out);

    [[nodiscard]] Drop open(base::Instant now, Protection::Kind kind, std::span<std::byte>& datagram) noexcept {
        return protection_.open(now, kind, datagram);
    }
    [[nodiscard]] std::span<const std::byte> seal(Protection::Kind kind, std::span<const std::byte> datagram,
                                                  Protection::Buffer& buffer) noexcept {
        return protection_.seal(kind, datagram, buffer);
    }

    const std::optional<TransportAddress>& selected() const noexcept { return agent_.selected(); }
    // Where media goes; nullopt: nowhere yet, or while consent is lost.
    std::optional<TransportAddress> target() const noexcept;
    const IceLiteAgent& agent() const noexcept { return agent_; }
    std::string_view suite() const noexcept { return protection_.suite(); }
    IceState ice_state() const noexcept;
    // Each once.
    std::optional<Event> take_event() noexcept { return std::exchange(event_, std::nullopt); }

    LineTable lines;

private:
    void associate(base::Instant now, Datagrams& out);
    void take_keys(base::Instant now);
    void judge(base::Instant now) noexcept;
    void fail(TransportFailure failure) noexcept;

    IceLiteAgent agent_;
    std::optional<LegAssociation> association_;  // none: without a context
    Protection protection_;
    std::optional<DtlsParameters> dtls_;   // as described
    std::optional<std::uint32_t> keyed_;   // association whose keys are in force
    std::optional<std::uint32_t> failed_;  // association whose failure was told
    std::optional<Event> event_;
    base::Instant give_up_at_ = base::never;  // while it is being set up
    bool is_checked_ = false;                 // an authentic check has come
    bool was_up_ = false;
    bool was_selected_ = false;
};

}  // namespace media
