// The media plane on UDP sockets of its own, two a leg, behind one epoll descriptor that the shard waits on; and for
// all browsers one that they share, for each local address, and TCP beside it. One thread; nothing is shared with
// another engine: each shard has its own slice of the port range.
#pragma once

#include <memory>
#include <string>
#include <system_error>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "media/engine.hpp"
#include "media/io/due_queue.hpp"
#include "media/io/forward_time.hpp"
#include "media/io/packet_mirror.hpp"
#include "media/io/port_range.hpp"
#include "media/io/receive_batch.hpp"
#include "media/io/report_tap.hpp"
#include "media/io/shared_socket.hpp"
#include "media/io/socket_session.hpp"
#include "media/music/encoded_cache.hpp"
#include "media/stream_class.hpp"

namespace media {

struct EngineOptions {
    PortSlice ports{20000, 29999};
    base::Duration quarantine = std::chrono::seconds{30};
    SessionOptions session;
    bool ice_tcp = true;             // browsers that may not use UDP are taken over TCP (RFC 6544)
    std::uint16_t ice_tcp_port = 0;  // of that; 0: the number of the shared port
};

struct EngineCounters {
    std::size_t sessions = 0;
    EngineLevels levels;
    SessionTallies tallies;
    ForwardTimes forward;          // packet in → packet out
    std::uint64_t packets_in = 0;  // datagrams of all kinds
    std::uint64_t packets_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t send_failures = 0;  // the kernel did not take it
    std::uint64_t kernel_drops = 0;   // came, and were not read in time
    DropCounters drops{};
    std::size_t port_pairs = 0;
    std::size_t free_port_pairs = 0;
    std::size_t resting_port_pairs = 0;  // of the free ones, those in quarantine
    std::uint64_t ports_taken_in_quarantine = 0;
    std::uint64_t bind_failures = 0;
    IceStates transports{};
    SharedPort::CheckCounters checks;
    DtlsOutcomes handshakes{};
    ConnectionCounters connections{};  // of browsers over TCP
};

class EpollEngine final : public Engine {
public:
    // So many datagrams a poll() at most: signalling has its turn in between.
    static constexpr std::size_t packets_per_poll = 256;
    // About so long a drop of the kernel's, or a loss, may stay unknown to counters(), while anything comes or is due.
    static constexpr base::Duration kernel_drops_age = std::chrono::seconds{5};
    // So many busy pairs are skipped in one open_leg().
    static constexpr std::size_t bind_attempts = 256;

    // Throws std::system_error without an epoll descriptor. `random` must outlive the engine.
    EpollEngine(const EngineOptions& options, base::Random& random, std::shared_ptr<const MusicLibrary> library);
    ~EpollEngine() override;
    EpollEngine(const EpollEngine&) = delete;
    EpollEngine& operator=(const EpollEngine&) = delete;

    // For reload: music that plays goes on, play() looks here from now on.
    void set_library(std::shared_ptr<const MusicLibrary> library) { library_ = std::move(library); }

    // Readable while datagrams wait.
    int descriptor() const { return epoll_; }
    // Serves what waits, packets_per_poll at most; the descriptor stays readable for the rest.
    void poll(base::Instant now);
    base::Instant next_timeout() const;
    void on_timeout(base::Instant now);
    EngineCounters counters() const;

    // Packets of these sessions are kept from now on, until they are taken. Null: one of them is mirrored already, or
    // too many are.
    static constexpr std::size_t max_mirrors = 4;
    PacketMirror* start_mirror(const std::vector<SessionId>& sessions, bool plain);
    std::unique_ptr<PacketMirror> stop_mirror(const PacketMirror* mirror);
    // RTCP of all sessions, from now on or not any more.
    void show_reports(bool wanted);
    ReportTap& reports() { return reports_; }

    SessionId open_session(base::Instant now) override;
    std::optional<LegPorts> open_leg(SessionId session, Side side, const base::IpAddress& local,
                                     std::string& why) override;
    std::optional<OpenTransport> open_transport(base::Instant now, const base::IpAddress& local,
                                                const IceCredentials& ours, std::string& why) override;
    void describe_transport(base::Instant now, TransportId transport, const TransportDescription& description) override;
    void close_transport(TransportId transport) override;
    std::optional<LegPorts> open_leg_on(base::Instant now, SessionId session, Side side, TransportId transport,
                                        std::string& why) override;
    std::uint32_t ssrc(SessionId session, Side side) const override;
    void close_leg(base::Instant now, SessionId session, Side side) override;
    void move_leg(base::Instant now, const LegPlace& from, const LegPlace& to) override;
    void describe(base::Instant now, SessionId session, Side side, const LegDescription& description) override;
    void play(base::Instant now, SessionId session, Side to, Source source, const Music& music = {}) override;
    void send_digit(base::Instant now, SessionId session, Side to, const Digit& digit) override;
    void arm_timeout(base::Instant now, SessionId session, Side side, base::Duration after) override;
    LegStats stats(SessionId session, Side side) const override;
    std::optional<LegCounts> counts(SessionId session, Side side) const override;
    void close_session(base::Instant now, SessionId session) override;
    std::vector<EngineEvent> take_events() override;

private:
    // Of what epoll hands back for a shared socket: its place among those, and which of its sockets.
    static constexpr std::uint64_t shared_tag = std::uint64_t{1} << 63;
    static constexpr unsigned place_shift = 48;
    static constexpr std::uint64_t datagram_socket = 0;
    static constexpr std::uint64_t first_stream = 1;  // as StreamSockets counts them
    static constexpr std::uint64_t shared_tag_of(std::size_t place) {
        return shared_tag | std::uint64_t{place} << place_shift;
    }

    struct LastCaller {
        base::Endpoint remote;
        base::Instant until;
    };

    SocketSession* find(SessionId session) const;
    bool bind_pair(SocketSession& session, Side side, const base::IpAddress& local, std::string& why);
    std::error_code watch(const SocketSession& session, Side side, const UdpSocket& rtp, const UdpSocket& rtcp,
                          int operation) const;
    void bar_last_caller(SocketSession& session, Side side, std::uint16_t port);
    // epoll_engine_transports.cpp
    SharedSocket* shared_socket(const base::IpAddress& local, std::string& why);
    std::error_code watch_shared(const UdpSocket& socket) const;
    std::size_t serve_shared(base::Instant now, std::uint64_t tag, std::uint32_t events);
    std::size_t read_shared(base::Instant now, SharedSocket& shared);
    // Was it media for one of the legs?
    bool take(base::Instant now, SharedSocket& shared, const TransportAddress& source, std::span<std::byte> datagram);
    Drop hand_over(base::Instant now, const SharedPort::Arrival& arrival, const base::Endpoint& source);
    void settle(base::Instant now, SharedSocket& shared);
    void on_shared_timeouts(base::Instant now);
    void count_shared_drops();
    // epoll_engine_streams.cpp
    std::error_code listen_beside(SharedSocket& shared, std::size_t place);
    std::size_t read_stream(base::Instant now, SharedSocket& shared, ConnectionId connection);
    void count_connections(EngineCounters& counters) const;

    void drain(base::Instant now, SocketSession& session, Side side);
    std::size_t read(base::Instant now, SocketSession& session, Side side, Component component);
    void collect_events(SocketSession& session);
    void settle(SocketSession& session);
    void release_leg(base::Instant now, SocketSession& session, Side side);
    void move_kernel_drops(const SocketSession& from, Side side, const SocketSession& to);
    void note_release(base::Instant now, SocketSession& session, Side side);
    void look_for_kernel_drops(base::Instant now);
    void count_kernel_drops(std::size_t slot);
    void settle_losses(std::size_t slot);
    void note_forwarded();
    // epoll_engine_mirrors.cpp
    void mirror_taken(const SharedSocket& shared, const SharedPort::Arrival& arrival, const base::Endpoint& source,
                      std::span<const std::byte> datagram) noexcept;
    static void add_to(EngineCounters& counters, const SharedPort& port);

    std::shared_ptr<const MusicLibrary> library_;
    EngineOptions options_;
    base::Random& random_;
    PortRange ports_;
    int epoll_;
    std::vector<std::unique_ptr<SocketSession>> slots_;
    std::vector<std::size_t> free_slots_;
    std::vector<std::uint64_t> kernel_drops_seen_;  // of the session in each slot, what is counted already
    std::size_t next_look_at_ = 0;                  // slot
    base::Instant next_look_{};
    std::uint64_t opened_ = 0;
    std::uint64_t transports_opened_ = 0;
    base::Instant now_{};  // of the last call that said it
    std::unordered_map<std::uint16_t, LastCaller> last_callers_;
    // One for each local address, from its first transport on: never closed, so that what browsers of ended calls still
    // send meets nobody else's call.
    std::vector<std::unique_ptr<SharedSocket>> shared_;
    std::unordered_map<TransportId, SharedSocket*> transports_;
    std::vector<std::unique_ptr<PacketMirror>> mirrors_;
    ReportTap reports_{now_};
    DueQueue due_;
    ReceiveBatch batch_;
    SendCounters sent_;
    EngineCounters counters_;
    std::vector<EngineEvent> events_;
};

}  // namespace media
