// alice calls bob, who has several devices.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/office.hpp"

namespace simulation {

inline const std::string elsewhere = "Reason: SIP;cause=200;text=\"Call completed elsewhere\"";
inline const Script never_answers{reply(50ms, 180)};

struct Devices : Office {
    explicit Devices(std::uint64_t seed = 1, const World::Configure& more = {}) : Office{more, seed} {
        world.checks_hearing = false;
    }
    Phone& of_bob(Script script, Kind kind = Kind::udp) {
        Phone& phone = registered("bob", kind);
        phone.on_invite = std::move(script);
        return phone;
    }
    Phone& browser_of(const std::string& user) {
        Phone& phone = world.add_device(user, Kind::websocket);
        phone.security.use = PhoneSecurity::Use::browser;
        phone.register_here();
        world.pass(1s);
        return phone;
    }
    void call(Duration then = 3s) {
        alice.invite("bob");
        world.pass(then);
    }
    // What an operator reads.
    std::string told() {
        std::string text;
        const auto ladder = world.core().ladder(world.core().calls(1).at(0).id);
        for (const auto& entry : ladder->entries) { text += entry.words + '\n'; }
        return text;
    }
    std::vector<std::string> outcomes() {
        std::vector<std::string> all;
        const auto calls = world.core().calls(1);
        for (const auto& device : calls.at(0).devices) { all.push_back(device.outcome); }
        return all;
    }
    std::size_t told_alice(int status) const {
        const auto all = alice.statuses_of("INVITE");
        return static_cast<std::size_t>(std::ranges::count(all, status));
    }
};

}  // namespace simulation
