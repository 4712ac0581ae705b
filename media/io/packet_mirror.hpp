// Packets of a session as they pass, for an operator's capture: bounded in count and bytes, with all of its room taken
// at its start, so that nothing is allocated while packets pass.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "base/time.hpp"

namespace media {

struct MirroredPacket {
    base::Instant at;
    bool sent = false;  // by us
    base::Endpoint local;
    base::Endpoint remote;
    std::size_t offset = 0;  // of its bytes in those of the mirror
    std::size_t size = 0;
};

class PacketMirror {
public:
    static constexpr std::size_t max_packets = 50'000;
    static constexpr std::size_t max_bytes = std::size_t{32} << 20;

    // `plain`: what is inside SRTP, else what is on the wire. `now`: the time of the turn.
    PacketMirror(bool plain, const base::Instant& now) : plain_{plain}, now_{&now} {
        packets_.reserve(max_packets);
        bytes_.reserve(max_bytes);
    }

    bool is_plain() const noexcept { return plain_; }
    void note(bool sent, const base::Endpoint& local, const base::Endpoint& remote,
              std::span<const std::byte> packet) noexcept {
        if (packets_.size() == max_packets || bytes_.size() + packet.size() > max_bytes) {
            ++left_out_;
            return;
        }
        packets_.push_back({*now_, sent, local, remote, bytes_.size(), packet.size()});
        bytes_.append(reinterpret_cast<const char*>(packet.data()), packet.size());
    }

    const std::vector<MirroredPacket>& packets() const { return packets_; }
    std::uint64_t left_out() const { return left_out_; }  // found no room
    std::string take_bytes() { return std::move(bytes_); }

private:
    bool plain_;
    const base::Instant* now_;
    std::vector<MirroredPacket> packets_;
    std::string bytes_;
    std::uint64_t left_out_ = 0;
};

}  // namespace media
