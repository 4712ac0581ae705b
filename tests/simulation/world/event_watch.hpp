// What somebody knows of the server's calls who is told of its events alone. It must be what the server's own list
// shows: each call begins once and ends once, and no change of it goes untold.
#pragma once

#include <map>
#include <set>
#include <string>

#include "server/b2bua/core.hpp"
#include "tests/simulation/world/trace.hpp"

namespace simulation {

class EventWatch {
public:
    explicit EventWatch(Trace& trace) : trace_{trace} {}

    void take(const server::Event& event);
    void compare(const server::CallBriefs& listed) const;
    // No call is up any more.
    void on_end() const;
    // The server was killed with all that it had.
    void forget() { up_.clear(); }

private:
    void violation(const std::string& call, const std::string& what) const;

    Trace& trace_;
    std::map<std::string, std::shared_ptr<const server::CallBrief>> up_;
    std::set<std::string> ended_;
};

}  // namespace simulation
