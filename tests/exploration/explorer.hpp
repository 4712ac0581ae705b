// Breadth first through all states of a World, each once, so that the first fault found has the shortest path; then the
// ways out of each (ways_out.hpp).
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "tests/exploration/ways_out.hpp"
#include "tests/exploration/world.hpp"

namespace exploration {

struct Report {
    std::size_t states = 0;
    std::size_t transitions = 0;
    unsigned depth = 0;            // events from a beginning to the state that is farthest from it
    bool closed = false;           // every state found was tried
    unsigned longest_way_out = 0;  // events
    std::string fault;             // with the path to it, a line an event; empty: none
};

class Explorer {
public:
    explicit Explorer(std::vector<World> beginnings) : beginnings_{std::move(beginnings)} {}

    // Once.
    Report explore(unsigned depth_limit);

private:
    struct Step {
        Event event;
        std::uint16_t choices;
    };
    struct Origin {
        StateId parent;  // no_state: the beginning of this number
        Step step;
    };

    StateId visit(const World& world, const Origin& origin);
    void expand(StateId id, const World& world);
    void judge_ways_out();
    World path_to(StateId id, std::string& text) const;
    std::string circle_text(const std::vector<StateId>& circle);
    Step step_between(const World& from, StateId to);
    static void append(World& world, const Step& step, std::string& text);
    void fail(StateId at, Fault fault);

    std::vector<World> beginnings_;
    StateSet known_;
    std::vector<Origin> origins_;
    std::deque<World> frontier_;  // found and not tried, in order
    Ways owed_;
    std::vector<bool> at_rest_;
    Report report_;
};

}  // namespace exploration
