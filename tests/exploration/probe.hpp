// All that decides what a two-leg machine does next, packed: two machines with the same rules and equal keys do the
// same. Timers are written as what is left of them, so that the same state is the same at any time; what the state
// makes meaningless is left out.
#pragma once

#include <algorithm>

#include "server/b2bua/negotiation.hpp"
#include "tests/exploration/packer.hpp"

namespace exploration {

// Every timer is so many of them away.
inline constexpr base::Duration time_unit = std::chrono::seconds{1};

}  // namespace exploration

namespace server {

struct NegotiationProbe {
    static void write(const Negotiation& machine, base::Instant now, exploration::Packer& out) {
        // Names every member: with one more, this does not compile.
        const auto& [rules, timers, legs, state, far, has_near, offerless, cancelled, retry_due, carrier, request,
                     retries, deadline, refusal, cause] = machine;
        static_cast<void>(refusal);  // is told, and never read
        write_timers(timers, now, out);
        for (const auto& leg : legs) { write_leg(leg, out); }
        using State = Negotiation::State;
        out.add(state, 3);
        out.add(retry_due, 1);
        if (state == State::idle) { return; }  // ask() and tell() set all that follows
        out.add(far, 1);
        for (const bool each : {has_near, offerless, cancelled}) { out.add(each, 1); }
        if (state == State::passing) { return; }  // the exchange ends with the ACK
        out.add(carrier, 1);
        out.add(request, 4);
        out.add(std::min(retries, rules.front().glare_retries + 1), 3);  // more than that are as many
        out.add(has_near && deadline > now ? units(deadline - now) : 0, 3);
        out.add(state == State::cancelling ? cause : Negotiation::Cause{}, 3);
    }

private:
    static unsigned units(base::Duration time) { return static_cast<unsigned>(time / exploration::time_unit); }

    template <class Timers>
    static void write_timers(Timers timers, base::Instant now, exploration::Packer& out) {
        std::array<unsigned, 8> left{};  // 0: not armed
        for (base::Instant at = timers.next(); at != base::never; at = timers.next()) {
            left[static_cast<std::size_t>(*timers.pop_due(at))] = units(at - now) + 1;
        }
        for (const unsigned each : left) { out.add(each, 3); }
    }

    template <class LegState>
    static void write_leg(const LegState& leg, exploration::Packer& out) {
        const auto& [open, until, wait, dangling, dangling_offerless, owed, owed_always, refresh, source, left_alone,
                     told_late] = leg;
        static_cast<void>(until);  // while it matters, a timer is set to it
        out.add(open.has_value(), 1);
        out.add(open ? open->request : Negotiation::Request{}, 3);
        out.add(open ? open->carrier : Negotiation::Carrier{}, 1);
        out.add(wait, 2);
        for (const bool each :
             {dangling, dangling && dangling_offerless, owed, owed_always, refresh, source, left_alone, told_late}) {
            out.add(each, 1);
        }
    }
};

}  // namespace server
