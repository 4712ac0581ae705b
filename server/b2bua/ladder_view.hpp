// A call's ladder as operators see it, of a live call or of one that has ended: the JSON of the HTTP API, field by
// field. Copied out of a shard, never shared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/b2bua/call_record.hpp"

namespace server {

struct LadderView {
    std::string id;
    std::string state;  // as of a call, or "ended"
    std::string from;
    std::string to;
    std::string route;
    base::Instant started;
    std::optional<base::Instant> answered;
    std::optional<base::Instant> ended;  // the time of the hang-up or refusal, the last messages come after
    std::vector<RecordEntry> entries;
    std::uint64_t left_out = 0;  // entries after the first CallRecord::max_first that were not kept
};

}  // namespace server
