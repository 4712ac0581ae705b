#include "tests/simulation/world/tone.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <initializer_list>
#include <numbers>
#include <unordered_map>

namespace simulation {
namespace {

// ITU-T G.711: sign, three bits of segment, four of step; mu-law is stored inverted, A-law with even bits inverted.
int decode(std::uint8_t code, Law law) {
    code = static_cast<std::uint8_t>(law == Law::mu ? ~code : code ^ 0x55);
    const int segment = code >> 4 & 7;
    const int step = code & 15;
    if (law == Law::mu) {
        const int magnitude = (((step << 3) + 132) << segment) - 132;
        return (code & 0x80) != 0 ? -magnitude : magnitude;
    }
    const int base = (step << 4) + 8;
    const int magnitude = segment == 0 ? base : (base + 256) << (segment - 1);
    return (code & 0x80) != 0 ? magnitude : -magnitude;
}

using Table = std::array<std::int16_t, 256>;
const Table& table(Law law) {
    static const auto make = [](Law which) {
        Table made{};
        for (int code = 0; code < 256; ++code) {
            made[static_cast<std::size_t>(code)] =
                static_cast<std::int16_t>(decode(static_cast<std::uint8_t>(code), which));
        }
        return made;
    };
    static const Table mu = make(Law::mu);
    static const Table a = make(Law::a);
    return law == Law::mu ? mu : a;
}

std::uint8_t encode(double sample, Law law) {
    const Table& values = table(law);
    std::size_t best = 0;
    for (std::size_t code = 1; code < values.size(); ++code) {
        if (std::abs(values[code] - sample) < std::abs(values[best] - sample)) { best = code; }
    }
    return static_cast<std::uint8_t>(best);
}

std::string sines(std::initializer_list<int> frequencies, Law law) {
    std::string payload;
    for (int i = 0; i < 160; ++i) {
        double sample = 0;
        for (const int hz : frequencies) { sample += 8000 * std::sin(2 * std::numbers::pi * hz * i / 8000); }
        payload += static_cast<char>(encode(sample, law));
    }
    return payload;
}

// Share of the energy that lies at one frequency.
double share_at(std::string_view payload, const Table& values, int hz, double energy) {
    const double step = 2 * std::numbers::pi * hz / 8000;
    const double turn = 2 * std::cos(step);
    double last = 0;
    double before = 0;
    for (const char byte : payload) {
        const double now = values[static_cast<std::uint8_t>(byte)] + turn * last - before;
        before = last;
        last = now;
    }
    const double power = last * last + before * before - turn * last * before;
    return 2 * power / (static_cast<double>(payload.size()) * energy);
}

Sound analyse(std::string_view payload, Law law) {
    const Table& values = table(law);
    double energy = 0;
    for (const char byte : payload) { energy += std::pow(values[static_cast<std::uint8_t>(byte)], 2); }
    constexpr double audible_rms = 60;
    if (payload.empty() || energy < audible_rms * audible_rms * static_cast<double>(payload.size())) { return {}; }
    constexpr double nearly_all = 0.9;
    constexpr double much = 0.3;
    const double high = share_at(payload, values, chord_hz, energy);
    for (int i = 0; i < tone_count && high > much; ++i) {
        const double low = share_at(payload, values, tone_hz(i), energy);
        if (low > much && low + high > nearly_all) { return {Sound::Kind::chord, tone_hz(i)}; }
    }
    if (share_at(payload, values, milliwatt_hz, energy) > nearly_all) { return {Sound::Kind::tone, milliwatt_hz}; }
    for (int i = 0; i < tone_count; ++i) {
        if (share_at(payload, values, tone_hz(i), energy) > nearly_all) { return {Sound::Kind::tone, tone_hz(i)}; }
    }
    return {Sound::Kind::music, 0};
}

}  // namespace

std::string to_text(const Sound& sound) {
    constexpr const char* names[] = {"silence", "tone", "chord", "comfort noise", "music"};
    const bool is_whose = sound.kind == Sound::Kind::tone || sound.kind == Sound::Kind::chord;
    return names[static_cast<int>(sound.kind)] + (is_whose ? " " + std::to_string(sound.hz) : "");
}

const std::string& tone_payload(int hz, Law law) {
    static std::unordered_map<int, std::string> made;
    std::string& payload = made[law == Law::a ? hz : -hz];
    if (payload.empty()) { payload = sines({hz}, law); }
    return payload;
}

const std::string& chord_payload(int hz, Law law) {
    static std::unordered_map<int, std::string> made;
    std::string& payload = made[law == Law::a ? hz : -hz];
    if (payload.empty()) { payload = sines({hz, chord_hz}, law); }
    return payload;
}

std::string silence_payload(Law law) { return std::string(160, static_cast<char>(law == Law::mu ? 0xff : 0xd5)); }

Sound recognise(std::string_view payload, Law law) {
    // A tune is the same packets over and over: each is analysed once.
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Known = std::unordered_map<std::string, Sound, Hash, std::equal_to<>>;
    static std::array<Known, 2> of_laws;
    Known& known = of_laws[law == Law::a ? 0 : 1];
    constexpr std::size_t enough = 20'000;
    if (known.size() > enough) { known.clear(); }
    auto found = known.find(payload);
    if (found == known.end()) { found = known.emplace(payload, analyse(payload, law)).first; }
    return found->second;
}

}  // namespace simulation
