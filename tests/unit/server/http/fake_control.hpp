// A server of the test's making: answers at once, or not at all.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "server/http/control.hpp"
#include "server/http/event_hub.hpp"

namespace server::http::test {

class FakeControl final : public Control {
public:
    ServerFacts facts() const override { return known; }
    bool draining() const override { return is_draining; }
    void report(std::function<void(Report)> answer) override {
        ++reports;
        if (!silent) { answer(reported); }
    }
    // Of two shards that take turns.
    void briefs(std::size_t limit, std::function<void(BriefLists)> answer) override {
        BriefLists lists(2);
        std::size_t next = 0;
        for (const auto& [id, view] : up) {
            CallBriefs& briefs = lists[next++ % lists.size()];
            if (briefs.size() < limit) {
                briefs.insert(briefs.begin(), std::make_shared<const CallBrief>(brief(view)));
            }
        }
        answer(std::move(lists));
    }
    void calls(std::vector<std::string> ids, std::function<void(CallLists)> answer) override {
        CallLists lists(2);
        std::size_t next = 0;
        for (const std::string& id : ids) {
            if (up.contains(id) && !ended_meanwhile.contains(id)) { lists[next++ % lists.size()].push_back(up.at(id)); }
        }
        answer(std::move(lists));
    }
    void trunks(std::function<void(std::vector<TrunkView>)> answer) override { answer(known_trunks); }
    EventInbox& events() override { return inbox; }
    void registrations(std::size_t limit, std::function<void(std::vector<RegistrationView>)> answer) override {
        answer(
            {registered.begin(), registered.begin() + static_cast<std::ptrdiff_t>(std::min(limit, registered.size()))});
    }
    void call(const std::string& id, std::function<void(std::optional<CallView>)> answer) override {
        const auto found = up.find(id);
        answer(found == up.end() ? std::nullopt : std::optional{found->second});
    }
    void ladder(const std::string& id, std::function<void(std::optional<LadderView>)> answer) override {
        const auto found = ladders.find(id);
        answer(found == ladders.end() ? std::nullopt : std::optional{found->second});
    }
    void timeline(const std::string& id, std::function<void(std::optional<TimelineView>)> answer) override {
        const auto found = timelines.find(id);
        answer(found == timelines.end() ? std::nullopt : std::optional{found->second});
    }
    void capture(const std::string& id, std::function<void(std::optional<CaptureView>)> answer) override {
        const auto found = ladders.find(id);
        if (found == ladders.end()) { return answer(std::nullopt); }
        answer(CaptureView{found->second, messages, messages_left_out});
    }
    void capture_media(const std::string& id, base::Duration time, std::function<void(MediaCapture)> answer) override {
        media_asked.push_back(time);
        MediaCapture captured = media_captured;
        if (!ladders.contains(id)) { captured.outcome = MediaCapture::Outcome::no_such_call; }
        answer(std::move(captured));
    }
    void hang_up(const std::string& id, std::function<void(bool)> answer) override { answer(up.erase(id) != 0); }
    void records(records::RecordQuery query, std::function<void(FoundRecords)> answer) override {
        asked = std::move(query);
        answer(recorded);
    }
    void record(const std::string& id, std::function<void(FoundRecords)> answer) override {
        FoundRecords found = recorded;
        if (found) {
            std::erase_if(found->records, [&](const auto& record) { return record.id != id; });
        }
        answer(std::move(found));
    }
    // A call that is not up takes none.
    void order(const std::string& id, const LegOrder& order, std::function<void(OrderResult)> answer) override {
        const auto found = up.find(id);
        if (found == up.end()) { return answer(OrderResult::no_such_call); }
        if (found->second.state != "up") { return answer(OrderResult::not_now); }
        orders.push_back(order);
        answer(OrderResult::taken);
    }
    void originate(OriginateOrder order, std::function<void(OriginateResult)> answer) override {
        originated.push_back(std::move(order));
        answer(origination);
    }
    config::LogLevel log_level() const override { return level; }
    void set_log_level(config::LogLevel wanted) override { level = wanted; }
    void drain() override { is_draining = true; }
    void reload(std::function<void(std::vector<std::string>)> answer) override { answer(reload_errors); }

    CallView& add(const std::string& id) {
        CallView& view = up[id];
        view.id = id;
        view.state = "up";
        return view;
    }

    LadderView& add_ladder(const std::string& id) {
        LadderView& view = ladders[id];
        view.id = id;
        view.started = base::Clock::now();
        return view;
    }

    // As a list shows it.
    static CallBrief brief(const CallView& call) {
        const auto leg = [](const LegView& view) {
            return LegBrief{view.trunk, view.user, base::Endpoint{base::IpAddress::v4({192, 0, 2, 1}), 5060},
                            sip::Transport::udp};
        };
        CallBrief brief;
        brief.id = call.id;
        brief.state = call.state;
        brief.from = call.from;
        brief.started = call.started;
        brief.a = leg(call.a);
        if (call.b) { brief.b = leg(*call.b); }
        return brief;
    }

    Report reported;
    std::atomic<unsigned> reports{0};  // that it was asked for
    config::LogLevel level = config::LogLevel::info;
    std::map<std::string, CallView> up;
    std::set<std::string> ended_meanwhile;  // of these, when they are asked for by id
    std::vector<TrunkView> known_trunks;
    EventInbox inbox;
    EventHub hub{inbox, [](const std::function<void()>&) {}};  // from which nobody hears anything
    std::map<std::string, LadderView> ladders;
    std::vector<capture::CapturedMessage> messages;  // of each of these
    std::uint64_t messages_left_out = 0;
    MediaCapture media_captured;
    std::vector<base::Duration> media_asked;
    std::map<std::string, TimelineView> timelines;
    std::vector<RegistrationView> registered;
    FoundRecords recorded;  // none are kept
    records::RecordQuery asked;
    std::vector<std::string> reload_errors;
    std::vector<LegOrder> orders;
    std::vector<OriginateOrder> originated;
    OriginateResult origination{OriginateResult::Outcome::placed, "c9"};
    ServerFacts known{"test", 2, {"udp://127.0.0.1:5060"}, {}, {}, {}, {}};
    bool is_draining = false;
    bool silent = false;
};

}  // namespace server::http::test
