// Whose a leg, a request or a target is: a trunk's, a user's, or nobody's that the configuration names (a bare URI,
// this very server). What it points to belongs to a Routing.
#pragma once

#include <string>

#include "config/config.hpp"
#include "server/routing/trunk.hpp"

namespace server {

struct User {
    std::string name;
    config::User settings;
};

struct Party {
    const Trunk* trunk = nullptr;
    const User* user = nullptr;

    bool is_known() const { return trunk != nullptr || user != nullptr; }
    std::string trunk_name() const { return trunk == nullptr ? std::string{} : trunk->name(); }
    std::string user_name() const { return user == nullptr ? std::string{} : user->name; }
    // Null: those of all.
    const config::LegSettings* settings() const {
        if (user != nullptr) { return &user->settings; }
        return trunk == nullptr ? nullptr : &trunk->settings();
    }
};

}  // namespace server
