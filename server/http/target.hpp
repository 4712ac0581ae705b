// A request target cut into path segments and query, escapes resolved (RFC 3986 §3.3, §3.4, RFC 9112 §3.2.1).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server::http {

struct Target {
    std::vector<std::string> path;  // "/api/v1" is {"api", "v1"}
    std::map<std::string, std::string> query;

    // Nullopt: not in origin-form, a broken escape, an escaped NUL, the same parameter twice.
    static std::optional<Target> parse(std::string_view text);
};

}  // namespace server::http
