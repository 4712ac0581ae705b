#include "media/quality/e_model.hpp"

#include <algorithm>

namespace media {

namespace {

constexpr double best_rating = 93.2;  // Ro - Is with all parameters at their defaults
// With the concealment of losses that every telephone has (G.711 Appendix I).
constexpr CodecImpairment g711{0, 25.1};
constexpr base::Duration packet_time = std::chrono::milliseconds{20};

double delay_impairment(base::Duration delay) {
    const double ms = std::chrono::duration<double, std::milli>{delay}.count();
    constexpr double noticed_ms = 177.3;
    return 0.024 * ms + 0.11 * std::max(0.0, ms - noticed_ms);
}

// Ie,eff with losses at random (BurstR = 1).
double loss_impairment(const CodecImpairment& codec, double loss) {
    constexpr double worst = 95;
    const double percent = 100 * std::clamp(loss, 0.0, 1.0);
    return codec.equipment + (worst - codec.equipment) * percent / (percent + codec.robustness);
}

}  // namespace

std::optional<CodecImpairment> impairment_of(Codec codec) {
    switch (codec) {
        case Codec::pcmu:
        case Codec::pcma:
            return g711;
        default:
            return std::nullopt;
    }
}

double rating(const HeardVoice& voice) {
    return std::clamp(best_rating - delay_impairment(voice.delay) - loss_impairment(voice.codec, voice.loss), 0.0,
                      best_rating);
}

// The polynomial dips below 1 near 0.
double mean_opinion(double r) { return std::max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6); }

// A buffer holds about twice the jitter, and no less than a packet.
base::Duration mouth_to_ear(std::optional<base::Duration> round_trip, base::Duration jitter) {
    return packet_time + std::max(packet_time, 2 * jitter) + round_trip.value_or(base::Duration{}) / 2;
}

}  // namespace media
