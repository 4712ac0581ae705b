// The media plane on virtual time: the product's own Session for each call and its own SharedPort for browsers, their
// packets over the virtual network.
// Leaves out: sockets.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <unordered_map>

#include "media/bundle/shared_port.hpp"
#include "media/dtls/session.hpp"
#include "media/engine.hpp"
#include "media/relay/session.hpp"
#include "tests/simulation/world/network.hpp"

namespace simulation {

inline constexpr std::uint16_t shared_port = 19'998;  // of browsers

// One certificate for all worlds: it takes a while to make, and nothing depends on it.
const media::DtlsContext& dtls_of_server();

class SimEngine final : public media::Engine {
public:
    SimEngine(EventQueue& clock, Network& network, base::Random& random, Trace& trace);
    ~SimEngine() override;
    SimEngine(const SimEngine&) = delete;
    SimEngine& operator=(const SimEngine&) = delete;

    media::SessionId open_session(Instant now) override;
    std::optional<media::LegPorts> open_leg(media::SessionId session, media::Side side, const base::IpAddress& local,
                                            std::string& why) override;
    std::optional<media::OpenTransport> open_transport(Instant now, const base::IpAddress& local,
                                                       const media::IceCredentials& ours, std::string& why) override;
    void describe_transport(Instant now, media::TransportId transport,
                            const media::TransportDescription& description) override;
    void close_transport(media::TransportId transport) override;
    std::optional<media::LegPorts> open_leg_on(Instant now, media::SessionId session, media::Side side,
                                               media::TransportId transport, std::string& why) override;
    std::uint32_t ssrc(media::SessionId session, media::Side side) const override;
    void close_leg(Instant now, media::SessionId session, media::Side side) override;
    void move_leg(Instant now, const media::LegPlace& from, const media::LegPlace& to) override;
    void describe(Instant now, media::SessionId session, media::Side side,
                  const media::LegDescription& description) override;
    void play(Instant now, media::SessionId session, media::Side to, media::Source source,
              const media::Music& music) override;
    void send_digit(Instant now, media::SessionId session, media::Side to, const media::Digit& digit) override;
    void arm_timeout(Instant now, media::SessionId session, media::Side side, Duration after) override;
    media::LegStats stats(media::SessionId session, media::Side side) const override;
    std::optional<media::LegCounts> counts(media::SessionId session, media::Side side) const override;
    void close_session(Instant now, media::SessionId session) override;
    std::vector<media::EngineEvent> take_events() override;

    void drop_all(Instant now);  // the process dies
    bool has_events() const { return !events_.empty(); }
    Instant next_timeout();
    void on_timeout(Instant now);

    // For checks.
    struct Shared;
    struct LegState {
        media::LegPorts ports;
        Shared* carrier = nullptr;  // of a leg on a transport
        media::TransportId transport{};
        std::optional<media::LegDescription> description;
        media::Source source = media::Source::none;
        bool is_open = false;
    };
    const LegState* leg_at(const base::Endpoint& local_rtp) const;  // with ports of its own
    // Of a leg on a transport whose media goes to `remote`, the line `mid` of it.
    const LegState* leg_carried(const base::Endpoint& remote, const std::string& mid) const;
    std::size_t connection_count() const;  // of browsers over TCP
    std::size_t transport_count() const { return transports_.size(); }
    std::size_t session_count() const { return calls_.size(); }
    std::size_t ports_in_use() const;  // pairs
    bool fail_ports = false;           // open_leg finds none

private:
    struct Call;
    struct Port {
        std::uint16_t number;
        Instant free_since;
    };
    Call& call(media::SessionId session) const;
    void release(Instant now, Call& owner, media::Side side);
    // sim_engine_transports.cpp
    Shared& shared_at(const base::IpAddress& local);
    void on_shared(Shared& shared, const Datagram& datagram);
    void on_stream(Shared& shared, const Datagram& piece);
    void take(Shared& shared, const media::TransportAddress& source, std::span<std::byte> datagram);
    void settle(Shared& shared);
    // After whatever changed the session.
    void settle(Call& call);
    void drain(Call& call);
    void note(media::SessionId session, media::Side side, const char* what, const std::string& more = {}) const;
    void attach(Call& call, media::Side side, media::Component component, const base::Endpoint& local);

    EventQueue& clock_;
    Network& network_;
    base::Random& random_;
    Trace& trace_;
    std::map<std::uint64_t, std::unique_ptr<Call>> calls_;
    std::deque<Port> free_ports_;                  // longest idle first
    std::vector<std::unique_ptr<Shared>> shared_;  // for each local address, from its first transport on
    std::map<media::TransportId, Shared*> transports_;
    std::uint64_t last_transport_ = 0;
    std::vector<media::EngineEvent> events_;
    std::string packet_;  // on its way through a session, which changes its bytes
    std::uint64_t last_id_ = 0;
};

}  // namespace simulation
