// All interleavings of what two peers and time may do: each state that the two-leg machine can get into, once. A fault
// is printed with the shortest way to it, a line an event, as "what happens  =>  what the machine asks for".
//   HOLDFAST_EXPLORE_DEPTH=7     goes no further than so many events; 0: until no new state is found (an hour and more)
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <limits>

#include "base/text.hpp"
#include "tests/exploration/explorer.hpp"

namespace exploration {
namespace {

#if defined(__SANITIZE_THREAD__)
constexpr unsigned default_depth = 4;
#elif defined(__SANITIZE_ADDRESS__) || !defined(NDEBUG)
constexpr unsigned default_depth = 5;  // deeper in the release build
#else
constexpr unsigned default_depth = 11;  // what fits into five minutes of two cores
#endif

// Of a trunk. The times are the shortest whose timers can still run out in every order, and one retry stands for more.
struct Policy {
    bool heal;
    bool relay_offerless;
    bool is_browser = false;

    server::NegotiationRules rules() const {
        server::NegotiationRules rules;
        rules.heal = heal;
        rules.relay_offerless = relay_offerless;
        rules.glare_retries = 1;
        rules.timeout = 2 * World::unit;
        rules.cancel_grace = World::unit;
        rules.update_patience = World::unit;
        rules.is_browser = is_browser;
        rules.quiet_time = World::unit;
        return rules;
    }
};

struct Policies {
    const char* name;
    Policy a;
    Policy b;
};

class Exploration : public testing::TestWithParam<Policies> {};

// What a browser is left alone for is one more timer: each event makes about five times as many states.
constexpr unsigned depth_with_browsers = std::min(default_depth, 8U);

unsigned depth_limit(const Policies& policies) {
    const bool has_browser = policies.a.is_browser || policies.b.is_browser;
    const unsigned usual = has_browser ? depth_with_browsers : default_depth;
    const char* const text = std::getenv("HOLDFAST_EXPLORE_DEPTH");
    const unsigned asked = text == nullptr ? usual : base::parse_number<unsigned>(text).value_or(usual);
    return asked == 0 ? std::numeric_limits<unsigned>::max() : asked;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

TEST_P(Exploration, NoStateBreaksARuleAndEachHasAWayOut) {
    const double begun = cpu_seconds();
    const auto a = GetParam().a.rules();
    const auto b = GetParam().b.rules();
    const unsigned limit = depth_limit(GetParam());
    const Report report = Explorer{{World{a, b, false}, World{a, b, true}}}.explore(limit);
    std::cout << GetParam().name << ": " << report.states << " states, " << report.transitions << " transitions, "
              << report.depth << " events deep" << (report.closed ? ", no more to be found" : "")
              << "; all is quiet after " << report.longest_way_out << " events at most; " << cpu_seconds() - begun
              << " s of CPU\n";
    if (!report.fault.empty()) { FAIL() << report.fault; }
    EXPECT_TRUE(report.closed || report.depth == limit) << "too few states for this to mean anything";
}

constexpr Policy heal_relay{true, true};
constexpr Policy heal_local{true, false};
constexpr Policy browser{true, true, true};
constexpr Policy pass_relay{false, true};
constexpr Policy pass_local{false, false};

INSTANTIATE_TEST_SUITE_P(Trunks, Exploration,
                         testing::Values(Policies{"HealRelay", heal_relay, heal_relay},
                                         Policies{"HealLocal", heal_local, heal_local},
                                         Policies{"PassRelay", pass_relay, pass_relay},
                                         Policies{"BrowserWithHealRelay", browser, heal_relay},
                                         Policies{"BrowserWithPassLocal", browser, pass_local},
                                         Policies{"Browsers", browser, browser},
                                         Policies{"PassLocal", pass_local, pass_local},
                                         Policies{"HealRelayWithPassLocal", heal_relay, pass_local}),
                         [](const auto& policies) { return policies.param.name; });

}  // namespace
}  // namespace exploration
