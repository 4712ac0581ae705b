#include "server/records/calendar_trust.hpp"

namespace server::records {

CalendarTrust::CalendarTrust(const state::Moment& now, std::optional<std::int64_t> latest)
    : last_{now}, believed_from_{now.steady + trial} {
    if (!latest) { return; }
    const std::chrono::milliseconds since{now.to_calendar(now.steady) - *latest};
    if (std::chrono::abs(since) <= near) { believed_from_ = now.steady; }
}

std::optional<std::chrono::seconds> CalendarTrust::look(const state::Moment& now) {
    const base::Duration jump = (now.calendar - last_.calendar) - (now.steady - last_.steady);
    last_ = now;
    if (std::chrono::abs(jump) <= slack) { return std::nullopt; }
    believed_from_ = now.steady + trial;
    return std::chrono::duration_cast<std::chrono::seconds>(jump);
}

}  // namespace server::records
