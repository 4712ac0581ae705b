// Users of one server, who register with as many devices as they like and call each other by name.
#pragma once

#include <string>

#include "tests/simulation/scenario.hpp"

namespace simulation {

inline void add_user(config::Config& config, const std::string& name) {
    config::User user;
    user.password = "secret";
    user.hold = config.hold;
    user.renegotiation = config.renegotiation;
    config.users[name] = user;
}

// alice and bob, who call each other and everybody by name.
struct Office {
    World world;
    Phone& alice = world.add_device("alice");

    explicit Office(const World::Configure& more = {}, std::uint64_t seed = 1)
        : world{seed, [&more](config::Config& config) {
                    add_user(config, "alice");
                    add_user(config, "bob");
                    config.routes.push_back({"", "^(alice|bob|nobody)$", {"user:*"}});
                    if (more) { more(config); }
                }} {}
    ~Office() {
        for (const auto& phone : world.phones) {
            if (!phone->password.empty() && phone->final_of("REGISTER") == 200) { phone->register_here(0s); }
        }
        world.pass(2s);
        world.finish();
        for (const auto& violation : world.trace.violations()) { ADD_FAILURE() << violation; }
        if (testing::Test::HasFailure()) { ADD_FAILURE() << world.report(); }
    }
    Phone& registered(const std::string& user, Kind kind = Kind::udp) {
        Phone& phone = world.add_device(user, kind);
        phone.register_here();
        world.pass(1s);
        EXPECT_EQ(phone.final_of("REGISTER"), 200);
        return phone;
    }
    bool hears(const Phone& phone, const Sound& sound) const {
        constexpr Duration window = 500ms;
        constexpr std::size_t most = 20;  // of 25
        return phone.heard().count(sound, world.clock.now() - window, world.clock.now()) >= most;
    }
    bool talk(const Phone& one, const Phone& other) const {
        return one.up() && other.up() && hears(one, world.tone(other)) && hears(other, world.tone(one));
    }
    std::size_t registrations() { return world.core().gauges().registrations; }
    std::size_t transactions() { return world.core().gauges().transactions; }
};

}  // namespace simulation
