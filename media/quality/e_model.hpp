// How good a conversation sounds: the E-model (ITU-T G.107, all its other parameters at their defaults) from what a
// relay knows of one direction: codec, loss, delay.
#pragma once

#include <optional>

#include "base/time.hpp"
#include "media/engine.hpp"

namespace media {

// ITU-T G.113 Appendix I. How much a codec takes from the sound, and how well it stands losses.
struct CodecImpairment {
    double equipment;   // Ie
    double robustness;  // Bpl, in percent of packets lost at random
};

// Nullopt: nothing is known of it, or it carries no speech.
std::optional<CodecImpairment> impairment_of(Codec codec);

struct HeardVoice {
    CodecImpairment codec;
    double loss = 0;         // share of packets, 0 to 1
    base::Duration delay{};  // mouth to ear
};

// Transmission rating R, 0 to 93.2.
double rating(const HeardVoice& voice);
// Mean opinion score, 1 to 4.41: G.107 Annex B.
double mean_opinion(double rating);

// What a peer's jitter buffer and packets add to the way there.
base::Duration mouth_to_ear(std::optional<base::Duration> round_trip, base::Duration jitter);

}  // namespace media
