// Runs one transaction machine on virtual time and records what it asked for, and when.
#pragma once

#include <utility>
#include <vector>

#include "base/time.hpp"

namespace sip {

template <class Machine>
struct MachineRun {
    using Action = typename Machine::Action;
    using Actions = typename Machine::Actions;
    static constexpr base::Instant start{};

    Machine machine;
    std::vector<std::pair<base::Duration, Action>> log;

    // Feeds an event at `at`, after all timers due by then: feed(at, [&](auto& m, auto now, auto& out) { … }).
    template <class Event>
    void feed(base::Duration at, Event&& event) {
        idle_until(at);
        Actions out;
        event(machine, start + at, out);
        note(at, out);
    }
    void idle_until(base::Duration end) {
        while (machine.next_timeout() <= start + end) {
            const base::Instant now = machine.next_timeout();
            Actions out;
            machine.on_timeout(now, out);
            note(now - start, out);
        }
    }
    void note(base::Duration at, const Actions& out) {
        for (const Action action : out) { log.emplace_back(at, action); }
    }
    void respond(base::Duration at, int status) {
        feed(at, [&](auto& m, auto now, auto& out) { m.on_response(now, status, out); });
    }
    void repeat_request(base::Duration at) {
        feed(at, [](auto& m, auto, auto& out) { m.on_request(out); });
    }
    void acknowledge(base::Duration at) {
        feed(at, [](auto& m, auto now, auto& out) { m.on_ack(now, out); });
    }
    void fail_to_send(base::Duration at) {
        feed(at, [](auto& m, auto, auto& out) { m.on_send_error(out); });
    }
    bool is_over() const {
        return machine.state() == Machine::State::terminated && machine.next_timeout() == base::never;
    }
};

}  // namespace sip
