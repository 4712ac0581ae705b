// A server and the telephones around it, in one thread on virtual time: the product's core and media, a faulty network,
// an inspector at the server's door. Numbers: b0 … b19 ring phones of side B over UDP, t0 … over TCP, six0 … over IPv6;
// music, echo and milliwatt are the built-in ends.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/b2bua/core.hpp"
#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/world/event_watch.hpp"
#include "tests/simulation/world/inspector.hpp"
#include "tests/simulation/world/openssl_clock.hpp"
#include "tests/simulation/world/sim_engine.hpp"

namespace simulation {

inline constexpr int seats = 20;  // phones of each kind

enum class Kind : std::uint8_t { udp, tcp, v6, websocket };

class World {
public:
    using Configure = std::function<void(config::Config&)>;
    explicit World(std::uint64_t seed, const Configure& configure = {});
    World(std::uint64_t seed, std::shared_ptr<const server::Snapshot> snapshot);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Phone& add_caller(int seat, Kind kind = Kind::udp);
    Phone& add_callee(int seat, Kind kind = Kind::udp);
    // A device of a user, at an address that no trunk has; its password: "secret".
    Phone& add_device(const std::string& user, Kind kind = Kind::udp);
    // Another line of a telephone, for a call at the same time: its user and address, ports of its own.
    Phone& add_line(const Phone& of);
    // Nothing of one leg may reach the other; both are checked against each other's hearing at the end.
    void pair(Phone& a, Phone& b) { pairs_.push_back({&a, &b}); }
    static std::string number(int seat, Kind kind = Kind::udp);

    void pass(Duration time);
    // Hangs up what is up, waits until every call has ended, which each must by itself, lets 40 s pass from the
    // last message on and checks that
    // nothing is left, and everything that can be judged then.
    void finish();
    void check_leftovers();
    // Time from here on is not followed by checks of the hearing: a test that does without.
    bool checks_hearing = true;
    Duration allowed_gap = 200ms;  // of silence where there should be sound
    Duration settling = 1s;        // after a change, before the ear is judged

    void hang_up(const std::string& id);
    // What an operator asks of the first call there is.
    server::OrderResult order(media::Side leg, server::LegOrder::Kind kind);
    server::OriginateResult originate(const server::OriginateOrder& asked);
    void drain() { core_->drain(clock.now()); }
    void hang_up_all(const std::string& reason);
    server::Core& core() { return *core_; }
    // As after kill -9: a new process on the same addresses that knows nothing.
    void restart();
    Sound tone(const Phone& phone) const { return {Sound::Kind::tone, phone.identity().tone}; }
    // Requests sent to it fail as a refused connection does.
    void refuse(const base::Endpoint& endpoint) { refused_.push_back(endpoint); }
    void reach_all() { refused_.clear(); }
    // Its stream to the server breaks. It has another one as soon as it sends, or is sent to where it listens.
    void lose_connection(const Phone& phone);
    std::string report(bool whole = false) const;

    base::SeededRandom random;
    EventQueue clock;
    OpensslClock openssl_clock{clock};
    Trace trace{clock};
    Network network;
    SimEngine engine;
    Inspector inspector{clock, trace};
    std::vector<std::unique_ptr<Phone>> phones;
    std::vector<server::CallDetail> details;  // of calls that ended, but for those of a server that was killed
    std::vector<server::Event> events;        // the same

private:
    struct Pair {
        Phone* a;
        Phone* b;
    };
    Phone& add(Identity identity, bool v6);
    void listen(const base::Endpoint& endpoint);
    std::unique_ptr<server::Core> make_core();
    void step(Instant next, bool media_is_due);
    void carry_out(server::CoreOutput& out);
    void look();
    // Nothing is under way on the phone's leg, or was within the last second.
    bool is_at_rest(const Phone& phone) const;
    void check_belief(const Phone& phone);
    void check_states();
    void check_details();
    void hang_up_phones();
    void await_end_of_calls();
    void await_end_of_transactions();
    bool is_websocket(const base::Endpoint& remote) const;
    std::uint64_t connection_of(const base::Endpoint& remote) const;
    void fail_to_send(sip::TransactionId transaction);
    std::vector<std::string> secrets_for(const base::Endpoint& endpoint) const;

    EventWatch watch_{trace};
    std::vector<Pair> pairs_;
    std::vector<base::Endpoint> refused_;
    std::unordered_map<base::Endpoint, std::uint64_t> connections_lost_;
    std::shared_ptr<const server::Snapshot> snapshot_;
    std::unique_ptr<server::Core> core_;
    int lines_ = 0;    // added
    int devices_ = 0;  // added
    int idle_steps_ = 0;
    Instant spoken_to_at_{};  // by a phone, in SIP
    unsigned looks_ = 0;
    bool finished_ = false;
};

}  // namespace simulation
