// A network on virtual time with faults from a seed: loss, delay, jitter, reordering, duplication, each per direction;
// and rules that lose, delay or hand on single messages by what they are. Streams (SIP and media over TCP) lose and
// reorder nothing. Leaves out: bytes of a stream of SIP, fragmentation, bandwidth; that a stream of media begins is
// told by its first bytes, that it ends by none.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ip.hpp"
#include "base/random.hpp"
#include "tests/simulation/world/event_queue.hpp"
#include "tests/simulation/world/glance.hpp"
#include "tests/simulation/world/trace.hpp"

namespace simulation {

struct Datagram {
    enum class Kind : std::uint8_t { sip, sip_stream, media, media_stream };
    Kind kind = Kind::sip;
    base::Endpoint from;
    base::Endpoint to;
    std::string bytes;
};

// Over TCP it is a frame of RFC 4571, and its bytes as they go over the wire.
inline void frame(Datagram& datagram) {
    datagram.kind = Datagram::Kind::media_stream;
    const std::size_t size = datagram.bytes.size();
    datagram.bytes.insert(0, {static_cast<char>(size >> 8), static_cast<char>(size & 0xff)});
}

struct Faults {
    double loss = 0;       // 0 … 1
    double duplicate = 0;  // 0 … 1
    double reorder = 0;    // share that is held back by up to 50 ms more
    Duration delay = 5ms;
    Duration jitter = 0ms;
};

class Network {
public:
    using Receive = std::function<void(const Datagram&)>;
    using Which = std::function<bool(const Datagram&, const Glance&)>;

    Network(EventQueue& clock, base::Random& random, Trace& trace) : clock_{clock}, random_{random}, trace_{trace} {}

    void attach(const base::Endpoint& endpoint, Receive receive);
    void detach(const base::Endpoint& endpoint) { receivers_.erase(endpoint); }

    void send(Datagram datagram);
    // Who stands by: sees each datagram as it is handed over, before it can be lost, and as it arrives.
    std::function<void(const Datagram&)> on_send;
    std::function<void(const Datagram&)> on_arrival;

    // `faults` for what is sent from `address`; everything else has `all`.
    Faults all;
    void set_faults(const base::IpAddress& from, Faults faults) { faults_[from] = faults; }

    // May what is sent never arrive, however often it is repeated?
    bool loses() const {
        return all.loss > 0 || std::ranges::any_of(faults_, [](const auto& of) { return of.second.loss > 0; });
    }

    // The next `count` SIP messages that match are lost, or come `extra` later.
    void lose(Which which, int count = 1 << 30) { rules_.push_back({std::move(which), count, Rule::lost}); }
    // As a forking proxy does: what matches reaches `to` as well.
    void fork(Which which, const base::Endpoint& to) { forks_.push_back({std::move(which), to}); }
    void delay(Which which, Duration extra, int count = 1 << 30) { rules_.push_back({std::move(which), count, extra}); }

private:
    struct Rule {
        static constexpr Duration lost{-1};
        Which which;
        int count;
        Duration extra;
    };
    struct Fork {
        Which which;
        base::Endpoint to;
    };
    bool happens(double share) { return share > 0 && static_cast<double>(random_.below(1'000'000)) < share * 1e6; }
    Duration up_to(Duration limit) {
        return limit <= 0ms
                   ? Duration{}
                   : Duration{static_cast<Duration::rep>(random_.below(static_cast<std::uint64_t>(limit.count())))};
    }
    const Faults& faults_of(const base::IpAddress& from) const;
    Duration extra_by_rules(const Datagram& datagram);  // Rule::lost: it is lost
    void deliver_after(Duration delay, Datagram datagram);
    Duration stream_delay(const Datagram& datagram, Duration delay);

    EventQueue& clock_;
    base::Random& random_;
    Trace& trace_;
    std::unordered_map<base::Endpoint, std::shared_ptr<const Receive>> receivers_;
    std::map<base::IpAddress, Faults> faults_;
    std::unordered_map<std::string, Instant> stream_until_;
    std::vector<Rule> rules_;
    std::vector<Fork> forks_;
};

}  // namespace simulation
