// What it takes to look at a core with 5,000 calls up: for Prometheus, and each second for their timelines.
#include <gmock/gmock.h>

#include <iostream>

#include "server/b2bua/core.hpp"
#include "server/observe/metrics.hpp"
#include "server/observe/report.hpp"
#include "tests/support/counted_engine.hpp"

namespace server {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int slowdown = 10;
#else
constexpr int slowdown = 1;
#endif

constexpr std::size_t calls = 5000;
constexpr std::size_t trunks = 20;
const base::Endpoint here = *base::Endpoint::parse("127.0.0.1:5060");
const base::Endpoint peer = *base::Endpoint::parse("127.0.0.1:5070");

config::Config configuration() {
    config::Config config;
    for (std::size_t i = 0; i < trunks; ++i) {
        auto& trunk = config.trunks["carrier-" + std::to_string(i)];
        trunk.allow.push_back(*base::Subnet::parse(i == 0 ? "127.0.0.0/8" : "192.0.2." + std::to_string(i) + "/32"));
    }
    config.routes.push_back({"", "^echo$", {"app:echo"}});
    return config;
}

std::string request(const std::string& method, std::size_t number, const std::string& to_tag, const std::string& body) {
    const std::string call = std::to_string(number);
    return method + " sip:echo@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK" + method + call +
           "\r\nMax-Forwards: 70\r\nFrom: <sip:tester@127.0.0.1>;tag=t\r\nTo: <sip:echo@127.0.0.1>" + to_tag +
           "\r\nCall-ID: " + call + "\r\nCSeq: 1 " + method + "\r\nContact: <sip:127.0.0.1:5070>\r\n" +
           (body.empty() ? "" : "Content-Type: application/sdp\r\n") +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string tag_of(const std::string& response) {
    const auto to = response.find("\r\nTo: ");
    const auto tag = response.find(";tag=", to);
    return response.substr(tag, response.find("\r\n", tag) - tag);
}

class Scraped : public testing::Test {
protected:
    static void SetUpTestSuite() {
        static const std::string sdp =
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
        loaded = std::make_unique<Loaded>();
        for (std::size_t i = 0; i < calls; ++i) {
            CoreOutput out;
            loaded->core.on_message(loaded->now, request("INVITE", i, {}, sdp), loaded->flow, out);
            const std::string tag = tag_of(out.send.back().bytes);
            loaded->core.on_message(loaded->now, request("ACK", i, tag, {}), loaded->flow, out);
        }
    }
    static void TearDownTestSuite() { loaded.reset(); }

    struct Loaded {
        base::Instant now{seconds{1000}};
        base::SeededRandom random{1};
        support::CountedEngine engine;
        std::shared_ptr<const Snapshot> snapshot =
            std::make_shared<const Snapshot>(Snapshot{configuration(), Routing::make(configuration())});
        Core core{snapshot, setup(), engine, random};
        sip::Flow flow{sip::Transport::udp, here, peer, 0, {}};

        static CoreSetup setup() {
            CoreSetup setup;
            setup.listeners = {{sip::Transport::udp, here}};
            setup.source_address = [](const base::IpAddress&) { return here.address; };
            return setup;
        }
    };
    static std::unique_ptr<Loaded> loaded;
};

std::unique_ptr<Scraped::Loaded> Scraped::loaded;

TEST_F(Scraped, ACoreGivesItsNumbersWithoutAskingACall) {
    loaded->engine.asked = 0;
    const CoreGauges gauges = loaded->core.gauges();
    EXPECT_EQ(gauges.calls_by_state[2], calls);
    EXPECT_EQ(gauges.media_sessions, calls);
    EXPECT_EQ(gauges.trunk_legs.at("carrier-0"), calls);
    EXPECT_EQ(gauges.trunk_legs.at("carrier-7"), 0U);
    EXPECT_EQ(gauges.trunk_legs.size(), trunks);
    EXPECT_EQ(loaded->engine.asked, 0U);
}

TEST_F(Scraped, IsDoneInFiveMilliseconds) {
    base::Duration on_shard = seconds{1};
    base::Duration in_all = seconds{1};
    std::string page;
    for (int i = 0; i < 10; ++i) {
        const base::Instant begin = base::Clock::now();
        Report report;
        report.core = loaded->core.counters();
        report.gauges = loaded->core.gauges();
        on_shard = std::min(on_shard, base::Clock::now() - begin);
        page = metrics_page(report, {});
        in_all = std::min(in_all, base::Clock::now() - begin);
    }
    const auto in_us = [](base::Duration time) { return std::chrono::duration_cast<microseconds>(time).count(); };
    std::cout << "with " << calls << " calls: " << in_us(on_shard) << " µs on the shard, " << in_us(in_all)
              << " µs in all, " << page.size() << " bytes\n";
    EXPECT_LT(on_shard, slowdown * milliseconds{1});
    EXPECT_LT(in_all, slowdown * milliseconds{5});
}

TEST_F(Scraped, EachCallIsMeasuredOnceASecondAndNeverManyTogether) {
    CoreOutput out;
    std::size_t most = 0;
    std::size_t turns = 0;
    base::Duration spent{};
    const auto pass = [&](base::Duration time) {
        const base::Instant end = loaded->now + time;
        while (loaded->core.next_timeout() <= end) {
            loaded->now = loaded->core.next_timeout();
            const std::size_t before = loaded->engine.asked;
            const base::Instant begin = base::Clock::now();
            loaded->core.on_timeout(loaded->now, out);
            spent += base::Clock::now() - begin;
            ++turns;
            most = std::max(most, loaded->engine.asked - before);
        }
        loaded->now = end;
    };
    pass(seconds{40});  // the transactions of the INVITEs, which all began together, are over
    spent = {};
    turns = 0;
    loaded->engine.asked_of.clear();
    pass(seconds{3});
    const auto mean = std::chrono::duration_cast<microseconds>(spent / turns);
    std::cout << most << " legs in a turn, which takes " << mean.count() << " µs\n";
    EXPECT_LT(mean, slowdown * milliseconds{2});
    EXPECT_EQ(most, calls / 50);
    EXPECT_EQ(loaded->engine.asked_of.size(), calls);
    for (const auto& [session, times] : loaded->engine.asked_of) { ASSERT_EQ(times, 3) << session; }
}

}  // namespace
}  // namespace server
