// What the HTTP API asks of the running server. Answers come later, once, on any thread, a shard's mostly: who takes
// one must not work there. A server that is leaving may give none.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "server/b2bua/call_view.hpp"
#include "server/b2bua/capture_view.hpp"
#include "server/b2bua/ladder_view.hpp"
#include "server/b2bua/leg_order.hpp"
#include "server/b2bua/origination.hpp"
#include "server/b2bua/timeline_view.hpp"
#include "server/observe/report.hpp"
#include "server/records/record_reader.hpp"
#include "server/routing/registration_view.hpp"

namespace server {

// What does not change while the server runs.
struct ServerFacts {
    // Whom to be and whom to call, where the server runs on embedded defaults.
    struct Demo {
        std::vector<std::string> users;
        std::string password;  // of each of them
        std::vector<std::string> numbers;
    };
    std::string name;
    unsigned workers = 0;
    std::vector<std::string> listeners;  // "udp://127.0.0.1:5060"
    std::chrono::system_clock::time_point started;
    std::string admin;   // "http://127.0.0.1:9060", among the listeners too
    std::string domain;  // of users; empty: none is configured
    Demo demo;
};

class Control {
public:
    virtual ~Control() = default;
    virtual ServerFacts facts() const = 0;
    virtual bool draining() const = 0;

    virtual void report(std::function<void(Report)> answer) = 0;
    // At most `limit` of each shard, in no order, shared with the shards.
    virtual void briefs(std::size_t limit, std::function<void(BriefLists)> answer) = 0;
    // Those of them that are live, in no order.
    virtual void calls(std::vector<std::string> ids, std::function<void(CallLists)> answer) = 0;
    // By name.
    virtual void trunks(std::function<void(std::vector<TrunkView>)> answer) = 0;
    // What happens, for whoever watches; it lives as long as this.
    virtual EventInbox& events() = 0;
    // At most `limit`, by user.
    virtual void registrations(std::size_t limit, std::function<void(std::vector<RegistrationView>)> answer) = 0;
    virtual void call(const std::string& id, std::function<void(std::optional<CallView>)> answer) = 0;
    // Of a live call, or of one that ended lately.
    virtual void ladder(const std::string& id, std::function<void(std::optional<LadderView>)> answer) = 0;
    // The same: how its media fared.
    virtual void timeline(const std::string& id, std::function<void(std::optional<TimelineView>)> answer) = 0;
    // The same: its ladder, and its messages.
    virtual void capture(const std::string& id, std::function<void(std::optional<CaptureView>)> answer) = 0;
    // Of a live call: the answer comes when `time` is over.
    virtual void capture_media(const std::string& id, base::Duration time,
                               std::function<void(MediaCapture)> answer) = 0;
    // Of calls that have ended; nullopt: none are kept.
    using FoundRecords = std::optional<records::FoundRecords>;
    virtual void records(records::RecordQuery query, std::function<void(FoundRecords)> answer) = 0;
    virtual void record(const std::string& id, std::function<void(FoundRecords)> answer) = 0;
    // False: no such call.
    virtual void hang_up(const std::string& id, std::function<void(bool)> answer) = 0;
    virtual void order(const std::string& id, const LegOrder& order, std::function<void(OrderResult)> answer) = 0;
    virtual void originate(OriginateOrder order, std::function<void(OriginateResult)> answer) = 0;
    // Of the log, for all that is written from now on, until a reload sets it.
    virtual config::LogLevel log_level() const = 0;
    virtual void set_log_level(config::LogLevel level) = 0;
    virtual void drain() = 0;
    // The errors of the configuration; none: it is in use.
    virtual void reload(std::function<void(std::vector<std::string>)> answer) = 0;
};

}  // namespace server
