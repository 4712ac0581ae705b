// Trunks whose peers are asked by OPTIONS whether they are there, and called last while they are not.
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/world/town.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;
using State = server::TrunkHealth::State;

constexpr const char* nobody = "sip:10.2.0.250:5060";  // no phone is there

// Trunk b0 has a peer before the phone of B. Questions end before the world does.
struct Watched {
    explicit Watched(const std::string& first = {}, std::uint64_t seed = 1)
        : configure{[first](config::Config& config) {
              config::Trunk& trunk = config.trunks.at("b0");
              trunk.options_ping = 30s;
              if (!first.empty()) { trunk.peers.insert(trunk.peers.begin(), {first, 0, 100}); }
          }},
          run{{Kind::udp, Kind::udp, seed, configure}} {}
    ~Watched() { reload({}); }
    void reload(const World::Configure& with) {
        server::CoreOutput out;
        run.world.core().replace(run.now(), make_snapshot(with), out);
    }
    State state() { return run.world.core().gauges().trunks.at("b0"); }

    World::Configure configure;
    Scenario run;
};

TEST(TrunkPings, AreAnsweredByAPeerThatIsThere) {
    Watched trunk;
    trunk.run.pass(100s);
    EXPECT_GE(trunk.run.b.received("OPTIONS"), 4U);
    EXPECT_LE(trunk.run.b.received("OPTIONS"), 5U);
    EXPECT_EQ(trunk.state(), State::up);
    const std::string ping = trunk.run.b.last_request("OPTIONS");
    EXPECT_THAT(ping, HasSubstr("OPTIONS sip:10.2.0.101:5060 SIP/2.0"));
    EXPECT_THAT(ping, HasSubstr("To: <sip:10.2.0.101:5060>"));
    EXPECT_THAT(ping, HasSubstr("From: <sip:10.0.0.1>;tag="));
    EXPECT_THAT(ping, HasSubstr("Contact: <sip:10.0.0.1:5060>"));
    EXPECT_EQ(trunk.run.a.received("OPTIONS"), 0U);
}

TEST(TrunkPings, LetADeadPeerBeCalledLast) {
    Watched trunk{nobody};
    trunk.run.pass(2 * server::TrunkHealth::answer_time + 1s);
    EXPECT_EQ(trunk.state(), State::up) << "the other peer is there";
    trunk.run.up();
    trunk.run.expect_conversation();
    EXPECT_THAT(trunk.run.world.core().ladder(trunk.run.world.core().calls(1).at(0).id)->entries,
                testing::Contains(testing::Field(&server::RecordEntry::words,
                                                 "b0 at 10.2.0.250:5060 does not answer pings: tried last")));
}

TEST(TrunkPings, WithoutThemADeadPeerKeepsTheCallerWaiting) {
    Scenario run{[](config::Config& config) {
        config::Trunk& trunk = config.trunks.at("b0");
        trunk.peers.insert(trunk.peers.begin(), {nobody, 0, 100});
    }};
    run.a.invite("b0");
    run.pass(20s);
    EXPECT_EQ(run.b.received("INVITE"), 0U) << "or the test above shows nothing";
    run.pass(20s);
    run.expect_up();
}

TEST(TrunkPings, ThatNobodyAnswersDoNotForbidTheCall) {
    Watched trunk;
    Faults dead;
    dead.loss = 1;
    const base::IpAddress address = trunk.run.b.identity().sip.address;
    trunk.run.world.network.set_faults(address, dead);
    trunk.run.pass(60s);
    EXPECT_EQ(trunk.state(), State::down);
    trunk.run.world.network.set_faults(address, {});
    trunk.run.up();
    trunk.run.expect_conversation();
}

TEST(TrunkPings, TellThatAPeerIsBack) {
    Watched trunk;
    trunk.run.world.refuse(trunk.run.b.identity().sip);
    trunk.run.pass(1s);
    EXPECT_EQ(trunk.state(), State::down) << "refused twice is enough";
    trunk.run.world.reach_all();
    trunk.run.pass(31s);
    EXPECT_EQ(trunk.state(), State::up);
}

TEST(TrunkPings, SurviveALossOfOneInFive) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Watched trunk{{}, seed};
        trunk.run.world.network.all.loss = 0.2;
        for (int i = 0; i < 20; ++i) {
            trunk.run.pass(30s);
            ASSERT_EQ(trunk.state(), State::up) << "seed " << seed;
        }
        trunk.run.world.network.all.loss = 0;
        trunk.run.pass(40s);
    }
}

TEST(TrunkPings, ByANameWithoutAnAddressFail) {
    Watched trunk{"sip:no-such-host.example"};
    trunk.run.pass(1s);
    trunk.run.up();
    trunk.run.expect_conversation();
    EXPECT_THAT(trunk.run.world.core().ladder(trunk.run.world.core().calls(1).at(0).id)->entries,
                testing::Contains(testing::Field(&server::RecordEntry::words,
                                                 "b0 at no-such-host.example does not answer pings: tried last")));
}

TEST(TrunkPings, AreNotSentByACoreThatDoesNotWatch) {
    Watched trunk{nobody};
    server::CoreSetup setup = make_setup();
    setup.watches_trunks = false;
    setup.shard = 1;
    server::Core other{make_snapshot(trunk.configure), setup, trunk.run.world.engine, trunk.run.world.random};
    EXPECT_EQ(other.next_timeout(), base::never);
    EXPECT_TRUE(other.gauges().trunks.empty());
}

}  // namespace
}  // namespace simulation
