// How the media of one call fares: its timeline, and a meter for each of its legs.
#pragma once

#include "server/b2bua/leg_meter.hpp"
#include "server/b2bua/quality_timeline.hpp"
#include "server/b2bua/timeline_view.hpp"

namespace server {

class Call;

struct CallQuality {
    QualityTimeline timeline;
    LegMeter a;
    LegMeter b;

    bool is_one_way = false;  // both peers are to be heard, one of them is, and of the other nothing has come for long
};

TimelineView timeline_of(const Call& call);

}  // namespace server
