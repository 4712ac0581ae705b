#include "tests/simulation/phone/hearing.hpp"

#include <algorithm>
#include <cstdio>

namespace simulation {
namespace {

auto begin_at(const std::vector<Hearing::Frame>& frames, Instant from) {
    return std::lower_bound(frames.begin(), frames.end(), from,
                            [](const Hearing::Frame& frame, Instant at) { return frame.at < at; });
}

}  // namespace

std::size_t Hearing::count(const Sound& sound, Instant from, Instant to) const {
    return static_cast<std::size_t>(std::count_if(begin_at(frames_, from), begin_at(frames_, to),
                                                  [&](const Frame& frame) { return frame.sound == sound; }));
}

std::size_t Hearing::count_all(Instant from, Instant to) const {
    return static_cast<std::size_t>(begin_at(frames_, to) - begin_at(frames_, from));
}

std::size_t Hearing::count_outdated(Instant from, Instant to) const {
    return static_cast<std::size_t>(std::count_if(begin_at(frames_, from), begin_at(frames_, to),
                                                  [](const Frame& frame) { return !frame.is_current; }));
}

std::optional<Instant> Hearing::first(const Sound& sound, Instant from) const {
    const auto found =
        std::find_if(begin_at(frames_, from), frames_.end(), [&](const Frame& frame) { return frame.sound == sound; });
    if (found == frames_.end()) { return std::nullopt; }
    return found->at;
}

Duration Hearing::longest_gap(Instant from, Instant to) const {
    Duration longest{};
    Instant last = from;
    for (auto frame = begin_at(frames_, from); frame != frames_.end() && frame->at < to; ++frame) {
        longest = std::max(longest, frame->at - last);
        last = frame->at;
    }
    return std::max(longest, to - last);
}

std::string Hearing::story(Instant zero) const {
    std::string text;
    const auto seconds = [zero](Instant at) {
        char number[32];
        std::snprintf(number, sizeof number, "%.3f", std::chrono::duration<double>(at - zero).count());
        return std::string{number};
    };
    for (std::size_t i = 0; i < frames_.size();) {
        std::size_t end = i + 1;
        while (end < frames_.size() && frames_[end].sound == frames_[i].sound &&
               frames_[end].at - frames_[end - 1].at < 200ms) {
            ++end;
        }
        text += (text.empty() ? "" : ", ") + seconds(frames_[i].at) + "–" + seconds(frames_[end - 1].at) + " s " +
                to_text(frames_[i].sound);
        i = end;
    }
    return text.empty() ? "nothing" : text;
}

}  // namespace simulation
