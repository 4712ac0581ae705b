#include "tests/simulation/world/hearing_check.hpp"

#include <algorithm>

namespace simulation {
namespace {

constexpr Duration fill_in = 400ms;  // of silence, before music takes a peer's place
constexpr Duration worth_it = 300ms;

const Moment* moment_at(const std::vector<Moment>& history, Instant at) {
    const Moment* found = nullptr;
    for (const Moment& moment : history) {
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
        for (const Moment& moment : one->history()) { edges.push_back(moment.at); }
        for (const Inspector::Change& change : inspector_.busy_history(one->call_id())) { edges.push_back(change.at); }
    }
    std::sort(edges.begin(), edges.end());
    std::vector<Stretch> found;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        const Moment* const mine = moment_at(phone.history(), edges[i]);
        const Moment* const theirs = moment_at(other.history(), edges[i]);
        if (mine == nullptr || theirs == nullptr || !mine->is_settled || !theirs->is_settled) { continue; }
        if (is_busy(phone, edges[i]) || is_busy(other, edges[i])) { continue; }
        const Duration settling = rules_.settling + (theirs->may_have_music || theirs->unsure ? fill_in : 0ms);
        if (edges[i + 1] - edges[i] > settling + worth_it) {
            found.push_back({edges[i] + settling, edges[i + 1], *mine, *theirs});
        }
    }
    return found;
}

void HearingCheck::complain(std::string_view rule, const Phone& phone, const Stretch& stretch,
                            const std::string& text) const {
    trace_.violation(rule, phone.identity().name + " " + text + " in the stretch from " +
                               ms(stretch.from - EventQueue::start) + " to " + ms(stretch.to - EventQueue::start));
}

// Of the other party, by the music rule (section C.2 of the contract).
HearingCheck::Expected HearingCheck::expected(const Stretch& stretch) const {
    using config::HoldWhen;
    const Moment& theirs = stretch.theirs;
    const bool is_audible = theirs.voice == Speech::tone || theirs.voice == Speech::music;
    const bool is_replaced = theirs.may_have_music && rules_.music == HoldWhen::always;
    const bool voice = theirs.speaks && is_audible && !is_replaced;
    const bool fills_in = theirs.may_have_music && !voice && rules_.music != HoldWhen::trust;
    return {voice, (theirs.keeps_quiet || fills_in) && rules_.music != HoldWhen::never};
}

void HearingCheck::judge(const Phone& phone, const Phone& other, const Stretch& stretch) const {
    const std::size_t outdated = phone.heard().count_outdated(stretch.from, stretch.to);
    if (outdated != 0) {
        complain("F.3 only as the current description says", phone, stretch,
                 "is sent " + std::to_string(outdated) + " packets to an old place or of a format no longer described");
    }
    if (!stretch.mine.sees && phone.seen().count_all(stretch.from, stretch.to) != 0) {
        complain("F.4 who sees what", phone, stretch, "sees something while its picture is off or held");
    }
    if (stretch.mine.hears) {
        judge_sounds(phone, other, stretch);
    } else if (phone.heard().count_all(stretch.from, stretch.to) != 0) {
        complain("F.4 who hears what", phone, stretch, "hears something while on hold");
    }
}

void HearingCheck::judge_sounds(const Phone& phone, const Phone& other, const Stretch& stretch) const {
    const auto wrong = [&](const std::string& text) { complain("F.4 who hears what", phone, stretch, text); };
    const Hearing& heard = phone.heard();
    const int hz = other.identity().tone;
    const Sound voice{stretch.theirs.voice == Speech::music ? Sound::Kind::chord : Sound::Kind::tone, hz};
    const Sound music{Sound::Kind::music, 0};
    const bool is_unknown = stretch.theirs.unsure && rules_.music == config::HoldWhen::always;
    if (is_unknown) { return; }
    const Expected expects = expected(stretch);
    const std::size_t voices = heard.count({Sound::Kind::tone, hz}, stretch.from, stretch.to) +
                               heard.count({Sound::Kind::chord, hz}, stretch.from, stretch.to);
    if (!expects.voice && voices != 0) { wrong("hears a microphone that is to be silent"); }
    if (stretch.theirs.unsure && !expects.voice) { return; }
    if (!expects.music && heard.count(music, stretch.from, stretch.to) != 0) { wrong("hears music"); }
    if (!expects.voice && !expects.music) { return; }
    const Duration gap = heard.longest_gap(stretch.from, stretch.to);
    if (gap > rules_.allowed_gap) { wrong("hears nothing for " + ms(gap)); }
    const Sound& due = expects.voice ? voice : music;
    if (heard.count(due, stretch.from, stretch.to) == 0) { wrong("does not hear " + to_text(due)); }
}

// Nobody hears himself, or a call that is not his.
void HearingCheck::strangers(const Phone& phone, const Phone& other) const {
    for (const Hearing* const sense : {&phone.heard(), &phone.seen()}) {
        for (const Hearing::Frame& frame : sense->frames()) {
            const bool is_whose = frame.sound.kind == Sound::Kind::tone || frame.sound.kind == Sound::Kind::chord;
            if (!is_whose || frame.sound.hz == other.identity().tone) { continue; }
            trace_.violation("F.6 calls do not hear or see each other",
                             phone.identity().name + " has met " + to_text(frame.sound));
            return;
        }
    }
}

void HearingCheck::listener(const Phone& phone, const Phone& other) const {
    strangers(phone, other);
    for (const Stretch& stretch : stretches(phone, other)) { judge(phone, other, stretch); }
}

}  // namespace simulation
