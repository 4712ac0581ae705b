// What may be given several times, beside the table of keys.
#pragma once

#include <string>
#include <vector>

#include "config/kinds.hpp"

namespace config {

// The users, the trunks, a trunk's peers, its rules for numbers, the routes.
struct Group {
    std::string path;
    Scope (*enter)(const Scope& scope, const std::string& name);  // makes the item
    std::string short_form;                                       // the key meant by an item that is plain text
};

std::vector<Group> make_groups();

}  // namespace config
