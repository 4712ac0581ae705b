// Keys, packets and a short way through a session, for the tests of SRTP.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "media/srtp/session.hpp"
#include "tests/unit/media/support/wire.hpp"

namespace media::test {

inline SrtpKey key_of(SrtpSuite suite, std::uint64_t seed = 1) {
    base::SeededRandom random{seed};
    return SrtpKey::make(suite, random);
}

inline SrtpSession session_of(SrtpSession::Direction direction, const SrtpKey& key) {
    auto session = SrtpSession::make(direction, key);
    EXPECT_TRUE(session);
    return std::move(*session);
}
inline SrtpSession sender(const SrtpKey& key) { return session_of(SrtpSession::Direction::outbound, key); }
inline SrtpSession receiver(const SrtpKey& key) { return session_of(SrtpSession::Direction::inbound, key); }

inline Bytes rtp_numbered(std::uint16_t sequence, std::uint32_t ssrc = 0x11111111) {
    RtpSpec spec;
    spec.sequence = sequence;
    spec.ssrc = ssrc;
    return rtp(spec);
}

// An empty receiver report and some bytes behind it.
inline Bytes rtcp_of(std::uint32_t ssrc = 0x11111111) {
    Bytes out = bytes({0x80, 201, 0, 1, 0, 0, 0, 0, 0x81, 203, 0, 1, 0, 0, 0, 0});
    for (unsigned i = 0; i < 4; ++i) { out[4 + i] = out[12 + i] = static_cast<std::byte>(ssrc >> (24 - 8 * i)); }
    return out;
}

// The packet after `run(storage, size)`, or nothing with the reason in `drop`.
template <class Run>
Bytes in_place(Bytes packet, Run run, SrtpDrop& drop) {
    std::size_t size = packet.size();
    packet.resize(size + SrtpSession::max_trailer_size);
    drop = run(packet, size);
    packet.resize(drop == SrtpDrop::none ? size : 0);
    return packet;
}

inline Bytes protect_rtp(SrtpSession& session, const Bytes& packet) {
    SrtpDrop drop{};
    Bytes out = in_place(
        packet, [&](Bytes& storage, std::size_t& size) { return session.protect_rtp(storage, size); }, drop);
    EXPECT_EQ(drop, SrtpDrop::none) << label(drop);
    return out;
}
inline Bytes protect_rtcp(SrtpSession& session, const Bytes& packet) {
    SrtpDrop drop{};
    Bytes out = in_place(
        packet, [&](Bytes& storage, std::size_t& size) { return session.protect_rtcp(storage, size); }, drop);
    EXPECT_EQ(drop, SrtpDrop::none) << label(drop);
    return out;
}

struct Opened {
    SrtpDrop drop = SrtpDrop::none;
    Bytes packet;
};
inline Opened open_rtp(SrtpSession& session, const Bytes& packet) {
    Opened opened;
    opened.packet = in_place(
        packet, [&](Bytes& storage, std::size_t& size) { return session.unprotect_rtp(storage, size); }, opened.drop);
    return opened;
}
inline Opened open_rtcp(SrtpSession& session, const Bytes& packet) {
    Opened opened;
    opened.packet = in_place(
        packet, [&](Bytes& storage, std::size_t& size) { return session.unprotect_rtcp(storage, size); }, opened.drop);
    return opened;
}

}  // namespace media::test
