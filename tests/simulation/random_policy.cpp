#include "tests/simulation/random_policy.hpp"

#include <array>

#include "base/random.hpp"
#include "tests/simulation/world/town.hpp"

namespace simulation {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const server::Snapshot> make(std::uint64_t number) {
    base::SeededRandom random{number};
    const auto happens = [&random](unsigned percent) { return random.below(100) < percent; };
    config::Hold hold;
    config::Renegotiation renegotiation;
    constexpr config::HoldWhen whens[] = {config::HoldWhen::automatic, config::HoldWhen::automatic,
                                          config::HoldWhen::trust, config::HoldWhen::always, config::HoldWhen::never};
    hold.when = whens[random.below(std::size(whens))];
    if (happens(30)) { hold.on_offerless = config::OnOfferless::answer; }
    if (happens(30)) { hold.signal = config::HoldSignal::absorb; }
    if (happens(30)) { hold.position = config::MusicPosition::shared; }
    if (happens(40)) { renegotiation.offerless = config::Offerless::local; }
    if (happens(30)) { renegotiation.on_refusal = config::OnRefusal::pass; }
    renegotiation.glare_retries = static_cast<unsigned>(random.below(4));
    renegotiation.tolerate_missing_answer = happens(40);
    renegotiation.relay_refresh = happens(40);
    return make_snapshot([&](config::Config& config) {
        config.hold = hold;
        config.renegotiation = renegotiation;
        constexpr auto longer_than_any_call = 10min;  // some phones never say a word
        for (auto& [name, trunk] : config.trunks) {
            trunk.hold = hold;
            trunk.renegotiation = renegotiation;
            trunk.media_timeout = longer_than_any_call;
        }
    });
}

}  // namespace

std::shared_ptr<const server::Snapshot> random_snapshot(std::uint64_t seed) {
    static std::array<std::shared_ptr<const server::Snapshot>, policies> made;
    const std::uint64_t number = seed % policies;
    if (made[number] == nullptr) { made[number] = number == 0 ? make_snapshot({}) : make(number); }
    return made[number];
}

}  // namespace simulation
