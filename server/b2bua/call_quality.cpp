// How the media of a call fares, looked at each second on the shard's own thread: numbers are read and added up,
// nothing more, for thousands of calls have their turns here.
#include "server/b2bua/call_quality.hpp"

#include <functional>

#include "server/b2bua/call.hpp"
#include "server/b2bua/media_plan.hpp"

namespace server {
namespace {

std::optional<media::Codec> voice_of(const Leg& leg) {
    for (const auto& format : leg.described.send_formats) {
        if (format.codec == media::Codec::pcmu || format.codec == media::Codec::pcma) { return format.codec; }
    }
    return std::nullopt;
}

LegReading reading_of(const Leg& leg, const media::LegCounts& counts) {
    LegReading reading;
    reading.who = std::hash<std::string>{}(leg.call_id);
    reading.counts = counts;
    reading.codec = voice_of(leg);
    reading.direction = sip::sdp::make_direction(leg.described.send, leg.described.receive);
    reading.hold = holds(leg.wish);
    reading.is_to_send = leg.described.receive && !reading.hold && !leg.held_here;
    return reading;
}

void observe(HeardQuality& quality, const HeardLately& heard) {
    if (heard.jitter) { quality.jitter.observe(*heard.jitter); }
    if (heard.round_trip) { quality.round_trip.observe(*heard.round_trip); }
    if (heard.mean_opinion) { quality.mos.observe(*heard.mean_opinion); }
}

}  // namespace

void Call::measure(base::Instant now) {
    if (!session_) { return; }
    const auto read = [&](const Leg* leg, LegMeter& meter) {
        const auto counts = leg != nullptr && leg->is_described && !leg->apart
                                ? services_.engine.counts(session_, leg->side)
                                : std::nullopt;
        if (!counts) { return meter.read_nothing(); }
        const QualitySample sample = meter.read(now, reading_of(*leg, *counts));
        if (const auto heard = meter.take_observation()) {
            observe(services_.counters.quality[leg->trunk_name()], *heard);
        }
        return sample;
    };
    const QualitySample a = read(a_.get(), quality_.a);
    const QualitySample b = read(b_.get(), quality_.b);
    quality_.timeline.add(now, {a, b});
    const bool only_a = quality_.b.is_silent(now) && quality_.a.is_heard();
    const bool only_b = quality_.a.is_silent(now) && quality_.b.is_heard();
    quality_.is_one_way = state_ == State::up && (only_a || only_b);
}

TimelineView timeline_of(const Call& call) {
    const QualityTimeline& timeline = call.quality().timeline;
    return {call.id(), timeline.from(), timeline.interval(), timeline.samples()};
}

}  // namespace server
