#include "server/b2bua/media_plan.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "server/b2bua/line_security.hpp"
#include "server/b2bua/line_webrtc.hpp"
#include "server/b2bua/sibling_lines.hpp"
#include "sip/sdp/direction.hpp"
#include "sip/sdp/session.hpp"

namespace server {
namespace {

using sip::sdp::Direction;

std::optional<media::Codec> codec_of(const sip::sdp::Format& format) {
    if (format.clock_hz != 8000) { return std::nullopt; }
    if (base::iequals(format.encoding, "PCMU")) { return media::Codec::pcmu; }
    if (base::iequals(format.encoding, "PCMA")) { return media::Codec::pcma; }
    if (base::iequals(format.encoding, "telephone-event")) { return media::Codec::telephone_event; }
    if (base::iequals(format.encoding, "CN")) { return media::Codec::comfort_noise; }
    return std::nullopt;
}

std::vector<media::PayloadFormat> payload_formats(const sip::sdp::Media& line) {
    std::vector<media::PayloadFormat> formats;
    for (const auto& format : sip::sdp::formats_of(line)) {
        if (const auto codec = codec_of(format)) {
            formats.push_back(media::PayloadFormat{*codec, format.payload, format.clock_hz});
        }
    }
    return formats;
}

// Both peers of a leg name a format by the same number as a rule; one that answers under another means one of ours.
std::vector<media::PayloadFormat> relayed_formats(const sip::sdp::Media& line, const sip::sdp::Media& ours,
                                                  media::Side side, const NumberPairs& numbers) {
    std::vector<media::PayloadFormat> formats;
    const auto known = sip::sdp::formats_of(ours);
    for (const auto& format : sip::sdp::formats_of(line)) {
        auto meaning = numbers.meaning(side, format);
        for (std::size_t i = 0; i < known.size() && !meaning; ++i) {
            if (sip::sdp::same_meaning(known[i], format)) { meaning = numbers.meaning(side, known[i]); }
        }
        if (!meaning) { continue; }
        formats.push_back({media::Codec::relayed, format.payload, format.clock_hz, *meaning});
    }
    return formats;
}

bool takes_estimates(const sip::sdp::Media& line) {
    return std::ranges::any_of(line.attributes, [](const sip::sdp::Attribute& attribute) {
        return attribute.name == "rtcp-fb" && attribute.value && attribute.value->ends_with(" goog-remb");
    });
}

// A browser drops the events that it is sent, and no script hears of them: it is told keys by INFO.
void drop_events(std::vector<media::PayloadFormat>& formats) {
    std::erase_if(formats, [](const auto& format) { return format.codec == media::Codec::telephone_event; });
}

bool takes_feedback(const sip::sdp::Media& line) {
    return base::iequals(line.protocol, "RTP/AVPF") || line.attribute("rtcp-fb") != nullptr;
}

// One handshake serves RTP and RTCP: where the peer wants another port for RTCP, there is none.
void add_association(media::LegDescription& plan, const DtlsAgreement* association) {
    plan.srtp.reset();
    if (!plan.rtcp_mux) { plan.remote_rtcp = {}; }
    if (association == nullptr) { return; }
    plan.dtls = media::DtlsParameters{association->association, association->role, association->fingerprints};
}

std::vector<std::string> further_mids(const sip::sdp::Agreed& agreed, std::size_t line) {
    const bool is_audio = base::iequals(agreed.local.media[line].kind, "audio");
    std::vector<std::string> mids;
    for (const std::size_t index : siblings(agreed.remote, line, is_audio ? nullptr : &agreed.local)) {
        const auto* const mid = agreed.remote.media[index].attribute("mid");
        if (mid != nullptr && mid->value) { mids.push_back(*mid->value); }
    }
    return mids;
}

void add_bundling(media::LegDescription& plan, const sip::sdp::Agreed& agreed, std::size_t line) {
    const auto& ours = agreed.local.media[line];
    const auto extensions = agreed_extensions({agreed.local, ours}, {agreed.remote, agreed.remote.media[line]});
    plan.bundled = agreed_bundling(ours, extensions);
    if (!plan.bundled) { return; }
    plan.bundled->further_mids = further_mids(agreed, line);
    drop_events(plan.send_formats);
    plan.send_extensions = extensions.send;
    plan.receive_extensions = extensions.receive;
}

}  // namespace

Direction agreed_direction(const sip::sdp::Agreed& agreed, std::size_t slot) {
    if (slot >= agreed.local.media.size() || slot >= agreed.remote.media.size()) { return Direction::inactive; }
    const auto& ours = agreed.local.media[slot];
    const auto& theirs = agreed.remote.media[slot];
    if (ours.is_disabled() || theirs.is_disabled()) { return Direction::inactive; }
    const auto* const sources = base::iequals(ours.kind, "audio") ? nullptr : &agreed.local;
    return sip::sdp::intersect(whole_direction(agreed.local, slot, sources),
                               sip::sdp::reverse(whole_direction(agreed.remote, slot, sources)));
}

media::LegDescription media_plan(const sip::sdp::Agreed& agreed, std::size_t slot, const DtlsAgreement* association) {
    media::LegDescription plan;
    if (slot >= agreed.local.media.size() || slot >= agreed.remote.media.size()) { return plan; }
    const auto& ours = agreed.local.media[slot];
    const auto& theirs = agreed.remote.media[slot];
    const Direction direction = agreed_direction(agreed, slot);
    plan.send = sip::sdp::sends(direction);
    plan.receive = sip::sdp::receives(direction);
    plan.rtcp_mux = ours.attribute("rtcp-mux") != nullptr && theirs.attribute("rtcp-mux") != nullptr;
    plan.remote_rtp = sip::sdp::rtp_endpoint(agreed.remote, theirs).value_or(base::Endpoint{});
    plan.remote_rtcp =
        plan.rtcp_mux ? plan.remote_rtp : sip::sdp::rtcp_endpoint(agreed.remote, theirs).value_or(base::Endpoint{});
    plan.send_formats = payload_formats(theirs);
    plan.receive_formats = payload_formats(ours);
    plan.srtp = agreed_keys(ours, theirs);
    add_bundling(plan, agreed, slot);
    if (is_dtls(ours) && !plan.bundled) { add_association(plan, association); }
    const bool is_keyed = plan.srtp || plan.dtls || plan.bundled;
    if ((is_secure(ours) || is_dtls(ours)) && !is_keyed) { plan.send = plan.receive = false; }  // never in the clear
    return plan;
}

media::LegDescription stream_plan(const sip::sdp::Agreed& agreed, std::size_t line, media::Side side,
                                  const NumberPairs& numbers) {
    if (!is_live(agreed, line)) { return {}; }
    media::LegDescription plan = media_plan(agreed, line);
    const auto& ours = agreed.local.media[line];
    const auto& theirs = agreed.remote.media[line];
    plan.send_formats = relayed_formats(theirs, ours, side, numbers);
    plan.receive_formats = relayed_formats(ours, ours, side, numbers);
    plan.feedback = takes_feedback(theirs);
    plan.estimates = takes_estimates(ours) && takes_estimates(theirs);
    return plan;
}

}  // namespace server
