#include "tests/simulation/world/event_watch.hpp"

#include "server/b2bua/call_events.hpp"

namespace simulation {

using Kind = server::CallEvent::Kind;

void EventWatch::take(const server::Event& event) {
    const auto* const of_call = std::get_if<server::CallEvent>(&event);
    if (of_call == nullptr) { return; }
    const std::string& id = of_call->call->id;
    if (of_call->kind == Kind::started) {
        if (up_.contains(id) || ended_.contains(id)) { violation(id, "begins a second time"); }
    } else if (!up_.contains(id)) {
        violation(id, "changes without having begun, or after its end");
    }
    up_[id] = of_call->call;
    if (of_call->kind != Kind::ended) { return; }
    if (!of_call->end || of_call->end->outcome.empty() || of_call->end->cause.empty() || of_call->end->code < 200) {
        violation(id, "ends without a reason");
    }
    up_.erase(id);
    ended_.insert(id);
}

void EventWatch::compare(const server::CallBriefs& listed) const {
    std::size_t live = 0;
    for (const auto& brief : listed) {
        if (server::is_over(*brief)) { continue; }
        ++live;
        const auto told = up_.find(brief->id);
        if (told == up_.end() || told->second != brief) { violation(brief->id, "is not as the last event told it"); }
    }
    if (live != up_.size()) { trace_.violation("events", std::to_string(up_.size() - live) + " calls never end"); }
}

void EventWatch::on_end() const {
    for (const auto& [id, brief] : up_) { violation(id, "ends without an event"); }
}

void EventWatch::violation(const std::string& call, const std::string& what) const {
    trace_.violation("events", "call " + call + " " + what);
}

}  // namespace simulation
