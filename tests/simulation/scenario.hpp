// A scenario: caller A, callee B and the server between, told step by step. Ends with everybody hanging up and every
// invariant checked; a failing one prints the ladder. HOLDFAST_SIM_TEXT=1 prints whole messages too.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world/world.hpp"

namespace simulation {

struct ScenarioOptions {
    Kind a = Kind::udp;
    Kind b = Kind::udp;
    std::uint64_t seed = 1;
    World::Configure configure;
};

class Scenario {
public:
    explicit Scenario(const ScenarioOptions& options = {});
    explicit Scenario(World::Configure configure)
        : Scenario{ScenarioOptions{Kind::udp, Kind::udp, 1, std::move(configure)}} {}
    ~Scenario();
    Scenario(const Scenario&) = delete;
    Scenario& operator=(const Scenario&) = delete;

    // A calls B, B answers, both talk for a while.
    Scenario& up();
    // A second phone that the far side's proxy rings with the first INVITE as well.
    Phone& add_fork();
    void pass(Duration time) { world.pass(time); }
    // Both are in the call, and hear each other now.
    void expect_conversation();
    void expect_up();
    void expect_over();  // both
    // Of any call; 40 s after the last one ended.
    void expect_nothing_left() { world.check_leftovers(); }

    // In the last half second:
    bool hears(const Phone& phone, const Sound& sound) const;
    bool hears_other(const Phone& phone) const;
    bool hears_music(const Phone& phone) const { return hears(phone, music); }
    bool hears_nothing(const Phone& phone) const;

    Instant now() const { return world.clock.now(); }
    base::IpAddress server_address() const;
    // Rules for single messages.
    static Network::Which request_of(const Phone& phone, const std::string& method);
    static Network::Which request_to(const Phone& phone, const std::string& method);

    World world;
    Phone& a;
    Phone& b;
    Sound music{Sound::Kind::music, 0};

private:
    Kind kind_b_;
};

// The seconds of Retry-After in the final response to the latest `method` of the phone; -1: none.
int retry_after(const Phone& phone, const std::string& method);

// Runs `play` with twenty skews, each in a run of its own: 0, 50 ms and one from each eighteenth between, drawn from a
// seed that is the test's own (HOLDFAST_SIM_SEED: another) and told with what fails.
void with_skew(const std::function<void(Scenario& run, Duration skew)>& play, const World::Configure& configure = {});

}  // namespace simulation
