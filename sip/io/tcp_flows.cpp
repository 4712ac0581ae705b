#include "sip/io/tcp_flows.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "sip/io/socket_address.hpp"

namespace sip {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Clock;
using State = TcpConnection::State;

namespace {

constexpr std::size_t read_size = 64 * 1024;
constexpr int reads_a_turn = 4;  // then others have their turn

void prepare(tcp::socket& socket) {
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(tcp::no_delay{true}, ignored);
}

// A method is a token, and a token has no slash (§7.1, §25.1).
bool is_response(std::string_view message) { return message.starts_with("SIP/"); }

bool takes_requests(const TcpConnection& connection) { return connection.state() <= State::open; }

std::unique_ptr<TlsSession> make_session(const std::shared_ptr<const TlsContext>& context, std::string_view domain) {
    auto session = context ? TlsSession::make(context, domain) : std::nullopt;
    return session ? std::make_unique<TlsSession>(std::move(*session)) : nullptr;
}

}  // namespace

TcpFlows::TcpFlows(asio::io_context& context, unsigned shard, StreamLimits limits, SocketCounters& counters,
                   Events events)
    : context_{context},
      limits_{limits},
      counters_{counters},
      events_{std::move(events)},
      sweep_{context},
      next_id_{(std::uint64_t{shard} << connection_shard_shift) + 1},
      buffer_{std::make_unique_for_overwrite<char[]>(read_size)} {}

TcpConnection* TcpFlows::find(Id id) {
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : found->second.get();
}

TcpConnection* TcpFlows::insert(tcp::socket socket, std::unique_ptr<TlsSession> tls, State state, Flow flow,
                                bool accepted) {
    flow.connection = next_id_++;
    prepare(socket);
    ++counters_.of(flow.transport);
    if (state == State::securing) { ++handshakes_; }
    TcpConnection::Layers layers{std::move(tls), nullptr};
    if (is_websocket(flow.transport)) { layers.websocket = make_websocket(flow.connection); }
    auto connection = std::make_unique<TcpConnection>(std::move(socket), std::move(layers), state, flow,
                                                      limits_.message, accepted, Clock::now());
    TcpConnection* const raw = connection.get();
    connections_.emplace(flow.connection, std::move(connection));
    if (!is_websocket(flow.transport)) { by_peer_.insert_or_assign(Peer{flow}, flow.connection); }
    if (accepted) { ++accepted_from_[flow.remote.address]; }
    counters_.connections = connections_.size();
    arm_sweep();
    return raw;
}

std::optional<SocketDrop> TcpFlows::refusal_of(Transport transport, const base::IpAddress& source) const {
    if (connections_.size() >= limits_.connections) { return SocketDrop::connection_limit; }
    const auto from_source = accepted_from_.find(source);
    const bool many = from_source != accepted_from_.end() && from_source->second >= limits_.connections_per_source;
    if (many) { return SocketDrop::source_limit; }
    return is_secure(transport) && handshakes_ >= limits_.handshakes ? std::optional{SocketDrop::tls_limit}
                                                                     : std::nullopt;
}

void TcpFlows::adopt(Transport transport, tcp::socket socket, const base::Endpoint& local,
                     const base::Endpoint& remote) {
    if (closed_) { return; }
    if (const auto why = refusal_of(transport, remote.address)) { return counters_.count(*why); }
    const bool secure = is_secure(transport);
    auto tls = secure ? make_session(contexts_.server, {}) : nullptr;
    if (secure && !tls) { return counters_.count(SocketDrop::tls_handshake); }
    const State state = secure ? State::securing : is_websocket(transport) ? State::upgrading : State::open;
    wait_to_read(*insert(std::move(socket), std::move(tls), state, Flow{transport, local, remote, 0}, true));
}

void TcpFlows::send(Outgoing outgoing, unsigned origin) {
    TcpConnection* const connection = connection_for(outgoing);
    if (connection == nullptr) {
        report(outgoing.transaction, origin);
        return;
    }
    connection->queue({std::move(outgoing.bytes), outgoing.transaction, origin});
    on_queued(*connection);
}

void TcpFlows::on_queued(TcpConnection& connection) {
    if (connection.queued_bytes() > limits_.write_queue) {
        close(connection.flow().connection, SocketDrop::write_queue);
        return;
    }
    if (connection.state() != State::connecting && !connection.waits_to_write) { write(connection); }
}

// A call outlives its connection: closed by us for being idle, by its peer, by whatever is between. A request then goes
// to its peer over another (§18.1.1). A response does not: flow.remote is the port that its peer sent from, where
// nobody listens, and its transaction knows where somebody does (§18.2.2).
TcpConnection* TcpFlows::connection_for(const Outgoing& outgoing) {
    const Flow& flow = outgoing.flow;
    if (is_websocket(flow.transport)) { return websocket_for(flow); }
    TcpConnection* named = find(flow.connection);
    // What is meant for a secure stream goes over no other, nor the other way round.
    if (named != nullptr && named->flow().transport != flow.transport) { named = nullptr; }
    if (flow.connection == 0 || !is_response(outgoing.bytes)) {
        return named != nullptr && takes_requests(*named) ? named : find_or_open(flow);
    }
    if (named != nullptr && named->state() != State::lingering) { return named; }
    counters_.count(SocketDrop::no_connection);
    return nullptr;
}

TcpConnection* TcpFlows::find_or_open(const Flow& flow) {
    const auto known = by_peer_.find(Peer{flow});
    if (known != by_peer_.end()) {
        TcpConnection* const connection = find(known->second);
        if (takes_requests(*connection)) { return connection; }
    }
    return open(flow);
}

TcpConnection* TcpFlows::open(const Flow& flow) {
    if (closed_ || connections_.size() >= limits_.connections) {
        counters_.count(SocketDrop::connection_limit);
        return nullptr;
    }
    const bool secure = is_secure(flow.transport);
    auto tls = secure ? make_session(contexts_.client, flow.domain) : nullptr;
    boost::system::error_code error;
    if (secure && !tls) { error = asio::error::operation_not_supported; }
    tcp::socket socket{context_};
    const tcp::endpoint remote = to_tcp(flow.remote);
    if (!error) { socket.open(remote.protocol(), error); }
    if (!error && !flow.local.address.is_unspecified()) { socket.bind(to_tcp({flow.local.address, 0}), error); }
    if (error) {
        counters_.count(SocketDrop::connect_failed);
        return nullptr;
    }
    TcpConnection* const connection = insert(std::move(socket), std::move(tls), State::connecting, flow, false);
    connection->socket().async_connect(
        remote, [this, id = connection->flow().connection](const auto& failure) { on_connected(id, failure); });
    return connection;
}

void TcpFlows::on_connected(Id id, const boost::system::error_code& error) {
    TcpConnection* const connection = find(id);
    if (connection == nullptr) { return; }
    if (error) {
        close(id, SocketDrop::connect_failed);
        return;
    }
    connection->enter(connection->tls() == nullptr ? State::open : State::securing, Clock::now());
    connection->on_heard(Clock::now());
    wait_to_read(*connection);
    write(*connection);
}

void TcpFlows::write(TcpConnection& connection) {
    switch (connection.flush(Clock::now())) {
        case TcpConnection::Write::done:
            if (connection.state() == State::broken) { finish_broken(connection); }
            return;
        case TcpConnection::Write::blocked:
            wait_to_write(connection);
            return;
        case TcpConnection::Write::failed:
            close(connection.flow().connection);
            return;
    }
}

// Our side is shut first: closing with unread bytes would make the kernel send a reset that overtakes the answer.
void TcpFlows::finish_broken(TcpConnection& connection) {
    boost::system::error_code ignored;
    if (connection.tls() != nullptr) {
        connection.tls()->close();
        connection.flush(Clock::now());
    }
    connection.socket().shutdown(tcp::socket::shutdown_send, ignored);
    connection.enter(State::lingering, Clock::now());
}

void TcpFlows::wait_to_write(TcpConnection& connection) {
    connection.waits_to_write = true;
    connection.socket().async_wait(tcp::socket::wait_write, [this, id = connection.flow().connection](const auto&) {
        TcpConnection* const waiting = find(id);
        if (waiting == nullptr) { return; }
        waiting->waits_to_write = false;
        write(*waiting);
    });
}

void TcpFlows::wait_to_read(TcpConnection& connection) {
    connection.waits_to_read = true;
    connection.socket().async_wait(tcp::socket::wait_read,
                                   [this, id = connection.flow().connection](const auto&) { on_readable(id); });
}

// Nothing is read that is not needed yet.
void TcpFlows::wait_to_read_more(Id id) {
    TcpConnection* const connection = find(id);
    if (connection == nullptr || connection->waits_to_read || !connection->is_hungry()) { return; }
    wait_to_read(*connection);
}

void TcpFlows::on_readable(Id id) {
    if (TcpConnection* const connection = find(id)) { connection->waits_to_read = false; }
    for (int turn = 0; turn < reads_a_turn; ++turn) {
        TcpConnection* const connection = find(id);
        if (connection == nullptr) { return; }
        if (!connection->is_hungry() || !read_once(*connection)) { break; }
        deliver(id);
        close_if_ended(id);
    }
    wait_to_read_more(id);
}

// True: there are new bytes to look at. Closes the connection at its end.
bool TcpFlows::read_once(TcpConnection& connection) {
    boost::system::error_code error;
    const std::size_t received = connection.socket().read_some(asio::buffer(buffer_.get(), read_size), error);
    if (error == asio::error::would_block || error == asio::error::try_again) { return false; }
    if (error) {
        close(connection.flow().connection);
        return false;
    }
    if (connection.state() > State::open) { return true; }  // after a broken frame: read and forgotten
    connection.on_heard(Clock::now());
    const std::string_view bytes{buffer_.get(), received};
    if (connection.tls() != nullptr) { return receive_sealed(connection, bytes); }
    connection.take(bytes);
    return true;
}

// Whoever gets a message may answer at once, and the answer may close the connection: it is looked up anew each time.
void TcpFlows::deliver(Id id) {
    bool message_ended = false;
    while (TcpConnection* const connection = find(id)) {
        if (connection->state() != State::open || connection->websocket() != nullptr) { return; }
        const std::optional<StreamFramer::Frame> frame = connection->framer().next();
        if (!frame) {
            connection->note_partial(Clock::now(), message_ended);
            return;
        }
        message_ended = true;
        const Flow flow = connection->flow();
        switch (frame->kind) {
            case StreamFramer::Frame::Kind::message:
                events_.on_message(frame->text, flow);
                break;
            case StreamFramer::Frame::Kind::ping:
                connection->queue_pong();
                on_queued(*connection);
                break;
            case StreamFramer::Frame::Kind::broken:
                on_broken(*connection, frame->text);
                return;
        }
    }
}

void TcpFlows::on_broken(TcpConnection& connection, std::string_view head) {
    counters_.count(SocketDrop::broken_stream);
    connection.enter(State::broken, Clock::now());
    const Flow flow = connection.flow();
    events_.on_message(head, flow);
}

void TcpFlows::close(Id id) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) { return; }
    const std::unique_ptr<TcpConnection> connection = std::move(found->second);
    connections_.erase(found);
    const Flow& flow = connection->flow();
    const auto known = by_peer_.find(Peer{flow});
    if (known != by_peer_.end() && known->second == id) { by_peer_.erase(known); }
    tell_lost(*connection);
    --counters_.of(flow.transport);
    if (connection->websocket() != nullptr) { end_websocket(*connection); }
    if (connection->tls() != nullptr) { end_tls(*connection); }
    if (connection->accepted()) {
        const auto from_source = accepted_from_.find(flow.remote.address);
        if (--from_source->second == 0) { accepted_from_.erase(from_source); }
    }
    counters_.connections = connections_.size();
    for (const TcpConnection::Unsent& unsent : connection->unsent()) { report(unsent.transaction, unsent.origin); }
}

void TcpFlows::close(Id id, SocketDrop why) {
    counters_.count(why);
    close(id);
}

void TcpFlows::report(TransactionId transaction, unsigned origin) {
    if (!transaction || closed_) { return; }
    asio::post(context_, [this, transaction, origin] {
        if (!closed_) { events_.on_send_error(transaction, origin); }
    });
}

void TcpFlows::tell_lost(const TcpConnection& connection) {
    if (closed_ || !events_.on_connection_lost || !connection.was_open()) { return; }
    asio::post(context_, [this, flow = connection.flow()] {
        if (!closed_) { events_.on_connection_lost(flow); }
    });
}

void TcpFlows::close_all() {
    closed_ = true;
    sweep_.cancel();
    while (!connections_.empty()) { close(connections_.begin()->first); }
}

}  // namespace sip
