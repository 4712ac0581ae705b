// Any bytes as RTP: the view stays inside the packet, and what leaves a session is valid RTP in one space of ours.
// Nothing goes to a music server. The first two bytes choose where the far leg's formats and the hearing source stand;
// the rest is datagrams, each with a length and the side that it comes from before it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "media/relay/session.hpp"
#include "media/rtp/sequence.hpp"

namespace {

using namespace media;

#define REQUIRE(condition) \
    if (!(condition)) { std::abort(); }

const base::Endpoint remote_a{base::IpAddress::v4({10, 0, 0, 1}), 4000};
const base::Endpoint remote_b{base::IpAddress::v4({10, 0, 0, 2}), 4000};
const base::Endpoint remote_server{base::IpAddress::v4({10, 0, 0, 3}), 4000};

const base::Endpoint& remote_of(Side side) {
    if (is_music_leg(side)) { return remote_server; }
    return side == Side::a ? remote_a : remote_b;
}

class Checker final : public PacketSink {
public:
    void send(Side side, Component component, const base::Endpoint& to,
              std::span<const std::byte> bytes) noexcept override {
        if (component != Component::rtp) { return; }
        const auto view = parse_rtp(bytes);
        REQUIRE(view && view->csrc_count == 0 && view->payload_offset == rtp_header_size);
        REQUIRE(bytes.size() <= Session::max_datagram);
        REQUIRE(to.port != 0);
        REQUIRE(!is_music_leg(side));
        Leg& leg = legs_[static_cast<std::size_t>(side)];
        REQUIRE(leg.packets == 0 || leg.ssrc == view->header.ssrc);
        if (in_order) { REQUIRE(leg.packets == 0 || sequence_distance(leg.sequence, view->header.sequence) > 0); }
        leg = Leg{leg.packets + 1, view->header.ssrc, view->header.sequence};
    }
    bool in_order = false;

private:
    struct Leg {
        std::uint64_t packets = 0;
        std::uint32_t ssrc = 0;
        std::uint16_t sequence = 0;
    };
    Leg legs_[2];
};

LegDescription describe(const base::Endpoint& remote, bool alaw) {
    LegDescription out;
    out.remote_rtp = remote;
    out.remote_rtcp = remote;
    out.send = true;
    out.receive = true;
    if (alaw) {
        out.send_formats = {{Codec::pcma, 8}};
    } else {
        out.send_formats = {{Codec::pcmu, 0}, {Codec::telephone_event, 101}};
    }
    out.receive_formats = {
        {Codec::pcmu, 0}, {Codec::pcma, 8}, {Codec::telephone_event, 96}, {Codec::comfort_noise, 13}};
    return out;
}

void check_view(std::span<const std::byte> datagram) {
    const auto view = parse_rtp(datagram);
    if (!view) { return; }
    REQUIRE(view->payload_offset >= rtp_header_size);
    REQUIRE(view->payload_offset + view->payload_size <= datagram.size());
    REQUIRE(view->payload_offset ==
            rtp_header_size + 4 * view->csrc_count +
                ((std::to_integer<unsigned>(datagram[0]) & 0x10U) != 0 ? 4 + view->extension_size : 0));
}

// The datagrams of the input one after another, from both sides in turn.
void run(std::span<const std::byte> input, Session& session, Checker& checker, bool renumber) {
    base::Instant now = base::Instant{} + std::chrono::hours{1};
    std::uint16_t sequence = 0;
    while (input.size() > 2) {
        const std::size_t wanted = std::to_integer<std::size_t>(input[0]) << 4;
        const Side from = all_sides[std::to_integer<unsigned>(input[1]) & 3U];
        const auto piece = input.subspan(2, std::min(wanted, input.size() - 2));
        input = input.subspan(2 + piece.size());
        std::vector<std::byte> datagram(piece.begin(), piece.end());
        check_view(datagram);
        if (renumber && datagram.size() >= rtp_header_size) {
            base::write_u16(datagram, 2, sequence++);
            base::write_u32(datagram, 8, 77);
        }
        checker.in_order = renumber;
        const Side side = renumber ? Side::a : from;
        session.on_packet(now, side, Component::rtp, remote_of(side), datagram);
        now += std::chrono::milliseconds{std::to_integer<int>(piece.empty() ? std::byte{} : piece.back()) % 50};
        if (session.next_timeout() <= now) { session.on_timeout(now); }
        while (session.take_event()) {}
    }
    session.close(now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) { return 0; }
    const std::span input{reinterpret_cast<const std::byte*>(data), size};
    check_view(input);
    const unsigned choice = data[0];
    static const auto tune = std::make_shared<const EncodedTune>(Pcm(480, 3000));
    base::SeededRandom random{data[1]};
    Checker checker;
    const base::Instant start = base::Instant{} + std::chrono::hours{1};
    Session session{start, SessionId{1}, {}, random, checker};
    for (const Side side : {Side::a, Side::b, Side::music_b}) { session.open_leg(side, {}); }
    session.describe(start, Side::a, describe(remote_a, (choice & 1U) != 0));
    session.describe(start, Side::b, describe(remote_b, (choice & 2U) != 0));
    session.describe(start, Side::music_b, describe(remote_server, (choice & 64U) != 0));
    constexpr Source sources[]{Source::peer, Source::peer_or_music, Source::music, Source::server};
    const Source heard = (choice & 128U) != 0 ? Source::peer_or_server : sources[choice >> 2 & 3U];
    session.play(start, Side::b, heard, tune);
    session.play(start, Side::a, (choice & 16U) != 0 ? Source::echo : Source::peer, nullptr);
    run(input.subspan(2), session, checker, (choice & 32U) != 0);
    return 0;
}
