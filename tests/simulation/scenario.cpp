#include "tests/simulation/scenario.hpp"

#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
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

int retry_after(const Phone& phone, const std::string& method) {
    const std::string text = phone.final_text(method);
    return base::parse_number<int>(header_value(text, "Retry-After")).value_or(-1);
}

namespace {

// FNV-1a of the test's name: the same on every machine.
std::uint64_t seed_of_test() {
    if (const char* const seed = std::getenv("HOLDFAST_SIM_SEED")) {
        return base::parse_number<std::uint64_t>(seed).value_or(0);
    }
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    std::uint64_t hash = 14'695'981'039'346'656'037U;
    for (const char letter : std::string_view{test->name()}) {
        hash = (hash ^ static_cast<unsigned char>(letter)) * 1'099'511'628'211U;
    }
    return hash;
}

}  // namespace

void with_skew(const std::function<void(Scenario& run, Duration skew)>& play, const World::Configure& configure) {
    constexpr int between = 18;
    constexpr auto step = std::chrono::duration_cast<std::chrono::microseconds>(50ms) / between;
    const std::uint64_t seed = seed_of_test();
    base::SeededRandom random{seed};
    std::vector<Duration> skews{Duration{}, 50ms};
    for (int i = 0; i < between; ++i) {
        skews.push_back(step * i + std::chrono::microseconds{random.below(static_cast<std::uint64_t>(step.count()))});
    }
    for (std::size_t i = 0; i < skews.size() && !testing::Test::HasFailure(); ++i) {
        SCOPED_TRACE("HOLDFAST_SIM_SEED=" + std::to_string(seed) + ", skew of " + std::to_string(skews[i] / 1us) +
                     " us");
        Scenario run{ScenarioOptions{Kind::udp, Kind::udp, i + 1, configure}};
        play(run, skews[i]);
    }
}

}  // namespace simulation
