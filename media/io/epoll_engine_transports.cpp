// Legs of browsers: their transports share a socket, the first of a pair of the range, with RTCP on the same port.
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "media/io/epoll_engine.hpp"

namespace media {
namespace {

// What two seconds of a hundred calls of 20 ms packets take, as the kernel counts memory.
constexpr int shared_receive_buffer = 8 * 1024 * 1024;

}  // namespace

std::optional<OpenTransport> EpollEngine::open_transport(base::Instant now, const base::IpAddress& local,
                                                         const IceCredentials& ours, std::string& why) {
    now_ = now;
    SharedSocket* const shared = shared_socket(local, why);
    const TransportId id{transports_opened_ + 1};
    if (shared == nullptr || !shared->port.open(id, ours, why)) { return std::nullopt; }
    ++transports_opened_;
    transports_[id] = shared;
    OpenTransport opened{id, shared->socket().local()};
    if (shared->streams) { opened.local_tcp = shared->streams->local(); }
    return opened;
}

void EpollEngine::describe_transport(base::Instant now, TransportId id, const TransportDescription& description) {
    now_ = now;
    const auto found = transports_.find(id);
    if (found == transports_.end()) { return; }
    found->second->port.describe(now, id, description);
    settle(now, *found->second);
}

void EpollEngine::close_transport(TransportId id) {
    const auto found = transports_.find(id);
    if (found == transports_.end()) { return; }
    SharedSocket& shared = *found->second;
    transports_.erase(found);
    shared.port.close(id);
    settle(now_, shared);
}

std::optional<LegPorts> EpollEngine::open_leg_on(base::Instant now, SessionId id, Side side, TransportId transport,
                                                 std::string& why) {
    now_ = now;
    SocketSession* const session = find(id);
    const auto found = transports_.find(transport);
    if (session == nullptr || session->has_leg(side) || found == transports_.end()) {
        why = "no such media session or transport, or the leg is open";
        return std::nullopt;
    }
    SharedSocket& shared = *found->second;
    if (!shared.port.attach(now, transport, {id, side})) {
        why = "the transport has no room for one more line";
        return std::nullopt;
    }
    session->open_leg_on(side, {&shared, transport});
    session->session().on_transport(now, side, endpoint_of(shared.port.target(transport)));
    settle(*session);
    settle(now, shared);
    const base::Endpoint local = shared.socket().local();
    return LegPorts{local, local};
}

std::uint32_t EpollEngine::ssrc(SessionId id, Side side) const {
    const SocketSession* const session = find(id);
    return session == nullptr ? 0 : session->session().ssrc(side);
}

SharedSocket* EpollEngine::shared_socket(const base::IpAddress& local, std::string& why) {
    const auto found =
        std::ranges::find_if(shared_, [&](const auto& shared) { return shared->socket().local().address == local; });
    if (found != shared_.end()) { return found->get(); }
    const std::size_t attempts = std::min(bind_attempts, ports_.free_pairs());
    for (std::size_t attempt = 0; attempt < attempts; ++attempt) {
        const std::uint16_t port = *ports_.take(now_);
        std::error_code error;
        UdpSocket socket = UdpSocket::bind({local, port}, shared_receive_buffer, error);
        if (!error) { error = watch_shared(socket); }
        auto shared = std::make_unique<SharedSocket>(std::move(socket), options_.session, sent_, now_);
        if (!error && options_.ice_tcp) { error = listen_beside(*shared, shared_.size()); }
        if (!error) { return shared_.emplace_back(std::move(shared)).get(); }
        if (is_final_bind_error(error)) {
            ports_.put_back(port);
            why = "cannot open the shared media port on " + local.to_string() + ": " + error.message();
            return nullptr;
        }
        ports_.bind_failed(now_, port);
    }
    why = "no media port is free for browsers";
    return nullptr;
}

std::error_code EpollEngine::watch_shared(const UdpSocket& socket) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = shared_tag_of(shared_.size()) | datagram_socket;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket.descriptor(), &event) != 0) {
        return {errno, std::generic_category()};
    }
    return {};
}

// How many datagrams came.
std::size_t EpollEngine::serve_shared(base::Instant now, std::uint64_t tag, std::uint32_t events) {
    constexpr std::uint32_t writable = EPOLLOUT;
    constexpr std::uint64_t of_socket = (std::uint64_t{1} << place_shift) - 1;
    SharedSocket& shared = *shared_[(tag & ~shared_tag) >> place_shift];
    const std::uint64_t which = tag & of_socket;
    if (which == datagram_socket) { return read_shared(now, shared); }
    const ConnectionId connection{which - first_stream};
    std::size_t count = 0;
    if (connection.value == StreamSockets::listener) {
        shared.streams->accept(now);
    } else {
        if ((events & writable) != 0) { shared.streams->flush(now, connection); }
        if ((events & ~writable) != 0) { count = read_stream(now, shared, connection); }
    }
    settle(now, shared);
    return count;
}

std::size_t EpollEngine::read_shared(base::Instant now, SharedSocket& shared) {
    const std::size_t count = batch_.receive(shared.socket());
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t sent = sent_.packets;
        const bool is_media = take(now, shared, batch_.source(i), batch_.datagram(i));
        if (i == 0 && is_media && sent_.packets != sent) { note_forwarded(); }
    }
    return count;
}

bool EpollEngine::take(base::Instant now, SharedSocket& shared, const TransportAddress& source,
                       std::span<std::byte> datagram) {
    ++counters_.packets_in;
    counters_.bytes_in += datagram.size();
    std::array<std::byte, SharedPort::max_datagram> sealed;  // it is opened where it lies
    const auto copied = mirrors_.empty() ? 0 : std::min(datagram.size(), sealed.size());
    if (copied != 0) [[unlikely]] { std::ranges::copy(datagram.first(copied), sealed.begin()); }
    const SharedPort::Arrival arrival = shared.port.on_datagram(now, source, datagram);
    settle(now, shared);
    if (copied != 0) [[unlikely]] { mirror_taken(shared, arrival, source.endpoint, std::span{sealed}.first(copied)); }
    const Drop drop = arrival.drop == Drop::none ? hand_over(now, arrival, source.endpoint) : arrival.drop;
    ++counters_.drops[static_cast<std::size_t>(drop)];
    return !arrival.lines.empty() && arrival.component == Component::rtp;
}

// What one of the legs takes is none that is dropped.
Drop EpollEngine::hand_over(base::Instant now, const SharedPort::Arrival& arrival, const base::Endpoint& source) {
    Drop drop = Drop::none;
    bool is_taken = arrival.lines.empty();
    for (const LineId& line : arrival.lines) {
        SocketSession* const session = find(line.session);
        if (session == nullptr) { continue; }
        drop = session->session().on_packet(now, line.side, arrival.component, source, arrival.packet);
        is_taken = is_taken || drop == Drop::none;
        collect_events(*session);
    }
    return is_taken ? Drop::none : drop;
}

// Carries over what a call into the port left behind.
void EpollEngine::settle(base::Instant now, SharedSocket& shared) {
    if (!shared.port.has_news()) { return; }
    for (const SharedPort::Change& change : shared.port.take_changes()) {
        SocketSession* const session = find(change.line.session);
        if (session == nullptr) { continue; }
        session->session().on_transport(now, change.line.side, endpoint_of(change.target));
        settle(*session);
    }
    for (const EngineEvent& event : shared.port.take_events()) { events_.push_back(event); }
}

void EpollEngine::on_shared_timeouts(base::Instant now) {
    for (const auto& shared : shared_) {
        if (shared->next_timeout() > now) { continue; }
        shared->port.on_timeout(now);
        if (shared->streams) { shared->streams->on_timeout(now); }
        settle(now, *shared);
    }
}

base::Instant EpollEngine::next_timeout() const {
    base::Instant next = due_.next();
    for (const auto& shared : shared_) { next = std::min(next, shared->next_timeout()); }
    return next;
}

void EpollEngine::count_shared_drops() {
    for (const auto& shared : shared_) {
        const std::uint64_t drops = shared->socket().kernel_drops();
        counters_.kernel_drops += drops - std::exchange(shared->kernel_drops_seen, drops);
    }
}

}  // namespace media
