#include "server/http/connection.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "server/http/json.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// Once sanitizer checks are inlined, g++ 12 takes a coroutine frame's own allocator for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

// g++ 12 destroys some temporaries of a co_await expression twice: whatever is not a plain reference or number gets a
// name of its own here before it is awaited.
namespace server::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

unsigned refusal_of(const error_code& error) {
    namespace http = beast::http;
    if (error == http::error::header_limit) { return 431; }
    if (error == http::error::body_limit) { return 413; }
    // Everything that Beast says of a message's form; the end of the stream and time-outs are nobody's fault.
    const bool form = error.category() == make_error_code(http::error::bad_method).category();
    if (form && error != http::error::end_of_stream && error != http::error::partial_message) { return 400; }
    return 0;
}

Request plain_request(const beast::http::request<beast::http::string_body>& request) {
    using beast::http::field;
    return {std::string{request.method_string()},       std::string{request.target()},
            std::string{request[field::host]},          std::string{request[field::origin]},
            std::string{request[field::authorization]}, request.body(),
            std::string{request[field::if_none_match]}};
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, const Limits& limits, Ask ask)
    : stream_{std::move(socket)}, limits_{limits}, ask_{std::move(ask)}, answer_wait_{stream_.get_executor()} {}

asio::awaitable<void> Connection::run() {
    while (!closed_) {
        const std::optional<BeastRequest> request = co_await read();
        if (!request) { co_return; }
        Response response = co_await ask(*request);
        const bool written = co_await write(std::move(response), *request, request->keep_alive());
        if (!written || !request->keep_alive()) { break; }
    }
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

asio::awaitable<std::optional<Connection::BeastRequest>> Connection::read() {
    beast::http::request_parser<beast::http::string_body> parser;
    parser.header_limit(limits_.header);
    parser.body_limit(limits_.body);
    stream_.expires_after(limits_.request);
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await beast::http::async_read(stream_, buffer_, parser, token);
    if (!error) {
        std::optional<BeastRequest> request{parser.release()};
        co_return request;
    }
    if (const unsigned status = refusal_of(error); status != 0 && !closed_) {
        const BeastRequest unknown;
        Response refusal = problem(status);
        co_await write(std::move(refusal), unknown, false);
        stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    }
    co_return std::nullopt;
}

asio::awaitable<Response> Connection::ask(const BeastRequest& request) {
    const std::uint64_t number = ++asked_;
    answer_.reset();
    answer_wait_.expires_after(limits_.answer);
    const Request plain = plain_request(request);
    ask_(number, plain);
    error_code cancelled;
    auto token = asio::redirect_error(asio::use_awaitable, cancelled);
    if (!answer_) { co_await answer_wait_.async_wait(token); }
    ++asked_;  // what comes from now on is late
    Response response = answer_ ? std::move(*answer_) : problem(503, "no answer in time");
    answer_.reset();
    co_return response;
}

void Connection::on_answer(std::uint64_t number, Response response) {
    if (number != asked_ || answer_) { return; }
    answer_ = std::move(response);
    answer_wait_.cancel();
}

asio::awaitable<bool> Connection::write(Response response, const BeastRequest& request, bool keep_alive) {
    namespace http = beast::http;
    http::response<http::string_body> message{static_cast<http::status>(response.status),
                                              request.version() == 0 ? 11 : request.version()};
    if (!response.content_type.empty()) { message.set(http::field::content_type, response.content_type); }
    message.set(http::field::cache_control, "no-store");
    for (const auto& [name, value] : response.headers) { message.set(name, value); }
    message.keep_alive(keep_alive);
    message.body() = std::move(response.body);
    message.prepare_payload();
    if (message.result() == http::status::not_modified) { message.erase(http::field::content_length); }
    if (request.method() == http::verb::head) { message.body().clear(); }
    stream_.expires_after(limits_.write);
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await http::async_write(stream_, message, token);
    co_return !error;
}

void Connection::close() {
    closed_ = true;
    answer_wait_.cancel();
    stream_.close();
}

}  // namespace server::http
