#include "server/http/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <functional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/text.hpp"
#include "server/http/connection.hpp"
#include "server/observe/http_traffic.hpp"
#include "sip/io/socket_address.hpp"

namespace server::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// What comes when the server has stopped stays in the context, and goes with it.
Api::Home home_in(asio::io_context& context) {
    return [&context](std::function<void()> task) { asio::post(context, std::move(task)); };
}

}  // namespace

struct Server::State {
    struct Listener {
        Listener(asio::io_context& context, Control& control, Surface surface, EventHub& hub)
            : name{surface.api ? "admin" : "metrics"},
              acceptor{context},
              rest{context},
              api{control, std::move(surface), home_in(context), hub} {}
        const char* const name;  // in the metrics
        tcp::acceptor acceptor;
        asio::steady_timer rest;  // while there are no descriptors
        Api api;
    };
    State(Control& wanted_control, HttpTraffic& wanted_traffic, Limits wanted_limits)
        : control{wanted_control},
          traffic{wanted_traffic},
          limits{wanted_limits},
          hub{control.events(), home_in(context), limits.events} {}

    void accept(Listener& listener);
    void on_accepted(Listener& listener, const error_code& error, tcp::socket socket);
    void open(Listener& listener, tcp::socket socket);
    const Route* ask(Api& api, std::uint64_t connection, std::uint64_t number, const Request& request);
    void close_all();

    Control& control;
    HttpTraffic& traffic;
    const Limits limits;
    asio::io_context context{1};
    EventHub hub;
    std::vector<std::unique_ptr<Listener>> listeners;
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections;
    std::uint64_t next_connection = 1;
    std::thread thread;
};

void Server::State::accept(Listener& listener) {
    listener.acceptor.async_accept([this, &listener](const error_code& error, tcp::socket socket) {
        if (listener.acceptor.is_open()) { on_accepted(listener, error, std::move(socket)); }
    });
}

void Server::State::on_accepted(Listener& listener, const error_code& error, tcp::socket socket) {
    if (!error) {
        if (connections.size() < limits.connections) {
            open(listener, std::move(socket));
        } else {
            traffic.note_given_up("connections");
        }
        accept(listener);
        return;
    }
    listener.rest.expires_after(std::chrono::milliseconds{100});
    listener.rest.async_wait([this, &listener](const error_code& cancelled) {
        if (!cancelled) { accept(listener); }
    });
}

void Server::State::open(Listener& listener, tcp::socket socket) {
    const std::uint64_t id = next_connection++;
    Connection::Ask ask_api = [this, id, &api = listener.api](std::uint64_t number, const Request& request) {
        return ask(api, id, number, request);
    };
    auto connection = std::make_unique<Connection>(std::move(socket), limits, traffic, std::move(ask_api));
    asio::awaitable<void> life = connection->run();
    connections.emplace(id, std::move(connection));
    traffic.note_opened(listener.name);
    auto ended = [this, id, name = listener.name](const std::exception_ptr&) {
        connections.erase(id);
        traffic.note_closed(name);
    };
    asio::co_spawn(context, std::move(life), std::move(ended));
}

// The answer comes perhaps after the connection has gone: it finds its way by number.
const Route* Server::State::ask(Api& api, std::uint64_t connection, std::uint64_t number, const Request& request) {
    return api.answer(request, [this, connection, number](Response response) {
        const auto found = connections.find(connection);
        if (found != connections.end()) { found->second->on_answer(number, std::move(response)); }
    });
}

void Server::State::close_all() {
    for (const auto& listener : listeners) {
        error_code ignored;
        listener->acceptor.close(ignored);
        listener->rest.cancel();
    }
    for (const auto& [id, connection] : connections) { connection->close(); }
}

Server::Server(Control& control, HttpTraffic& traffic, Limits limits)
    : state_{std::make_unique<State>(control, traffic, limits)} {}

Server::~Server() { stop(); }

base::Endpoint Server::listen(const base::Endpoint& at, Surface surface) {
    auto listener =
        std::make_unique<State::Listener>(state_->context, state_->control, std::move(surface), state_->hub);
    tcp::acceptor& acceptor = listener->acceptor;
    const auto endpoint = sip::to_tcp(at);
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) { acceptor.set_option(tcp::acceptor::reuse_address{true}, error); }
    if (!error) { acceptor.bind(endpoint, error); }
    if (!error) { acceptor.listen(asio::socket_base::max_listen_connections, error); }
    if (error) { throw ListenError{"http://" + at.to_string() + ": " + base::lower(error.message())}; }
    state_->listeners.push_back(std::move(listener));
    return sip::from_asio(acceptor.local_endpoint());
}

void Server::start() {
    for (const auto& listener : state_->listeners) { state_->accept(*listener); }
    state_->thread = std::thread{[state = state_.get()] { state->context.run(); }};
}

void Server::stop() {
    if (!state_->thread.joinable()) { return; }
    asio::post(state_->context, [state = state_.get()] { state->close_all(); });
    state_->thread.join();
}

}  // namespace server::http
