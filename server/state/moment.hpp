// The same moment on both clocks: what outlives the process is written in times of the calendar, for the steady clock
// begins anew with the machine.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace server::state {

struct Moment {
    base::Instant steady;
    std::chrono::system_clock::time_point calendar;
    // The clocks are read one after the other: where somebody else ran in between, once more.
    static Moment now() {
        constexpr int attempts = 3;
        constexpr std::chrono::microseconds close{50};
        Moment moment;
        for (int i = 0; i < attempts; ++i) {
            moment = {base::Clock::now(), std::chrono::system_clock::now()};
            if (base::Clock::now() - moment.steady < close) { break; }
        }
        return moment;
    }

    // Milliseconds since 1970.
    std::int64_t to_calendar(base::Instant when) const {
        const auto at = calendar + (when - steady);
        return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
    }
    base::Instant from_calendar(std::int64_t when) const {
        const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(calendar.time_since_epoch());
        return steady + (std::chrono::milliseconds{when} - since);
    }
};

}  // namespace server::state
