#include "config/groups.hpp"

namespace config {
namespace {

Scope enter_leg(Scope scope, LegSettings& settings) {
    scope.leg = &settings;
    settings.hold = scope.config->hold;
    settings.renegotiation = scope.config->renegotiation;
    settings.media_timeout = scope.config->media.timeout;
    return scope;
}

Scope enter_user(const Scope& scope, const std::string& name) {
    Scope inner = scope;
    inner.user = &scope.config->users[name];
    return enter_leg(inner, *inner.user);
}

Scope enter_trunk(const Scope& scope, const std::string& name) {
    Scope inner = scope;
    inner.trunk = &scope.config->trunks[name];
    return enter_leg(inner, *inner.trunk);
}

Scope enter_peer(const Scope& scope, const std::string&) {
    Scope inner = scope;
    inner.peer = &scope.trunk->peers.emplace_back();
    return inner;
}

template <std::vector<NumberRule> Trunk::*list>
Scope enter_rule(const Scope& scope, const std::string&) {
    Scope inner = scope;
    inner.rule = &(scope.trunk->*list).emplace_back();
    return inner;
}

Scope enter_route(const Scope& scope, const std::string&) {
    Scope inner = scope;
    inner.route = &scope.config->routes.emplace_back();
    return inner;
}

}  // namespace

std::vector<Group> make_groups() {
    return {
        {"users.NAME", &enter_user, ""},
        {"trunks.NAME", &enter_trunk, ""},
        {"trunks.NAME.peers[]", &enter_peer, "uri"},
        {"trunks.NAME.numbers.to[]", &enter_rule<&Trunk::numbers_to>, ""},
        {"trunks.NAME.numbers.from[]", &enter_rule<&Trunk::numbers_from>, ""},
        {"routes[]", &enter_route, ""},
    };
}

}  // namespace config
