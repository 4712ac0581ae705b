// The phone's camera and its viewer. A picture is two bytes: the tone of who is in it.
#include "base/bytes.hpp"
#include "tests/simulation/phone/phone.hpp"

namespace simulation {
namespace {

constexpr std::size_t rtp_header = 12;

}  // namespace

bool Phone::has_video() const {
    return belief_.local && belief_.remote && belief_.local->video() != nullptr && belief_.remote->video() != nullptr;
}

base::Endpoint Phone::video_endpoint() const {
    constexpr int above = 100;
    return {identity_.rtp.address, static_cast<std::uint16_t>(identity_.rtp.port + above)};
}

void Phone::on_video(const Datagram& datagram) {
    const auto bytes = std::as_bytes(std::span{datagram.bytes});
    if (bytes.size() != rtp_header + 2) {
        complain("RTP of version 2 without extras (RFC 3550 §5.1)", "video of " + std::to_string(bytes.size()));
        return;
    }
    const auto number = static_cast<std::uint8_t>(std::to_integer<unsigned>(bytes[1]) & 0x7fU);
    if (!viewer_.numbers.contains(number)) {
        complain("F.3 only described payloads", "video number " + std::to_string(number));
    }
    const Instant now = ground_.clock.now();
    if (bye_settled_at_ != Instant{} && now - bye_settled_at_ > 500ms) {
        complain("F.3 no media after the end", "video");
    }
    const Sound who{Sound::Kind::tone, base::read_u16(bytes, rtp_header)};
    viewer_.on_packet(now, who, base::read_u32(bytes, 8), base::read_u16(bytes, 2));
    ask_for_missing();
}

void Phone::ask_for_missing() {
    if (!is_browser() || !takes_feedback) { return; }
    const std::string compound = viewer_.ask(ground_.clock.now(), ssrc_ + 1);
    if (!compound.empty()) { send_control(compound); }
}

void Phone::estimate(std::uint32_t bits) { send_control(viewer_.estimate(ssrc_ + 1, bits)); }

void Phone::send_control(const std::string& compound) {
    Datagram datagram;
    datagram.kind = Datagram::Kind::media;
    datagram.from = rtp_;
    datagram.to = belief_.remote->rtp;
    datagram.bytes = seal_control(compound);
    if (!datagram.bytes.empty()) { send_media(std::move(datagram)); }
}

void Phone::on_video_control(const Datagram& datagram) {
    const std::size_t estimates = viewer_.estimates().size();
    const auto asked = viewer_.on_control(ground_.clock.now(), datagram.bytes);
    const bool estimated = viewer_.estimates().size() != estimates;
    if (estimated && (!takes_estimates || viewer_.estimates().back().ssrc != ssrc_ + 1)) {
        complain("estimates are of what it sends, where agreed", "a REMB");
    }
    if (!asked) { return; }
    if (*asked != ssrc_ + 1) { complain("feedback names its sender (RFC 4585 §6.1)", "a PLI"); }
    const bool may = takes_feedback || (has_video() && belief_.local->video()->protocol.ends_with('F'));
    if (!may) { complain("no feedback that was not agreed to (RFC 4585 §4.2)", "a PLI"); }
}

void Phone::show() {
    if (!has_video() || state_ != State::up) { return; }
    const Line& theirs = *belief_.remote->video();
    const Payload* const payload = theirs.payload(picture);
    if (!belief_.local->video()->sends() || !theirs.receives() || payload == nullptr) { return; }
    std::string packet(rtp_header + 2, '\0');
    const auto bytes = std::as_writable_bytes(std::span{packet});
    bytes[0] = std::byte{0x80};
    bytes[1] = std::byte{payload->number};
    base::write_u16(bytes, 2, ++video_sequence_);
    base::write_u32(bytes, 4, video_sequence_ * 1800U);
    base::write_u32(bytes, 8, ssrc_ + 1);
    base::write_u16(bytes, rtp_header, static_cast<std::uint16_t>(identity_.tone));
    Datagram datagram;
    datagram.kind = Datagram::Kind::media;
    datagram.from = is_browser() ? rtp_ : video_endpoint();
    datagram.to = theirs.rtp;
    datagram.bytes = is_browser() ? seal_bundled(std::move(packet), true) : std::move(packet);
    if (datagram.bytes.empty()) { return; }
    send_media(std::move(datagram));
}

}  // namespace simulation
