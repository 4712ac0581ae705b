// One call of two phones that do as chance has it: answers, refusals, silence, holds in every form, re-INVITEs without
// an offer, requests that meet, CANCEL and BYE at any moment; reliable provisional responses and UPDATE by those who
// can.
#pragma once

#include "tests/simulation/mischief.hpp"
#include "tests/simulation/world/world.hpp"

namespace simulation {

// Seeds of a plain world repeat what failed before there was more.
enum class Variety : std::uint8_t {
    plain,  // the default settings
    full,   // any settings, mischief
    timers  // long calls with session timers, mostly silent, any settings
};

class RandomCall {
public:
    // The phones take `seat` on both sides of `world`; the call begins within the next seconds.
    RandomCall(World& world, int seat, Variety variety = Variety::plain, std::uint64_t seed = 0);

private:
    void set_up();
    void choose_abilities(Phone& phone);
    void choose_answers(Phone& phone);
    void make_reliable(Script& script);
    Script reinvite_script();
    void act();
    void update_early();
    void renegotiate(Phone& phone);
    void offer(Phone& phone, const Sdp& sdp);
    void change_codec(Phone& phone);
    void say_something(Phone& phone);
    void hang_up();

    bool happens(unsigned percent) { return world_.random.below(100) < percent; }
    Duration up_to(Duration limit) {
        return Duration{static_cast<Duration::rep>(world_.random.below(static_cast<std::uint64_t>(limit.count())))};
    }
    template <class Choice, std::size_t Count>
    const Choice& one_of(const Choice (&choices)[Count]) {
        return choices[world_.random.below(Count)];
    }
    Kind random_kind();
    void set_timers(Phone& phone);
    // Between two deeds of the phones, at most, and of the call.
    Duration pause() const { return variety_ == Variety::timers ? 60s : 3s; }
    Duration length() const { return variety_ == Variety::timers ? 280s : 20s; }

    World& world_;
    int seat_;
    Variety variety_;
    Mischief mischief_;
    Kind kind_b_;
    Phone& a_;
    Phone& b_;
    Instant end_;
};

// What is written down of a run: nothing is cheaper.
enum class Ladder : std::uint8_t { none, lines, whole };

struct RandomOutcome {
    std::vector<std::string> violations;
    std::string report;  // empty without a ladder
    std::size_t connected = 0;
    std::size_t renegotiated = 0;
};

// A world of `calls` (at most `seats`) random calls on a network of random quality, to its end.
RandomOutcome run_random_world(std::uint64_t seed, int calls, Ladder ladder = Ladder::none,
                               Variety variety = Variety::plain);

}  // namespace simulation
