#include "tests/simulation/world/belief_check.hpp"

#include <algorithm>

namespace simulation {
namespace {

std::string_view encoding_of(media::Codec codec) {
    constexpr std::string_view names[] = {"pcmu/8000", "pcma/8000", "telephone-event/8000", "cn/8000", ""};
    return names[static_cast<std::size_t>(codec)];
}

// Of a browser's line, which has no address of its own.
std::string bundled_mid(const View& own, const std::string& mid) { return own.bundle.empty() ? std::string{} : mid; }

}  // namespace

void BeliefCheck::complain(const Stream& stream, const std::string& text) const {
    trace_.violation("F.2 beliefs agree", stream.name + ": " + text);
}

void BeliefCheck::run(const Phone& phone) const {
    const Belief& belief = phone.belief();
    if (!belief.local || !belief.remote) { return; }
    const View& own = *belief.local;
    const View& theirs = *belief.remote;
    if (own.enabled && theirs.enabled) {
        judge({phone.identity().name, own.rtp, theirs.rtp, belief.hears(), belief.speaks(), own.payloads,
               theirs.payloads, bundled_mid(own, own.mid)});
    }
    if (!phone.has_video()) { return; }
    const Line& mine = *own.video();
    const Line& other = *theirs.video();
    judge({phone.identity().name + "'s picture", mine.rtp, other.rtp, mine.receives() && other.sends(),
           mine.sends() && other.receives(), mine.payloads, other.payloads, bundled_mid(own, mine.mid)});
}

void BeliefCheck::judge(const Stream& stream) const {
    const bool is_bundled = !stream.mid.empty();
    const auto* const leg = is_bundled ? engine_.leg_carried(stream.own, stream.mid) : engine_.leg_at(stream.theirs);
    const bool is_mute = !stream.hears && !stream.speaks;
    if (is_bundled && is_mute && leg == nullptr) { return; }  // a browser's line that waits for somebody to take it
    if (leg == nullptr || !leg->description) {
        complain(stream, "speaks to an address where nobody listens");
        return;
    }
    const media::LegDescription& ours = *leg->description;
    const bool has_address = ours.remote_rtp.port != 0 && !ours.remote_rtp.address.is_unspecified();
    const bool sends = ours.send && (is_bundled || has_address);
    if (sends != stream.hears) {
        complain(stream, sends ? "is sent to, but thinks else" : "is not sent to, but thinks else");
    }
    if (ours.receive != stream.speaks) {
        complain(stream, ours.receive ? "is listened to, but thinks else" : "is not listened to, but thinks else");
    }
    if (sends && !is_bundled && ours.remote_rtp != stream.own) {
        complain(stream, "is sent to at " + ours.remote_rtp.to_string());
    }
    if (sends) { judge_formats(stream, ours.send_formats, stream.own_payloads, "is sent"); }
    if (ours.receive) { judge_formats(stream, ours.receive_formats, stream.their_payloads, "may send"); }
}

// Each number means the same to both.
void BeliefCheck::judge_formats(const Stream& stream, const std::vector<media::PayloadFormat>& formats,
                                const std::vector<Payload>& described, const char* use) const {
    for (const media::PayloadFormat& format : formats) {
        if (format.codec == media::Codec::comfort_noise) { continue; }  // 13 needs no description (RFC 3551 §6)
        const bool is_known = std::any_of(described.begin(), described.end(), [&](const Payload& payload) {
            const bool is_same = format.codec == media::Codec::relayed || payload.encoding == encoding_of(format.codec);
            return payload.number == format.payload && is_same;
        });
        if (!is_known) {
            complain(stream,
                     std::string{use} + " number " + std::to_string(format.payload) + ", which nobody described");
        }
    }
}

}  // namespace simulation
