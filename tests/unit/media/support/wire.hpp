// Packets for the tests of the media room, made and taken apart byte by byte, and a sink that remembers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ip.hpp"
#include "media/relay/packet_sink.hpp"
#include "media/rtp/rtp_view.hpp"

namespace media::test {

using Bytes = std::vector<std::byte>;

inline base::Endpoint endpoint(const std::string& text) { return *base::Endpoint::parse(text); }

inline Bytes bytes(std::initializer_list<unsigned> values) {
    Bytes out;
    for (const unsigned value : values) { out.push_back(static_cast<std::byte>(value)); }
    return out;
}

struct RtpSpec {
    std::uint8_t payload = 0;
    std::uint16_t sequence = 1;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0x11111111;
    bool marker = false;
    std::size_t size = 160;
    std::byte fill{0x10};  // loud in both laws
};

inline Bytes rtp(const RtpSpec& spec) {
    Bytes out(rtp_header_size + spec.size, spec.fill);
    write_rtp_header(out, RtpHeader{spec.marker, spec.payload, spec.sequence, spec.timestamp, spec.ssrc});
    return out;
}

// The same packet with `data` as its header extension under `profile` (RFC 8285), padded to words.
inline Bytes with_extension(Bytes packet, std::uint16_t profile, Bytes data) {
    data.resize((data.size() + 3) / 4 * 4);
    const auto words = static_cast<unsigned>(data.size() / 4);
    const Bytes header = bytes({unsigned{profile} >> 8, unsigned{profile} & 0xffU, words >> 8, words & 0xffU});
    data.insert(data.begin(), header.begin(), header.end());
    packet.insert(packet.begin() + rtp_header_size, data.begin(), data.end());
    packet[0] |= std::byte{0x10};
    return packet;
}

// The next packets of one sender: 20 ms of sound each.
class Talker {
public:
    explicit Talker(RtpSpec first = {}) : next_{first} {}
    Bytes packet() {
        const Bytes out = rtp(next_);
        ++next_.sequence;
        next_.timestamp += 160;
        next_.marker = false;
        return out;
    }
    RtpSpec& next() { return next_; }

private:
    RtpSpec next_;
};

struct Sent {
    Side side;
    Component component;
    base::Endpoint to;
    Bytes datagram;
    RtpView rtp() const { return parse_rtp(datagram).value(); }
    RtpHeader header() const { return rtp().header; }
    Bytes payload() const {
        const RtpView view = rtp();
        const auto begin = datagram.begin() + static_cast<std::ptrdiff_t>(view.payload_offset);
        return Bytes(begin, begin + static_cast<std::ptrdiff_t>(view.payload_size));
    }
};

class Recorder final : public PacketSink {
public:
    void send(Side side, Component component, const base::Endpoint& to,
              std::span<const std::byte> datagram) noexcept override {
        sent.push_back(Sent{side, component, to, Bytes(datagram.begin(), datagram.end())});
    }
    std::vector<Sent> take() { return std::exchange(sent, {}); }
    // Those that are media to `side`.
    std::vector<Sent> take_rtp(Side side) {
        std::vector<Sent> out;
        for (Sent& one : take()) {
            if (one.side == side && one.component == Component::rtp) { out.push_back(std::move(one)); }
        }
        return out;
    }
    std::vector<Sent> sent;
};

}  // namespace media::test
