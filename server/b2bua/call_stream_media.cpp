// The media of the streams beside the audio: a session for each, whose legs are described as agreed and hear each
// other. While a leg is held, or hears music for another reason, it is shown nothing.
#include <utility>

#include "server/b2bua/call_devices.hpp"
#include "server/b2bua/media_plan.hpp"
#include "server/b2bua/transfer.hpp"

namespace server {

// False: no port is free. The stream stays off then, and nothing else suffers.
bool Call::open_stream(Turn& turn, Stream& stream, const Leg& leg) {
    auto& end = stream.at(leg.side);
    if (end.ports) { return true; }
    media::SessionId& session = leg.apart ? end.apart : stream.session;
    if (!session) { session = services_.engine.open_session(turn.now); }
    std::string why;
    end.ports = leg.transport ? services_.engine.open_leg_on(turn.now, session, leg.side, leg.transport->id(), why)
                              : services_.engine.open_leg(session, leg.side, leg.media_address(config()), why);
    if (!end.ports) { log(turn, config::LogLevel::error, "media.no_port", {{"why", why}, {"kind", stream.kind}}); }
    if (end.ports && leg.transport) { end.ssrc = services_.engine.ssrc(session, leg.side); }
    return end.ports.has_value();
}

void Call::apply_streams(Turn& turn) {
    for (Stream& stream : streams_) {
        if (!stream.session) { continue; }
        if (is_idle(stream)) {
            close_stream(turn, stream);
            continue;
        }
        for (const Leg* leg : {a_.get(), b_.get()}) {
            if (leg != nullptr && stream.at(leg->side).ports) { apply_stream(turn, stream, *leg); }
        }
    }
    if (devices_->empty()) { streams_.drop_empty(); }
}

void Call::apply_stream(Turn& turn, Stream& stream, const Leg& leg) {
    auto& end = stream.at(leg.side);
    const auto agreed = leg.in_force();
    media::LegDescription plan;
    if (agreed && end.line && end.line != leg.slot) {
        plan = stream_plan(*agreed, *end.line, leg.side, stream.numbers);
        plan.account = leg.trunk_name();
    }
    const bool alone = music_may_play_to(leg) || is_held_here() || transfer_;
    const auto source = alone ? media::Source::none : media::Source::peer;
    if (source != std::exchange(end.source, source)) {
        services_.engine.play(turn.now, stream.session, leg.side, source);
    }
    if (end.described ? *end.described == plan : plan == media::LegDescription{}) { return; }
    services_.engine.describe(turn.now, stream.session, leg.side, plan);
    end.described = std::move(plan);
}

// Off on both legs, and no offer is open that could have it.
bool Call::is_idle(const Stream& stream) const {
    for (const Leg* leg : {a_.get(), b_.get()}) {
        if (leg == nullptr) { continue; }
        if (leg->offer_answer.pending_offer() != nullptr) { return false; }
        const auto& agreed = leg->offer_answer.agreed();
        const auto& line = stream.at(leg->side).line;
        if (agreed && line && line != leg->slot && is_live(*agreed, *line)) { return false; }
    }
    return true;
}

void Call::close_stream(Turn& turn, Stream& stream) {
    if (!stream.session) { return; }
    services_.engine.close_session(turn.now, std::exchange(stream.session, {}));
    for (auto& end : stream.ends) {
        end.ports.reset();
        end.described.reset();
        end.source = media::Source::none;
    }
}

// Another leg takes this side: another target, or that of a transfer.
void Call::drop_streams_of(Turn& turn, media::Side side) {
    for (Stream& stream : streams_) {
        auto& end = stream.at(side);
        if (end.apart) {
            services_.engine.close_session(turn.now, end.apart);
        } else if (end.ports) {
            services_.engine.close_leg(turn.now, stream.session, side);
        }
        end = {};
    }
}

void Call::add_streams(const Leg& leg, LegView& view) const {
    const auto& agreed = leg.offer_answer.agreed();
    for (const Stream& stream : streams_) {
        const auto& end = stream.at(leg.side);
        if (!end.ports || !agreed || !end.line || end.line == leg.slot) { continue; }
        SlotView slot{stream.kind, std::string{sip::sdp::to_text(agreed_direction(*agreed, *end.line))},
                      services_.engine.stats(stream.session, leg.side)};
        if (*end.line < agreed->remote.media.size()) {
            const auto formats = sip::sdp::formats_of(agreed->remote.media[*end.line]);
            if (!formats.empty()) { slot.stats.codec = formats.front().encoding; }
        }
        view.slots.push_back(std::move(slot));
    }
}

std::vector<media::SessionId> Call::media_sessions() const {
    std::vector<media::SessionId> sessions;
    if (session_) { sessions.push_back(session_); }
    for (const Stream& stream : streams_) {
        if (stream.session) { sessions.push_back(stream.session); }
    }
    return sessions;
}

}  // namespace server
