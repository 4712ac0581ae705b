#include "tests/exploration/explorer.hpp"

#include "tests/support/negotiation_run.hpp"

namespace exploration {

Report Explorer::explore(unsigned depth_limit) {
    for (std::size_t i = 0; i < beginnings_.size(); ++i) {
        visit(beginnings_[i], {no_state, {{}, static_cast<std::uint16_t>(i)}});
    }
    StateId tried = 0;
    while (!frontier_.empty() && report_.fault.empty() && report_.depth < depth_limit) {
        const auto level_end = static_cast<StateId>(known_.size());
        for (; tried < level_end && report_.fault.empty(); ++tried) {
            const World world = frontier_.front();
            frontier_.pop_front();
            expand(tried, world);
        }
        if (!frontier_.empty()) { ++report_.depth; }
    }
    report_.states = known_.size();
    report_.closed = frontier_.empty();
    if (report_.fault.empty()) { judge_ways_out(); }
    return report_;
}

StateId Explorer::visit(const World& world, const Origin& origin) {
    const auto [id, is_new] = known_.insert(world.key());
    if (!is_new) { return id; }
    origins_.push_back(origin);
    at_rest_.push_back(world.is_over() || world.is_quiet());
    frontier_.push_back(world);
    if (const Fault fault = world.judge()) { fail(id, fault); }
    return id;
}

void Explorer::expand(StateId id, const World& world) {
    for (const Event& event : world.events()) {
        Choices choices;
        do {
            World next = world;
            const Fault fault = next.take(event, choices);
            const Step step{event, choices.taken()};
            ++report_.transitions;
            if (fault != nullptr) {
                World again = path_to(id, report_.fault);
                append(again, step, report_.fault);
                report_.fault += std::string{"  FAULT: "} + fault;
                return;
            }
            const StateId to = visit(next, {id, step});
            if (!report_.fault.empty()) { return; }
            if (is_owed(event.kind)) { owed_.add(to); }
        } while (choices.advance());
    }
    owed_.close_state();
}

void Explorer::judge_ways_out() {
    const WaysOut found = find_ways_out(owed_, at_rest_);
    report_.longest_way_out = found.longest;
    if (found.stuck != no_state) { fail(found.stuck, "something is pending and nothing will ever end it"); }
    if (!found.circle.empty()) { report_.fault = circle_text(found.circle); }
}

void Explorer::fail(StateId at, Fault fault) {
    path_to(at, report_.fault);
    report_.fault += std::string{"  FAULT: "} + fault;
}

World Explorer::path_to(StateId id, std::string& text) const {
    std::vector<Step> steps;
    for (; origins_[id].parent != no_state; id = origins_[id].parent) { steps.push_back(origins_[id].step); }
    World world = beginnings_[origins_[id].step.choices];
    text += '\n';
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) { append(world, *step, text); }
    return world;
}

void Explorer::append(World& world, const Step& step, std::string& text) {
    std::vector<Action> actions;
    Choices choices = Choices::again(step.choices);
    world.take(step.event, choices, &actions);
    text += "  " + to_text(step.event);
    for (std::size_t i = 0; i < actions.size(); ++i) {
        text += (i == 0 ? "  =>  " : ", ") + test_support::to_text(actions[i]);
    }
    text += '\n';
}

std::string Explorer::circle_text(const std::vector<StateId>& circle) {
    std::string text;
    World world = path_to(circle.front(), text);
    text += "  FAULT: from here the same comes again and again\n";
    for (std::size_t i = 1; i <= circle.size(); ++i) {
        append(world, step_between(world, circle[i % circle.size()]), text);
    }
    return text;
}

Explorer::Step Explorer::step_between(const World& from, StateId to) {
    for (const Event& event : from.events()) {
        if (!is_owed(event.kind)) { continue; }
        Choices choices;
        do {
            World next = from;
            next.take(event, choices);
            if (known_.find(next.key()) == to) { return {event, choices.taken()}; }
        } while (choices.advance());
    }
    return {};
}

}  // namespace exploration
