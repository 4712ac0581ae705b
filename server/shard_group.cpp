#include "server/shard_group.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>

namespace server {

namespace {

// What several shards answer, each on its own thread, in one sum; told when the last has come.
template <class Sum>
class Gathering {
public:
    Gathering(std::size_t expected, std::function<void(Sum)> answer)
        : expected_{expected}, answer_{std::move(answer)} {}

    template <class Add>
    void take(Add add) {
        std::unique_lock lock{mutex_};
        add(sum_);
        if (--expected_ != 0) { return; }
        lock.unlock();
        answer_(std::move(sum_));
    }

private:
    std::mutex mutex_;
    std::size_t expected_;
    std::function<void(Sum)> answer_;
    Sum sum_{};
};

std::vector<Listener> places(const std::vector<sip::Endpoint::Bound>& bound) {
    std::vector<Listener> listeners;
    for (const auto& one : bound) { listeners.push_back({one.transport, one.at}); }
    return listeners;
}

std::vector<sip::Endpoint::Bound> listen_on(Shard& shard, const std::vector<Listener>& more) {
    std::promise<Shard::Listening> promise;
    auto answer = promise.get_future();
    shard.listen(more, std::move(promise));
    Shard::Listening listening = answer.get();
    if (!listening.error.empty()) { throw std::runtime_error{listening.error}; }
    return std::move(listening.bound);
}

}  // namespace

ShardGroup::ShardGroup(unsigned count, const std::vector<Listener>& listen,
                       const std::shared_ptr<const Snapshot>& snapshot,
                       const std::shared_ptr<const media::MusicLibrary>& music, Log& log, const sip::TlsContexts& tls)
    : wanted_{listen} {
    const media::Certificate certificate{std::chrono::system_clock::now()};
    ShardOptions options{0, count, listen, snapshot, music, tls, std::make_shared<media::DtlsContext>(certificate)};
    for (; options.index < count; ++options.index) {
        shards_.push_back(std::make_unique<Shard>(options, router_, log));
        router_.add(*shards_.back());
        bound_ = shards_.front()->bound();
        options.listen = places(bound_);
    }
}

// All have stopped before the first is destroyed: until then they post to each other.
ShardGroup::~ShardGroup() { stop(); }

void ShardGroup::keep_registrations(state::RegistrationWriter& store, std::vector<UserBindings> kept) {
    shards_[registrar_shard]->keep_registrations(store, std::move(kept));
}

void ShardGroup::keep_records(records::RecordWriter& writer) {
    for (const auto& shard : shards_) { shard->keep_records(writer); }
}

std::vector<sip::Endpoint::Bound> ShardGroup::listen(const std::vector<Listener>& wanted) {
    std::vector<Listener> more;
    std::ranges::copy_if(wanted, std::back_inserter(more),
                         [this](const Listener& one) { return std::ranges::find(wanted_, one) == wanted_.end(); });
    if (more.empty()) { return {}; }
    std::vector<sip::Endpoint::Bound> bound;
    std::size_t done = 0;
    try {
        bound = listen_on(*shards_[done++], more);
        while (done < shards_.size()) { listen_on(*shards_[done++], places(bound)); }
    } catch (const std::runtime_error&) {
        for (std::size_t i = 0; i + 1 < done; ++i) { shards_[i]->leave(places(bound)); }
        throw;
    }
    wanted_.insert(wanted_.end(), more.begin(), more.end());
    bound_.insert(bound_.end(), bound.begin(), bound.end());
    return bound;
}

std::vector<Listener> ShardGroup::leave_all_but(const std::vector<Listener>& wanted) {
    std::vector<Listener> left;
    for (std::size_t i = wanted_.size(); i-- > 0;) {
        if (std::ranges::find(wanted, wanted_[i]) != wanted.end()) { continue; }
        left.push_back({bound_[i].transport, bound_[i].at});
        wanted_.erase(wanted_.begin() + static_cast<std::ptrdiff_t>(i));
        bound_.erase(bound_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (!left.empty()) {
        for (const auto& shard : shards_) { shard->leave(left); }
    }
    return left;
}

void ShardGroup::tell_events(EventInbox& inbox) {
    for (const auto& shard : shards_) { shard->tell_events(inbox); }
}

void ShardGroup::keep_observer(HepSender& sender) {
    for (const auto& shard : shards_) { shard->keep_observer(sender); }
}

void ShardGroup::start() {
    for (const auto& shard : shards_) { shard->start(); }
}

void ShardGroup::stop() {
    for (const auto& shard : shards_) { shard->stop(); }
}

void ShardGroup::report(std::function<void(Report)> answer) {
    const auto gathering = std::make_shared<Gathering<Report>>(shards_.size(), std::move(answer));
    for (const auto& shard : shards_) {
        shard->report([gathering](const Report& report) { gathering->take([&](Report& sum) { sum.add(report); }); });
    }
}

// A few at a time: packets are let in between.
void ShardGroup::calls(const std::vector<std::string>& ids, std::function<void(CallLists)> answer) {
    constexpr std::size_t at_once = 50;
    const std::size_t rounds = (ids.size() + at_once - 1) / at_once;
    if (rounds == 0) { return answer({}); }
    const auto gathering = std::make_shared<Gathering<CallLists>>(rounds * shards_.size(), std::move(answer));
    for (std::size_t first = 0; first < ids.size(); first += at_once) {
        const auto few = std::span{ids}.subspan(first, std::min(at_once, ids.size() - first));
        for (const auto& shard : shards_) {
            shard->calls({few.begin(), few.end()}, [gathering](std::vector<CallView> views) {
                gathering->take([&](CallLists& sum) { sum.push_back(std::move(views)); });
            });
        }
    }
}

// The lists stay apart: to join thousands of calls would take a shard's time.
void ShardGroup::briefs(std::size_t limit, std::function<void(BriefLists)> answer) {
    const auto gathering = std::make_shared<Gathering<BriefLists>>(shards_.size(), std::move(answer));
    for (const auto& shard : shards_) {
        shard->briefs(limit, [gathering](CallBriefs briefs) {
            gathering->take([&](BriefLists& sum) { sum.push_back(std::move(briefs)); });
        });
    }
}

void ShardGroup::trunks(std::function<void(std::vector<TrunkView>)> answer) {
    using Views = std::vector<TrunkView>;
    const auto gathering = std::make_shared<Gathering<Views>>(shards_.size(), std::move(answer));
    for (const auto& shard : shards_) {
        shard->trunks(
            [gathering](const Views& views) { gathering->take([&](Views& sum) { add_trunks(sum, views); }); });
    }
}

void ShardGroup::registrations(std::size_t limit, std::function<void(std::vector<RegistrationView>)> answer) {
    shards_[registrar_shard]->registrations(limit, std::move(answer));
}

void ShardGroup::call(const std::string& id, std::function<void(std::optional<CallView>)> answer) {
    using View = std::optional<CallView>;
    const auto gathering = std::make_shared<Gathering<View>>(shards_.size(), std::move(answer));
    for (const auto& shard : shards_) {
        shard->call(id, [gathering](View view) {
            gathering->take([&](View& sum) {
                if (view) { sum = std::move(view); }
            });
        });
    }
}

void ShardGroup::ladder(const std::string& id, std::function<void(std::optional<LadderView>)> answer) {
    using View = std::optional<LadderView>;
    const auto gathering = std::make_shared<Gathering<View>>(shards_.size(), std::move(answer));
    for (const auto& shard : shards_) {
        shard->ladder(id, [gathering](View view) {
            gathering->take([&](View& sum) {
                if (view) { sum = std::move(view); }
            });
        });
    }
}

void ShardGroup::timeline(const std::string& id, std::function<void(std::optional<TimelineView>)> answer) {
    using View = std::optional<TimelineView>;
    const auto gathering = std::make_shared<Gathering<View>>(shards_.size(), std::move(answer));
    for (const auto& shard : shards_) {
        shard->timeline(id, [gathering](View view) {
            gathering->take([&](View& sum) {
                if (view) { sum = std::move(view); }
            });
        });
    }
}

void ShardGroup::capture(const std::string& id, std::function<void(std::optional<CaptureView>)> answer) {
    using View = std::optional<CaptureView>;
    const auto gathering = std::make_shared<Gathering<View>>(shards_.size(), std::move(answer));
    for (const auto& shard : shards_) {
        shard->capture(id, [gathering](View view) {
            gathering->take([&](View& sum) {
                if (view) { sum = std::move(view); }
            });
        });
    }
}

void ShardGroup::capture_media(const std::string& id, base::Duration time, std::function<void(MediaCapture)> answer) {
    if (media_captures_.fetch_add(1) >= max_media_captures) {
        --media_captures_;
        return answer({MediaCapture::Outcome::busy, {}, {}});
    }
    const auto gathering = std::make_shared<Gathering<MediaCapture>>(
        shards_.size(), [this, answer = std::move(answer)](MediaCapture capture) {
            --media_captures_;
            answer(std::move(capture));
        });
    for (const auto& shard : shards_) {
        shard->capture_media(id, time, [gathering](MediaCapture capture) {
            gathering->take([&](MediaCapture& sum) {
                if (capture.outcome > sum.outcome) { sum = std::move(capture); }
            });
        });
    }
}

void ShardGroup::hang_up(const std::string& id, std::function<void(bool)> answer) {
    const auto gathering = std::make_shared<Gathering<bool>>(shards_.size(), std::move(answer));
    for (const auto& shard : shards_) {
        shard->hang_up(id, [gathering](bool known) { gathering->take([&](bool& sum) { sum = sum || known; }); });
    }
}

void ShardGroup::order(const std::string& id, const LegOrder& order, std::function<void(OrderResult)> answer) {
    const auto gathering = std::make_shared<Gathering<OrderResult>>(shards_.size(), std::move(answer));
    for (const auto& shard : shards_) {
        shard->order(id, order, [gathering](OrderResult result) {
            gathering->take([&](OrderResult& sum) { sum = std::max(sum, result); });
        });
    }
}

void ShardGroup::originate(OriginateOrder order, std::function<void(OriginateResult)> answer) {
    const std::size_t turn = originated_.fetch_add(1, std::memory_order_relaxed);
    shards_[turn % shards_.size()]->originate(std::move(order), std::move(answer));
}

void ShardGroup::hang_up_all(const std::string& reason) {
    for (const auto& shard : shards_) { shard->hang_up_all(reason); }
}

void ShardGroup::drain(std::function<void()> idle) {
    struct Nothing {};
    const auto gathering =
        std::make_shared<Gathering<Nothing>>(shards_.size(), [idle = std::move(idle)](Nothing) { idle(); });
    for (const auto& shard : shards_) {
        shard->drain([gathering] { gathering->take([](Nothing&) {}); });
    }
}

void ShardGroup::replace(const std::shared_ptr<const Snapshot>& snapshot,
                         const std::shared_ptr<const media::MusicLibrary>& music, const sip::TlsContexts& tls) {
    for (const auto& shard : shards_) { shard->replace(snapshot, music, tls); }
}

}  // namespace server
