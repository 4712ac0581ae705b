#include "server/http/json.hpp"

#include <boost/beast/http/status.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "server/b2bua/leg_name.hpp"
#include "server/cli/version.hpp"
#include "server/observe/build.hpp"
#include "server/observe/log_line.hpp"

namespace server::http {

namespace json = boost::json;

namespace {

// With parentheses throughout: a braced json::value is an array of one.
json::value text_or_null(std::string_view text) { return text.empty() ? json::value{} : json::value(text); }

json::value time_or_null(const std::optional<base::Instant>& at, const WallClock& clock) {
    return at ? json::value(clock.text(*at)) : json::value{};
}

json::object to_json(const SlotView& slot) {
    const media::LegStats& stats = slot.stats;
    return {{"kind", slot.kind},
            {"codec", text_or_null(stats.codec)},
            {"direction", slot.direction},
            {"srtp", text_or_null(stats.srtp)},
            {"ice", text_or_null(stats.ice)},
            {"rtcp_mux", stats.rtcp_mux},
            {"local", stats.local.to_string()},
            {"remote", stats.remote ? json::value(stats.remote->to_string()) : json::value{}},
            {"packets_in", stats.packets_in},
            {"packets_out", stats.packets_out},
            {"bytes_in", stats.bytes_in},
            {"bytes_out", stats.bytes_out},
            {"lost", stats.lost},
            {"jitter_ms", stats.jitter_ms},
            {"rtt_ms", stats.rtt_ms ? json::value(*stats.rtt_ms) : json::value{}},
            {"mos", slot.mean_opinion ? json::value(*slot.mean_opinion) : json::value{}}};
}

// Of one that is not called yet nothing is known but whom it is to reach.
json::object to_json(const LegView& leg) {
    json::array slots;
    for (const SlotView& slot : leg.slots) { slots.emplace_back(to_json(slot)); }
    return {{"uri", leg.uri},
            {"call_id", text_or_null(leg.call_id)},
            {"transport", text_or_null(leg.transport)},
            {"remote", text_or_null(leg.remote)},
            {"trunk", text_or_null(leg.trunk)},
            {"user", text_or_null(leg.user)},
            {"direction", text_or_null(leg.direction)},
            {"offer_answer_state", text_or_null(leg.offer_answer_state)},
            {"slots", std::move(slots)}};
}

// `number`: its place among all entries of the call, from 1, so that a gap shows.
json::object to_json(const RecordEntry& entry, std::uint64_t number, const WallClock& clock) {
    using Kind = RecordEntry::Kind;
    const char* const kind = entry.is_message() ? "message" : entry.kind == Kind::media ? "media" : "decision";
    const char* const direction = entry.kind == Kind::received ? "in" : "out";
    json::object object{{"number", number},
                        {"time", clock.text(entry.at)},
                        {"kind", kind},
                        {"side", entry.side ? json::value(letter(*entry.side).data()) : json::value{}},
                        {"direction", entry.is_message() ? json::value(direction) : json::value{}},
                        {"text", entry.text()}};
    if (!entry.is_message()) { return object; }
    if (entry.of_target) { object["side"] = entry.side == media::music_leg(media::Side::a) ? "target_a" : "target_b"; }
    object["cseq"] = text_or_null(entry.cseq());
    object["sdp"] = text_or_null(entry.description());
    object["why"] = text_or_null(entry.why());
    return object;
}

json::value number_or_null(const std::optional<double>& number) {
    return number ? json::value(*number) : json::value{};
}

std::string_view name_of(const std::optional<media::Codec>& codec) {
    if (!codec) { return {}; }
    return *codec == media::Codec::pcmu ? "PCMU" : "PCMA";
}

json::object to_json(const QualitySample& sample) {
    const auto direction = sample.direction ? sip::sdp::to_text(*sample.direction) : std::string_view{};
    return {{"codec", text_or_null(name_of(sample.codec))},
            {"direction", text_or_null(direction)},
            {"hold", sample.hold},
            {"music", sample.music},
            {"packets_in", sample.packets_in},
            {"packets_out", sample.packets_out},
            {"lost", sample.lost},
            {"jitter_ms", number_or_null(sample.jitter_ms.value())},
            {"rtt_ms", number_or_null(sample.round_trip_ms.value())},
            {"mos", number_or_null(sample.mean_opinion.value())}};
}

// Wherever a string is from: peers and configuration files may hold any byte.
void make_utf8(json::value& value) {
    if (json::string* const text = value.if_string()) {
        *text = base::to_utf8({text->data(), text->size()});
    } else if (json::array* const array = value.if_array()) {
        for (json::value& element : *array) { make_utf8(element); }
    } else if (json::object* const object = value.if_object()) {
        for (auto& member : *object) { make_utf8(member.value()); }
    }
}

}  // namespace

std::string json_text(json::value value) {
    make_utf8(value);
    return json::serialize(value) + '\n';
}

std::string WallClock::text(base::Instant at) const {
    return to_rfc3339(wall + std::chrono::duration_cast<std::chrono::system_clock::duration>(at - instant));
}

namespace {

std::string time_text(std::int64_t since_1970) { return to_rfc3339(WallTime{std::chrono::milliseconds{since_1970}}); }

double seconds(std::int64_t milliseconds) { return static_cast<double>(milliseconds) / 1000; }

json::object to_json(const records::LegRecord& leg) {
    json::array codecs;
    for (const std::string& codec : leg.codecs) { codecs.emplace_back(codec); }
    return {{"call_id", leg.call_id},
            {"uri", leg.uri},
            {"trunk", text_or_null(leg.trunk)},
            {"user", text_or_null(leg.user)},
            {"transport", leg.transport},
            {"remote", leg.remote},
            {"codecs", std::move(codecs)},
            {"srtp", text_or_null(leg.srtp)},
            {"hold_s", seconds(leg.hold_ms)},
            {"music_s", seconds(leg.music_ms)},
            {"packets_in", leg.packets_in},
            {"packets_out", leg.packets_out},
            {"lost", leg.lost},
            {"jitter_ms", number_or_null(leg.jitter_ms)},
            {"rtt_ms", number_or_null(leg.rtt_ms)},
            {"mos", number_or_null(leg.mos)}};
}

}  // namespace

json::object to_json(const records::Record& record) {
    json::object legs{{"a", to_json(record.a)}, {"b", nullptr}};
    if (record.b) { legs["b"] = to_json(*record.b); }
    return {{"id", record.id},
            {"started", time_text(record.started)},
            {"answered", record.answered ? json::value(time_text(*record.answered)) : json::value{}},
            {"ended", time_text(record.ended)},
            {"setup_s", seconds(record.setup_ms)},
            {"duration_s", seconds(record.duration_ms)},
            {"from", record.from},
            {"to", record.to},
            {"route", text_or_null(record.route)},
            {"outcome", record.outcome},
            {"code", record.code},
            {"cause", record.cause},
            {"ended_by", record.ended_by},
            {"renegotiations", record.renegotiations},
            {"healed", record.healed},
            {"originated", record.originated},
            {"legs", std::move(legs)}};
}

json::object to_json(const RegistrationView& view, const WallClock& clock) {
    const Binding& binding = view.binding;
    return {{"user", view.user},
            {"contact", binding.uri},
            {"transport", sip::to_text(binding.flow.transport)},
            {"remote", binding.flow.remote.to_string()},
            {"instance", text_or_null(binding.instance)},
            {"user_agent", text_or_null(binding.user_agent)},
            {"refreshed", clock.text(binding.refreshed)},
            {"expires", clock.text(binding.expires)},
            {"connection_lost", binding.is_lost}};
}

json::array to_json(const std::vector<DeviceView>& devices) {
    json::array array;
    for (const DeviceView& device : devices) {
        array.push_back(json::object{{"user", device.user},
                                     {"transport", device.transport},
                                     {"remote", device.remote},
                                     {"call_id", device.call_id},
                                     {"outcome", device.outcome}});
    }
    return array;
}

json::object to_json(const CallView& call, const WallClock& clock) {
    return {{"id", call.id},
            {"state", call.state},
            {"from", call.from},
            {"to", call.to},
            {"route", call.route},
            {"started", clock.text(call.started)},
            {"answered", time_or_null(call.answered, clock)},
            {"hold",
             {{"a", call.hold_a},
              {"b", call.hold_b},
              {"operator", {{"a", call.held_a}, {"b", call.held_b}}},
              {"music", {{"a", call.music_a}, {"b", call.music_b}}}}},
            {"renegotiations", call.renegotiations},
            {"legs", {{"a", to_json(call.a)}, {"b", call.b ? json::value(to_json(*call.b)) : json::value{}}}},
            {"devices", to_json(call.devices)}};
}

namespace {

json::value to_json(const std::optional<LegBrief>& leg) {
    if (!leg) { return {}; }
    return json::object{{"trunk", text_or_null(leg->trunk)},
                        {"user", text_or_null(leg->user)},
                        {"remote", leg->remote.to_string()},
                        {"transport", sip::to_text(leg->transport)}};
}

json::object to_json(const TrunkPeerView& peer, const WallClock& clock) {
    const auto known = peer.known.value_or(TrunkHealth::Known{});
    return {{"uri", peer.uri},
            {"priority", peer.priority},
            {"weight", peer.weight},
            {"up", up_or_null(known.state)},
            {"since", peer.known ? json::value(clock.text(known.since)) : json::value{}},
            {"answered", time_or_null(known.answered, clock)},
            {"last", text_or_null(known.last)}};
}

}  // namespace

json::object to_json(const CallBrief& call, const WallClock& clock) {
    return {{"id", call.id},
            {"state", call.state},
            {"from", call.from},
            {"to", call.to},
            {"route", call.route},
            {"started", clock.text(call.started)},
            {"answered", time_or_null(call.answered, clock)},
            {"hold",
             {{"a", call.hold.a},
              {"b", call.hold.b},
              {"operator", {{"a", call.held.a}, {"b", call.held.b}}},
              {"music", {{"a", call.music.a}, {"b", call.music.b}}}}},
            {"renegotiations", call.renegotiations},
            {"a", to_json(call.a)},
            {"b", to_json(call.b)}};
}

json::value up_or_null(TrunkHealth::State state) {
    if (state == TrunkHealth::State::unknown) { return {}; }
    return json::value(state == TrunkHealth::State::up);
}

json::object to_json(const TrunkView& trunk, const WallClock& clock) {
    json::array peers;
    for (const TrunkPeerView& peer : trunk.peers) { peers.emplace_back(to_json(peer, clock)); }
    json::object rejected;
    for (const auto& [reason, count] : trunk.rejected) { rejected[reason] = count; }
    return {{"name", trunk.name},   {"asked", trunk.is_asked},   {"up", up_or_null(trunk.state())},
            {"calls", trunk.calls}, {"peers", std::move(peers)}, {"rejected", std::move(rejected)}};
}

json::object to_json(const LadderView& ladder, const WallClock& clock) {
    json::array entries;
    std::uint64_t number = 0;
    for (const RecordEntry& entry : ladder.entries) {
        if (number++ == CallRecord::max_first) { number += ladder.left_out; }
        entries.emplace_back(to_json(entry, number, clock));
    }
    return {{"id", ladder.id},
            {"state", ladder.state},
            {"from", ladder.from},
            {"to", ladder.to},
            {"route", ladder.route},
            {"started", clock.text(ladder.started)},
            {"answered", time_or_null(ladder.answered, clock)},
            {"ended", time_or_null(ladder.ended, clock)},
            {"entries", std::move(entries)},
            {"left_out", ladder.left_out}};
}

json::object to_json(const CaptureView& capture, const WallClock& clock) {
    json::object body = to_json(capture.ladder, clock);
    const auto messages = messages_of(capture.ladder.entries, capture.messages);
    json::array& entries = body["entries"].as_array();
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (messages[i] == nullptr) { continue; }
        json::object& entry = entries[i].as_object();
        entry["message"] = messages[i]->text.view();
        entry["source"] = messages[i]->source().to_string();
        entry["destination"] = messages[i]->destination().to_string();
        entry["transport"] = sip::to_text(messages[i]->transport);
    }
    body["messages_left_out"] = capture.left_out;
    return body;
}

json::object to_json(const TimelineView& timeline, const WallClock& clock) {
    json::array a;
    json::array b;
    for (const auto& pair : timeline.samples) {
        a.emplace_back(to_json(pair.a));
        b.emplace_back(to_json(pair.b));
    }
    const auto interval = std::chrono::duration_cast<std::chrono::milliseconds>(timeline.interval).count();
    return {{"id", timeline.id},
            {"interval_ms", interval},
            {"from", timeline.samples.empty() ? json::value{} : json::value(clock.text(timeline.from))},
            {"legs", {{"a", std::move(a)}, {"b", std::move(b)}}}};
}

namespace {

json::object to_json(const ConfigReport& config) {
    json::value refused;
    if (config.refused) {
        const auto& errors = config.refused->errors;
        refused = {{"at", to_rfc3339(config.refused->at)}, {"errors", json::array(errors.begin(), errors.end())}};
    }
    return {{"file", text_or_null(config.file)},
            {"loaded", to_rfc3339(config.loaded)},
            {"last_reload_ok", !config.refused},
            {"refused", std::move(refused)}};
}

}  // namespace

json::object to_json(const Report& report, const ServerFacts& facts, const WallClock& clock) {
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(clock.wall - facts.started).count();
    const auto& calls = report.gauges.calls_by_state;
    return {{"name", facts.name},
            {"version", version},
            {"commit", build_commit},
            {"state", report.draining ? "draining" : "serving"},
            {"started", to_rfc3339(facts.started)},
            {"uptime_seconds", uptime},
            {"workers", facts.workers},
            {"listeners", json::array(facts.listeners.begin(), facts.listeners.end())},
            {"calls", {{"routing", calls[0]}, {"ringing", calls[1]}, {"up", calls[2]}, {"ending", calls[3]}}},
            {"overload", report.overloaded()},
            {"config", to_json(report.config)},
            {"dialogs", report.gauges.dialogs},
            {"transactions", report.gauges.transactions},
            {"media_sessions", report.gauges.media_sessions},
            {"sip_connections", report.sockets.connections}};
}

Response json_response(json::value value, unsigned status) {
    return {status, json_text(std::move(value)), "application/json", {}};
}

Response problem(unsigned status, std::string_view detail, const std::vector<std::string>& errors) {
    const auto title = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    json::object body{{"type", "about:blank"}, {"title", std::string{title}}, {"status", status}};
    if (!detail.empty()) { body["detail"] = detail; }
    if (!errors.empty()) { body["errors"] = json::array(errors.begin(), errors.end()); }
    return {status, json_text(std::move(body)), "application/problem+json", {}};
}

}  // namespace server::http
