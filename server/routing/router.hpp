// Where a call goes: the trunk that a source address belongs to, the trunk's rules for numbers, the users, the first
// route that matches. Immutable once made: shards share one snapshot, a reload makes another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.hpp"
#include "config/config.hpp"
#include "config/pattern.hpp"
#include "server/routing/party.hpp"

namespace server {

struct RouteQuery {
    std::string trunk;  // that the call came in on; empty: none
    std::string user;   // whose credentials the caller proved; empty: nobody's
    std::string to;     // plain user part of the Request-URI, after Routing::rewrite_to
};

struct Target {
    enum class Kind : std::uint8_t { trunk, user, app, uri };
    Kind kind = Kind::trunk;
    std::string name;  // of the trunk, user ("*": who is dialled) or app; for a URI its text
    friend bool operator==(const Target&, const Target&) = default;
};

struct RouteResult {
    std::vector<Target> targets;       // to be tried in this order; empty: no route, answer 404
    std::optional<std::size_t> route;  // index in `routes`
    std::string name;                  // "routes[2]", as it appears in a call's JSON
};

class Routing {
public:
    // Throws std::invalid_argument for what config::load would have refused.
    static std::shared_ptr<const Routing> make(const config::Config& config);

    // The trunk whose `allow` holds the source, by longest prefix; null: none. An IPv4-mapped address is its IPv4
    // address.
    const Trunk* trunk_of(const base::IpAddress& source) const;
    // Null for an unknown name.
    const Trunk* trunk(std::string_view name) const;
    const User* user(std::string_view name) const;
    // Whom a target of that kind means; null: nobody.
    const User* user_of(const Target& target, std::string_view dialled) const;

    // The user part as written in the Request-URI → plain and after the `numbers.to` of the trunk it came in on.
    std::string rewrite_to(std::string_view trunk, std::string_view user) const;
    RouteResult route(const RouteQuery& query) const;

    // For people: which routes were looked at, and why the one that was taken was taken.
    std::string explain(const RouteQuery& query) const;

private:
    struct Rule {
        std::string from;
        std::string to_text;
        std::optional<config::Pattern> to;  // none: any
        std::vector<Target> targets;
    };
    struct Allowed {
        base::Subnet subnet;
        const Trunk* trunk;
    };
    Routing() = default;
    void add_trunks(const config::Config& config);
    void add_routes(const config::Config& config);

    std::map<std::string, Trunk, std::less<>> trunks_;
    std::map<std::string, User, std::less<>> users_;
    std::vector<Allowed> allowed_;  // longest prefix first
    std::vector<Rule> rules_;
};

}  // namespace server
