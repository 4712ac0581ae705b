// Devices of one user in any mixture, on good ways and bad ones.
#include "tests/simulation/devices_scenario.hpp"

namespace simulation {
namespace {

Script any_script(base::Random& random) {
    const auto time = [&](std::uint64_t most) { return std::chrono::milliseconds{random.below(most)}; };
    const Sdp early = Sdp::with(Direction::sendrecv);
    constexpr int refusals[] = {302, 404, 408, 480, 486, 488, 500, 503, 603};
    const int refusal = refusals[random.below(std::size(refusals))];
    switch (random.below(8)) {
        case 0:
            return is_silent();
        case 1:
            return refuses(refusal, time(2000));
        case 2:
            return {reply(time(100), 180), reply(100ms + time(3000), refusal)};
        case 3:
            return {reply(time(200), 183, early), reply(200ms + time(3000), random.below(2) == 0 ? 200 : refusal)};
        case 4:
            return {reliable(time(200), 183), reply(300ms + time(3000), random.below(2) == 0 ? 200 : refusal)};
        case 5:
            return never_answers;
        default:
            return {reply(time(100), 180), reply(100ms + time(1500), 200)};
    }
}

// A tenth of what telephones say and are told; to browsers nothing is lost.
void make_lossy(Devices& run, base::Random& random, const bool& is_over) {
    run.world.network.lose([&](const Datagram& datagram, const Glance&) {
        const auto is_of = [&](const auto& phone) {
            return !phone->identity().stream &&
                   (datagram.from == phone->identity().sip || datagram.to == phone->identity().sip);
        };
        return !is_over && std::ranges::any_of(run.world.phones, is_of) && random.below(10) == 0;
    });
}

// Whatever each of them does, whenever the caller gives up: every dialog ends, every port is closed. The world checks
// that, and every message on the way.
TEST(DevicesOfAUser, HoweverTheyMixNothingIsLeft) {
    for (std::uint64_t seed = 1; seed <= 60 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        base::SeededRandom random{seed};
        bool is_over = false;
        Devices run{seed, [](config::Config& config) { config.sip.no_answer = 20s; }};
        run.alice.supports_100rel = random.below(2) == 0;
        const std::uint64_t count = 2 + random.below(3);
        for (std::uint64_t i = 0; i < count; ++i) {
            Phone& phone = random.below(3) == 0 ? run.browser_of("bob") : run.registered("bob");
            phone.on_invite = any_script(random);
            phone.supports_100rel = random.below(2) == 0;
            phone.takes_video = random.below(2) == 0;
        }
        if (seed % 2 == 0) { make_lossy(run, random, is_over); }
        const Sdp offers[] = {Sdp{}, Sdp::with_video(), Sdp::none()};
        run.alice.takes_video = true;
        run.alice.invite("bob", offers[random.below(std::size(offers))]);
        run.world.pass(std::chrono::milliseconds{random.below(4000)});
        if (random.below(3) == 0 && !run.alice.up() && !run.alice.over()) { run.alice.cancel(); }
        run.world.pass(40s);
        is_over = true;
        run.world.pass(1s);
    }
}

}  // namespace
}  // namespace simulation
