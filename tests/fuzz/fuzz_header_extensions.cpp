// Any bytes as header extensions of RTP (RFC 8285): what is found lies inside the block; what leaves a session has the
// numbers of its hearer only, each once, and the payload as it came. The first five bytes choose numbers and the length
// of a mid, the sixth the profile; the rest is the block.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "media/relay/session.hpp"
#include "media/rtp/header_extension.hpp"

namespace {

using namespace media;

#define REQUIRE(condition) \
    if (!(condition)) { std::abort(); }

constexpr base::Instant start = base::Instant{} + std::chrono::hours{1};
constexpr std::size_t block_header = 4;
constexpr std::size_t payload_size = 160;
constexpr std::byte loud{0x10};
const base::Endpoint remote{base::IpAddress::v4({10, 0, 0, 1}), 4000};

void check_reading(std::span<const std::byte> packet) {
    const auto view = parse_rtp(packet);
    REQUIRE(view);
    const std::byte* const begin = packet.data() + rtp_header_size + block_header;
    for (unsigned id = 0; id < 256; ++id) {
        const auto data = find_extension(packet, *view, static_cast<std::uint8_t>(id));
        if (!data) { continue; }
        REQUIRE(id != 0 && view->extension_size <= max_extension_size);
        REQUIRE(data->empty() ||
                (data->data() >= begin && data->data() + data->size() <= begin + view->extension_size));
    }
}

class Checker final : public PacketSink {
public:
    Checker(const ExtensionNumbers& numbers, std::string mid) : numbers_{numbers}, mid_{std::move(mid)} {}
    void send(Side, Component component, const base::Endpoint&, std::span<const std::byte> bytes) noexcept override {
        if (component != Component::rtp) { return; }
        const auto view = parse_rtp(bytes);
        REQUIRE(view && view->csrc_count == 0 && view->payload_size == payload_size);
        REQUIRE(view->payload_offset == rtp_head_size(bytes));
        REQUIRE(view->payload_offset <= rtp_header_size + ExtensionBlock::max_size);
        const auto payload = bytes.subspan(view->payload_offset);
        REQUIRE(std::ranges::all_of(payload, [](std::byte one) { return one == loud; }));
        std::size_t known = 0;
        for (unsigned id = 1; id < 256; ++id) {
            const auto data = find_extension(bytes, *view, static_cast<std::uint8_t>(id));
            if (!data) { continue; }
            REQUIRE(id == numbers_.mid || id == numbers_.send_time || id == numbers_.audio_level);
            ++known;
        }
        REQUIRE(known <= 3);
        const auto mid = find_extension(bytes, *view, numbers_.mid);
        const bool is_sent =
            numbers_.mid != 0 && numbers_.mid != 15 && !mid_.empty() && mid_.size() <= ExtensionBlock::max_mid_size;
        REQUIRE(mid.has_value() == is_sent || shares_a_number());
        ++packets;
    }
    std::size_t packets = 0;

private:
    bool shares_a_number() const { return numbers_.mid == numbers_.send_time || numbers_.mid == numbers_.audio_level; }
    ExtensionNumbers numbers_;
    std::string mid_;
};

LegDescription describe(const ExtensionNumbers& numbers, const std::string& mid) {
    LegDescription out;
    out.remote_rtp = out.remote_rtcp = remote;
    out.send = out.receive = true;
    out.send_formats = out.receive_formats = {{Codec::pcmu, 0}};
    out.bundled = BundledLine{mid, numbers.mid};
    out.send_extensions = out.receive_extensions = numbers;
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t choices = 6;
    if (size < choices) { return 0; }
    const ExtensionNumbers theirs{.audio_level = data[0]};
    const ExtensionNumbers ours{data[1], data[2], data[3], (data[4] & 0x80U) != 0};
    const std::string mid(data[4] & 0x1fU, 'm');
    std::vector<std::byte> block(reinterpret_cast<const std::byte*>(data + choices),
                                 reinterpret_cast<const std::byte*>(data + size));
    block.resize(std::min<std::size_t>((block.size() + 3) / 4 * 4, 1024));

    std::vector<std::byte> packet(rtp_header_size + block_header);
    write_rtp_header(packet, RtpHeader{false, 0, 1, 160, 7});
    packet[0] |= std::byte{0x10};
    base::write_u16(packet, rtp_header_size, (data[5] & 1U) != 0 ? one_byte_profile : two_byte_profile);
    base::write_u16(packet, rtp_header_size + 2, static_cast<std::uint16_t>(block.size() / 4));
    packet.insert(packet.end(), block.begin(), block.end());
    packet.insert(packet.end(), payload_size, loud);
    check_reading(packet);

    base::SeededRandom random{1};
    Checker checker{ours, mid};
    Session session{start, SessionId{1}, {}, random, checker};
    for (const Side side : {Side::a, Side::b}) { session.open_leg(side, {}); }
    session.describe(start, Side::a, describe(theirs, ""));
    session.describe(start, Side::b, describe(ours, mid));
    session.play(start, Side::b, Source::peer);
    REQUIRE(session.on_packet(start, Side::a, Component::rtp, remote, packet) == Drop::none);
    REQUIRE(checker.packets == 1);
    return 0;
}
