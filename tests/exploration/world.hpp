// The two-leg machine and what is around it, as one value: a state of the exploration. An event takes it to the next as
// a turn of the call does: the event, the actions that it asks for, then what became possible, until nothing more does.
// Time passes in units, so that anything may happen before, between and after the machine's timers.
#pragma once

#include <boost/container/static_vector.hpp>
#include <string>
#include <vector>

#include "tests/exploration/probe.hpp"
#include "tests/exploration/surroundings.hpp"

namespace exploration {

class World {
public:
    using Events = boost::container::static_vector<Event, 48>;

    // Rules: for requests of A's peer, and of B's; their times are a few units. `early`: before the call is answered;
    // else it is up.
    World(const server::NegotiationRules& a, const server::NegotiationRules& b, bool early);

    static constexpr base::Duration unit = time_unit;

    // What may happen now.
    Events events() const;
    // Carries it out. The actions are added to `record`, if there is one.
    Fault take(const Event& event, Choices& choices, std::vector<Action>* record = nullptr);
    Fault judge() const;
    bool is_over() const { return around_.phase() == Surroundings::Phase::ended; }
    bool is_quiet() const { return machine_.is_quiet(); }
    Key key() const;

private:
    void feed(const Event& event, Negotiation::Actions& out);
    Fault give_way(Side side, Choices& choices, std::vector<Action>* record);
    Fault carry_out(const Action& action, Choices& choices);
    void pass_news();
    void add_requests(Side side, Events& out) const;
    void add_finals(Side side, Events& out) const;
    void add_acks(Side side, Events& out) const;

    Negotiation machine_;
    Surroundings around_;
    base::Instant now_{};
};

}  // namespace exploration
