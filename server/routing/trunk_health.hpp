// Whether the peers of trunks are there, by what comes of an OPTIONS to each (RFC 3261 §11), asked every
// `options_ping` of its trunk. Pure: says whom to ask and when, is told what came of it, says what that changes.
// Any answer but one by which a peer, or a proxy before it, says that nobody serves (408, 503, 504) means that it is
// there. Leaves out: what is sent.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "config/config.hpp"

namespace server {

struct TrunkPeerName {
    std::string trunk;
    std::string uri;  // as configured
    friend auto operator<=>(const TrunkPeerName&, const TrunkPeerName&) = default;
};

// Called last of a route.
using DownPeers = std::set<TrunkPeerName>;

class TrunkHealth {
public:
    enum class State : std::uint8_t { unknown, up, down };  // unknown: not asked, or not answered yet

    static constexpr base::Duration answer_time = std::chrono::seconds{8};  // five times sent over UDP
    static constexpr unsigned misses_until_down = 2;                        // the second question follows at once

    struct Change {
        TrunkPeerName peer;
        bool up;
        std::string why;  // "200", "503", "no answer"
    };

    // Of the configuration, at the start and on each reload: peers that it still has are known as before.
    void replace(base::Instant now, const std::map<std::string, config::Trunk>& trunks);
    // Whose turn it is to be asked; up to a tenth earlier than `options_ping` says, that they do not keep step. What
    // comes of each is to be told.
    std::vector<TrunkPeerName> take_due(base::Instant now, base::Random& random);
    std::optional<Change> on_answer(base::Instant now, const TrunkPeerName& peer, int status);
    // It could not be asked, or did not answer.
    std::optional<Change> on_failure(base::Instant now, const TrunkPeerName& peer, std::string_view why);
    // Whose answer is overdue: each is to be told as a failure.
    std::vector<TrunkPeerName> overdue(base::Instant now) const;
    base::Instant next_timeout() const;

    // What is known of a peer; nullopt: it is not asked.
    struct Known {
        State state = State::unknown;
        base::Instant since{};                    // it is so
        std::optional<base::Instant> answered{};  // when it did last
        std::string last{};  // what came of the last question: "200", "no answer"; empty: nothing yet
    };
    std::optional<Known> known(const TrunkPeerName& peer) const;
    State state(const TrunkPeerName& peer) const;
    // Of all its peers that are asked; unknown: none is.
    State state_of_trunk(const std::string& trunk) const;
    DownPeers down() const;
    // Of those that are asked.
    std::map<std::string, State> of_trunks() const;

private:
    struct Peer {
        base::Duration interval;
        base::Instant next;           // to be asked
        base::Instant deadline = {};  // of the answer
        bool asked = false;
        unsigned misses = 0;
        Known known{};
    };
    std::optional<Change> settle(base::Instant now, Peer& peer, const TrunkPeerName& name, State state);
    std::optional<Change> miss(base::Instant now, Peer& peer, const TrunkPeerName& name, std::string_view why);

    std::map<TrunkPeerName, Peer> peers_;
};

// Up while any of several is, down when all are, else unknown.
TrunkHealth::State together(std::optional<TrunkHealth::State> one, TrunkHealth::State other);
std::string_view to_text(TrunkHealth::State state);

}  // namespace server
