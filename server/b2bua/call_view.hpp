// A live call as operators see it: the JSON of the HTTP API, field by field. Copied out of a shard, never shared.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "media/engine.hpp"

namespace server {

struct SlotView {
    std::string kind;       // "audio", "video"
    std::string direction;  // ours: "sendrecv"
    media::LegStats stats;
    std::optional<double> mean_opinion{};  // how its peer was heard last, 1 to 4.5; of the audio
};

struct LegView {
    std::string uri;
    std::string call_id;
    std::string transport;
    std::string remote;     // "192.0.2.1:5060"
    std::string trunk;      // empty: none
    std::string user;       // empty: none
    std::string direction;  // "in" for leg A, "out" for leg B
    std::string offer_answer_state;
    std::vector<SlotView> slots;
};

// One of the devices of a user that rang together.
struct DeviceView {
    std::string call_id;
    std::string user;
    std::string transport;
    std::string remote;
    std::string outcome;  // "rings", "refused with 486 Busy Here"
};

struct CallView {
    std::string id;
    std::string state;  // routing, ringing, up, ending
    std::string from;
    std::string to;
    std::string route;
    base::Instant started;
    std::optional<base::Instant> answered;
    bool hold_a = false;  // leg A's peer holds
    bool hold_b = false;
    bool held_a = false;  // the operator holds leg A
    bool held_b = false;
    bool music_a = false;  // leg A hears music
    bool music_b = false;
    std::uint64_t renegotiations = 0;
    LegView a;
    std::optional<LegView> b;         // none for app: targets
    std::vector<DeviceView> devices;  // in the order in which they were called; empty: none rang beside another
};

}  // namespace server
