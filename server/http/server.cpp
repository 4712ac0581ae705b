#include "server/http/server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <string_view>
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

const char* name_of(const Surface& surface) { return surface.api ? "admin" : "metrics"; }

tcp::acceptor bind(asio::io_context& context, const base::Endpoint& at) {
    tcp::acceptor acceptor{context};
    const auto endpoint = sip::to_tcp(at);
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) { acceptor.set_option(tcp::acceptor::reuse_address{true}, error); }
    if (!error) { acceptor.bind(endpoint, error); }
    if (!error) { acceptor.listen(asio::socket_base::max_listen_connections, error); }
    if (error) { throw ListenError{"http://" + at.to_string() + ": " + base::lower(error.message())}; }
    return acceptor;
}

}  // namespace

struct Server::Move::Bound {
    struct One {
        Place place;
        std::optional<tcp::acceptor> acceptor;  // none: it stays where it is
    };
    std::vector<One> all;
    std::vector<base::Endpoint> addresses;
};

Server::Move::Move() : bound_{std::make_unique<Bound>()} {}
Server::Move::Move(Move&&) noexcept = default;
Server::Move::~Move() = default;
const std::vector<base::Endpoint>& Server::Move::bound() const { return bound_->addresses; }

struct Server::State {
    struct Listener {
        Listener(asio::io_context& context, const char* of) : name{of}, acceptor{context}, rest{context} {}
        const char* const name;  // in the metrics
        tcp::acceptor acceptor;
        asio::steady_timer rest;  // while there are no descriptors
        Surface surface;
        std::unique_ptr<Api> api;
    };
    State(Control& wanted_control, HttpTraffic& wanted_traffic, Limits wanted_limits)
        : control{wanted_control},
          traffic{wanted_traffic},
          limits{wanted_limits},
          hub{control.events(), home_in(context), limits.events} {}

    Listener& listener_named(const char* name);
    void offer(Listener& listener, const Surface& surface);
    void apply(Move::Bound& move);
    void accept(Listener& listener);
    void on_accepted(Listener& listener, const error_code& error, tcp::socket socket);
    bool has_room();
    void open(Listener& listener, tcp::socket socket);
    const Route* ask(Listener& listener, std::uint64_t connection, std::uint64_t number, const Request& request);
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

Server::State::Listener& Server::State::listener_named(const char* name) {
    const auto is_it = [&](const auto& listener) { return std::string_view{listener->name} == name; };
    const auto found = std::ranges::find_if(listeners, is_it);
    if (found != listeners.end()) { return **found; }
    listeners.push_back(std::make_unique<Listener>(context, name));
    offer(*listeners.back(), {});
    return *listeners.back();
}

void Server::State::offer(Listener& listener, const Surface& surface) {
    if (listener.api && listener.surface == surface) { return; }
    if (listener.api) { hub.end_all(); }  // they showed a token that may be none any more
    listener.surface = surface;
    listener.api = std::make_unique<Api>(control, surface, home_in(context), hub);
}

void Server::State::apply(Move::Bound& move) {
    std::vector<std::string_view> named;
    for (Move::Bound::One& one : move.all) {
        const char* const name = name_of(one.place.surface);
        named.emplace_back(name);
        Listener& listener = listener_named(name);
        offer(listener, one.place.surface);
        if (!one.acceptor) { continue; }
        listener.rest.cancel();
        listener.acceptor = std::move(*one.acceptor);
        accept(listener);
    }
    for (const auto& listener : listeners) {
        if (std::ranges::find(named, std::string_view{listener->name}) != named.end()) { continue; }
        error_code ignored;
        listener->acceptor.close(ignored);
        offer(*listener, {});
    }
}

void Server::State::accept(Listener& listener) {
    listener.acceptor.async_accept([this, &listener](const error_code& error, tcp::socket socket) {
        const bool moved = error == asio::error::operation_aborted;
        if (!moved && listener.acceptor.is_open()) { on_accepted(listener, error, std::move(socket)); }
    });
}

void Server::State::on_accepted(Listener& listener, const error_code& error, tcp::socket socket) {
    if (!error) {
        if (has_room()) { open(listener, std::move(socket)); }
        accept(listener);
        return;
    }
    listener.rest.expires_after(std::chrono::milliseconds{100});
    listener.rest.async_wait([this, &listener](const error_code& cancelled) {
        if (!cancelled) { accept(listener); }
    });
}

// Who does not finish its requests, or does not read its answers, must not keep out who does, a probe for one: at the
// limit the connection is closed whose client has been waited for longest. Nobody is closed that waits for us.
bool Server::State::has_room() {
    if (connections.size() < limits.connections) { return true; }
    traffic.note_given_up("connections");
    Connection* longest = nullptr;
    for (const auto& [id, connection] : connections) {
        const auto since = connection->waiting_since();
        if (since && (longest == nullptr || *since < *longest->waiting_since())) { longest = connection.get(); }
    }
    if (longest != nullptr) { longest->close(); }
    return longest != nullptr;
}

void Server::State::open(Listener& listener, tcp::socket socket) {
    const std::uint64_t id = next_connection++;
    Connection::Ask ask_api = [this, id, &listener](std::uint64_t number, const Request& request) {
        return ask(listener, id, number, request);
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
const Route* Server::State::ask(Listener& listener, std::uint64_t connection, std::uint64_t number,
                                const Request& request) {
    return listener.api->answer(request, [this, connection, number](Response response) {
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

Server::Move Server::prepare(const std::vector<Place>& wanted) {
    Move move;
    for (const Place& place : wanted) {
        const auto known = known_.find(name_of(place.surface));
        if (known != known_.end() && known->second.wanted == place.at) {
            move.bound_->all.push_back({place, std::nullopt});
            move.bound_->addresses.push_back(known->second.bound);
            continue;
        }
        tcp::acceptor acceptor = bind(state_->context, place.at);
        move.bound_->addresses.push_back(sip::from_asio(acceptor.local_endpoint()));
        move.bound_->all.push_back({place, std::move(acceptor)});
    }
    return move;
}

void Server::apply(Move move) {
    known_.clear();
    for (std::size_t i = 0; i < move.bound_->all.size(); ++i) {
        const Place& place = move.bound_->all[i].place;
        known_[name_of(place.surface)] = {place.at, move.bound_->addresses[i]};
    }
    asio::post(state_->context, [state = state_.get(), bound = std::move(move.bound_)] { state->apply(*bound); });
}

void Server::start() {
    state_->thread = std::thread{[state = state_.get()] { state->context.run(); }};
}

void Server::stop() {
    if (!state_->thread.joinable()) { return; }
    asio::post(state_->context, [state = state_.get()] { state->close_all(); });
    state_->thread.join();
}

}  // namespace server::http
