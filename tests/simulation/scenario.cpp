#include "tests/simulation/scenario.hpp"

#include <cstdlib>

#include "tests/simulation/world/town.hpp"

namespace simulation {

Scenario::Scenario(const ScenarioOptions& options)
    : world{options.seed, options.configure},
      a{world.add_caller(0, options.a)},
      b{world.add_callee(0, options.b)},
      kind_b_{options.b} {
    world.pair(a, b);
}

Scenario::~Scenario() {
    world.finish();
    for (const auto& violation : world.trace.violations()) { ADD_FAILURE() << violation; }
    if (testing::Test::HasFailure()) {
        ADD_FAILURE() << "ladder of this run:\n" << world.report(std::getenv("HOLDFAST_SIM_TEXT") != nullptr);
    }
}

Scenario& Scenario::up() {
    a.invite(World::number(0, kind_b_));
    pass(2s);
    expect_up();
    return *this;
}

Phone& Scenario::add_fork() {
    Phone& second = world.add_callee(1);
    world.pair(a, second);
    world.checks_hearing = false;
    const auto initial = [to_b = request_to(b, "INVITE")](const Datagram& datagram, const Glance& seen) {
        return seen.to_tag.empty() && to_b(datagram, seen);
    };
    world.network.fork(initial, second.identity().sip);
    return second;
}

void Scenario::expect_up() {
    EXPECT_TRUE(a.up()) << a.describe();
    EXPECT_TRUE(b.up()) << b.describe();
}

void Scenario::expect_over() {
    EXPECT_TRUE(a.over()) << a.describe();
    EXPECT_TRUE(b.over()) << b.describe();
}

void Scenario::expect_conversation() {
    expect_up();
    EXPECT_TRUE(hears_other(a)) << a.describe();
    EXPECT_TRUE(hears_other(b)) << b.describe();
}

bool Scenario::hears(const Phone& phone, const Sound& sound) const {
    constexpr Duration window = 500ms;
    constexpr std::size_t most = 20;  // of 25
    return phone.heard().count(sound, now() - window, now()) >= most;
}

bool Scenario::hears_other(const Phone& phone) const { return hears(phone, world.tone(&phone == &a ? b : a)); }

bool Scenario::hears_nothing(const Phone& phone) const { return phone.heard().count_all(now() - 500ms, now()) == 0; }

base::IpAddress Scenario::server_address() const { return server_endpoint(false).address; }

Network::Which Scenario::request_of(const Phone& phone, const std::string& method) {
    return [from = phone.identity().sip, method](const Datagram& datagram, const Glance& seen) {
        return datagram.from == from && seen.is(method);
    };
}

Network::Which Scenario::request_to(const Phone& phone, const std::string& method) {
    return [to = phone.identity().sip, method](const Datagram& datagram, const Glance& seen) {
        return datagram.to == to && seen.is(method);
    };
}

void with_skew(const std::function<void(Scenario& run, Duration skew)>& play) {
    constexpr int times = 20;
    base::SeededRandom random{42};
    for (int i = 0; i < times && !testing::Test::HasFailure(); ++i) {
        const Duration skew = std::chrono::microseconds{random.below(50'001)};
        SCOPED_TRACE("skew of " + std::to_string(skew / 1us) + " us");
        Scenario run{ScenarioOptions{Kind::udp, Kind::udp, static_cast<std::uint64_t>(i + 1), {}}};
        play(run, skew);
    }
}

}  // namespace simulation
