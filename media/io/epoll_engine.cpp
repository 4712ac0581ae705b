#include "media/io/epoll_engine.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace media {

namespace {

// A jitter of two seconds of 20 ms packets, as the kernel counts memory; reports come one in seconds.
constexpr int rtp_receive_buffer = 128 * 1024;
constexpr int rtcp_receive_buffer = 8 * 1024;
// What a socket may have held before its leg was described.
constexpr std::size_t max_stale_packets = 256;
constexpr int events_per_wait = 64;

// An id is the slot in the low half and a number that never comes again in the high one.
constexpr unsigned slot_bits = 32;
std::size_t slot_of(SessionId session) { return session.value & 0xffffffffU; }

// What epoll hands back: slot, side, component.
constexpr std::uint64_t to_tag(std::size_t slot, Side side, Component component) {
    return std::uint64_t{slot} << 3 | std::uint64_t{static_cast<std::uint8_t>(side)} << 1 |
           std::uint64_t{static_cast<std::uint8_t>(component)};
}
constexpr std::size_t slot_of_tag(std::uint64_t tag) { return tag >> 3; }
constexpr Side side_of_tag(std::uint64_t tag) { return all_sides[tag >> 1 & 3U]; }
constexpr Component component_of_tag(std::uint64_t tag) { return static_cast<Component>(tag & 1U); }

}  // namespace

EpollEngine::EpollEngine(const EngineOptions& options, base::Random& random,
                         std::shared_ptr<const MusicLibrary> library)
    : library_{std::move(library)},
      options_{options},
      random_{random},
      ports_{options.ports, options.quarantine},
      epoll_{::epoll_create1(EPOLL_CLOEXEC)} {
    options_.session.handshakes = &counters_.handshakes;
    options_.session.tallies = &counters_.tallies;
    if (epoll_ < 0) { throw std::system_error{errno, std::generic_category(), "epoll_create1"}; }
}

EpollEngine::~EpollEngine() { ::close(epoll_); }

void EpollEngine::poll(base::Instant now) {
    now_ = now;
    look_for_kernel_drops(now);
    std::array<epoll_event, events_per_wait> events;
    for (std::size_t packets = 0; packets < packets_per_poll;) {
        const int count = ::epoll_wait(epoll_, events.data(), events_per_wait, 0);
        if (count <= 0) { return; }
        for (int i = 0; i < count; ++i) {
            const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
            // Reads at least nothing: a socket whose datagram was discarded by its checksum counts as served.
            packets += 1 + ((tag & shared_tag) != 0
                                ? serve_shared(now, tag, events[static_cast<std::size_t>(i)].events)
                                : read(now, *slots_[slot_of_tag(tag)], side_of_tag(tag), component_of_tag(tag)));
        }
        if (count < events_per_wait) { return; }
    }
}

void EpollEngine::on_timeout(base::Instant now) {
    now_ = now;
    look_for_kernel_drops(now);
    on_shared_timeouts(now);
    while (const auto due = due_.pop_due(now)) {
        SocketSession* const session = find(due->session);
        if (session == nullptr || session->queued_at != due->at) { continue; }
        session->queued_at = base::never;
        session->session().on_timeout(now);
        settle(*session);
    }
}

// Each look is a system call a socket, more than ten milliseconds for 5,000 sessions: they have their turns, few at a
// time, each within kernel_drops_age.
void EpollEngine::look_for_kernel_drops(base::Instant now) {
    constexpr std::size_t turns = 100;
    if (now < next_look_) { return; }
    next_look_ = now + kernel_drops_age / turns;
    count_shared_drops();
    for (std::size_t left = slots_.size() / turns + 1; left > 0; --left) {
        if (next_look_at_ >= slots_.size()) { next_look_at_ = 0; }
        if (next_look_at_ >= slots_.size()) { return; }
        settle_losses(next_look_at_);
        count_kernel_drops(next_look_at_++);
    }
}

void EpollEngine::count_kernel_drops(std::size_t slot) {
    if (!slots_[slot]) { return; }
    const std::uint64_t drops = slots_[slot]->kernel_drops();
    counters_.kernel_drops += drops - std::exchange(kernel_drops_seen_[slot], drops);
}

void EpollEngine::settle_losses(std::size_t slot) {
    if (slots_[slot]) { slots_[slot]->session().settle_losses(); }
}

// Asks no session: while it is answered, the packets of all of them wait.
EngineCounters EpollEngine::counters() const {
    EngineCounters counters = counters_;
    counters.packets_out = sent_.packets;
    counters.bytes_out = sent_.bytes;
    counters.send_failures = sent_.failures;
    counters.port_pairs = ports_.pairs();
    counters.free_port_pairs = ports_.free_pairs();
    counters.resting_port_pairs = ports_.resting_pairs(now_);
    counters.ports_taken_in_quarantine = ports_.taken_in_quarantine();
    counters.bind_failures += ports_.bind_failures();
    count_connections(counters);
    for (const auto& shared : shared_) { add_to(counters, shared->port); }
    return counters;
}

void EpollEngine::add_to(EngineCounters& counters, const SharedPort& port) {
    counters.checks += port.checks();
    const IceStates states = port.states();
    for (std::size_t i = 0; i < states.size(); ++i) { counters.transports[i] += states[i]; }
}

SessionId EpollEngine::open_session(base::Instant now) {
    now_ = now;
    if (free_slots_.empty()) {
        free_slots_.push_back(slots_.size());
        slots_.emplace_back();
        kernel_drops_seen_.push_back(0);
    }
    const std::size_t slot = free_slots_.back();
    free_slots_.pop_back();
    const SessionId id{++opened_ << slot_bits | slot};
    slots_[slot] =
        std::make_unique<SocketSession>(now, id, options_.session, random_, sent_, counters_.levels, reports_);
    slots_[slot]->session().show_reports(reports_.is_open());
    ++counters_.sessions;
    return id;
}

std::optional<LegPorts> EpollEngine::open_leg(SessionId id, Side side, const base::IpAddress& local, std::string& why) {
    SocketSession* const session = find(id);
    if (session == nullptr || session->has_leg(side)) {
        why = "no such media session, or the leg is open";
        return std::nullopt;
    }
    if (!bind_pair(*session, side, local, why)) { return std::nullopt; }
    return LegPorts{session->socket(side, Component::rtp).local(), session->socket(side, Component::rtcp).local()};
}

void EpollEngine::describe(base::Instant now, SessionId id, Side side, const LegDescription& description) {
    now_ = now;
    SocketSession* const session = find(id);
    if (session == nullptr) { return; }
    // The ports may be fresh from another call: what waits in them now is not of this one, and is dropped.
    if (!session->is_described(side) && session->has_ports(side)) { drain(now, *session, side); }
    if (session->has_leg(side)) { session->note_description(side, description); }
    const Carrier& by = session->carrier(side);
    if (by.socket != nullptr) { by.socket->port.describe_line(by.transport, {id, side}, description); }
    session->session().describe(now, side, description);
    settle(*session);
}

void EpollEngine::play(base::Instant now, SessionId id, Side to, Source source, const Music& music) {
    now_ = now;
    SocketSession* const session = find(id);
    if (session == nullptr) { return; }
    session->session().play(now, to, source, plays_tune(source) ? library_->find(music.tune) : nullptr, music.position);
    settle(*session);
}

void EpollEngine::send_digit(base::Instant now, SessionId id, Side to, const Digit& digit) {
    now_ = now;
    SocketSession* const session = find(id);
    if (session == nullptr) { return; }
    session->session().send_digit(now, to, digit);
    settle(*session);
}

void EpollEngine::arm_timeout(base::Instant now, SessionId id, Side side, base::Duration after) {
    now_ = now;
    SocketSession* const session = find(id);
    if (session == nullptr) { return; }
    session->session().arm_timeout(now, side, after);
    settle(*session);
}

LegStats EpollEngine::stats(SessionId id, Side side) const {
    const SocketSession* const session = find(id);
    return session == nullptr ? LegStats{} : session->stats(side);
}

std::optional<LegCounts> EpollEngine::counts(SessionId id, Side side) const {
    const SocketSession* const session = find(id);
    return session == nullptr ? std::nullopt : session->session().counts(side);
}

void EpollEngine::close_session(base::Instant now, SessionId id) {
    now_ = now;
    SocketSession* const session = find(id);
    if (session == nullptr) { return; }
    for (const Side side : all_sides) { release_leg(now, *session, side); }
    session->note_music();
    slots_[slot_of(id)].reset();
    free_slots_.push_back(slot_of(id));
    --counters_.sessions;
}

void EpollEngine::close_leg(base::Instant now, SessionId id, Side side) {
    now_ = now;
    SocketSession* const session = find(id);
    if (session == nullptr) { return; }
    release_leg(now, *session, side);
    settle(*session);
}

// What comes to the heir's sockets is from now on for that place.
void EpollEngine::move_leg(base::Instant now, const LegPlace& from, const LegPlace& to) {
    now_ = now;
    SocketSession* const left = find(from.session);
    SocketSession* const session = find(to.session);
    if (left == nullptr || session == nullptr || from == to || !left->has_leg(from.side)) { return; }
    if (session->has_leg(to.side)) { note_release(now, *session, to.side); }
    if (left->has_ports(from.side)) { move_kernel_drops(*left, from.side, *session); }
    session->take_leg(now, to.side, *left, from.side);
    if (session->has_ports(to.side)) {
        watch(*session, to.side, session->socket(to.side, Component::rtp), session->socket(to.side, Component::rtcp),
              EPOLL_CTL_MOD);
    }
    settle(*session);
    if (left != session) { settle(*left); }
}

// They are the socket's, and known of it already.
void EpollEngine::move_kernel_drops(const SocketSession& from, Side side, const SocketSession& to) {
    count_kernel_drops(slot_of(from.id()));
    const std::uint64_t drops = from.socket(side, Component::rtp).kernel_drops();
    kernel_drops_seen_[slot_of(from.id())] -= drops;
    kernel_drops_seen_[slot_of(to.id())] += drops;
}

// The sockets close, and leave epoll by it.
void EpollEngine::release_leg(base::Instant now, SocketSession& session, Side side) {
    if (!session.has_leg(side)) { return; }
    note_release(now, session, side);
    session.close_leg(now, side);
}

void EpollEngine::note_release(base::Instant now, SocketSession& session, Side side) {
    const std::uint16_t port = session.ports[static_cast<std::size_t>(side)];
    const LegStats stats = session.session().stats(side);
    if (!session.has_ports(side)) { return; }
    count_kernel_drops(slot_of(session.id()));
    kernel_drops_seen_[slot_of(session.id())] -= session.socket(side, Component::rtp).kernel_drops();
    last_callers_[port] = LastCaller{stats.remote.value_or(base::Endpoint{}), now + options_.quarantine};
    ports_.release(now, port);
}

std::vector<EngineEvent> EpollEngine::take_events() { return std::exchange(events_, {}); }

SocketSession* EpollEngine::find(SessionId id) const {
    const std::size_t slot = slot_of(id);
    if (slot >= slots_.size() || !slots_[slot] || slots_[slot]->id() != id) { return nullptr; }
    return slots_[slot].get();
}

bool EpollEngine::bind_pair(SocketSession& session, Side side, const base::IpAddress& local, std::string& why) {
    const std::size_t attempts = std::min(bind_attempts, ports_.free_pairs());
    for (std::size_t attempt = 0; attempt < attempts; ++attempt) {
        const std::uint16_t port = *ports_.take(now_);
        std::error_code error;
        UdpSocket rtp = UdpSocket::bind({local, port}, rtp_receive_buffer, error);
        UdpSocket rtcp;
        if (!error) {
            rtcp = UdpSocket::bind({local, static_cast<std::uint16_t>(port + 1)}, rtcp_receive_buffer, error);
        }
        if (!error) { error = watch(session, side, rtp, rtcp, EPOLL_CTL_ADD); }
        if (!error) {
            session.open_leg(side, std::move(rtp), std::move(rtcp));
            bar_last_caller(session, side, port);
            return true;
        }
        if (is_final_bind_error(error)) {
            ports_.put_back(port);
            why = "cannot open media ports on " + local.to_string() + ": " + error.message();
            return false;
        }
        ports_.bind_failed(now_, port);
    }
    why =
        "no media port is free in " + std::to_string(options_.ports.first) + "-" + std::to_string(options_.ports.last);
    return false;
}

std::error_code EpollEngine::watch(const SocketSession& session, Side side, const UdpSocket& rtp, const UdpSocket& rtcp,
                                   int operation) const {
    epoll_event event{};
    event.events = EPOLLIN;
    for (const Component component : {Component::rtp, Component::rtcp}) {
        const int descriptor = component == Component::rtp ? rtp.descriptor() : rtcp.descriptor();
        event.data.u64 = to_tag(slot_of(session.id()), side, component);
        if (::epoll_ctl(epoll_, operation, descriptor, &event) != 0) { return {errno, std::generic_category()}; }
    }
    return {};
}

// Who was heard on this port before may still be sending: as long as it should have rested, that is not learnt.
void EpollEngine::bar_last_caller(SocketSession& session, Side side, std::uint16_t port) {
    const auto found = last_callers_.find(port);
    if (found == last_callers_.end()) { return; }
    session.session().bar(side, found->second.remote, found->second.until);
    last_callers_.erase(found);
}

std::size_t EpollEngine::read(base::Instant now, SocketSession& session, Side side, Component component) {
    const std::size_t count = batch_.receive(session.socket(side, component));
    const std::uint64_t sent = sent_.packets;
    for (std::size_t i = 0; i < count; ++i) {
        const auto datagram = batch_.datagram(i);
        ++counters_.packets_in;
        counters_.bytes_in += datagram.size();
        if (session.wire_mirror() != nullptr) [[unlikely]] {
            session.wire_mirror()->note(false, session.local(side, component), batch_.source(i), datagram);
        }
        const Drop drop = session.session().on_packet(now, side, component, batch_.source(i), datagram);
        ++counters_.drops[static_cast<std::size_t>(drop)];
        if (i == 0 && component == Component::rtp && sent_.packets != sent) { note_forwarded(); }
    }
    collect_events(session);
    return count;
}

// The first of a batch has just left.
void EpollEngine::note_forwarded() {
    const auto came = batch_.arrival();
    timespec left;
    if (!came || ::clock_gettime(CLOCK_REALTIME, &left) != 0) { return; }
    observe_forward(counters_.forward, *came, left);
}

void EpollEngine::drain(base::Instant now, SocketSession& session, Side side) {
    for (const Component component : {Component::rtp, Component::rtcp}) {
        for (std::size_t total = 0; total < max_stale_packets; total += ReceiveBatch::capacity) {
            if (read(now, session, side, component) < ReceiveBatch::capacity) { break; }
        }
    }
}

// A session knows the time of the turn only. That music has started is said to measure how fast it did: what counts is
// when the kernel had its packet, which is now.
void EpollEngine::collect_events(SocketSession& session) {
    session.note_music();
    while (auto event = session.session().take_event()) {
        if (event->kind == EngineEvent::Kind::music_started) { event->at = base::Clock::now(); }
        events_.push_back(*event);
    }
}

// Carries over what a call into the session left behind: events, and a deadline that may have moved forward.
void EpollEngine::settle(SocketSession& session) {
    collect_events(session);
    const base::Instant next = session.session().next_timeout();
    if (next >= session.queued_at) { return; }
    session.queued_at = next;
    due_.push(DueQueue::Entry{next, session.id()});
}

}  // namespace media
