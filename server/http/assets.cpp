#include "server/http/assets.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "server/http/json.hpp"

namespace server::http {

namespace {

constexpr std::string_view page_name = "index.html";

// RFC 9110 §13.1.2, by weak comparison.
bool has_already(std::string_view if_none_match, std::string_view etag) {
    while (!if_none_match.empty()) {
        const std::size_t comma = std::min(if_none_match.find(','), if_none_match.size());
        std::string_view one = base::trim(if_none_match.substr(0, comma));
        if (one.starts_with("W/")) { one.remove_prefix(2); }
        if (one == etag || one == "*") { return true; }
        if_none_match.remove_prefix(std::min(comma + 1, if_none_match.size()));
    }
    return false;
}

}  // namespace

Response asset_response(std::span<const Asset> assets, std::string_view file, const Request& request,
                        std::string_view policy) {
    const std::string_view name = file.empty() ? page_name : file;
    const auto found = std::find_if(assets.begin(), assets.end(), [&](const auto& one) { return one.name == name; });
    if (found == assets.end() || file == page_name) { return problem(404); }
    // Kept by the browser, and asked about each time: after an upgrade nobody sees the page of before.
    std::vector<std::pair<std::string, std::string>> headers{{"Cache-Control", "no-cache"},
                                                             {"ETag", std::string{found->etag}},
                                                             {"Content-Security-Policy", std::string{policy}},
                                                             {"X-Content-Type-Options", "nosniff"},
                                                             {"Referrer-Policy", "no-referrer"}};
    if (has_already(request.if_none_match, found->etag)) { return {304, {}, {}, std::move(headers)}; }
    return {200, std::string{found->body}, std::string{found->content_type}, std::move(headers)};
}

}  // namespace server::http
