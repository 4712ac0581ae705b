// The phone's voice and ears: its voice every 20 ms where the description lets it speak, a record of what comes in.
#include <algorithm>

#include "base/bytes.hpp"
#include "media/dtls/is_dtls.hpp"
#include "media/rtcp/rtcp_view.hpp"
#include "tests/simulation/phone/phone.hpp"

namespace simulation {
namespace {

constexpr Duration packet_time = 20ms;
constexpr std::size_t rtp_header = 12;
constexpr std::uint8_t static_noise = 13;  // RFC 3551 §6

}  // namespace

void Phone::attach_media() {
    ears_.push_back(rtp_);
    ground_.network.attach(rtp_, [this](const Datagram& datagram) { on_rtp(datagram); });
    const base::Endpoint rtcp{rtp_.address, static_cast<std::uint16_t>(rtp_.port + 1)};
    ears_.push_back(rtcp);
    ground_.network.attach(rtcp, [](const Datagram&) {});
    if (ears_.size() > 2) { return; }  // it moves with its voice only
    const base::Endpoint control{rtp_.address, static_cast<std::uint16_t>(video_endpoint().port + 1)};
    ears_.insert(ears_.end(), {video_endpoint(), control});
    ground_.network.attach(video_endpoint(), [this](const Datagram& datagram) { on_video(datagram); });
    ground_.network.attach(control, [this](const Datagram& datagram) { on_video_control(datagram); });
}

void Phone::move_to(const base::Endpoint& rtp) {
    rtp_ = rtp;
    attach_media();
}

void Phone::on_rtp(const Datagram& datagram) {
    if (datagram.kind == Datagram::Kind::media_stream) { return on_stream(datagram); }
    if (is_browser() && security.by_tcp) { return complain("nothing over UDP to a pair of TCP", "a datagram"); }
    if (is_browser()) { return on_bundled(datagram); }
    if (media::is_dtls(std::as_bytes(std::span{datagram.bytes}))) { return on_handshake(datagram); }
    const bool shares = security.use == PhoneSecurity::Use::dtls;  // its port with RTCP (RFC 5761)
    if (shares && media::is_rtcp(std::as_bytes(std::span{datagram.bytes}))) { return; }
    std::string packet = datagram.bytes;
    if (open(packet)) { hear(datagram, packet); }
}

void Phone::hear(const Datagram& datagram, const std::string& packet) {
    const auto bytes = std::as_bytes(std::span{packet});
    if (bytes.size() < rtp_header || (std::to_integer<unsigned>(bytes[0]) & 0xffU) != 0x80U) {
        complain("RTP of version 2 without extras (RFC 3550 §5.1)", "a packet of " + std::to_string(bytes.size()));
        return;
    }
    const auto number = static_cast<std::uint8_t>(std::to_integer<unsigned>(bytes[1]) & 0x7fU);
    if (my_events_.contains(number)) { return on_key(bytes); }
    const auto codec = my_payloads_.find(number);
    const bool is_noise = my_noises_.contains(number);
    if (codec == my_payloads_.end() && !is_noise) {
        complain("F.3 only described payloads", "payload number " + std::to_string(number));
        return;
    }
    const Instant now = ground_.clock.now();
    if (bye_settled_at_ != Instant{} && now - bye_settled_at_ > 500ms) {
        complain("F.3 no media after the end",
                 "a packet " + std::to_string((now - bye_settled_at_) / 1ms) + " ms late");
    }
    const Sound sound = is_noise ? Sound{Sound::Kind::comfort_noise, 0}
                                 : recognise(std::string_view{packet}.substr(rtp_header), codec->second);
    const auto& described = belief_.local ? belief_.local->payloads : std::vector<Payload>{};
    const bool is_described = is_noise || std::any_of(described.begin(), described.end(),
                                                      [&](const Payload& payload) { return payload.number == number; });
    hearing_.on_packet(now, sound, base::read_u32(bytes, 8), is_described && datagram.to == belief_.local->rtp);
}

void Phone::tick() {
    if (ticking_ || !talks) { return; }
    ticking_ = true;
    speak();
}

void Phone::speak() {
    if (state_ == State::over || !talks) {
        ticking_ = false;
        return;
    }
    ground_.clock.after(packet_time, [this] { speak(); });
    show();
    if (!history_.empty() && history_.back().voice != voice) { remember(); }
    const bool may = belief_.speaks() || (talks_on_hold && belief_.remote);
    timestamp_ += 160;
    if (pressing_) { return; }
    if (!may || (state_ != State::up && !ever_up_ && !talks_early) || belief_.remote->zero_address) { return; }
    Law law{};
    const auto payload = payload_to_send(law);
    if (!payload || belief_.remote->rtp.port == 0) { return; }
    std::uint8_t number = payload->number;
    const std::string content = frame_of(law, number);
    if (content.empty()) { return; }
    std::string packet(rtp_header, '\0');
    const auto bytes = std::as_writable_bytes(std::span{packet});
    bytes[0] = std::byte{0x80};
    bytes[1] = std::byte{number};
    base::write_u16(bytes, 2, ++sequence_);
    base::write_u32(bytes, 4, timestamp_);
    base::write_u32(bytes, 8, ssrc_);
    Datagram datagram;
    datagram.kind = Datagram::Kind::media;
    datagram.from = rtp_;
    datagram.to = belief_.remote->rtp;
    datagram.bytes = seal(packet + content);
    if (datagram.bytes.empty()) { return; }
    send_media(std::move(datagram));
}

std::optional<Payload> Phone::payload_to_send(Law& law) const {
    const View& remote = *belief_.remote;
    const bool a_law = remote.payload("pcma/8000") != nullptr &&
                       (remote.payload("pcmu/8000") == nullptr || identity_.laws.front() == Law::a);
    law = a_law ? Law::a : Law::mu;
    const Payload* const payload = remote.payload(a_law ? "pcma/8000" : "pcmu/8000");
    return payload == nullptr ? std::nullopt : std::optional{*payload};
}

// 20 ms of the voice; empty: nothing is sent now.
std::string Phone::frame_of(Law law, std::uint8_t& number) {
    if (voice == Speech::tone) { return tone_payload(identity_.tone, law); }
    if (voice == Speech::music) { return chord_payload(identity_.tone, law); }
    if (voice == Speech::silence) { return silence_payload(law); }
    constexpr unsigned noise_every = 8;
    const Payload* const noise = belief_.remote->payload("cn/8000");
    number = noise == nullptr ? static_noise : noise->number;
    constexpr char level = 64;  // -64 dBov, RFC 3389 §3
    return noise_frames_++ % noise_every == 0 ? std::string{level} : std::string{};
}

}  // namespace simulation
