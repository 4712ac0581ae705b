#include "tests/exploration/ways_out.hpp"

#include <algorithm>
#include <unordered_map>

namespace exploration {
namespace {

// The way from a state back to itself; empty: there is none.
std::vector<StateId> circle_from(const Ways& ways, StateId start) {
    std::unordered_map<StateId, StateId> before;
    std::vector<StateId> reached{start};
    for (std::size_t i = 0; i < reached.size(); ++i) {
        const StateId from = reached[i];
        if (from >= ways.states()) { continue; }
        for (std::size_t way = ways.begin(from); way < ways.end(from); ++way) {
            const StateId to = ways.to(way);
            if (!before.try_emplace(to, from).second) { continue; }
            reached.push_back(to);
            if (to != start) { continue; }
            std::vector<StateId> circle{start};
            for (StateId at = from; at != start; at = before.at(at)) { circle.push_back(at); }
            std::reverse(circle.begin() + 1, circle.end());
            return circle;
        }
    }
    return {};
}

// Of the state that was found first among those on circles.
std::vector<StateId> shortest_circle(const Ways& ways) {
    for (StateId id = 0; id < ways.states(); ++id) {
        if (auto circle = circle_from(ways, id); !circle.empty()) { return circle; }
    }
    return {};
}

// Depth first: a state is finished when all that it leads to are; one that leads back to where we are closes a circle.
class Search {
public:
    Search(const Ways& ways, const std::vector<bool>& at_rest)
        : ways_{ways}, at_rest_{at_rest}, steps_(at_rest.size(), unseen) {}

    WaysOut run() {
        for (StateId id = 0; id < ways_.states(); ++id) {
            if (steps_[id] == unseen) { enter(id); }
            while (!stack_.empty() && is_good()) { advance(); }
        }
        return std::move(result_);
    }

private:
    static constexpr std::uint16_t unseen = 0xffff;
    static constexpr std::uint16_t open = 0xfffe;
    struct Place {
        StateId id;
        std::uint16_t steps;
        std::size_t next;
    };

    bool is_good() const { return result_.stuck == no_state && result_.circle.empty(); }

    void enter(StateId id) {
        if (!is_good()) { return; }
        const bool tried = id < ways_.states();
        if (!tried || ways_.begin(id) == ways_.end(id)) {
            if (tried && !at_rest_[id]) { result_.stuck = id; }
            steps_[id] = 0;
            return;
        }
        steps_[id] = open;
        stack_.push_back({id, 0, ways_.begin(id)});
    }

    void advance() {
        Place& place = stack_.back();
        if (place.next == ways_.end(place.id)) {
            steps_[place.id] = place.steps;
            result_.longest = std::max<unsigned>(result_.longest, place.steps);
            stack_.pop_back();
            return;
        }
        const StateId to = ways_.to(place.next);
        if (steps_[to] == open) {
            result_.circle = shortest_circle(ways_);
            return;
        }
        if (steps_[to] == unseen) {
            enter(to);  // and come back to it
            return;
        }
        place.steps = std::max<std::uint16_t>(place.steps, static_cast<std::uint16_t>(steps_[to] + 1));
        ++place.next;
    }

    const Ways& ways_;
    const std::vector<bool>& at_rest_;
    std::vector<std::uint16_t> steps_;  // to quiet, at most
    std::vector<Place> stack_;
    WaysOut result_;
};

}  // namespace

WaysOut find_ways_out(const Ways& ways, const std::vector<bool>& at_rest) { return Search{ways, at_rest}.run(); }

}  // namespace exploration
