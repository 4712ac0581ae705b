// One HTTP connection: reads a request, has it answered, writes the response, and again while the client keeps alive.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <optional>

#include "server/http/exchange.hpp"
#include "server/http/server.hpp"
#include "server/observe/http_traffic.hpp"

namespace server::http {

class Connection {
public:
    // Passes a request on; the answer comes back through on_answer() with the number given. Returns which route is
    // asked for; null: none.
    using Ask = std::function<const Route*(std::uint64_t number, const Request& request)>;

    // `traffic` outlives it.
    Connection(boost::asio::ip::tcp::socket socket, const Limits& limits, HttpTraffic& traffic, Ask ask);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Until the connection ends, by whatever cause. The owner keeps this object until then.
    boost::asio::awaitable<void> run();
    // Makes run() end soon.
    void close();
    void on_answer(std::uint64_t number, Response response);
    // Since when its client is waited for: to say the rest of a request, to read its answer. Nullopt: it waits for us,
    // or the connection is about to end.
    std::optional<base::Instant> waiting_since() const { return closed_ ? std::nullopt : waiting_since_; }

private:
    using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;
    // Nullopt: the connection is over, or was refused something.
    boost::asio::awaitable<std::optional<BeastRequest>> read();
    boost::asio::awaitable<Response> ask(const BeastRequest& request, HttpExchange& exchange);
    boost::asio::awaitable<void> refuse(unsigned status);
    boost::asio::awaitable<void> linger();
    boost::asio::awaitable<bool> write(Response response, const BeastRequest& request, bool keep_alive);
    // Until either side ends it.
    boost::asio::awaitable<void> stream(std::shared_ptr<EventStream> events);
    boost::asio::awaitable<std::string> next_piece(EventStream& events);
    boost::asio::awaitable<void> write_piece(const std::string& text, EventStream& events);
    void give_up_unacknowledged();
    void watch_for_end(const std::shared_ptr<EventStream>& events);

    boost::beast::tcp_stream stream_;
    boost::beast::flat_buffer buffer_;
    const Limits limits_;
    HttpTraffic& traffic_;
    Ask ask_;
    base::Endpoint source_;
    boost::asio::steady_timer answer_wait_;
    std::optional<Response> answer_;
    std::uint64_t asked_ = 0;
    std::optional<base::Instant> waiting_since_;
    bool closed_ = false;
};

}  // namespace server::http
