// A call of two phones that take video, for the tests of streams.
#pragma once

#include <functional>
#include <string>

#include "tests/simulation/scenario.hpp"

namespace simulation {

struct Streams : testing::Test {
    // A call of two phones that take video, with audio only so far.
    static void ready(Scenario& run) {
        run.a.takes_video = run.b.takes_video = true;
        run.up();
    }
    static bool sees(const Scenario& run, const Phone& phone) {
        const Sound other = run.world.tone(&phone == &run.a ? run.b : run.a);
        return phone.seen().count(other, run.now() - 500ms, run.now()) >= 20;
    }
    static bool sees_nothing(const Scenario& run, const Phone& phone) {
        return phone.seen().count_all(run.now() - 500ms, run.now()) == 0;
    }
    static void expect_video(const Scenario& run) {
        EXPECT_TRUE(run.a.has_video() && run.b.has_video());
        EXPECT_TRUE(sees(run, run.a)) << run.a.seen().story({});
        EXPECT_TRUE(sees(run, run.b)) << run.b.seen().story({});
    }
    static std::uint64_t counted(Scenario& run, const std::string& leg, const std::string& outcome) {
        const auto& counted = run.world.core().counters().renegotiations_total;
        const auto found = counted.find({leg, "video", outcome});
        return found == counted.end() ? 0 : found->second;
    }
    static World::Configure of_all_trunks(const std::function<void(config::Trunk&)>& change) {
        return [change](config::Config& config) {
            for (auto& [name, trunk] : config.trunks) { change(trunk); }
        };
    }
    static const char* letter(bool from_a) { return from_a ? "a" : "b"; }
};

}  // namespace simulation
