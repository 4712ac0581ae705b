// Asks a server's HTTP API one question and waits for the answer, within a time limit. Plain HTTP only.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace server::cli {

inline constexpr std::uint64_t max_reply = 64 * 1024 * 1024;

struct Url {
    std::string host;  // IPv6 without brackets
    std::string port;
    std::string prefix;     // path without a slash at its end
    std::string authority;  // host and port as written

    // http://HOST[:PORT][/PATH]; nullopt for anything else, https included.
    static std::optional<Url> parse(std::string_view text);
};

struct HttpQuestion {
    std::string method;  // GET, POST, PUT, DELETE
    std::string target;  // "/api/v1/calls"
    std::string token;   // empty: none
    base::Duration limit = std::chrono::seconds{10};
    std::string body = {};  // JSON
};

struct HttpReply {
    unsigned status = 0;
    std::string body;
};

// The error says why there was no reply; a reply of any status is a reply.
boost::system::result<HttpReply> ask(const Url& url, const HttpQuestion& question);

// For a path: everything but unreserved characters as %XX.
std::string path_segment(std::string_view text);

}  // namespace server::cli
