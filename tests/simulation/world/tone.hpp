// Sounds that can be told apart: each phone speaks a tone of its own or plays a chord of its own; what arrives is
// recognised from the audio, by its spectrum, not by counting packets. G.711 is written out again here so that an error
// of the product's shows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace simulation {

enum class Law : std::uint8_t { mu, a };

struct Sound {
    enum class Kind : std::uint8_t {
        silence,
        tone,
        chord,  // a phone's own music: its tone and one more
        comfort_noise,
        music  // any other sound
    };
    Kind kind = Kind::silence;
    int hz = 0;  // of a tone or chord: whose it is
    friend bool operator==(const Sound&, const Sound&) = default;
};
std::string to_text(const Sound& sound);

// Tones of phones lie on this grid: whole periods in 20 ms, above what a tune's melody uses.
inline constexpr int first_tone_hz = 1250;
inline constexpr int tone_step_hz = 100;
inline constexpr int tone_count = 21;
constexpr int tone_hz(int index) { return first_tone_hz + tone_step_hz * (index % tone_count); }
inline constexpr int milliwatt_hz = 1000;
inline constexpr int chord_hz = 3400;  // goes with a phone's tone in its chord

// 20 ms: 160 bytes.
const std::string& tone_payload(int hz, Law law);
const std::string& chord_payload(int hz, Law law);
std::string silence_payload(Law law);
Sound recognise(std::string_view payload, Law law);

}  // namespace simulation
