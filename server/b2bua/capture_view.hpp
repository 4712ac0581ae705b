// A call's ladder together with its messages as they were on the wire, of a live call or of one that ended lately.
// Copied out of a shard, never shared; the texts are, and never change.
#pragma once

#include <cstdint>
#include <vector>

#include "server/b2bua/ladder_view.hpp"
#include "server/capture/captured_message.hpp"
#include "server/capture/captured_packets.hpp"

namespace server {

struct CaptureView {
    LadderView ladder;
    std::vector<capture::CapturedMessage> messages;  // in order of time, repetitions too
    std::uint64_t left_out = 0;                      // messages that were not kept, after those of the set-up
};

// A live call's messages and its media, which was looked at for a while.
struct MediaCapture {
    enum class Outcome : std::uint8_t { no_such_call, no_media, busy, done };
    Outcome outcome = Outcome::no_such_call;
    CaptureView view;
    capture::CapturedPackets packets;
};

// For each entry of the ladder its message; null for what is none, and for one that was not kept.
std::vector<const capture::CapturedMessage*> messages_of(const std::vector<RecordEntry>& entries,
                                                         const std::vector<capture::CapturedMessage>& messages);

}  // namespace server
