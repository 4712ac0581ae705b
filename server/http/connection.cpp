#include "server/http/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "server/http/event_stream.hpp"
#include "server/http/json.hpp"
#include "server/http/pcap.hpp"
#include "sip/io/socket_address.hpp"

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

const char* reason_of(unsigned refusal) {
    return refusal == 431 ? "header_limit" : refusal == 413 ? "body_limit" : "malformed";
}

// Not what stands behind the question mark, nor a target of another form, which may name a user.
std::string path_of(std::string_view target) {
    return target.starts_with('/') ? std::string{target.substr(0, target.find('?'))} : "*";
}

base::Endpoint source_of(const asio::ip::tcp::socket& socket) {
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    return error ? base::Endpoint{} : sip::from_asio(remote);
}

Request plain_request(const beast::http::request<beast::http::string_body>& request, const base::Endpoint& source) {
    using beast::http::field;
    return {std::string{request.method_string()},
            std::string{request.target()},
            std::string{request[field::host]},
            std::string{request[field::origin]},
            std::string{request[field::authorization]},
            request.body(),
            std::string{request[field::if_none_match]},
            source,
            base::Clock::now()};
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, const Limits& limits, HttpTraffic& traffic, Ask ask)
    : stream_{std::move(socket)},
      limits_{limits},
      traffic_{traffic},
      ask_{std::move(ask)},
      source_{source_of(stream_.socket())},
      answer_wait_{stream_.get_executor()} {}

asio::awaitable<void> Connection::run() {
    while (!closed_) {
        const std::optional<BeastRequest> request = co_await read();
        if (!request) { co_return; }
        HttpExchange exchange{std::string{request->method_string()}, path_of(request->target())};
        exchange.source = source_;
        const base::Instant began = base::Clock::now();
        Response response = co_await ask(*request, exchange);
        exchange.status = response.status;
        exchange.bytes = request->method() == beast::http::verb::head ? 0 : response.body.size();
        exchange.refusal = response.refusal;
        if (auto events = std::move(response.events)) {
            exchange.took = base::Clock::now() - began;
            traffic_.note(exchange);
            co_await stream(std::move(events));
            break;
        }
        const bool goes_on = request->keep_alive() && !response.is_last;
        const bool written = co_await write(std::move(response), *request, goes_on);
        exchange.took = base::Clock::now() - began;
        traffic_.note(exchange);
        if (!written || !goes_on) { break; }
    }
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

asio::awaitable<std::optional<Connection::BeastRequest>> Connection::read() {
    beast::http::request_parser<beast::http::string_body> parser;
    parser.header_limit(limits_.header);
    parser.body_limit(limits_.body);
    stream_.expires_after(limits_.request);
    waiting_since_ = base::Clock::now();
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await beast::http::async_read(stream_, buffer_, parser, token);
    waiting_since_.reset();
    if (!error) {
        std::optional<BeastRequest> request{parser.release()};
        co_return request;
    }
    const bool slow = error == beast::error::timeout && parser.got_some();
    if (slow) { traffic_.note_given_up("request_timeout"); }
    if (const unsigned status = refusal_of(error); status != 0 && !closed_) { co_await refuse(status); }
    co_return std::nullopt;
}

// What could not be read: there is no method and no path, and nothing after it can be read either.
asio::awaitable<void> Connection::refuse(unsigned status) {
    HttpExchange exchange;
    exchange.status = status;
    exchange.refusal = reason_of(status);
    exchange.source = source_;
    Response refusal = problem(status);
    exchange.bytes = refusal.body.size();
    traffic_.note(exchange);
    const BeastRequest unknown;
    if (co_await write(std::move(refusal), unknown, false)) { co_await linger(); }
}

// Who still sends is let end: to close on that would take the refusal from it before it reads (RFC 9112 §9.6).
asio::awaitable<void> Connection::linger() {
    error_code error;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    std::array<char, 16 * 1024> unread;
    const auto buffer = asio::buffer(unread);
    auto token = asio::redirect_error(asio::use_awaitable, error);
    stream_.expires_after(limits_.linger);
    waiting_since_ = base::Clock::now();
    while (!error) { co_await stream_.async_read_some(buffer, token); }
}

asio::awaitable<Response> Connection::ask(const BeastRequest& request, HttpExchange& exchange) {
    const std::uint64_t number = ++asked_;
    answer_.reset();
    answer_wait_.expires_after(limits_.answer + time_of_answer(request.target()));
    const Request plain = plain_request(request, source_);
    if (const Route* const route = ask_(number, plain)) {
        exchange.route = route->pattern;
        exchange.is_change = std::string_view{route->method} != "GET";
    }
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
    stream_.expires_after(limits_.write + std::chrono::seconds{message.body().size() / limits_.slowest_reader});
    waiting_since_ = base::Clock::now();
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await http::async_write(stream_, message, token);
    waiting_since_.reset();
    if (error == beast::error::timeout) { traffic_.note_given_up("answer_timeout"); }
    co_return !error;
}

// The end of the connection is the end of the body (RFC 9112 §6.3): that is understood by whoever speaks HTTP at all.
asio::awaitable<void> Connection::stream(std::shared_ptr<EventStream> events) {
    const auto forget = [](EventStream* one) { one->on_news({}); };
    const std::unique_ptr<EventStream, decltype(forget)> watched{events.get(), forget};
    events->on_news([this] { answer_wait_.cancel(); });
    give_up_unacknowledged();
    watch_for_end(events);
    const std::string head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
        "X-Accel-Buffering: no\r\nConnection: close\r\n\r\n: hello\n\n";
    co_await write_piece(head, *events);
    while (!closed_ && !events->is_over()) {
        const std::string piece = co_await next_piece(*events);
        if (!piece.empty()) { co_await write_piece(piece, *events); }
    }
}

// What waits, or a comment when nothing has for a while; empty: look whether it is over.
asio::awaitable<std::string> Connection::next_piece(EventStream& events) {
    std::string piece = events.take();
    if (!piece.empty() || events.is_over()) { co_return piece; }
    answer_wait_.expires_after(limits_.silence);
    error_code cancelled;
    auto token = asio::redirect_error(asio::use_awaitable, cancelled);
    co_await answer_wait_.async_wait(token);
    piece = events.take();
    if (piece.empty() && !cancelled) { piece = ": still here\n\n"; }
    co_return piece;
}

asio::awaitable<void> Connection::write_piece(const std::string& text, EventStream& events) {
    const auto buffer = asio::buffer(text);
    stream_.expires_after(limits_.write);
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await asio::async_write(stream_, buffer, token);
    stream_.expires_never();
    if (error == beast::error::timeout) {
        events.give_up();
    } else if (error) {
        events.leave();
    }
}

// A machine that was switched off says nothing at all: what it does not acknowledge for so long ends its connection.
void Connection::give_up_unacknowledged() {
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(2 * limits_.silence).count();
    const auto value = static_cast<unsigned>(limit);
    ::setsockopt(stream_.socket().native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof value);
}

// A client that goes ends its side; one that says something more asks for what will never come. The handler may be
// called when this object has gone.
void Connection::watch_for_end(const std::shared_ptr<EventStream>& events) {
    const auto place = std::make_shared<std::array<char, 1>>();
    const auto buffer = asio::buffer(*place);
    stream_.socket().async_read_some(buffer, [events, place](const error_code&, std::size_t) { events->leave(); });
}

void Connection::close() {
    closed_ = true;
    answer_wait_.cancel();
    stream_.close();
}

}  // namespace server::http
