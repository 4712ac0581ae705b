// Two layers over a network that loses, repeats, delays and reorders, from a seed. Whatever happens: each request gets
// exactly one end at its sender, each is given to the far user at most once, and nothing is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <queue>
#include <tuple>

#include "layer_run.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using Kind = TransactionEvent::Kind;

struct Letter {
    base::Instant at;
    std::uint64_t order;
    bool to_server;
    std::string text;
    bool operator>(const Letter& other) const { return std::tie(at, order) > std::tie(other.at, other.order); }
};

struct Weather {
    std::uint64_t seed;
    std::uint64_t loss_percent;
    std::uint64_t repeat_percent;
    Transport transport = Transport::udp;
};

std::string name_of(const Weather& weather) {
    return std::string{to_text(weather.transport)} + std::to_string(weather.loss_percent) + "PercentLost" +
           std::to_string(weather.repeat_percent) + "Repeated";
}

void PrintTo(const Weather& weather, std::ostream* out) { *out << name_of(weather); }

class World {
public:
    explicit World(Weather weather) : weather_{weather}, random_{weather.seed} {}

    void run(int requests) {
        for (int i = 0; i < requests; ++i) { plan_.push_back(now_ + below(10'000)); }
        std::sort(plan_.begin(), plan_.end(), std::greater<>{});
        while (step()) {}
    }

    void expect_order() const {
        EXPECT_EQ(client_.size(), 0U);
        EXPECT_EQ(server_.size(), 0U);
        for (const auto& [id, ends] : ends_) { EXPECT_EQ(ends, 1) << id; }
        for (const auto& [call_id, times] : served_) { EXPECT_EQ(times, 1) << call_id; }
    }
    int finals() const { return finals_; }

private:
    base::Duration below(std::uint64_t milliseconds) {
        return std::chrono::milliseconds{static_cast<std::int64_t>(random_.below(milliseconds + 1))};
    }

    // The earliest thing that happens next, if anything does.
    bool step() {
        const base::Instant next =
            std::min({plan_.empty() ? base::never : plan_.back(), letters_.empty() ? base::never : letters_.top().at,
                      thoughts_.empty() ? base::never : thoughts_.begin()->first, client_.next_timeout(),
                      server_.next_timeout()});
        if (next == base::never) { return false; }
        now_ = std::max(now_, next);
        client_.on_timeout(now_, from_client_);
        server_.on_timeout(now_, from_server_);
        if (!plan_.empty() && plan_.back() <= now_) { begin(); }
        if (!letters_.empty() && letters_.top().at <= now_) { deliver(); }
        if (!thoughts_.empty() && thoughts_.begin()->first <= now_) { think(); }
        drain();
        return true;
    }

    Flow flow() const { return {weather_.transport, endpoint("192.0.2.1:5060"), endpoint("192.0.2.10:5060"), 1}; }

    void begin() {
        plan_.pop_back();
        const Method method = random_.below(2) == 0 ? Method::invite : Method::options;
        Message request = Message::request(method, "sip:bob@192.0.2.10");
        request.add(HeaderId::from, "<sip:alice@example.org>;tag=a");
        request.add(HeaderId::to, "<sip:bob@example.org>");
        request.add(HeaderId::call_id, "call-" + std::to_string(++calls_));
        request.add(HeaderId::cseq, "1 " + std::string{to_text(method)});
        const auto id = client_.send_request(now_, std::move(request), flow(), "192.0.2.1:5060", from_client_);
        ends_[id.value] = 0;
        if (method != Method::invite) { return; }
        // Some change their mind; nobody waits for ever.
        thoughts_.emplace(now_ + (random_.below(3) == 0 ? below(3000) : 60s), cancelling(id));
    }

    void deliver() {
        const Letter letter = letters_.top();
        letters_.pop();
        auto& layer = letter.to_server ? server_ : client_;
        auto& out = letter.to_server ? from_server_ : from_client_;
        layer.on_message(now_, parse_message(letter.text), flow(), out);
    }

    void think() {
        const auto thought = thoughts_.begin()->second;
        thoughts_.erase(thoughts_.begin());
        thought();
    }

    std::function<void()> cancelling(TransactionId id) {
        return [this, id] { client_.cancel(now_, id, {}, from_client_); };
    }
    std::function<void()> answering(TransactionId id, Message request, int status) {
        return [this, id, request = std::move(request), status] {
            server_.respond(now_, id, make_response(request, status, "b"), from_server_);
        };
    }

    void drain() {
        for (auto& event : std::exchange(from_server_.events, {})) { on_server_event(event); }
        for (auto& event : std::exchange(from_client_.events, {})) { on_client_event(event); }
        for (auto& outgoing : std::exchange(from_client_.send, {})) { post(true, outgoing.bytes); }
        for (auto& outgoing : std::exchange(from_server_.send, {})) { post(false, outgoing.bytes); }
    }

    void on_server_event(TransactionEvent& event) {
        if (event.kind == Kind::cancel) {
            return answering(event.transaction, invites_[event.transaction.value], 487)();
        }
        if (event.kind != Kind::request) { return; }
        ++served_[std::string{*event.message.first(HeaderId::call_id)}];
        const bool invite = event.message.method() == Method::invite;
        if (invite) {
            invites_[event.transaction.value] = event.message;
            answering(event.transaction, event.message, 100)();
            if (random_.below(2) == 0) { answering(event.transaction, event.message, 180)(); }
        }
        const bool slow = invite && random_.below(20) == 0;  // answers when its caller is long gone
        static constexpr std::array finals{200, 404, 503};
        thoughts_.emplace(now_ + (slow ? 200s : below(4000)),
                          answering(event.transaction, event.message, finals[random_.below(3)]));
    }

    void on_client_event(const TransactionEvent& event) {
        const bool is_end = event.kind == Kind::timeout || event.kind == Kind::transport_error ||
                            (event.kind == Kind::response && event.message.status() >= 200);
        if (!is_end) { return; }
        const bool repeated_2xx = event.kind == Kind::response && event.message.status() < 300 &&
                                  event.message.method() == Method::invite && ends_[event.transaction.value] == 1;
        if (!repeated_2xx) { ++ends_[event.transaction.value]; }
        finals_ += event.kind == Kind::response ? 1 : 0;
    }

    void post(bool to_server, const std::string& text) {
        const bool datagram = weather_.transport == Transport::udp;
        if (datagram && random_.below(100) < weather_.loss_percent) { return; }
        const int copies = datagram && random_.below(100) < weather_.repeat_percent ? 2 : 1;
        for (int i = 0; i < copies; ++i) {
            // A stream keeps its order; datagrams do not.
            const auto delay = datagram ? below(700) : base::Duration{20ms};
            letters_.push({now_ + delay, ++posted_, to_server, text});
        }
    }

    Weather weather_;
    base::SeededRandom random_;
    TransactionLayer client_{LayerConfig{}, random_};
    TransactionLayer server_{LayerConfig{}, random_};
    LayerOutput from_client_, from_server_;
    base::Instant now_{};
    std::vector<base::Instant> plan_;  // latest first
    std::priority_queue<Letter, std::vector<Letter>, std::greater<>> letters_;
    std::multimap<base::Instant, std::function<void()>> thoughts_;
    std::map<std::uint64_t, int> ends_;
    std::map<std::string, int> served_;
    std::map<std::uint64_t, Message> invites_;
    std::uint64_t posted_ = 0;
    int calls_ = 0;
    int finals_ = 0;
};

class LayerNetwork : public testing::TestWithParam<Weather> {};

TEST_P(LayerNetwork, EndsEachRequestOnceAndLeavesNothing) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Weather weather = GetParam();
        weather.seed = seed;
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world{weather};
        world.run(200);
        world.expect_order();
        if (weather.loss_percent < 50) { EXPECT_GT(world.finals(), 150); }
    }
}

INSTANTIATE_TEST_SUITE_P(Weathers, LayerNetwork,
                         testing::Values(Weather{0, 0, 0}, Weather{0, 10, 10}, Weather{0, 30, 30}, Weather{0, 60, 5},
                                         Weather{0, 100, 0}, Weather{0, 0, 0, Transport::tcp}),
                         [](const auto& instance) { return name_of(instance.param); });

}  // namespace
}  // namespace sip
