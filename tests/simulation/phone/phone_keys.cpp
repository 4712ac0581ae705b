// Keys of the phone, pressed and heard as telephone events (RFC 4733).
#include "base/bytes.hpp"
#include "tests/simulation/phone/phone.hpp"

namespace simulation {
namespace {

constexpr std::size_t rtp_header = 12;
constexpr int packets = 5;
constexpr int ends = 3;

}  // namespace

void Phone::press(int key) {
    pressing_ = true;
    send_key(key, timestamp_ + 160, 1);
}

// `number`: of the packet, from 1; the last is sent three times.
void Phone::send_key(int key, std::uint32_t timestamp, int number) {
    const Payload* const payload = belief_.remote ? belief_.remote->payload("telephone-event/8000") : nullptr;
    if (number >= packets + ends || payload == nullptr || state_ == State::over) {
        pressing_ = false;
        return;
    }
    ground_.clock.after(20ms, [this, key, timestamp, number] { send_key(key, timestamp, number + 1); });
    const int duration = std::min(number, packets) * 160;
    std::string packet(rtp_header + 4, '\0');
    const auto bytes = std::as_writable_bytes(std::span{packet});
    bytes[0] = std::byte{0x80};
    bytes[1] = std::byte{payload->number} | (number == 1 ? std::byte{0x80} : std::byte{0});
    base::write_u16(bytes, 2, ++sequence_);
    base::write_u32(bytes, 4, timestamp);
    base::write_u32(bytes, 8, ssrc_);
    bytes[rtp_header] = static_cast<std::byte>(key);
    bytes[rtp_header + 1] = number >= packets ? std::byte{0x8a} : std::byte{0x0a};
    base::write_u16(bytes, rtp_header + 2, static_cast<std::uint16_t>(duration));
    Datagram datagram;
    datagram.kind = Datagram::Kind::media;
    datagram.from = rtp_;
    datagram.to = belief_.remote->rtp;
    datagram.bytes = seal(std::move(packet));
    if (datagram.bytes.empty()) { return; }
    send_media(std::move(datagram));
}

void Phone::on_key(std::span<const std::byte> packet) {
    if (packet.size() != rtp_header + 4) {
        complain("telephone events (RFC 4733 §2.3)", "a packet of " + std::to_string(packet.size()));
        return;
    }
    const std::uint32_t timestamp = base::read_u32(packet, 4);
    const bool is_new = keys_.empty() || timestamp != key_timestamp_;
    if (is_new) { keys_.push_back(std::to_integer<int>(packet[rtp_header])); }
    key_timestamp_ = timestamp;
}

}  // namespace simulation
