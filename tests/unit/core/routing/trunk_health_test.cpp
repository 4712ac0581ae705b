#include "server/routing/trunk_health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using State = TrunkHealth::State;

struct Watch {
    base::SeededRandom random{1};
    base::Instant now{};
    std::map<std::string, config::Trunk> trunks;
    TrunkHealth health;

    explicit Watch(const std::vector<std::string>& uris = {"sip:one"}, base::Duration interval = 30s) {
        add("carrier", uris, interval);
        health.replace(now, trunks);
    }
    void add(const std::string& name, const std::vector<std::string>& uris, base::Duration interval) {
        config::Trunk trunk;
        trunk.options_ping = interval;
        for (const std::string& uri : uris) { trunk.peers.push_back({uri}); }
        trunks[name] = trunk;
    }
    std::vector<TrunkPeerName> due() { return health.take_due(now, random); }
    // All that are due answer so; 0: not at all.
    std::vector<TrunkHealth::Change> round(int status) {
        std::vector<TrunkHealth::Change> changes;
        for (const TrunkPeerName& peer : due()) {
            auto change = status == 0 ? std::nullopt : health.on_answer(now, peer, status);
            if (change) { changes.push_back(*change); }
        }
        now = health.next_timeout();
        for (const TrunkPeerName& peer : health.overdue(now)) {
            if (auto change = health.on_failure(now, peer, "no answer")) { changes.push_back(*change); }
        }
        return changes;
    }
    State state(const std::string& uri = "sip:one") const { return health.state({"carrier", uri}); }
};

TEST(TrunkHealth, AsksEachPeerAtOnceAndThenAboutEachInterval) {
    Watch watch{{"sip:one", "sip:two"}};
    EXPECT_THAT(watch.due(), SizeIs(2));
    EXPECT_THAT(watch.due(), IsEmpty()) << "the first question is open";
    for (const char* const uri : {"sip:one", "sip:two"}) { watch.health.on_answer(watch.now, {"carrier", uri}, 200); }
    const base::Instant next = watch.health.next_timeout();
    EXPECT_GT(next, watch.now + 27s - 1ms);
    EXPECT_LE(next, watch.now + 30s);
    watch.now = next - 1ns;
    EXPECT_THAT(watch.due(), IsEmpty());
    watch.now = next;
    EXPECT_THAT(watch.due(), SizeIs(1));
}

TEST(TrunkHealth, AsksNobodyWhereNoIntervalIsSet) {
    const Watch watch{{"sip:one"}, 0s};
    EXPECT_EQ(watch.health.next_timeout(), base::never);
    EXPECT_THAT(watch.health.of_trunks(), IsEmpty());
    EXPECT_EQ(watch.state(), State::unknown);
}

TEST(TrunkHealth, SaysOnceThatAPeerIsThere) {
    Watch watch;
    const auto first = watch.round(200);
    ASSERT_THAT(first, SizeIs(1));
    EXPECT_TRUE(first[0].up);
    EXPECT_THAT(watch.round(200), IsEmpty());
    EXPECT_EQ(watch.state(), State::up);
}

TEST(TrunkHealth, TakesAnyWordOfThePeerForLife) {
    for (const int status : {200, 302, 401, 404, 405, 483, 500, 603}) {
        Watch watch;
        watch.round(status);
        EXPECT_EQ(watch.state(), State::up) << status;
    }
}

TEST(TrunkHealth, TakesAWordThatNobodyServesForNone) {
    for (const int status : {408, 503, 504}) {
        Watch watch;
        const auto changes = watch.round(status);
        ASSERT_THAT(changes, SizeIs(1)) << status;
        EXPECT_FALSE(changes[0].up);
        EXPECT_EQ(changes[0].why, std::to_string(status));
    }
}

TEST(TrunkHealth, AsksOnceMoreBeforeSilenceCounts) {
    Watch watch;
    EXPECT_THAT(watch.round(0), IsEmpty());
    EXPECT_EQ(watch.now, base::Instant{} + TrunkHealth::answer_time);
    EXPECT_EQ(watch.state(), State::unknown);
    EXPECT_THAT(watch.round(0), SizeIs(1)) << "asked again without delay";
    EXPECT_EQ(watch.now, base::Instant{} + 2 * TrunkHealth::answer_time);
    EXPECT_THAT(watch.health.down(), ElementsAre(TrunkPeerName{"carrier", "sip:one"}));
    watch.now = watch.health.next_timeout();
    EXPECT_THAT(watch.round(0), IsEmpty()) << "said already";
}

TEST(TrunkHealth, ForgetsAMissOnceThePeerAnswers) {
    Watch watch;
    watch.round(0);
    watch.round(200);
    EXPECT_THAT(watch.round(0), IsEmpty());
    EXPECT_EQ(watch.state(), State::up);
}

TEST(TrunkHealth, SaysThatAPeerIsBack) {
    Watch watch;
    watch.round(503);
    const auto back = watch.round(200);
    ASSERT_THAT(back, SizeIs(1));
    EXPECT_TRUE(back[0].up);
    EXPECT_THAT(watch.health.down(), IsEmpty());
}

TEST(TrunkHealth, IgnoresAnswersThatNobodyWaitsFor) {
    Watch watch;
    EXPECT_FALSE(watch.health.on_answer(watch.now, {"carrier", "sip:one"}, 503)) << "not asked";
    EXPECT_FALSE(watch.health.on_failure(watch.now, {"carrier", "sip:other"}, "x")) << "not known";
    EXPECT_EQ(watch.state(), State::unknown);
}

TEST(TrunkHealth, OfATrunkIsThatOfItsBestPeer) {
    Watch watch{{"sip:one", "sip:two"}};
    const auto tell = [&](const char* uri, int status) { watch.health.on_answer(watch.now, {"carrier", uri}, status); };
    EXPECT_EQ(watch.health.of_trunks().at("carrier"), State::unknown);
    watch.due();
    tell("sip:one", 503);
    EXPECT_EQ(watch.health.of_trunks().at("carrier"), State::unknown) << "the other may be there";
    tell("sip:two", 200);
    EXPECT_EQ(watch.health.of_trunks().at("carrier"), State::up);
    watch.now = watch.health.next_timeout() + 3s;
    watch.due();
    tell("sip:one", 503);
    tell("sip:two", 503);
    EXPECT_EQ(watch.health.of_trunks().at("carrier"), State::down);
}

TEST(TrunkHealth, KnowsSinceWhenAndBecauseOfWhat) {
    Watch watch;
    const TrunkPeerName peer{"carrier", "sip:one"};
    EXPECT_FALSE(watch.health.known({"carrier", "sip:stranger"}));
    EXPECT_EQ(watch.health.known(peer)->last, "") << "not answered yet";
    watch.now += 1s;
    watch.due();
    watch.health.on_answer(watch.now, peer, 405);
    const base::Instant up_since = watch.now;
    watch.now = watch.health.next_timeout();
    watch.round(0);
    const auto doubted = *watch.health.known(peer);
    EXPECT_EQ(doubted.state, State::up) << "it is asked again at once";
    EXPECT_EQ(doubted.since, up_since);
    EXPECT_EQ(doubted.answered, up_since);
    EXPECT_EQ(doubted.last, "no answer");
    watch.round(0);
    EXPECT_EQ(watch.health.known(peer)->state, State::down);
    EXPECT_EQ(watch.health.known(peer)->since, watch.now);
    EXPECT_EQ(watch.health.known(peer)->answered, up_since);
    EXPECT_EQ(watch.health.state_of_trunk("carrier"), State::down);
    EXPECT_EQ(watch.health.state_of_trunk("other"), State::unknown);
}

TEST(TrunkHealth, OutlivesAReloadThatKeepsThePeer) {
    Watch watch{{"sip:one", "sip:two"}};
    watch.round(503);
    watch.trunks.clear();
    watch.add("carrier", {"sip:one"}, 5s);
    watch.add("other", {"sip:one"}, 5s);
    watch.health.replace(watch.now, watch.trunks);
    EXPECT_EQ(watch.state(), State::down);
    EXPECT_EQ(watch.state("sip:two"), State::unknown) << "forgotten";
    EXPECT_EQ(watch.health.state({"other", "sip:one"}), State::unknown) << "a peer of another trunk is another";
    EXPECT_LE(watch.health.next_timeout(), watch.now + 5s) << "the new interval holds from now on";
}

}  // namespace
}  // namespace server
