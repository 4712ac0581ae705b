// check and route: they read the configuration themselves and ask no server.
#include <boost/json.hpp>
#include <ostream>

#include "config/nearest.hpp"
#include "server/cli/commands.hpp"
#include "server/routing/router.hpp"

namespace server::cli {

namespace {

constexpr std::string_view default_name = "(embedded defaults)";

// Prints what is wrong; nullopt where the configuration cannot be used.
std::optional<config::Config> load_or_complain(const config::Source& source, const Surroundings& to) {
    config::Loaded loaded = config::load(source);
    for (const std::string& error : loaded.errors) { to.err << error << '\n'; }
    for (const std::string& warning : loaded.warnings) { to.err << "warning: " << warning << '\n'; }
    if (!loaded.ok()) { return std::nullopt; }
    return std::move(loaded.config);
}

// The user part of a URI, or all of a text that is none: `--to +4930123`.
std::string user_of(const std::string& text) {
    const auto uri = sip::Uri::parse(text);
    return uri ? uri->user : text;
}

// Fills in where the call comes from. Empty, or what is wrong with the arguments.
std::string find_caller(const config::Config& config, const Routing& routing, const RouteArguments& arguments,
                        RouteQuery& query) {
    query.trunk = arguments.trunk;
    if (!arguments.source.empty()) {
        const auto address = base::IpAddress::parse(arguments.source);
        if (!address) { return "--source: \"" + arguments.source + "\" is no address"; }
        const Trunk* const trunk = routing.trunk_of(*address);
        if (trunk && query.trunk.empty()) { query.trunk = trunk->name(); }
    }
    if (!query.trunk.empty() && !routing.trunk(query.trunk)) {
        std::vector<std::string> names;
        for (const auto& [name, trunk] : config.trunks) { names.push_back(name); }
        return "--trunk: there is no trunk \"" + query.trunk + "\"" + config::suggestion(query.trunk, names);
    }
    const std::string caller = plain_user(user_of(arguments.from));
    if (query.trunk.empty() && config.users.contains(caller)) { query.user = caller; }
    return {};
}

// The Request-URIs that would be tried, in order.
std::vector<std::string> requests(const Routing& routing, const RouteResult& result, const std::string& user) {
    base::SystemRandom random;
    std::vector<std::string> lines;
    for (const Target& target : result.targets) {
        if (target.kind == Target::Kind::uri) { lines.push_back(target.name); }
        if (target.kind != Target::Kind::trunk) { continue; }
        for (const sip::Uri& uri : routing.trunk(target.name)->request_uris(user, random)) {
            lines.push_back(uri.to_string());
        }
    }
    return lines;
}

boost::json::value or_null(const std::string& text) {
    if (text.empty()) { return nullptr; }
    return boost::json::value(text);  // braces would make it an array
}

void print_json(const RouteQuery& query, const RouteResult& result, const std::vector<std::string>& uris,
                std::ostream& out) {
    boost::json::array targets;
    for (const Target& target : result.targets) {
        const std::string_view prefix = target.kind == Target::Kind::trunk ? "trunk:"
                                        : target.kind == Target::Kind::app ? "app:"
                                                                           : "";
        targets.emplace_back(std::string{prefix} + target.name);
    }
    boost::json::object object;
    object["to"] = query.to;
    object["trunk"] = or_null(query.trunk);
    object["user"] = or_null(query.user);
    object["route"] = or_null(result.name);
    object["targets"] = std::move(targets);
    object["requests"] = boost::json::array(uris.begin(), uris.end());
    out << boost::json::serialize(object) << '\n';
}

}  // namespace

int check(const config::Source& source, const Surroundings& to) {
    if (!load_or_complain(source, to)) { return bad_usage; }
    to.out << (source.file ? *source.file : std::string{default_name}) << ": fine\n";
    return fine;
}

int route(const config::Source& source, const RouteArguments& arguments, const Surroundings& to) {
    const auto config = load_or_complain(source, to);
    if (!config) { return bad_usage; }
    const auto routing = Routing::make(*config);
    RouteQuery query;
    if (const std::string wrong = find_caller(*config, *routing, arguments, query); !wrong.empty()) {
        to.err << wrong << '\n';
        return bad_usage;
    }
    query.to = routing->rewrite_to(query.trunk, user_of(arguments.to));
    const RouteResult result = routing->route(query);
    const std::vector<std::string> uris = requests(*routing, result, query.to);
    if (arguments.json) {
        print_json(query, result, uris, to.out);
    } else {
        to.out << routing->explain(query);
        for (const std::string& uri : uris) { to.out << "INVITE " << uri << '\n'; }
    }
    return result.route ? fine : refused;
}

}  // namespace server::cli
