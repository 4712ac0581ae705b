#include "server/http/route.hpp"

#include <algorithm>
#include <optional>

namespace server::http {

namespace {

// What stands for each {…}; nullopt: another path.
std::optional<std::vector<std::string>> match(std::string_view pattern, const std::vector<std::string>& path) {
    std::vector<std::string> named;
    pattern.remove_prefix(1);
    for (const std::string& segment : path) {
        const std::string_view part = pattern.substr(0, pattern.find('/'));
        pattern.remove_prefix(std::min(part.size() + 1, pattern.size()));
        if (segment.empty() || part.empty()) { return std::nullopt; }
        if (part.front() == '{') {
            named.push_back(segment);
        } else if (part != segment) {
            return std::nullopt;
        }
    }
    return pattern.empty() ? std::optional{std::move(named)} : std::nullopt;
}

bool answers(std::string_view method_of_route, std::string_view method) {
    return method == method_of_route || (method == "HEAD" && method_of_route == "GET");
}

void add_method(std::string& allowed, std::string_view method) {
    if (!allowed.empty()) { allowed += ", "; }
    allowed += method == "GET" ? "GET, HEAD" : method;
}

}  // namespace

FoundRoute find_route(std::span<const Route> table, std::string_view method, const std::vector<std::string>& path) {
    FoundRoute found;
    for (const Route& route : table) {
        auto named = match(route.pattern, path);
        if (!named) { continue; }
        if (answers(route.method, method)) { return {&route, std::move(*named), {}}; }
        add_method(found.allowed, route.method);
    }
    return found;
}

}  // namespace server::http
