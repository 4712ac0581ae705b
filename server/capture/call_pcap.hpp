// A call's messages, and its media where that was mirrored, as one file in the order of time. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/capture/captured_message.hpp"
#include "server/capture/captured_packets.hpp"
#include "server/capture/clocks.hpp"

namespace server::capture {

std::string write_pcap(std::span<const CapturedMessage> messages, const CapturedPackets& media, const Clocks& clocks,
                       std::string_view application);

}  // namespace server::capture
