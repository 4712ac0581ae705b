// Keys in the body of an INFO: application/dtmf-relay ("Signal=5", "Duration=160") and application/dtmf ("5"). No RFC
// describes them; phones agree on this much.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace sip {

inline constexpr std::string_view dtmf_relay_type = "application/dtmf-relay";

struct DtmfInfo {
    std::uint8_t event = 0;  // as RFC 4733 §3.2 counts: 0 to 9, 10 is *, 11 is #, 12 to 15 are A to D, 16 is a flash
    base::Duration duration = std::chrono::milliseconds{160};
    friend bool operator==(const DtmfInfo&, const DtmfInfo&) = default;
};

// Nullopt: another type, or no key that is known.
std::optional<DtmfInfo> read_dtmf_info(std::string_view content_type, std::string_view body);
// As application/dtmf-relay. Precondition: the event is one of those above.
std::string write_dtmf_info(const DtmfInfo& info);

}  // namespace sip
