#include "tests/simulation/world/hearing_check.hpp"

#include <algorithm>

namespace simulation {
namespace {

constexpr Duration settling = 1s;  // after a change, before the ear is judged
constexpr Duration worth_it = 300ms;

const Phone::Moment* moment_at(const std::vector<Phone::Moment>& history, Instant at) {
    const Phone::Moment* found = nullptr;
    for (const Phone::Moment& moment : history) {
        if (moment.at > at) { break; }
        found = &moment;
    }
    return found;
}

std::string ms(Duration time) { return std::to_string(time / 1ms) + " ms"; }

}  // namespace

bool HearingCheck::is_busy(const Phone& phone, Instant at) const {
    bool busy = false;
    for (const Inspector::Change& change : inspector_.busy_history(phone.call_id())) {
        if (change.at > at) { break; }
        busy = change.busy;
    }
    return busy;
}

std::vector<HearingCheck::Stretch> HearingCheck::stretches(const Phone& phone, const Phone& other) const {
    std::vector<Instant> edges;
    for (const Phone* const one : {&phone, &other}) {
        for (const Phone::Moment& moment : one->history()) { edges.push_back(moment.at); }
        for (const Inspector::Change& change : inspector_.busy_history(one->call_id())) { edges.push_back(change.at); }
    }
    std::sort(edges.begin(), edges.end());
    std::vector<Stretch> found;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        const Phone::Moment* const mine = moment_at(phone.history(), edges[i]);
        const Phone::Moment* const theirs = moment_at(other.history(), edges[i]);
        if (mine == nullptr || theirs == nullptr || !mine->is_settled || !theirs->is_settled) { continue; }
        if (is_busy(phone, edges[i]) || is_busy(other, edges[i])) { continue; }
        if (edges[i + 1] - edges[i] > settling + worth_it) {
            found.push_back({edges[i] + settling, edges[i + 1], *mine, *theirs});
        }
    }
    return found;
}

void HearingCheck::judge(const Phone& phone, const Phone& other, const Stretch& stretch) const {
    const Hearing& heard = phone.heard();
    const int hz = other.identity().tone;
    const Sound voice{stretch.theirs.voice == Speech::music ? Sound::Kind::chord : Sound::Kind::tone, hz};
    const Sound music{Sound::Kind::music, 0};
    const std::string name = phone.identity().name + " ";
    const auto complain = [&](const std::string& text) {
        trace_.violation("F.4 who hears what", name + text + " in the stretch from " +
                                                   ms(stretch.from - EventQueue::start) + " to " +
                                                   ms(stretch.to - EventQueue::start));
    };
    const std::size_t voices = heard.count({Sound::Kind::tone, hz}, stretch.from, stretch.to) +
                               heard.count({Sound::Kind::chord, hz}, stretch.from, stretch.to);
    const std::size_t tunes = heard.count(music, stretch.from, stretch.to);
    if (!stretch.mine.hears) {
        if (heard.count_all(stretch.from, stretch.to) != 0) { complain("hears something while on hold"); }
        return;
    }
    const bool is_audible = stretch.theirs.voice == Speech::tone || stretch.theirs.voice == Speech::music;
    const bool expects_voice = stretch.theirs.speaks && is_audible;
    const bool expects_music = stretch.theirs.keeps_quiet || (stretch.theirs.may_have_music && !expects_voice);
    if (!expects_voice && voices != 0) { complain("hears a microphone that is to be silent"); }
    if (stretch.theirs.unsure && !expects_voice) { return; }
    if (!expects_music && tunes != 0) { complain("hears music"); }
    if (!expects_voice && !expects_music) { return; }
    const Duration gap = heard.longest_gap(stretch.from, stretch.to);
    if (gap > allowed_gap_) { complain("hears nothing for " + ms(gap)); }
    const Sound& expected = expects_voice ? voice : music;
    if (heard.count(expected, stretch.from, stretch.to) == 0) { complain("does not hear " + to_text(expected)); }
}

// Nobody hears himself, or a call that is not his.
void HearingCheck::strangers(const Phone& phone, const Phone& other) const {
    for (const Hearing::Frame& frame : phone.heard().frames()) {
        const bool is_whose = frame.sound.kind == Sound::Kind::tone || frame.sound.kind == Sound::Kind::chord;
        if (!is_whose || frame.sound.hz == other.identity().tone) { continue; }
        trace_.violation("F.6 calls do not hear each other", phone.identity().name + " heard " + to_text(frame.sound));
        return;
    }
}

void HearingCheck::listener(const Phone& phone, const Phone& other) const {
    strangers(phone, other);
    for (const Stretch& stretch : stretches(phone, other)) { judge(phone, other, stretch); }
}

}  // namespace simulation
