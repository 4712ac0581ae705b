#include "server/routing/router.hpp"

#include <algorithm>
#include <stdexcept>

namespace server {

namespace {

Target target_of(const std::string& text) {
    constexpr std::string_view trunk = "trunk:";
    constexpr std::string_view user = "user:";
    constexpr std::string_view app = "app:";
    if (text.starts_with(trunk)) { return {Target::Kind::trunk, text.substr(trunk.size())}; }
    if (text.starts_with(user)) { return {Target::Kind::user, text.substr(user.size())}; }
    if (text.starts_with(app)) { return {Target::Kind::app, text.substr(app.size())}; }
    if (!sip::Uri::parse(text)) { throw std::invalid_argument("not a target: " + text); }
    return {Target::Kind::uri, text};
}

// `rule` is empty, "trunk:NAME", "trunk:*", "user:NAME" or "user:*".
bool comes_from(std::string_view rule, const RouteQuery& query) {
    if (rule.empty()) { return true; }
    const auto colon = rule.find(':');
    const std::string_view name = rule.substr(colon + 1);
    const std::string& actual = rule.substr(0, colon) == "trunk" ? query.trunk : query.user;
    return !actual.empty() && (name == "*" || name == actual);
}

std::string shown(const Target& target) {
    switch (target.kind) {
        case Target::Kind::trunk:
            return "trunk:" + target.name;
        case Target::Kind::user:
            return "user:" + target.name;
        case Target::Kind::app:
            return "app:" + target.name;
        case Target::Kind::uri:
            break;
    }
    return target.name;
}

std::string caller_of(const RouteQuery& query) {
    if (!query.trunk.empty()) { return "trunk:" + query.trunk; }
    return query.user.empty() ? "nobody known" : "user:" + query.user;
}

std::string route_name(std::size_t index) { return "routes[" + std::to_string(index) + "]"; }

}  // namespace

std::shared_ptr<const Routing> Routing::make(const config::Config& config) {
    const std::shared_ptr<Routing> routing{new Routing};
    routing->add_trunks(config);
    for (const auto& [name, settings] : config.users) { routing->users_.emplace(name, User{name, settings}); }
    routing->add_routes(config);
    return routing;
}

void Routing::add_trunks(const config::Config& config) {
    for (const auto& [name, settings] : config.trunks) {
        const auto [added, fresh] = trunks_.emplace(name, Trunk{name, settings});
        for (const base::Subnet& subnet : settings.allow) { allowed_.push_back({subnet, &added->second}); }
    }
    std::stable_sort(allowed_.begin(), allowed_.end(),
                     [](const Allowed& a, const Allowed& b) { return a.subnet.prefix > b.subnet.prefix; });
}

void Routing::add_routes(const config::Config& config) {
    for (const config::Route& route : config.routes) {
        Rule rule;
        rule.from = route.from;
        rule.to_text = route.to;
        if (!route.to.empty()) {
            std::string why;
            rule.to = config::Pattern::compile(route.to, why);
            if (!rule.to) { throw std::invalid_argument("not a regular expression: " + route.to); }
        }
        for (const std::string& target : route.target) { rule.targets.push_back(target_of(target)); }
        rules_.push_back(std::move(rule));
    }
}

const Trunk* Routing::trunk_of(const base::IpAddress& source) const {
    const base::IpAddress address = source.unmapped();
    const auto found = std::find_if(allowed_.begin(), allowed_.end(),
                                    [&](const Allowed& allowed) { return allowed.subnet.contains(address); });
    return found == allowed_.end() ? nullptr : found->trunk;
}

const Trunk* Routing::trunk(std::string_view name) const {
    const auto found = trunks_.find(name);
    return found == trunks_.end() ? nullptr : &found->second;
}

const User* Routing::user(std::string_view name) const {
    const auto found = users_.find(name);
    return found == users_.end() ? nullptr : &found->second;
}

const User* Routing::user_of(const Target& target, std::string_view dialled) const {
    if (target.kind != Target::Kind::user) { return nullptr; }
    return user(target.name == "*" ? dialled : target.name);
}

std::string Routing::rewrite_to(std::string_view trunk_name, std::string_view user) const {
    const std::string plain = plain_user(user);
    const Trunk* const source = trunk(trunk_name);
    return source ? source->rewrite_to(plain) : plain;
}

RouteResult Routing::route(const RouteQuery& query) const {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        const Rule& rule = rules_[i];
        if (!comes_from(rule.from, query)) { continue; }
        if (rule.to && !rule.to->matches(query.to)) { continue; }
        return {rule.targets, i, route_name(i)};
    }
    return {};
}

std::string Routing::explain(const RouteQuery& query) const {
    const RouteResult result = route(query);
    const std::size_t looked_at = result.route ? *result.route : rules_.size();
    std::string text = "call from " + caller_of(query) + " to \"" + query.to + "\"\n";
    for (std::size_t i = 0; i < looked_at; ++i) {
        const Rule& rule = rules_[i];
        text += "  " + route_name(i) + ": no, ";
        text += comes_from(rule.from, query) ? "\"" + rule.to_text + "\" does not match" : "only from " + rule.from;
        text += '\n';
    }
    if (!result.route) { return text + "no route: 404\n"; }
    const Rule& taken = rules_[looked_at];
    text += "  " + result.name + ": yes, from " + (taken.from.empty() ? "anybody" : taken.from);
    text += taken.to ? ", \"" + taken.to_text + "\" matches\n" : ", to anything\n";
    for (const Target& target : result.targets) { text += "  → " + shown(target) + '\n'; }
    return text;
}

}  // namespace server
