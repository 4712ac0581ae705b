// A call's timeline as operators see it, of a live call or of one that has ended: the JSON of the HTTP API. Copied out
// of a shard, never shared.
#pragma once

#include <string>
#include <vector>

#include "server/b2bua/quality_timeline.hpp"

namespace server {

struct TimelineView {
    std::string id;
    base::Instant from{};
    base::Duration interval{};
    std::vector<QualityTimeline::Pair> samples;
};

}  // namespace server
