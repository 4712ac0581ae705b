// What else the two phones of a random call may do, and who joins them: habits that a telephone should not have, legal
// ones that few have, transfers. Drawn apart from the call itself: without it, the call is what it was.
#pragma once

#include "tests/simulation/world/world.hpp"

namespace simulation {

class Mischief {
public:
    Mischief(World& world, std::uint64_t seed, int seat)
        : world_{world}, random_{seed * 64 + seat_number(seat)}, seat_{seat} {}

    // Before the call.
    void choose(Phone& a, Phone& b);
    // Others than the two may come into the call: nobody knows who is to hear whom.
    bool brings_others() const { return joins_ != Joins::none; }
    // Instead of a change that is like others. False: none now.
    bool act(Phone& phone);
    void hang_up();

private:
    enum class Joins : std::uint8_t { none, blind, attended, replaces, fork };
    static std::uint64_t seat_number(int seat) { return static_cast<std::uint64_t>(seat); }
    void choose_habit(Phone& phone);
    void choose_voice(Phone& phone);
    void bad_offer(Phone& phone);
    void move(Phone& phone);
    void bring_others(Phone& a, Phone& b);
    void transfer(Phone& transferor);
    void consult(Phone& transferor);
    void replace(const Phone& replaced);

    bool happens(unsigned percent) { return random_.below(100) < percent; }
    Duration up_to(Duration limit) {
        return Duration{static_cast<Duration::rep>(random_.below(static_cast<std::uint64_t>(limit.count())))};
    }
    int other_seat() const { return seat_ + seats / 2; }

    World& world_;
    base::SeededRandom random_;
    int seat_;
    Joins joins_ = Joins::none;
    bool makes_bad_offers_ = false;
    bool moves_ = false;
    int moved_ = 0;
    std::vector<Phone*> others_;
};

}  // namespace simulation
