// What others ask of a shard, and the operator's orders: answered on its thread.
#include "server/observe/media_report.hpp"
#include "server/shard.hpp"
#include "server/shard_tasks.hpp"

namespace server {

using base::Clock;

Report Shard::make_report() const {
    Report report;
    report.core = core_->counters();
    report.gauges = core_->gauges();
    report.sockets = endpoint_.counters();
    report.handover_dropped = handover_dropped_;
    report.draining = core_->draining();
    report.media = media_report(engine_.counters());
    return report;
}

void Shard::report(std::function<void(Report)> answer) {
    post([this, answer = std::move(answer)] { answer(make_report()); });
}

void Shard::calls(std::vector<std::string> ids, std::function<void(std::vector<CallView>)> answer) {
    post([this, ids = std::move(ids), answer = std::move(answer)] {
        std::vector<CallView> views;
        for (const std::string& id : ids) {
            if (auto view = core_->call(id)) { views.push_back(std::move(*view)); }
        }
        answer(std::move(views));
    });
}

void Shard::briefs(std::size_t limit, std::function<void(CallBriefs)> answer) {
    post([this, limit, answer = std::move(answer)] { answer(core_->briefs(limit)); });
}

void Shard::trunks(std::function<void(std::vector<TrunkView>)> answer) {
    post([this, answer = std::move(answer)] { answer(core_->trunks()); });
}

void Shard::registrations(std::size_t limit, std::function<void(std::vector<RegistrationView>)> answer) {
    post([this, limit, answer = std::move(answer)] { answer(core_->registrations(Clock::now(), limit)); });
}

void Shard::call(std::string id, std::function<void(std::optional<CallView>)> answer) {
    post([this, id = std::move(id), answer = std::move(answer)] { answer(core_->call(id)); });
}

void Shard::ladder(std::string id, std::function<void(std::optional<LadderView>)> answer) {
    post([this, id = std::move(id), answer = std::move(answer)] { answer(core_->ladder(id)); });
}

void Shard::timeline(std::string id, std::function<void(std::optional<TimelineView>)> answer) {
    post([this, id = std::move(id), answer = std::move(answer)] { answer(core_->timeline(id)); });
}

void Shard::hang_up(std::string id, std::function<void(bool)> answer) {
    post([this, id = std::move(id), answer = std::move(answer)] {
        bool known = false;
        turn([&](base::Instant now) { known = core_->hang_up(now, id, "ended by operator", out_); });
        answer(known);
    });
}

void Shard::order(std::string id, LegOrder order, std::function<void(OrderResult)> answer) {
    post([this, id = std::move(id), order, answer = std::move(answer)] {
        auto result = OrderResult::no_such_call;
        turn([&](base::Instant now) { result = core_->order(now, id, order, out_); });
        answer(result);
    });
}

void Shard::originate(OriginateOrder order, std::function<void(OriginateResult)> answer) {
    post([this, order = std::move(order), answer = std::move(answer)] {
        OriginateResult result{OriginateResult::Outcome::draining};
        turn([&](base::Instant now) { result = core_->originate(now, order, out_); });
        answer(result);
    });
}

void Shard::hang_up_all(std::string reason) {
    post([this, reason = std::move(reason)] {
        turn([&](base::Instant now) { core_->hang_up_all(now, reason, out_); });
    });
}

void Shard::drain(std::function<void()> idle) {
    post([this, idle = std::move(idle)]() mutable {
        idle_ = std::move(idle);
        turn([&](base::Instant now) { core_->drain(now); });
    });
}

}  // namespace server
