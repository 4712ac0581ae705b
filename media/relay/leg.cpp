#include "media/relay/leg.hpp"

#include <algorithm>
#include <string>

#include "media/codec/g711.hpp"
#include "media/rtp/header_extension.hpp"
#include "media/stream_class.hpp"

namespace media {

namespace {

Rewriter make_rewriter(base::Random& random) {
    const std::uint64_t numbers = random.next();
    // A first sequence number in the lower half keeps a wrap away from the start of the call, which some peers dislike.
    const auto sequence = static_cast<std::uint16_t>(random.next() & 0x7fffU);
    return Rewriter{static_cast<std::uint32_t>(numbers), sequence, static_cast<std::uint32_t>(numbers >> 32)};
}

// A line has one clock as a rule (RFC 3550 §5.2); where it has several, that of the preferred format.
std::uint32_t clock_of(const std::vector<PayloadFormat>& formats) {
    const bool relays = !formats.empty() && formats.front().codec == Codec::relayed && formats.front().clock_hz != 0;
    return relays ? formats.front().clock_hz : sample_rate_hz;
}

std::string codec_name(std::optional<Codec> codec) {
    if (!codec) { return {}; }
    return *codec == Codec::pcmu ? "PCMU" : "PCMA";
}

}  // namespace

Leg::Leg(base::Instant now, bool learn, base::Random& random)
    : rtp{learn}, rtcp{learn}, rewriter{make_rewriter(random)}, reporter{now, random} {}

void Leg::describe(base::Instant now, const LegDescription& description) {
    const bool could_send = media_target().has_value();
    described = true;
    payloads.set(description.receive_formats, description.send_formats);
    if (!is_carried) { locate(now, description); }
    feedback = description.feedback;
    estimates = description.estimates;
    remember_pictures(description);
    extend(description);
    received.set_clock(clock_of(description.receive_formats));
    rewriter.set_clock(clock_of(description.send_formats));
    send = description.send;
    receive = description.receive;
    if (!could_send) { rewriter.interrupt(); }
    start_reports(now);
}

void Leg::locate(base::Instant now, const LegDescription& description) {
    secure(now, description);
    rtp.describe(now, description.remote_rtp);
    rtcp.describe(now, description.remote_rtcp);
    for (const base::Endpoint& stranger : description.strangers) {
        rtp.shut_out(stranger);
        rtcp.shut_out({stranger.address, static_cast<std::uint16_t>(stranger.port + 1)});
    }
    rtcp_mux = description.rtcp_mux;
}

bool Leg::carry(base::Instant now, const std::optional<base::Endpoint>& target) noexcept {
    if (carried_to == target) { return false; }
    const bool could_send = media_target().has_value();
    carried_to = target;
    if (!could_send) { rewriter.interrupt(); }
    start_reports(now);
    return true;
}

// What is there stays: whoever changes something else may still miss some of it.
void Leg::remember_pictures(const LegDescription& description) {
    if (!feedback || std::ranges::none_of(description.send_formats, is_picture)) { return sent.reset(); }
    if (!sent) { sent = std::make_unique<SentPackets>(); }
}

void Leg::extend(const LegDescription& description) {
    level_id = description.receive_extensions.audio_level;
    level_says_voice = description.receive_extensions.says_voice;
    const std::string mid = description.bundled ? description.bundled->mid : std::string{};
    const ExtensionBlock block{description.send_extensions, mid};
    extensions = block.is_empty() ? nullptr : std::make_unique<ExtensionBlock>(block);
}

void Leg::start_reports(base::Instant now) noexcept { rtcp_route() ? reporter.start(now) : reporter.stop(); }

void Leg::secure(base::Instant now, const LegDescription& description) {
    if (!description.dtls) { association.reset(); }
    if (!description.srtp && !description.dtls) { return protection.reset(); }
    if (!protection) { protection = std::make_unique<Protection>(); }
    // Where the library refuses, the leg stays mute: never in the clear.
    if (description.srtp) { static_cast<void>(protection->set_keys(now, *description.srtp)); }
}

void Leg::take_keys(base::Instant now) {
    if (const auto keys = association->take_keys()) { static_cast<void>(protection->set_keys(now, *keys)); }
}

void Leg::count(base::Instant now, const RtpHeader& header, bool regular, std::size_t size) noexcept {
    ++packets_in;
    bytes_in += size;
    if (traffic != nullptr) {
        ++traffic->packets_in;
        traffic->bytes_in += size;
    }
    received.on_rtp(now, header, regular);
}

std::optional<base::Endpoint> Leg::media_target() const noexcept {
    if (!described || !send) { return std::nullopt; }
    return peer();
}

std::optional<RtcpRoute> Leg::rtcp_route() const noexcept {
    if (!described || !peer()) { return std::nullopt; }
    if (is_carried) { return RtcpRoute{Component::rtcp, *carried_to}; }  // the transport has one port for both
    const auto to = rtcp_mux ? rtp.target() : rtcp.target();
    if (!to) { return std::nullopt; }
    return RtcpRoute{rtcp_mux ? Component::rtp : Component::rtcp, *to};
}

std::optional<AudioLevel> Leg::level_of(std::span<const std::byte> datagram, const RtpView& view) const noexcept {
    if (level_id == 0) { return std::nullopt; }
    const auto data = find_extension(datagram, view, level_id);
    if (!data || data->size() != 1) { return std::nullopt; }
    return AudioLevel{std::to_integer<std::uint8_t>(data->front()), level_says_voice};
}

void Leg::write_head(std::span<std::byte> out, base::Instant now, const RtpHeader& header,
                     const std::optional<AudioLevel>& level) const noexcept {
    constexpr std::byte has_extension{0x10};
    write_rtp_header(out, header);
    if (!extensions || extensions->size(level) == 0) { return; }
    out[0] |= has_extension;
    extensions->write(out.subspan(rtp_header_size), now, level);
}

std::optional<Leg::Outgoing> Leg::outgoing(Codec codec, std::uint8_t meaning) const noexcept {
    if (const auto payload = payloads.number(codec, meaning)) { return Outgoing{*payload, false}; }
    if (!is_g711(codec)) { return std::nullopt; }
    const auto payload = payloads.number(codec == Codec::pcmu ? Codec::pcma : Codec::pcmu);
    if (!payload) { return std::nullopt; }
    return Outgoing{*payload, true};
}

base::Instant Leg::timeout_deadline() const noexcept {
    if (timeout <= base::Duration::zero()) { return base::never; }
    return std::max(armed_at, last_life) + timeout;
}

SenderInfo Leg::sender_info(base::Instant now) const noexcept {
    return SenderInfo{0, rewriter.timestamp_at(now), static_cast<std::uint32_t>(packets_out), octets_out};
}

// Late packets may close a gap again: what was settled as lost stays so.
void Leg::settle_losses() noexcept {
    const std::uint64_t lost = received.lost();
    if (traffic == nullptr || lost <= lost_settled) { return; }
    traffic->lost += lost - lost_settled;
    lost_settled = lost;
}

LegCounts Leg::counts() const noexcept {
    LegCounts counts;
    counts.packets_in = packets_in;
    counts.packets_out = packets_out;
    counts.bytes_in = bytes_in;
    counts.bytes_out = bytes_out;
    counts.lost = received.lost();
    counts.jitter_ms = received.jitter_ms();
    if (const auto trip = reporter.round_trip()) {
        counts.rtt_ms = std::chrono::duration<double, std::milli>{*trip}.count();
    }
    counts.music = hears_music;
    return counts;
}

LegStats Leg::snapshot() const {
    LegStats stats{counts(), {}, {}, {}, {}, false, {}};
    stats.local = local;
    stats.remote = peer();
    stats.codec = codec_name(payloads.preferred_audio());
    stats.srtp = protection ? protection->suite() : std::string_view{};
    stats.rtcp_mux = rtcp_mux;
    return stats;
}

}  // namespace media
