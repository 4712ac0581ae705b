// What happens in the server, for whoever watches it live: the server-sent events of the HTTP API.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "media/engine.hpp"
#include "server/b2bua/call_brief.hpp"
#include "server/routing/trunk_health.hpp"

namespace server {

// How a call ended, in the words of its detail record.
struct CallEnd {
    std::string outcome;
    int code = 0;
    std::string cause;
    std::string ended_by;
};

struct CallEvent {
    enum class Kind : std::uint8_t { started, ringing, answered, renegotiated, held, resumed, changed, ended };
    struct Hold {
        media::Side leg;   // whose peer holds or resumes, or whom the operator holds
        bool by_operator;  // else by the peer
    };
    Kind kind;
    base::Instant at;
    std::shared_ptr<const CallBrief> call;  // as it is after the turn
    std::optional<Hold> hold{};             // of held, resumed
    std::optional<CallEnd> end{};           // of ended
};

struct TrunkEvent {
    base::Instant at;
    TrunkHealth::Change change;
    TrunkHealth::State trunk;  // with all its peers
};

// Of the whole program, not of a core.
struct ServerEvent {
    enum class Kind : std::uint8_t { draining, reloaded, reload_refused };
    Kind kind;
    base::Instant at;
    std::vector<std::string> errors{};  // of the configuration that was refused
};

using Event = std::variant<CallEvent, TrunkEvent, ServerEvent>;

}  // namespace server
