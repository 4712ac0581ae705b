// Session-Expires and Min-SE: RFC 4028 §4, §5. Whether an interval is long enough is asked elsewhere
// (dialog/session_timer).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sip {

// Who refreshes the session: client or server of the very request that the field stands in or answers.
enum class Refresher : std::uint8_t { none, uac, uas };

struct SessionExpires {
    std::chrono::seconds interval{};  // 0 to 2^32−1
    Refresher refresher = Refresher::none;

    // Parameters of other names are passed over; a refresher that is neither uac nor uas makes the value malformed.
    static std::optional<SessionExpires> parse(std::string_view value);
    std::string to_string() const;

    bool operator==(const SessionExpires&) const = default;
};

std::optional<std::chrono::seconds> parse_min_se(std::string_view value);

}  // namespace sip
