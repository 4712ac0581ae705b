// One shard: a thread and an io_context that own a core, a media engine and sockets. Events come one at a time; what
// each asks for is carried out whole before the next. The public functions may be called from any thread: they post.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "media/dtls/session.hpp"
#include "media/io/epoll_engine.hpp"
#include "server/b2bua/core.hpp"
#include "server/leaving_listeners.hpp"
#include "server/observe/log.hpp"
#include "server/observe/report.hpp"
#include "server/shard_router.hpp"
#include "sip/io/endpoint.hpp"
#include "sip/io/resolver.hpp"
#include "sip/io/source_address.hpp"

namespace server {

namespace state {
class RegistrationWriter;
}
namespace records {
class RecordWriter;
}
class EventInbox;
class HepSender;

struct ShardOptions {
    unsigned index = 0;
    unsigned count = 1;
    std::vector<Listener> listen;  // for all shards but the first with the real ports
    std::shared_ptr<const Snapshot> snapshot;
    std::shared_ptr<const media::MusicLibrary> music;
    sip::TlsContexts tls;
    std::shared_ptr<const media::DtlsContext> dtls;  // one certificate for all shards
};

class Shard {
public:
    // Messages from other shards that wait here; one past is dropped, and SIP sends it again.
    static constexpr std::size_t max_handed_over = 20'000;

    // Binds; throws sip::ListenError, std::system_error. `router` and `log` outlive the shard.
    Shard(const ShardOptions& options, const ShardRouter& router, Log& log);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    const std::vector<sip::Endpoint::Bound>& bound() const { return bound_; }
    struct Listening {
        std::vector<sip::Endpoint::Bound> bound;
        std::string error;  // empty: all of them are
    };
    // Binds more of them while it runs; where one cannot be had, none is.
    void listen(std::vector<Listener> more, std::promise<Listening> answer);
    // Takes nothing new there; each goes once the calls that go by it have ended and their last answers are sent.
    void leave(std::vector<Listener> left);
    // Before the start, of the registrar's shard: what `store` holds is so again, what changes is put there. It
    // outlives the shard.
    void keep_registrations(state::RegistrationWriter& store, std::vector<UserBindings> kept);
    // Before the start: who is told of calls that ended. It outlives the shard.
    void keep_records(records::RecordWriter& writer) { records_ = &writer; }
    // Before the start: who is told of what happens. It outlives the shard.
    void tell_events(EventInbox& inbox) { events_ = &inbox; }
    // Before the start: who sends copies of messages to Homer. It outlives the shard.
    void keep_observer(HepSender& sender) { hep_ = &sender; }
    // Once, when all shards are with the router.
    void start();
    // Closes the sockets and waits for the thread. The object still takes what others post, and forgets it.
    void stop();

    void report(std::function<void(Report)> answer);
    // Those of them that are live here.
    void calls(std::vector<std::string> ids, std::function<void(std::vector<CallView>)> answer);
    void briefs(std::size_t limit, std::function<void(CallBriefs)> answer);
    void trunks(std::function<void(std::vector<TrunkView>)> answer);
    void registrations(std::size_t limit, std::function<void(std::vector<RegistrationView>)> answer);
    void call(std::string id, std::function<void(std::optional<CallView>)> answer);
    void ladder(std::string id, std::function<void(std::optional<LadderView>)> answer);
    void timeline(std::string id, std::function<void(std::optional<TimelineView>)> answer);
    void capture(std::string id, std::function<void(std::optional<CaptureView>)> answer);
    // Answers when `time` is over.
    void capture_media(std::string id, base::Duration time, std::function<void(MediaCapture)> answer);
    void hang_up(std::string id, std::function<void(bool)> answer);
    void order(std::string id, LegOrder order, std::function<void(OrderResult)> answer);
    void originate(OriginateOrder order, std::function<void(OriginateResult)> answer);
    void hang_up_all(std::string reason);
    // `idle` is called on the shard's thread, once, as soon as no call is left.
    void drain(std::function<void()> idle);
    void replace(std::shared_ptr<const Snapshot> snapshot, std::shared_ptr<const media::MusicLibrary> music,
                 sip::TlsContexts tls);

    // From other shards. False: the queue is full.
    bool take_message(std::string_view text, const sip::Flow& flow);
    bool take_outgoing(sip::Outgoing outgoing, unsigned origin);
    bool take_send_error(sip::TransactionId transaction);
    void take_bindings(UserBindings told);
    void take_down_peers(std::shared_ptr<const DownPeers> down);
    void take_connection_lost(std::uint64_t connection);

private:
    void bind(const ShardOptions& options);
    std::vector<sip::Endpoint::Bound> bind(const std::vector<Listener>& wanted);
    void retire(const Listener& listener);
    std::vector<Listener> listeners() const;
    void watch_leaving();
    void drop_unused();
    void try_ice_tcp(const ShardOptions& options) const;
    CoreSetup core_setup(unsigned index);
    template <class Task>
    bool hand_over(Task task);
    template <class Task>
    void post(Task task);
    template <class Event>
    void turn(Event event);
    void carry_out();
    void send(sip::Outgoing outgoing);
    void resolve(const ResolveRequest& request);
    void tell_if_idle();
    void tell_others(const std::function<void(Shard&)>& tell) const;

    void on_message(std::string_view text, const sip::Flow& flow);
    void on_send_error(sip::TransactionId transaction, unsigned origin);
    void on_tls_failure(const sip::TlsFailure& failure);
    void on_websocket_refused(const sip::WebSocketRefusal& refusal);
    void on_connection_lost(const sip::Flow& flow);
    void wait_for_media();
    MediaCapture mirrored(const std::string& id, const media::PacketMirror* mirror);
    void observe(const Snapshot& snapshot);
    void tell_reports();
    void arm_timer();
    void close();
    Report make_report() const;

    const unsigned index_;
    const ShardRouter& router_;
    Log& log_;
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    base::SystemRandom random_;
    std::shared_ptr<const media::DtlsContext> dtls_;
    media::EpollEngine engine_;
    sip::SourceAddress source_address_;
    sip::Resolver resolver_;
    sip::Endpoint endpoint_;
    const sip::Share share_;
    std::vector<sip::Endpoint::Bound> bound_;
    LeavingListeners leaving_;
    std::unique_ptr<Core> core_;
    CoreOutput out_;
    boost::asio::posix::stream_descriptor media_ready_;
    boost::asio::steady_timer timer_;
    boost::asio::steady_timer leaving_timer_;
    base::Instant armed_ = base::never;
    state::RegistrationWriter* store_ = nullptr;
    records::RecordWriter* records_ = nullptr;
    EventInbox* events_ = nullptr;
    HepSender* hep_ = nullptr;
    std::map<const media::PacketMirror*, boost::asio::steady_timer> mirrors_;  // until each is over
    std::function<void()> idle_;
    std::uint64_t handover_dropped_ = 0;
    bool closed_ = false;
    std::atomic<std::size_t> handed_over_{0};
    std::thread thread_;
};

}  // namespace server
