// What the sockets of one engine have sent.
#pragma once

#include <cstddef>
#include <cstdint>

namespace media {

struct SendCounters {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t failures = 0;

    void note(bool is_sent, std::size_t size) noexcept {
        if (!is_sent) {
            ++failures;
            return;
        }
        ++packets;
        bytes += size;
    }
};

}  // namespace media
