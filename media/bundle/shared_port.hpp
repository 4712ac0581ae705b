// One port, of UDP and of TCP (RFC 6544), for the transports of many browsers, pure. Whose a datagram is: a check
// (STUN) names the ufrag that it is for, everything else comes from a source that has passed an authentic check, and is
// told by its first byte (RFC 7983). What costs comes after what is cheap, and nothing is remembered of who has not
// proved to know a password. Nothing on the way of media (on_datagram, send) allocates, locks, logs or throws; checks
// and handshakes allocate.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/deadline_queue.hpp"
#include "media/bundle/transport.hpp"
#include "media/relay/packet_sink.hpp"

namespace media {

class PortSink {
public:
    // Over the connection with that address, where it is one of TCP. The bytes are valid during the call only.
    virtual void send(const TransportAddress& to, std::span<const std::byte> bytes) noexcept = 0;

protected:
    ~PortSink() = default;
};

class SharedPort {
public:
    static constexpr std::size_t max_transports = 8192;
    // Both generations of a restart, and the pair in use.
    static constexpr std::size_t max_sources = 2 * IceLiteAgent::max_sources + 1;  // of a transport
    static constexpr std::size_t max_datagram = Protection::max_datagram;

    // What a datagram has become: the packet inside, for each of `lines`.
    struct Arrival {
        Drop drop = Drop::none;
        Component component = Component::rtp;  // RTCP is Component::rtcp, though it came to the same port
        std::span<std::byte> packet{};
        LineTable::Ids lines{};
    };
    // A line's media goes elsewhere from now on; nullopt: nowhere.
    struct Change {
        LineId line;
        std::optional<TransportAddress> target;
    };

    struct CheckCounters {
        IceCounters results{};               // of those that were for a transport of ours
        std::uint64_t for_nobody = 0;        // without a ufrag, or with another one
        std::uint64_t from_taken_place = 0;  // from where the media of another transport comes
        CheckCounters& operator+=(const CheckCounters& other) noexcept;
    };

    // All outlive it; `dtls` may be null, and so may `handshakes`, where those that ended are counted.
    SharedPort(const DtlsContext* dtls, PortSink& sink, DtlsOutcomes* handshakes = nullptr)
        : dtls_{dtls}, sink_{&sink}, handshakes_{handshakes} {}

    // False: no room, or the ufrag is in use here; `why` says which.
    bool open(TransportId id, const IceCredentials& ours, std::string& why);
    void describe(base::Instant now, TransportId id, const TransportDescription& description);
    void close(TransportId id);

    // False: no such transport, or no room for one more line.
    bool attach(base::Instant now, TransportId id, const LineId& line);
    void detach(TransportId id, const LineId& line);
    void move(TransportId id, const LineId& from, const LineId& to);  // a leg takes the place of another
    void describe_line(TransportId id, const LineId& line, const LegDescription& description);

    // Its bytes are changed. Afterwards take_changes() comes first, then the packet.
    Arrival on_datagram(base::Instant now, const TransportAddress& source, std::span<std::byte> datagram);
    // What a leg sends; lost while the transport cannot carry it.
    void send(TransportId id, Component component, std::span<const std::byte> packet) noexcept;
    // A connection is closed: whoever was there is not any more.
    void forget(base::Instant now, const TransportAddress& source);
    // Does a transport have it for a source? Whoever passed a check there is, until the transport is closed.
    bool knows(const TransportAddress& source) const noexcept { return owner_of(source) != nullptr; }
    void on_timeout(base::Instant now);
    base::Instant next_timeout() const { return due_.next(); }

    bool has_news() const noexcept { return !changes_.empty() || !events_.empty(); }
    std::vector<Change> take_changes() { return std::exchange(changes_, {}); }
    std::vector<EngineEvent> take_events() { return std::exchange(events_, {}); }

    std::optional<TransportAddress> target(TransportId id) const noexcept;
    void fill(TransportId id, LegStats& stats) const;
    std::size_t size() const noexcept { return transports_.size(); }
    const CheckCounters& checks() const noexcept { return checks_; }
    IceStates states() const noexcept;

private:
    struct Entry {
        Entry(TransportId number, const IceCredentials& ours, const DtlsContext* context, DtlsOutcomes* outcomes)
            : id{number}, transport{ours, context, outcomes} {}
        TransportId id;
        BundleTransport transport;
        std::vector<std::string> ufrags;                                         // that lead here
        boost::container::static_vector<TransportAddress, max_sources> sources;  // that lead here
        std::optional<TransportAddress> told;                                    // to the lines
        std::optional<BundleTransport::Event> event;                             // while there is no line
    };

    Entry* find(TransportId id) const noexcept;
    Entry* owner_of(const TransportAddress& source) const noexcept;
    Entry* addressee(std::span<const std::byte> datagram) const;
    Arrival take_check(base::Instant now, const TransportAddress& source, std::span<const std::byte> datagram);
    Arrival take_dtls(base::Instant now, Entry& entry, const TransportAddress& source,
                      std::span<const std::byte> datagram);
    Arrival take_media(base::Instant now, Entry& entry, std::span<std::byte> datagram) noexcept;
    bool is_taken(const Entry& by, const TransportAddress& source) const noexcept;
    void note_source(Entry& entry, const TransportAddress& source);
    void forget_sources(Entry& entry);
    void note_ufrags(Entry& entry);
    void send_dtls(const std::optional<TransportAddress>& to, const BundleTransport::Datagrams& datagrams) noexcept;
    void settle(base::Instant now, Entry& entry);
    void raise(base::Instant now, Entry& entry);

    const DtlsContext* dtls_;
    PortSink* sink_;
    DtlsOutcomes* handshakes_;
    CheckCounters checks_;
    std::unordered_map<TransportId, std::unique_ptr<Entry>> transports_;
    std::unordered_map<std::string, Entry*> by_ufrag_;
    std::unordered_map<TransportAddress, Entry*> by_source_;
    base::DeadlineQueue<TransportId> due_;
    std::vector<Change> changes_;
    std::vector<EngineEvent> events_;
};

}  // namespace media
