// The HTTP request that asks for a WebSocket: read, judged, refused in HTTP (RFC 6455 §4.2, RFC 7118 §4).
#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sip {

// Of the web pages that may open a WebSocket here (RFC 6455 §10.2), "https://phone.example.com"; none: any page.
using Origins = std::vector<std::string>;

class WebSocketUpgrade {
public:
    static constexpr std::size_t max_request = 8 * 1024;  // bytes of start line and header

    using Request = boost::beast::http::request<boost::beast::http::empty_body>;
    enum class Verdict : std::uint8_t { unfinished, granted, refused };

    WebSocketUpgrade();

    // What was read from the connection; without a verdict more is needed.
    Verdict receive(std::string_view wire, const Origins& origins);
    // Once granted.
    const Request& request() const { return parser_.get(); }
    std::string_view rest() const { return unread_; }  // what came behind the request
    // Once refused.
    const std::string& response() const { return response_; }
    const std::string& why() const { return why_; }

private:
    Verdict judge(const Origins& origins);
    Verdict refuse(unsigned status, std::string_view reason, std::string why, std::string_view fields = {});

    boost::beast::http::request_parser<boost::beast::http::empty_body> parser_;
    std::string unread_;
    std::size_t scanned_ = 0;  // no end of the request before this offset
    std::string response_;
    std::string why_;
};

}  // namespace sip
