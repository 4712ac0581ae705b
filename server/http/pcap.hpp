// How long an operator wants to look at the media of a call: `?rtp=SECONDS` of …/calls/{id}/pcap.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "server/http/target.hpp"

namespace server::http {

inline constexpr std::chrono::seconds max_rtp_time{60};

// 0: not at all; nullopt: it is no number, or none that may be asked for.
std::optional<std::chrono::seconds> rtp_time(const Target& target);
// So much longer than others does the answer to this request take.
std::chrono::seconds time_of_answer(std::string_view target);

}  // namespace server::http
