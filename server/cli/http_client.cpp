#include "server/cli/http_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "base/text.hpp"

namespace server::cli {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

// One request and its response: resolve, connect, write, read; the first failure ends it. What has begun to come is
// waited for as long as it goes on coming: a capture is answered once.
class Exchange {
public:
    Exchange(const Url& url, const HttpQuestion& question) {
        request_.method_string(question.method);
        request_.target(url.prefix + question.target);
        request_.version(11);
        request_.set(http::field::host, url.authority);
        request_.set(http::field::accept, "application/json");
        request_.set(http::field::connection, "close");
        if (!question.token.empty()) { request_.set(http::field::authorization, "Bearer " + question.token); }
        if (!question.body.empty()) {
            request_.set(http::field::content_type, "application/json");
            request_.body() = question.body;
        }
        request_.prepare_payload();
        parser_.body_limit(max_reply);
    }

    boost::system::result<HttpReply> run(const Url& url, base::Duration limit) {
        resolver_.async_resolve(url.host, url.port, [this](error_code error, const auto& found) {
            if (!failed(error)) { connect(found); }
        });
        std::size_t before = 0;
        do {
            before = pieces_;
            context_.run_for(limit);
        } while (!error_ && !done_ && pieces_ != before);
        if (!error_ && !done_) { error_ = beast::error::timeout; }
        if (error_) { return error_; }
        return HttpReply{parser_.get().result_int(), std::move(parser_.get().body())};
    }

private:
    bool failed(error_code error) {
        if (error) { error_ = error; }
        return error.failed();
    }
    void connect(const asio::ip::tcp::resolver::results_type& found) {
        stream_.async_connect(found, [this](error_code error, const auto&) {
            if (!failed(error)) { write(); }
        });
    }
    void write() {
        http::async_write(stream_, request_, [this](error_code error, std::size_t) {
            if (!failed(error)) { read(); }
        });
    }
    void read() {
        http::async_read_some(stream_, buffer_, parser_, [this](error_code error, std::size_t) {
            ++pieces_;
            if (failed(error)) { return; }
            done_ = parser_.is_done();
            if (!done_) { read(); }
        });
    }

    asio::io_context context_;
    asio::ip::tcp::resolver resolver_{context_};
    beast::tcp_stream stream_{context_};
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    http::response_parser<http::string_body> parser_;
    error_code error_;
    std::size_t pieces_ = 0;  // of the response that have come
    bool done_ = false;
};

bool is_unreserved(char c) {
    constexpr std::string_view marks = "-._~";
    const char lower = base::to_lower(c);
    return base::is_digit(c) || (lower >= 'a' && lower <= 'z') || marks.find(c) != marks.npos;
}

}  // namespace

std::optional<Url> Url::parse(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    const bool plain = base::iequals(text.substr(0, scheme.size()), scheme);
    if (!plain || text.find_first_of(" \t\r\n@?#") != text.npos) { return std::nullopt; }
    text.remove_prefix(scheme.size());
    Url url;
    const auto slash = text.find('/');
    url.authority = text.substr(0, slash);
    if (slash != text.npos) { url.prefix = text.substr(slash); }
    while (url.prefix.ends_with('/')) { url.prefix.pop_back(); }

    const bool bracketed = url.authority.starts_with('[');
    const auto end = bracketed ? url.authority.find(']') : url.authority.find(':');
    if (bracketed && end == std::string::npos) { return std::nullopt; }
    url.host = bracketed ? url.authority.substr(1, end - 1) : url.authority.substr(0, end);
    const auto after = bracketed ? end + 1 : end;
    const std::string rest = after < url.authority.size() ? url.authority.substr(after) : std::string{};
    url.port = rest.empty() ? "80" : rest.substr(1);
    const auto number = base::parse_number<std::uint16_t>(url.port);
    if (url.host.empty() || !number || (!rest.empty() && rest.front() != ':')) { return std::nullopt; }
    return url;
}

boost::system::result<HttpReply> ask(const Url& url, const HttpQuestion& question) {
    return Exchange{url, question}.run(url, question.limit);
}

std::string path_segment(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_unreserved(c)) {
            result += c;
        } else {
            result += {'%', hex[byte >> 4], hex[byte & 15]};
        }
    }
    return result;
}

}  // namespace server::cli
