#include "server/records/record.hpp"

#include <algorithm>

namespace server::records {
namespace {

std::int64_t milliseconds(base::Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

LegRecord make_leg(const LegDetail& detail) {
    const LegView& view = detail.view;
    LegRecord leg;
    leg.call_id = view.call_id;
    leg.trunk = view.trunk;
    leg.user = view.user;
    leg.transport = view.transport;
    leg.remote = view.remote;
    leg.uri = view.uri;
    leg.codecs = detail.codecs;
    leg.hold_ms = milliseconds(detail.held);
    leg.music_ms = milliseconds(detail.music);
    leg.mos = detail.mean_opinion;
    const auto audio = std::ranges::find(view.slots, "audio", &SlotView::kind);
    if (audio == view.slots.end()) { return leg; }
    leg.srtp = audio->stats.srtp;
    leg.packets_in = static_cast<std::int64_t>(audio->stats.packets_in);
    leg.packets_out = static_cast<std::int64_t>(audio->stats.packets_out);
    leg.lost = static_cast<std::int64_t>(audio->stats.lost);
    leg.jitter_ms = audio->stats.jitter_ms;
    leg.rtt_ms = audio->stats.rtt_ms;
    return leg;
}

}  // namespace

Record make_record(const CallDetail& detail, const state::Moment& now) {
    const base::Instant set_up = detail.answered.value_or(detail.ended);
    Record record;
    record.id = detail.id;
    record.started = now.to_calendar(detail.started);
    if (detail.answered) { record.answered = now.to_calendar(*detail.answered); }
    record.ended = now.to_calendar(detail.ended);
    record.setup_ms = milliseconds(set_up - detail.started);
    record.duration_ms = milliseconds(detail.ended - set_up);
    record.from = detail.from;
    record.to = detail.to;
    record.route = detail.route;
    record.outcome = detail.outcome;
    record.code = detail.code;
    record.cause = detail.cause;
    record.ended_by = detail.ended_by;
    record.renegotiations = static_cast<std::int64_t>(detail.renegotiations);
    record.healed = static_cast<std::int64_t>(detail.healed);
    record.originated = detail.originated;
    record.a = make_leg(detail.a);
    if (detail.b) { record.b = make_leg(*detail.b); }
    return record;
}

std::string page_mark(const Record& record) { return std::to_string(record.started) + '-' + record.id; }

}  // namespace server::records
