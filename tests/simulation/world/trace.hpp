// What happened in a run, in order, and what was wrong with it. Printed as a ladder when a test fails.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.hpp"
#include "tests/simulation/world/event_queue.hpp"

namespace simulation {

class Trace {
public:
    explicit Trace(const EventQueue& clock) : clock_{clock} {}

    // False: only what was wrong is kept. A world that fails is run again with its ladder.
    bool records = true;

    void name(const base::Endpoint& endpoint, std::string text);
    void message(const base::Endpoint& from, const base::Endpoint& to, std::string text, std::string_view fate = {});
    void note(std::string text);
    // A rule was broken. `rule` says which: "F.1 one final response".
    void violation(std::string_view rule, std::string text);

    const std::vector<std::string>& violations() const { return violations_; }
    // Ladder with times; `whole` adds the messages' texts.
    std::string ladder(bool whole = false) const;

private:
    struct Entry {
        Duration at;
        base::Endpoint from;
        base::Endpoint to;
        std::string text;
        std::string_view fate;  // "", "lost", "copy": literals only
        bool is_message;
    };
    std::string place(const base::Endpoint& endpoint) const;

    const EventQueue& clock_;
    std::vector<Entry> entries_;
    std::vector<std::pair<base::Endpoint, std::string>> names_;
    std::vector<std::string> violations_;
};

}  // namespace simulation
