// What tests of transfers have in common: naming a phone's dialog, and who hears whom.
#pragma once

#include <string>

#include "tests/simulation/scenario.hpp"

namespace simulation {

// The header field that names the phone's dialog with the server, to the server.
inline std::string replaces_field(const Phone& of) {
    std::string text = of.replaces();
    for (const auto& [escaped, plain] : {std::pair{"%3B", ";"}, {"%3D", "="}, {"%40", "@"}}) {
        for (auto at = text.find(escaped); at != text.npos; at = text.find(escaped)) { text.replace(at, 3, plain); }
    }
    return "Replaces: " + text + "\r\n";
}

inline bool hear_each_other(const Scenario& run, const Phone& one, const Phone& two) {
    return run.hears(one, run.world.tone(two)) && run.hears(two, run.world.tone(one));
}

}  // namespace simulation
