#include "tests/simulation/world/trace.hpp"

#include <cstdio>

#include "tests/simulation/world/glance.hpp"

namespace simulation {
namespace {

std::string clock_text(Duration at) {
    char text[32];
    std::snprintf(text, sizeof text, "%9.3f", std::chrono::duration<double>(at).count());
    return text;
}

}  // namespace

void Trace::name(const base::Endpoint& endpoint, std::string text) { names_.emplace_back(endpoint, std::move(text)); }

void Trace::message(const base::Endpoint& from, const base::Endpoint& to, std::string text, std::string_view fate) {
    if (!records) { return; }
    entries_.push_back({clock_.since_start(), from, to, std::move(text), fate, true});
}

void Trace::note(std::string text) {
    if (records) { entries_.push_back({clock_.since_start(), {}, {}, std::move(text), {}, false}); }
}

void Trace::violation(std::string_view rule, std::string text) {
    constexpr std::size_t enough = 20;
    std::string line = "VIOLATION of " + std::string{rule} + ": " + text;
    note(line);
    if (violations_.size() < enough) { violations_.push_back(clock_text(clock_.since_start()) + " " + line); }
}

std::string Trace::place(const base::Endpoint& endpoint) const {
    for (const auto& [known, name] : names_) {
        if (known == endpoint) { return name; }
    }
    return endpoint.to_string();
}

std::string Trace::ladder(bool whole) const {
    std::string text;
    for (const Entry& entry : entries_) {
        text += clock_text(entry.at) + "  ";
        if (!entry.is_message) {
            text += "· " + entry.text + "\n";
            continue;
        }
        text += place(entry.from) + " → " + place(entry.to) + "  " + summary(entry.text);
        if (!entry.fate.empty()) { text += "  (" + std::string{entry.fate} + ")"; }
        text += whole ? "\n" + entry.text + "\n" : "\n";
    }
    return text;
}

}  // namespace simulation
