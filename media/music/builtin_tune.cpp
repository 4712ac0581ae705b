#include "media/music/builtin_tune.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace media {

namespace {

// Equal temperament, A4 = 440 Hz (which is not in the scale).
constexpr double d5 = 587.33, c5 = 523.25, b_flat4 = 466.16, a_flat4 = 415.30, g4 = 392.00, f4 = 349.23,
                 e_flat4 = 311.13;

constexpr double bar_seconds = std::chrono::duration<double>{builtin_bar}.count();
constexpr std::size_t plucks_per_bar = 6;
constexpr double peak = 11000;  // -9.5 dB of full scale

struct Note {
    double hertz;
    double level;
    double start;  // seconds
};

// Half a cosine from 0 to 1, so that nothing begins or ends with an edge.
double ease(double progress) {
    const double inside = std::clamp(progress, 0.0, 1.0);
    return 0.5 - 0.5 * std::cos(std::numbers::pi * inside);
}

// Notes that ring past the end go on at the beginning: that is what makes the loop seamless.
class Canvas {
public:
    Canvas() : samples_(static_cast<std::size_t>(bar_seconds * builtin_bars * sample_rate_hz)) {}

    // `shape(t)` is the envelope `t` seconds into the note, which lasts `seconds`; `overtone` is the octave's share.
    template <class Shape>
    void add(const Note& note, double seconds, double overtone, Shape shape) {
        const auto first = static_cast<std::size_t>(note.start * sample_rate_hz);
        const auto count = static_cast<std::size_t>(seconds * sample_rate_hz);
        for (std::size_t i = 0; i < count; ++i) {
            const double t = static_cast<double>(i) / sample_rate_hz;
            const double angle = 2 * std::numbers::pi * note.hertz * t;
            const double wave = std::sin(angle) + overtone * std::sin(2 * angle);
            samples_[(first + i) % samples_.size()] += note.level * wave * shape(t);
        }
    }

    Pcm to_pcm() const {
        const double highest = std::abs(*std::max_element(
            samples_.begin(), samples_.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }));
        Pcm pcm(samples_.size());
        std::transform(samples_.begin(), samples_.end(), pcm.begin(), [highest](double sample) {
            return static_cast<std::int16_t>(std::lround(sample / highest * peak));
        });
        return pcm;
    }

private:
    std::vector<double> samples_;
};

// Sounds through its bar and fades under the next one.
void add_chord_note(Canvas& canvas, const Note& note) {
    constexpr double rise = 0.15;
    constexpr double fall = 0.30;
    canvas.add(note, bar_seconds + fall, 0.05,
               [](double t) { return ease(t / rise) * ease((bar_seconds + fall - t) / fall); });
}

void add_pluck(Canvas& canvas, const Note& note) {
    constexpr double rise = 0.008;
    constexpr double decay = 0.45;
    constexpr double length = 2.0;
    canvas.add(note, length, 0.2,
               [](double t) { return ease(t / rise) * std::exp(-t / decay) * ease((length - t) / 0.2); });
}

}  // namespace

const std::array<Chord, builtin_bars> builtin_chords{{
    {e_flat4, g4, b_flat4},
    {e_flat4, g4, c5},
    {e_flat4, a_flat4, c5},
    {f4, b_flat4, d5},
    {e_flat4, g4, b_flat4},
    {g4, b_flat4, d5},
    {e_flat4, a_flat4, c5},
    {f4, b_flat4, d5},
}};

Pcm compose_builtin_tune() {
    constexpr std::array<std::size_t, plucks_per_bar> figure{0, 1, 2, 1, 2, 0};
    constexpr double chord_level = 1.0;
    constexpr double pluck_level = 0.7;
    Canvas canvas;
    for (std::size_t bar = 0; bar < builtin_bars; ++bar) {
        const double start = static_cast<double>(bar) * bar_seconds;
        for (const double hertz : builtin_chords[bar]) { add_chord_note(canvas, Note{hertz, chord_level, start}); }
        for (std::size_t i = 0; i < plucks_per_bar; ++i) {
            const double offset = static_cast<double>(i) * bar_seconds / plucks_per_bar;
            add_pluck(canvas, Note{2 * builtin_chords[bar][figure[i]], pluck_level, start + offset});
        }
    }
    return canvas.to_pcm();
}

}  // namespace media
