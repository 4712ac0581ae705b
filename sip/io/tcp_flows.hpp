// All TCP connections of one shard, under TLS or not, accepted and opened: found by id or by whom they lead to
// (connection reuse, RFC 3261 §18.1.1; under TLS also by the domain that was verified, RFC 5922 §7.3), opened on
// demand, cut into messages (§18.3), closed by limits and deadlines. WebSockets are among them, accepted only, and
// found by id only (RFC 7118). A handler under way knows a connection by its id, never by address, so that a closed one
// is simply not found.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "sip/io/socket_counters.hpp"
#include "sip/io/tcp_connection.hpp"

namespace sip {

// Connection ids name their shard, so that any shard can tell whose socket it is.
inline constexpr unsigned connection_shard_shift = 48;
constexpr unsigned shard_of_connection(std::uint64_t connection) {
    return static_cast<unsigned>(connection >> connection_shard_shift);
}

// TLS with somebody came to nothing, or broke.
struct TlsFailure {
    const Flow& flow;  // with the domain, where we connected
    bool accepted;     // it connected to us
    std::string_view why;
};

// Somebody who connected got no WebSocket.
struct WebSocketRefusal {
    const Flow& flow;
    std::string_view why;
};

class TcpFlows {
public:
    struct Events {
        std::function<void(std::string_view text, const Flow& flow)> on_message;
        // Never called from within send().
        std::function<void(TransactionId transaction, unsigned origin)> on_send_error;
        std::function<void(const TlsFailure& failure)> on_tls_failure{};
        // A connection that was open is no more, whoever ended it. Never called from within send().
        std::function<void(const Flow& flow)> on_connection_lost{};
        std::function<void(const WebSocketRefusal& refusal)> on_websocket_refused{};
    };
    TcpFlows(boost::asio::io_context& context, unsigned shard, StreamLimits limits, SocketCounters& counters,
             Events events);
    TcpFlows(const TcpFlows&) = delete;
    TcpFlows& operator=(const TcpFlows&) = delete;

    // For connections from now on; those that are up go on with theirs.
    void set_tls(TlsContexts contexts) { contexts_ = std::move(contexts); }
    void set_origins(Origins origins) { origins_ = std::make_shared<const Origins>(std::move(origins)); }
    // A fresh connection of a listener at `local`; closed at once where a limit says so.
    void adopt(Transport transport, boost::asio::ip::tcp::socket socket, const base::Endpoint& local,
               const base::Endpoint& remote);
    // Over flow.connection; without one, and for a request whose connection is gone, over whatever connection to
    // flow.remote there is or can be opened: no WebSocket is.
    void send(Outgoing outgoing, unsigned origin);
    // No handler does anything from now on.
    void close_all();
    std::size_t size() const { return connections_.size(); }

private:
    using Id = std::uint64_t;
    using Table = std::unordered_map<Id, std::unique_ptr<TcpConnection>>;
    using Socket = boost::asio::ip::tcp::socket;
    // Whom a connection leads to.
    struct Peer {
        base::Endpoint remote;
        Transport transport;
        std::string domain;
        explicit Peer(const Flow& flow) : remote{flow.remote}, transport{flow.transport}, domain{flow.domain} {}
        friend auto operator<=>(const Peer&, const Peer&) = default;
    };

    TcpConnection* find(Id id);
    std::optional<SocketDrop> refusal_of(Transport transport, const base::IpAddress& source) const;
    TcpConnection* insert(Socket socket, std::unique_ptr<TlsSession> tls, TcpConnection::State state, Flow flow,
                          bool accepted);
    TcpConnection* connection_for(const Outgoing& outgoing);
    TcpConnection* websocket_for(const Flow& flow);
    TcpConnection* find_or_open(const Flow& flow);
    TcpConnection* open(const Flow& flow);
    void on_connected(Id id, const boost::system::error_code& error);
    void on_queued(TcpConnection& connection);
    void write(TcpConnection& connection);
    void finish_broken(TcpConnection& connection);
    void wait_to_write(TcpConnection& connection);
    void wait_to_read(TcpConnection& connection);
    void wait_to_read_more(Id id);
    void on_readable(Id id);
    bool read_once(TcpConnection& connection);
    bool receive_sealed(TcpConnection& connection, std::string_view wire);
    void leave_handshake(TcpConnection& connection, TcpConnection::State state);
    void fail_tls(TcpConnection& connection);
    void close_if_ended(Id id);
    void end_tls(TcpConnection& connection);
    void tell_failure(const TcpConnection& connection, std::string_view why);
    void deliver(Id id);
    std::unique_ptr<WebSocketSession> make_websocket(Id id);
    void on_websocket(Id id);
    bool deliver_websocket(Id id);
    void on_websocket_ended(TcpConnection& connection);
    void end_websocket(TcpConnection& connection);
    void ask_websocket(TcpConnection& connection, base::Instant now);
    std::optional<SocketDrop> overdue_open(const TcpConnection& connection, base::Instant now) const;
    void on_broken(TcpConnection& connection, std::string_view head);
    void close(Id id);
    void close(Id id, SocketDrop why);
    void report(TransactionId transaction, unsigned origin);
    void tell_lost(const TcpConnection& connection);
    void arm_sweep();
    void sweep(base::Instant now);
    std::optional<SocketDrop> overdue(const TcpConnection& connection, base::Instant now) const;

    boost::asio::io_context& context_;
    const StreamLimits limits_;
    SocketCounters& counters_;
    Events events_;
    TlsContexts contexts_;
    std::shared_ptr<const Origins> origins_ = std::make_shared<const Origins>();
    boost::asio::steady_timer sweep_;
    bool sweeping_ = false;
    bool closed_ = false;
    Id next_id_;
    Table connections_;
    std::map<Peer, Id> by_peer_;
    std::map<base::IpAddress, std::size_t> accepted_from_;
    std::size_t handshakes_ = 0;      // of accepted connections
    std::unique_ptr<char[]> buffer_;  // shared by all reads: an idle connection holds none
    std::string plain_;               // what a read meant, under TLS
};

}  // namespace sip
