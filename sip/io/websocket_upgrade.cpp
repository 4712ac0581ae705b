#include "sip/io/websocket_upgrade.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "base/text.hpp"

namespace sip {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr std::string_view end_of_head = "\r\n\r\n";
constexpr std::string_view subprotocol = "sip";  // RFC 7118 §4

std::string_view plain(beast::string_view text) { return {text.data(), text.size()}; }

bool has_token(const WebSocketUpgrade::Request& request, http::field field, std::string_view token) {
    return http::token_list{request[field]}.exists(beast::string_view{token.data(), token.size()});
}

// Names of subprotocols are compared as they are written: what we choose must be one of those offered (RFC 6455 §4.1).
bool offers_subprotocol(const WebSocketUpgrade::Request& request) {
    const auto lines = request.equal_range(http::field::sec_websocket_protocol);
    return std::any_of(lines.first, lines.second, [](const auto& line) {
        const http::token_list offered{line.value()};
        return std::any_of(offered.begin(), offered.end(), [](auto name) { return plain(name) == subprotocol; });
    });
}

// Who is no web page has none, and could say what it likes.
bool is_welcome(std::string_view origin, const Origins& origins) {
    const auto same = [&](const std::string& one) { return base::iequals(one, origin); };
    return origin.empty() || origins.empty() || std::any_of(origins.begin(), origins.end(), same);
}

}  // namespace

WebSocketUpgrade::WebSocketUpgrade() { parser_.header_limit(max_request); }

// Read as a whole, so that it is judged the same however it was chopped on its way.
WebSocketUpgrade::Verdict WebSocketUpgrade::receive(std::string_view wire, const Origins& origins) {
    unread_.append(wire);
    const std::size_t found = unread_.find(end_of_head, scanned_);
    const std::size_t size = found == std::string::npos ? unread_.size() : found + end_of_head.size();
    if (size > max_request) { return refuse(431, "Request Header Fields Too Large", "a request of too many bytes"); }
    if (found == std::string::npos) {
        scanned_ = size < end_of_head.size() ? 0 : size - end_of_head.size() + 1;
        return Verdict::unfinished;
    }
    boost::system::error_code error;
    parser_.put(boost::asio::buffer(unread_.data(), size), error);
    unread_.erase(0, size);
    if (error || !parser_.is_header_done()) {
        return refuse(400, "Bad Request", "no HTTP request: " + error.message());
    }
    return judge(origins);
}

WebSocketUpgrade::Verdict WebSocketUpgrade::judge(const Origins& origins) {
    const Request& asked = request();
    if (asked.method() != http::verb::get) {
        return refuse(405, "Method Not Allowed", "a method other than GET", "Allow: GET\r\n");
    }
    if (!has_token(asked, http::field::connection, "upgrade") || !has_token(asked, http::field::upgrade, "websocket")) {
        return refuse(426, "Upgrade Required", "no WebSocket is asked for", "Upgrade: websocket\r\n");
    }
    if (asked[http::field::sec_websocket_version] != "13") {
        return refuse(426, "Upgrade Required", "a version of WebSocket other than 13",
                      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    }
    if (asked.version() != 11 || asked.count(http::field::host) == 0 ||
        asked[http::field::sec_websocket_key].size() != 24) {
        return refuse(400, "Bad Request", "HTTP/1.1, Host and Sec-WebSocket-Key are needed (RFC 6455 section 4.2.1)");
    }
    if (!offers_subprotocol(asked)) {
        return refuse(400, "Bad Request", "the subprotocol sip is needed (RFC 7118 section 4)");
    }
    if (!is_welcome(plain(asked[http::field::origin]), origins)) {
        return refuse(403, "Forbidden", "an Origin that is not in sip.allow_origins");
    }
    return Verdict::granted;
}

WebSocketUpgrade::Verdict WebSocketUpgrade::refuse(unsigned status, std::string_view reason, std::string why,
                                                   std::string_view fields) {
    why_ = std::move(why);
    response_ = "HTTP/1.1 " + std::to_string(status) + " ";
    response_.append(reason).append("\r\n").append(fields);
    response_ += "Connection: close\r\nContent-Type: text/plain\r\nContent-Length: ";
    response_ += std::to_string(why_.size() + 1) + "\r\n\r\n" + why_ + "\n";
    return Verdict::refused;
}

}  // namespace sip
