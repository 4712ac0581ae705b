// Whether the time of day may decide what is removed for good. Where it jumps ahead, by a bad answer to NTP or on a
// machine that started in a wrong year, every record is too old at once: it is believed near the latest record that is
// there, or after a day for which it has agreed with the steady clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "server/state/moment.hpp"

namespace server::records {

class CalendarTrust {
public:
    static constexpr std::chrono::hours near{24};   // the latest record
    static constexpr std::chrono::hours trial{24};  // where it is not
    static constexpr std::chrono::hours slack{1};   // it may be put right by so much between two looks

    // `latest`: when the latest call began that was there before this process wrote any, in milliseconds since 1970.
    CalendarTrust(const state::Moment& now, std::optional<std::int64_t> latest);

    // By how much it has jumped since the last look; nullopt: it has not.
    std::optional<std::chrono::seconds> look(const state::Moment& now);
    bool is_believed() const { return last_.steady >= believed_from_; }

private:
    state::Moment last_;
    base::Instant believed_from_;
};

}  // namespace server::records
