// Whose trunk decides what about a hold, where the two trunks of a call differ; and holds in other words than a
// re-INVITE with an offer.
#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

// The trunk of A's side, and that of B's.
World::Configure trunks(const std::function<void(config::Hold&)>& of_a,
                        const std::function<void(config::Hold&)>& of_b) {
    return [=](config::Config& config) {
        for (auto& [name, trunk] : config.trunks) { (name == "callers" ? of_a : of_b)(trunk.hold); }
    };
}

World::Configure absorbing() {
    const auto absorb = [](config::Hold& hold) { hold.signal = config::HoldSignal::absorb; };
    return trunks(absorb, absorb);
}

TEST(HoldSettings, WhenAndSignalAreThoseOfTheHeldLegsTrunk) {
    for (const bool from_a : {true, false}) {
        const auto never = [](config::Hold& hold) { hold.when = config::HoldWhen::never; };
        const auto absorb = [](config::Hold& hold) { hold.signal = config::HoldSignal::absorb; };
        Scenario run{from_a ? trunks(never, absorb) : trunks(absorb, never)};
        run.world.checks_hearing = false;
        run.up();
        Phone& holder = from_a ? run.a : run.b;
        Phone& held = from_a ? run.b : run.a;
        const auto asked = held.received("INVITE");
        holder.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_TRUE(run.hears_music(held)) << "never is the holder's trunk's";
        EXPECT_EQ(held.received("INVITE"), asked) << "absorb is the held one's";
        holder.reinvite();
        run.pass(1s);
        held.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_TRUE(run.hears_nothing(holder));
        EXPECT_FALSE(holder.belief().hears()) << "it is told";
    }
}

TEST(HoldSettings, OnOfferlessIsThatOfTheTrunkThatAsks) {
    for (const bool from_a : {true, false}) {
        const auto waits = [](config::Hold& hold) { hold.on_offerless = config::OnOfferless::answer; };
        const auto plays = [](config::Hold&) {};
        Scenario run{from_a ? trunks(waits, plays) : trunks(plays, waits)};
        run.up();
        for (const bool patient : {true, false}) {
            Phone& asks = patient == from_a ? run.a : run.b;
            Phone& hears = patient == from_a ? run.b : run.a;
            asks.ack.after = 1s;
            const Instant asked = run.now();
            asks.reinvite(Sdp::none());
            run.pass(3s);
            EXPECT_EQ(hears.heard().first(run.music, asked).has_value(), !patient);
        }
        run.expect_conversation();
    }
}

TEST(HoldSettings, ASharedPositionReachesTheMediaPlane) {
    for (const bool shared : {true, false}) {
        const auto place = [shared](config::Hold& hold) {
            hold.position = shared ? config::MusicPosition::shared : config::MusicPosition::start;
        };
        Scenario run{trunks(place, place)};
        run.up();
        run.a.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_EQ(run.world.report().find("common place of the tune") != std::string::npos, shared);
    }
}

TEST(HoldSettings, AnAbsorbedHoldByUpdateStaysHidden) {
    Scenario run{absorbing()};
    run.world.checks_hearing = false;
    run.a.allows_update = run.b.allows_update = true;
    run.up();
    run.a.update(Sdp::with(Direction::inactive));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("UPDATE"), 200);
    EXPECT_EQ(run.b.received("UPDATE"), 0U);
    EXPECT_EQ(run.b.received("INVITE"), 1U);
    EXPECT_TRUE(run.hears_music(run.b));
    run.a.update(Sdp::with(Direction::sendrecv));
    run.pass(1s);
    run.expect_conversation();
}

}  // namespace
}  // namespace simulation
