#include "server/shard.hpp"

#include <unistd.h>

#include <system_error>

#include "server/observe/event_inbox.hpp"
#include "server/observe/hep_sender.hpp"
#include "server/records/record_writer.hpp"
#include "server/shard_tasks.hpp"
#include "server/state/registration_writer.hpp"

namespace server {

namespace asio = boost::asio;
using base::Clock;
using boost::system::error_code;

namespace {

// 0: the number of the shared UDP port.
std::uint16_t ice_tcp_port(const ShardOptions& options) {
    const std::uint16_t first = options.snapshot->config.media.ice_tcp.port;
    return first == 0 ? first : static_cast<std::uint16_t>(first + options.index);
}

media::EngineOptions engine_options(const ShardOptions& options) {
    const config::Config& config = options.snapshot->config;
    media::EngineOptions engine;
    engine.ports =
        media::slice_for_shard({config.media.ports.first, config.media.ports.last}, options.index, options.count);
    engine.quarantine = config.media.quarantine;
    engine.ice_tcp = config.media.ice_tcp.enabled;
    engine.ice_tcp_port = ice_tcp_port(options);
    engine.session.dtls = options.dtls.get();
    return engine;
}

// Connections of all shards together stay within the limit; one source may have its share on each.
sip::StreamLimits stream_limits(const ShardOptions& options) {
    const config::SipLimits& config = options.snapshot->config.sip.limits;
    sip::StreamLimits limits;
    limits.message.message = config.message;
    limits.connections = (config.connections + options.count - 1) / options.count;
    limits.connections_per_source = config.connections_per_source;
    limits.idle = config.idle;
    limits.partial_message = config.partial_message;
    return limits;
}

sip::Share share_of(const ShardOptions& options) {
    using sip::Share;
    return options.count == 1 ? Share::alone : options.index == 0 ? Share::first : Share::joined;
}

// The engine keeps its own descriptor; Asio closes this one.
int duplicate(int descriptor) {
    const int copy = dup(descriptor);
    if (copy < 0) { throw std::system_error{errno, std::generic_category(), "dup"}; }
    return copy;
}

}  // namespace

Shard::Shard(const ShardOptions& options, const ShardRouter& router, Log& log)
    : index_{options.index},
      router_{router},
      log_{log},
      work_{asio::make_work_guard(context_)},
      dtls_{options.dtls},
      engine_{engine_options(options), random_, options.music},
      resolver_{context_},
      endpoint_{context_,
                options.index,
                stream_limits(options),
                {[this](std::string_view text, const sip::Flow& flow) { on_message(text, flow); },
                 [this](sip::TransactionId transaction, unsigned origin) { on_send_error(transaction, origin); },
                 [this](const sip::TlsFailure& failure) { on_tls_failure(failure); },
                 [this](const sip::Flow& flow) { on_connection_lost(flow); },
                 [this](const sip::WebSocketRefusal& refusal) { on_websocket_refused(refusal); }}},
      share_{share_of(options)},
      leaving_{64 * options.snapshot->config.sip.timers.t1},  // timer J of their last request (RFC 3261 §17.2.2)
      media_ready_{context_, duplicate(engine_.descriptor())},
      timer_{context_},
      leaving_timer_{context_} {
    bind(options);
    core_ = std::make_unique<Core>(options.snapshot, core_setup(index_), engine_, random_);
    observe(*options.snapshot);
}

Shard::~Shard() { stop(); }

void Shard::bind(const ShardOptions& options) {
    endpoint_.set_tls(options.tls);
    endpoint_.set_origins(options.snapshot->config.sip.allow_origins);
    bound_ = bind(options.listen);
    try_ice_tcp(options);
}

// The engine listens when the first browser calls. That a port which was chosen is taken must be known before.
void Shard::try_ice_tcp(const ShardOptions& options) const {
    const config::Media& config = options.snapshot->config.media;
    const std::uint16_t port = ice_tcp_port(options);
    if (!config.ice_tcp.enabled || port == 0) { return; }
    std::vector<base::IpAddress> addresses = config.listen;
    if (addresses.empty()) {
        for (const auto& bound : bound_) { addresses.push_back(bound.at.address); }
    }
    for (const base::IpAddress& address : addresses) {
        std::error_code error;
        media::TcpSocket::listen({address, port}, error);
        if (error) {
            throw sip::ListenError{
                sip::Transport::tcp, {address, port}, {error.value(), boost::system::system_category()}};
        }
    }
}

CoreSetup Shard::core_setup(unsigned index) {
    CoreSetup setup;
    setup.shard = index;
    setup.watches_trunks = index == registrar_shard;
    setup.listeners = listeners();
    setup.certificate = dtls_->fingerprint();
    setup.source_address = [this](const base::IpAddress& remote) { return source_address_.of(Clock::now(), remote); };
    return setup;
}

void Shard::keep_registrations(state::RegistrationWriter& store, std::vector<UserBindings> kept) {
    store_ = &store;
    post([this, kept = std::move(kept)] { turn([&](base::Instant now) { core_->restore(now, kept, out_); }); });
}

void Shard::start() {
    endpoint_.start();
    wait_for_media();
    arm_timer();
    thread_ = std::thread{[this] { context_.run(); }};
}

void Shard::stop() {
    if (!thread_.joinable()) { return; }
    asio::post(context_, [this] { close(); });
    thread_.join();
}

// Nothing is left to wait for, and run() returns.
void Shard::close() {
    closed_ = true;
    endpoint_.close();
    resolver_.close();
    timer_.cancel();
    leaving_timer_.cancel();
    media_ready_.close();
    mirrors_.clear();
    work_.reset();
}

void Shard::carry_out() {
    if (!engine_.reports().waiting().empty()) { tell_reports(); }
    for (sip::Outgoing& outgoing : out_.send) { send(std::move(outgoing)); }
    for (const LogEvent& event : out_.log) { log_.write(event); }
    for (const ResolveRequest& request : out_.resolve) { resolve(request); }
    for (const UserBindings& told : out_.bindings) {
        tell_others([&told](Shard& other) { other.take_bindings(told); });
        if (store_ != nullptr) { store_->put(told); }
    }
    if (const auto down = std::exchange(out_.down_peers, nullptr)) {
        tell_others([&down](Shard& other) { other.take_down_peers(down); });
    }
    if (records_ != nullptr && !out_.details.empty()) {
        const auto now = state::Moment::now();
        for (const CallDetail& detail : out_.details) { records_->put(records::make_record(detail, now)); }
    }
    if (events_ != nullptr && !out_.events.empty() && events_->is_watched()) { events_->put(std::move(out_.events)); }
    out_.events.clear();
    if (hep_ != nullptr) { hep_->put(out_.observed); }
    out_.observed.clear();
    out_.send.clear();
    out_.details.clear();
    out_.log.clear();
    out_.resolve.clear();
    out_.bindings.clear();
}

void Shard::send(sip::Outgoing outgoing) {
    const std::uint64_t connection = outgoing.flow.connection;
    const unsigned owner = connection == 0 ? index_ : sip::shard_of_connection(connection);
    if (owner == index_ || owner >= router_.size()) { return endpoint_.send(std::move(outgoing), index_); }
    if (!router_.at(owner).take_outgoing(std::move(outgoing), index_)) { ++handover_dropped_; }
}

void Shard::resolve(const ResolveRequest& request) {
    resolver_.resolve(request.host, [this, id = request.id](std::optional<base::IpAddress> address) {
        turn([&](base::Instant now) { core_->on_resolved(now, id, address, out_); });
    });
}

void Shard::tell_if_idle() {
    if (!idle_ || core_->call_count() != 0) { return; }
    const std::function<void()> idle = std::exchange(idle_, nullptr);
    idle();
}

void Shard::on_message(std::string_view text, const sip::Flow& flow) {
    const unsigned owner = router_.owner_of(text, index_);
    if (owner == index_) {
        turn([&](base::Instant now) { core_->on_message(now, text, flow, out_); });
    } else if (!router_.at(owner).take_message(text, flow)) {
        ++handover_dropped_;
    }
}

void Shard::on_send_error(sip::TransactionId transaction, unsigned origin) {
    if (origin == index_) {
        turn([&](base::Instant now) { core_->on_send_error(now, transaction, out_); });
    } else if (!router_.at(origin).take_send_error(transaction)) {
        ++handover_dropped_;
    }
}

// Where we connected, a call depends on it; who connected to us may be anybody.
void Shard::on_tls_failure(const sip::TlsFailure& failure) {
    Log::Fields fields{{"peer", failure.flow.remote.to_string()}, {"why", std::string{failure.why}}};
    if (failure.accepted) { return log_.info("tls.refused", std::move(fields)); }
    fields.insert(fields.begin() + 1, {"domain", failure.flow.domain});
    log_.warn("tls.failed", std::move(fields));
}

void Shard::on_websocket_refused(const sip::WebSocketRefusal& refusal) {
    log_.info("websocket.refused", {{"peer", refusal.flow.remote.to_string()}, {"why", std::string{refusal.why}}});
}

void Shard::on_connection_lost(const sip::Flow& flow) {
    if (log_.wants(config::LogLevel::debug)) {
        log_.debug("connection.lost",
                   {{"transport", std::string{sip::to_text(flow.transport)}}, {"peer", flow.remote.to_string()}});
    }
    if (index_ == registrar_shard) { return take_connection_lost(flow.connection); }
    router_.at(registrar_shard).take_connection_lost(flow.connection);
}

// Who registered over it is there no more.
void Shard::take_connection_lost(std::uint64_t connection) {
    post([this, connection] { turn([&](base::Instant now) { core_->on_connection_lost(now, connection, out_); }); });
}

template <class Task>
bool Shard::hand_over(Task task) {
    if (handed_over_.fetch_add(1, std::memory_order_relaxed) >= max_handed_over) {
        handed_over_.fetch_sub(1, std::memory_order_relaxed);
        return false;
    }
    asio::post(context_, [this, task = std::move(task)]() mutable {
        handed_over_.fetch_sub(1, std::memory_order_relaxed);
        if (!closed_) { task(); }
    });
    return true;
}

bool Shard::take_message(std::string_view text, const sip::Flow& flow) {
    return hand_over([this, text = std::string{text}, flow] {
        turn([&](base::Instant now) { core_->on_message(now, text, flow, out_); });
    });
}

bool Shard::take_outgoing(sip::Outgoing outgoing, unsigned origin) {
    return hand_over(
        [this, outgoing = std::move(outgoing), origin]() mutable { endpoint_.send(std::move(outgoing), origin); });
}

// Not by a queue that may be full: a shard that missed it would call where nobody is.
void Shard::take_bindings(UserBindings told) {
    post([this, told = std::move(told)] { core_->take_bindings(told); });
}

void Shard::take_down_peers(std::shared_ptr<const DownPeers> down) {
    post([this, down = std::move(down)] { core_->take_down_peers(down); });
}

void Shard::tell_others(const std::function<void(Shard&)>& tell) const {
    for (unsigned other = 0; other < router_.size(); ++other) {
        if (other != index_) { tell(router_.at(other)); }
    }
}

bool Shard::take_send_error(sip::TransactionId transaction) {
    return hand_over([this, transaction] { on_send_error(transaction, index_); });
}

void Shard::wait_for_media() {
    media_ready_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
        if (error || closed_) { return; }
        turn([&](base::Instant now) {
            engine_.poll(now);
            core_->on_media_events(now, out_);
        });
        wait_for_media();
    });
}

// A deadline that moved later leaves the timer as it is: it fires early, finds nothing due, and is armed anew.
void Shard::arm_timer() {
    const base::Instant next = std::min(core_->next_timeout(), engine_.next_timeout());
    if (next >= armed_) { return; }
    armed_ = next;
    timer_.expires_at(next);
    timer_.async_wait([this](const error_code& error) {
        if (error || closed_) { return; }
        armed_ = base::never;
        turn([&](base::Instant now) {
            engine_.on_timeout(now);
            core_->on_timeout(now, out_);
            core_->on_media_events(now, out_);
        });
    });
}

void Shard::replace(std::shared_ptr<const Snapshot> snapshot, std::shared_ptr<const media::MusicLibrary> music,
                    sip::TlsContexts tls) {
    post([this, snapshot = std::move(snapshot), music = std::move(music), tls = std::move(tls)]() mutable {
        if (tls.server) { endpoint_.set_tls(std::move(tls)); }  // a listener that is left out ends with a restart
        endpoint_.set_origins(snapshot->config.sip.allow_origins);
        observe(*snapshot);
        turn([&](base::Instant now) { core_->replace(now, std::move(snapshot), out_); });
        engine_.set_library(std::move(music));
    });
}

}  // namespace server
