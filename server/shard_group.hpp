// All shards of the server: made together, asked together. Answers of several shards are added up on their way.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/shard.hpp"

namespace server {

class ShardGroup {
public:
    // Binds `listen` on every shard; throws sip::ListenError, std::system_error. `log` outlives the group.
    ShardGroup(unsigned count, const std::vector<Listener>& listen, const std::shared_ptr<const Snapshot>& snapshot,
               const std::shared_ptr<const media::MusicLibrary>& music, Log& log, const sip::TlsContexts& tls = {});
    ShardGroup(const ShardGroup&) = delete;
    ShardGroup& operator=(const ShardGroup&) = delete;
    ~ShardGroup();

    // As wanted last, each as it is bound. Of the thread that starts, stops and changes them.
    const std::vector<sip::Endpoint::Bound>& bound() const { return bound_; }
    // While they run: binds what is wanted and not there yet, on all shards or, where it throws std::runtime_error, on
    // none. Waits for them; returns what is new.
    std::vector<sip::Endpoint::Bound> listen(const std::vector<Listener>& wanted);
    // Leaves what is not wanted any more, and returns it: no call begins there, those that are up go on.
    std::vector<Listener> leave_all_but(const std::vector<Listener>& wanted);
    unsigned size() const { return router_.size(); }
    // Before the start.
    void keep_registrations(state::RegistrationWriter& store, std::vector<UserBindings> kept);
    void keep_records(records::RecordWriter& writer);
    void tell_events(EventInbox& inbox);
    void keep_observer(HepSender& sender);
    void start();
    void stop();

    // All may be called from any thread; answers come once, on a shard's.
    void report(std::function<void(Report)> answer);
    void calls(const std::vector<std::string>& ids, std::function<void(CallLists)> answer);
    void briefs(std::size_t limit, std::function<void(BriefLists)> answer);
    void trunks(std::function<void(std::vector<TrunkView>)> answer);
    void registrations(std::size_t limit, std::function<void(std::vector<RegistrationView>)> answer);
    void call(const std::string& id, std::function<void(std::optional<CallView>)> answer);
    void ladder(const std::string& id, std::function<void(std::optional<LadderView>)> answer);
    void timeline(const std::string& id, std::function<void(std::optional<TimelineView>)> answer);
    void capture(const std::string& id, std::function<void(std::optional<CaptureView>)> answer);
    static constexpr std::size_t max_media_captures = 4;  // at once
    void capture_media(const std::string& id, base::Duration time, std::function<void(MediaCapture)> answer);
    void hang_up(const std::string& id, std::function<void(bool)> answer);
    void order(const std::string& id, const LegOrder& order, std::function<void(OrderResult)> answer);
    // By one of the shards after the other.
    void originate(OriginateOrder order, std::function<void(OriginateResult)> answer);
    void hang_up_all(const std::string& reason);
    void drain(std::function<void()> idle);
    void replace(const std::shared_ptr<const Snapshot>& snapshot,
                 const std::shared_ptr<const media::MusicLibrary>& music, const sip::TlsContexts& tls = {});

private:
    ShardRouter router_;
    std::vector<std::unique_ptr<Shard>> shards_;
    std::vector<Listener> wanted_;  // as the configuration has them
    std::vector<sip::Endpoint::Bound> bound_;
    std::atomic<std::size_t> originated_{0};
    std::atomic<std::size_t> media_captures_{0};
};

}  // namespace server
