#include "server/serve.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <iostream>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "server/announcement.hpp"
#include "server/http/server.hpp"
#include "server/machine.hpp"
#include "server/observe/config_state.hpp"
#include "server/observe/hep_sender.hpp"
#include "server/observe/http_traffic.hpp"
#include "server/observe/log.hpp"
#include "server/serve_http.hpp"
#include "server/serve_music.hpp"
#include "server/serve_records.hpp"
#include "server/serve_start.hpp"
#include "server/serve_store.hpp"
#include "server/serve_tls.hpp"
#include "server/shard_group.hpp"

namespace server {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// For the answers to our last BYEs.
constexpr std::chrono::seconds farewell{2};

std::shared_ptr<const Snapshot> make_snapshot(const config::Config& config) {
    return std::make_shared<const Snapshot>(Snapshot{config, Routing::make(config)});
}

// The running server. Its own thread is main's: it waits for signals, and decides to drain, reload and leave.
class Program final : public Control {
public:
    // Binds everything; throws what keeps it from running.
    Program(config::Source source, config::Config config, const sip::TlsContexts& tls, Log& log);

    void run();

    ServerFacts facts() const override {
        const std::lock_guard lock{facts_mutex_};
        return facts_;
    }
    bool draining() const override { return draining_; }
    void report(std::function<void(Report)> answer) override {
        shards_.report([this, answer = std::move(answer)](Report report) {
            report.log_dropped = log_.dropped();
            report.store = store_report();
            report.config = config_state_.report();
            report.events = events_.report();
            report.http = http_traffic_.report();
            if (records_.writer) { report.records = records_.writer->report(); }
            report.hep = hep_.report();
            answer(std::move(report));
        });
    }
    void calls(std::vector<std::string> ids, std::function<void(CallLists)> answer) override {
        shards_.calls(ids, std::move(answer));
    }
    void briefs(std::size_t limit, std::function<void(BriefLists)> answer) override {
        shards_.briefs(limit, std::move(answer));
    }
    void trunks(std::function<void(std::vector<TrunkView>)> answer) override { shards_.trunks(std::move(answer)); }
    EventInbox& events() override { return events_; }
    void registrations(std::size_t limit, std::function<void(std::vector<RegistrationView>)> answer) override {
        shards_.registrations(limit, std::move(answer));
    }
    void call(const std::string& id, std::function<void(std::optional<CallView>)> answer) override {
        shards_.call(id, std::move(answer));
    }
    void ladder(const std::string& id, std::function<void(std::optional<LadderView>)> answer) override {
        shards_.ladder(id, std::move(answer));
    }
    void records(records::RecordQuery query, std::function<void(FoundRecords)> answer) override {
        if (!records_.reader) { return answer(std::nullopt); }
        records_.reader->find(std::move(query), std::move(answer));
    }
    void record(const std::string& id, std::function<void(FoundRecords)> answer) override {
        if (!records_.reader) { return answer(std::nullopt); }
        records_.reader->find(id, std::move(answer));
    }
    void timeline(const std::string& id, std::function<void(std::optional<TimelineView>)> answer) override {
        shards_.timeline(id, std::move(answer));
    }
    void capture(const std::string& id, std::function<void(std::optional<CaptureView>)> answer) override {
        shards_.capture(id, std::move(answer));
    }
    void capture_media(const std::string& id, base::Duration time, std::function<void(MediaCapture)> answer) override {
        shards_.capture_media(id, time, std::move(answer));
    }
    void hang_up(const std::string& id, std::function<void(bool)> answer) override {
        shards_.hang_up(id, std::move(answer));
    }
    void originate(OriginateOrder order, std::function<void(OriginateResult)> answer) override {
        shards_.originate(std::move(order), std::move(answer));
    }
    void order(const std::string& id, const LegOrder& order, std::function<void(OrderResult)> answer) override {
        shards_.order(id, order, std::move(answer));
    }
    config::LogLevel log_level() const override { return log_.level(); }
    void set_log_level(config::LogLevel level) override { log_.set_level(level); }
    void drain() override {
        asio::post(context_, [this] { begin_drain("asked by operator"); });
    }
    void reload(std::function<void(std::vector<std::string>)> answer) override {
        asio::post(context_, [this, answer = std::move(answer)] { answer(load_again()); });
    }

private:
    StoreReport store_report() const;
    void serve_http(http::Server::Move move);
    void announce();
    void say_listening(const std::vector<sip::Endpoint::Bound>& bound);
    void note_listeners();
    void say_addresses();
    std::vector<Listener> listeners() const;
    void wait_for_signal();
    void on_signal(int number);
    void begin_drain(const std::string& why);
    void end_calls();
    void leave();
    std::vector<std::string> load_again();
    void tell(ServerEvent::Kind kind, std::vector<std::string> errors = {}) {
        events_.put(ServerEvent{kind, base::Clock::now(), std::move(errors)});
    }

    config::Source source_;
    config::Config config_;
    Log& log_;
    asio::io_context context_{1};
    asio::signal_set signals_;
    asio::steady_timer deadline_;
    ConfigState config_state_;
    const bool wants_store_;
    std::unique_ptr<state::RegistrationWriter> store_;  // the shards write to it until they are gone
    RecordKeeping records_;                             // the same
    EventInbox events_;                                 // the same
    HepSender hep_;                                     // the same
    ShardGroup shards_;
    HttpTraffic http_traffic_;
    http::Server http_;
    mutable std::mutex facts_mutex_;
    ServerFacts facts_;
    std::vector<std::string> http_listeners_;
    std::atomic<bool> draining_{false};
    bool signalled_ = false;
};

Program::Program(config::Source source, config::Config config, const sip::TlsContexts& tls, Log& log)
    : source_{std::move(source)},
      config_{std::move(config)},
      log_{log},
      signals_{context_, SIGTERM, SIGINT, SIGHUP},
      deadline_{context_},
      config_state_{source_.file.value_or("")},
      wants_store_{keeps_registrations(config_)},
      records_{keep_records(config_, log)},
      hep_{config_.hep, log},
      shards_{
          worker_count(config_), sip_listeners(config_), make_snapshot(config_), load_music(config_, log), log, tls},
      http_traffic_{log},
      http_{*this, http_traffic_, http_limits(config_)},
      facts_{make_facts(config_)} {
    config_state_.taken(std::chrono::system_clock::now(), certificate_ends(tls));
    store_ = keep_registrations(config_, shards_, log_);
    if (records_.writer) { shards_.keep_records(*records_.writer); }
    shards_.tell_events(events_);
    shards_.keep_observer(hep_);
    facts_.workers = shards_.size();
    serve_http(http_.prepare(http_places(config_)));
    note_listeners();
}

StoreReport Program::store_report() const {
    if (store_) { return store_->report(); }
    StoreReport none;
    if (wants_store_) { none.is_up = false; }  // it could not be opened
    return none;
}

void Program::serve_http(http::Server::Move move) {
    http_listeners_ = http_addresses(move.bound());
    http_.apply(std::move(move));
}

void Program::note_listeners() {
    std::vector<std::string> all;
    for (const Listener& listener : listeners()) { all.push_back(to_text(listener)); }
    all.insert(all.end(), http_listeners_.begin(), http_listeners_.end());
    const std::lock_guard lock{facts_mutex_};
    facts_.listeners = std::move(all);
    facts_.admin = http_listeners_.front();
}

void Program::say_listening(const std::vector<sip::Endpoint::Bound>& bound) {
    for (const auto& one : bound) {
        Log::Fields fields{{"address", to_text({one.transport, one.at})}};
        if (one.transport == sip::Transport::udp) {
            fields.emplace_back("receive_buffer", std::to_string(one.receive_buffer));
            fields.emplace_back("send_buffer", std::to_string(one.send_buffer));
        }
        log_.info("listening", std::move(fields));
    }
}

void Program::announce() {
    say_listening(shards_.bound());
    for (const std::string& address : http_listeners_) { log_.info("listening", {{"address", address}}); }
    say_addresses();
    log_.info("ready", {{"name", facts_.name}, {"workers", std::to_string(facts_.workers)}});
    if (!config_.embedded_defaults || config_.log.format != config::LogFormat::text) { return; }
    log_.plain(what_to_dial(config_, listeners(), facts_));
}

std::vector<Listener> Program::listeners() const {
    std::vector<Listener> listeners;
    for (const auto& bound : shards_.bound()) { listeners.push_back({bound.transport, bound.at}); }
    return listeners;
}

void Program::say_addresses() {
    for (StartLine& line : announcement(config_, listeners(), this_machine())) {
        (log_.*(line.warning ? &Log::warn : &Log::info))(std::move(line.event), std::move(line.fields));
    }
}

void Program::run() {
    shards_.start();
    http_.start();
    wait_for_signal();
    announce();
    context_.run();
    http_.stop();
    records_.reader.reset();  // it answers to HTTP
    shards_.stop();
    log_.info("stopped");
}

void Program::wait_for_signal() {
    signals_.async_wait([this](const error_code& error, int number) {
        if (error) { return; }
        wait_for_signal();
        on_signal(number);
    });
}

void Program::on_signal(int number) {
    if (number == SIGHUP) {
        load_again();
    } else if (!std::exchange(signalled_, true)) {  // also while draining on request: only a second one is impatient
        begin_drain(number == SIGTERM ? "SIGTERM" : "SIGINT");
    } else {
        shards_.hang_up_all("server stops");
        leave();
    }
}

void Program::begin_drain(const std::string& why) {
    if (draining_.exchange(true)) { return; }
    log_.info("draining", {{"why", why}});
    tell(ServerEvent::Kind::draining);
    shards_.drain([this] { asio::post(context_, [this] { leave(); }); });
    deadline_.expires_after(config_.server.drain_timeout);
    deadline_.async_wait([this](const error_code& cancelled) {
        if (!cancelled) { end_calls(); }
    });
}

void Program::end_calls() {
    log_.warn("drain.timeout", {{"then", "ending the calls that are left"}});
    shards_.hang_up_all("server stops");
    deadline_.expires_after(farewell);
    deadline_.async_wait([this](const error_code& cancelled) {
        if (!cancelled) { leave(); }
    });
}

void Program::leave() { context_.stop(); }

// Nothing changes where anything is wrong.
std::vector<std::string> Program::load_again() {
    config::Loaded loaded = config::load(source_);
    std::vector<std::string>& errors = loaded.errors;
    sip::TlsContexts tls;
    const std::vector<Listener> wanted = sip_listeners(loaded.config);
    std::optional<http::Server::Move> move;
    try {
        if (errors.empty()) {
            tls = load_tls(loaded.config);
            move.emplace(http_.prepare(http_places(loaded.config)));
            say_listening(shards_.listen(wanted));
        }
    } catch (const std::exception& error) {  // a file that was good a moment ago, an address that is not ours
        errors.emplace_back(error.what());
    }
    for (const std::string& error : errors) { log_.error("reload.refused", {{"error", error}}); }
    if (!errors.empty()) {
        config_state_.refused(std::chrono::system_clock::now(), errors);
        tell(ServerEvent::Kind::reload_refused, errors);
        return errors;
    }
    for (const std::string& warning : loaded.warnings) { log_.warn("config.warning", {{"warning", warning}}); }
    for (const std::string& key : restart_needed(config_, loaded.config)) {
        log_.warn("reload.restart_needed", {{"key", key}});
    }
    log_.set(loaded.config.log.level, loaded.config.log.format);
    hep_.set_target(loaded.config.hep);
    shards_.replace(make_snapshot(loaded.config), load_music(loaded.config, log_), tls);
    for (const Listener& left : shards_.leave_all_but(wanted)) {
        log_.info("listener.left", {{"address", to_text(left)}, {"then", "it goes with its last call"}});
    }
    serve_http(std::move(*move));
    note_listeners();
    // What needs a restart is compared with what runs, at the next reload too; the rest is read from here.
    config_.server.drain_timeout = loaded.config.server.drain_timeout;
    config_state_.taken(std::chrono::system_clock::now(), certificate_ends(tls));
    log_.info("reloaded");
    tell(ServerEvent::Kind::reloaded);
    return {};
}

}  // namespace

int serve(const config::Source& source) {
    config::Loaded loaded = config::load(source);
    for (const std::string& error : loaded.errors) { std::cerr << error << '\n'; }
    if (!loaded.ok()) { return 2; }
    std::signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    Log log{loaded.config.log.level, loaded.config.log.format};
    for (const std::string& warning : loaded.warnings) { log.warn("config.warning", {{"warning", warning}}); }
    try {
        const sip::TlsContexts tls = load_tls(loaded.config);
        Program program{source, std::move(loaded.config), tls, log};
        program.run();
        return 0;
    } catch (const std::exception& error) {
        log.error("start.failed", {{"error", error.what()}});
        return 1;
    }
}

}  // namespace server
