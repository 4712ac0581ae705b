// What one packet costs in the pure core: parse, rewrite, a whole session, transcoding, a look for silence.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "media/music/builtin_tune.hpp"
#include "media/relay/session.hpp"

namespace {

using namespace media;

class Discard final : public PacketSink {
public:
    void send(Side, Component, const base::Endpoint&, std::span<const std::byte> bytes) noexcept override {
        benchmark::DoNotOptimize(bytes.data());
    }
};

std::vector<std::byte> voice_packet(std::byte sample) {
    std::vector<std::byte> packet(rtp_header_size + frame_samples, sample);
    write_rtp_header(packet, RtpHeader{false, 0, 1, 160, 42});
    return packet;
}

LegDescription describe(const base::Endpoint& remote, PayloadFormat format) {
    LegDescription out;
    out.remote_rtp = remote;
    out.remote_rtcp = remote;
    out.send = true;
    out.receive = true;
    out.send_formats = {format};
    out.receive_formats = {format};
    return out;
}

// One call of two legs, A speaking µ-law.
struct Call {
    explicit Call(PayloadFormat of_b, std::optional<SrtpSuite> b_secured = std::nullopt) {
        for (const Side side : {Side::a, Side::b}) { session.open_leg(side, {}); }
        session.describe(now, Side::a, describe(a, {Codec::pcmu, 0}));
        LegDescription description = describe(b, of_b);
        if (b_secured) { description.srtp = {SrtpKey::make(*b_secured, random), SrtpKey::make(*b_secured, random)}; }
        session.describe(now, Side::b, description);
    }
    void open_music_server() {
        session.open_leg(Side::music_b, {});
        session.describe(now, Side::music_b, describe(server, {Codec::pcmu, 0}));
        session.play(now, Side::b, Source::server, std::make_shared<const EncodedTune>(Pcm(160)));
    }
    void feed(benchmark::State& state) { feed(state, Side::a, a, std::byte{0xfe}); }
    void feed(benchmark::State& state, Side from, const base::Endpoint& remote, std::byte sample) {
        auto packet = voice_packet(sample);
        std::uint16_t sequence = 0;
        for (auto _ : state) {
            write_rtp_header(packet, RtpHeader{false, 0, sequence, 160U * sequence, 42});
            ++sequence;
            now += frame_duration;
            benchmark::DoNotOptimize(session.on_packet(now, from, Component::rtp, remote, packet));
        }
    }
    base::Instant now = base::Instant{} + std::chrono::hours{1};
    base::Endpoint a{base::IpAddress::v4({10, 0, 0, 1}), 4000};
    base::Endpoint b{base::IpAddress::v4({10, 0, 0, 2}), 4000};
    base::Endpoint server{base::IpAddress::v4({10, 0, 0, 3}), 4000};
    base::SeededRandom random{1};
    Discard sink;
    Session session{now, SessionId{1}, {}, random, sink};
};

void parse_a_packet(benchmark::State& state) {
    const auto packet = voice_packet(std::byte{0x10});
    for (auto _ : state) { benchmark::DoNotOptimize(parse_rtp(packet)); }
}
BENCHMARK(parse_a_packet);

void relay_a_packet(benchmark::State& state) {
    Call call{{Codec::pcmu, 0}};
    call.session.play(call.now, Side::b, Source::peer);
    call.feed(state);
}
BENCHMARK(relay_a_packet);

// As from one browser to another: A's level, B's mid and the time.
void relay_a_packet_with_extensions(benchmark::State& state) {
    Call call{{Codec::pcmu, 0}};
    LegDescription of_a = describe(call.a, {Codec::pcmu, 0});
    of_a.receive_extensions.audio_level = 1;
    LegDescription of_b = describe(call.b, {Codec::pcmu, 0});
    of_b.bundled = BundledLine{"0", 4};
    of_b.send_extensions = {.mid = 4, .send_time = 2, .audio_level = 1};
    call.session.describe(call.now, Side::a, of_a);
    call.session.describe(call.now, Side::b, of_b);
    call.session.play(call.now, Side::b, Source::peer);
    constexpr std::array<unsigned char, 12> block{0xbe, 0xde, 0, 2, 0x10, 0x85, 0x22, 1, 2, 3, 0x40, '0'};
    const auto voice = voice_packet(std::byte{0xfe});
    std::vector<std::byte> packet(voice.begin(), voice.begin() + rtp_header_size);
    std::ranges::transform(block, std::back_inserter(packet), [](unsigned char byte) { return std::byte{byte}; });
    packet.insert(packet.end(), voice.begin() + rtp_header_size, voice.end());
    packet[0] |= std::byte{0x10};
    const std::vector<std::byte> whole = packet;
    std::uint16_t sequence = 0;
    for (auto _ : state) {
        std::ranges::copy(whole, packet.begin());  // ours is written over it
        base::write_u16(packet, 2, sequence++);
        call.now += frame_duration;
        benchmark::DoNotOptimize(call.session.on_packet(call.now, Side::a, Component::rtp, call.a, packet));
    }
}
BENCHMARK(relay_a_packet_with_extensions);

void relay_a_packet_to_a_secured_leg(benchmark::State& state) {
    const auto suite = static_cast<SrtpSuite>(state.range(0));
    state.SetLabel(std::string{numbers_of(suite).name});
    Call call{{Codec::pcmu, 0}, suite};
    call.session.play(call.now, Side::b, Source::peer);
    call.feed(state);
}
BENCHMARK(relay_a_packet_to_a_secured_leg)
    ->Arg(static_cast<int>(SrtpSuite::aes_cm_128_hmac_sha1_80))
    ->Arg(static_cast<int>(SrtpSuite::aead_aes_128_gcm));

void transcode_a_packet(benchmark::State& state) {
    Call call{{Codec::pcma, 8}};
    call.session.play(call.now, Side::b, Source::peer);
    call.feed(state);
}
BENCHMARK(transcode_a_packet);

void hold_back_a_silent_packet(benchmark::State& state) {
    Call call{{Codec::pcmu, 0}};
    call.session.play(call.now, Side::b, Source::peer_or_music, std::make_shared<const EncodedTune>(Pcm(160)));
    call.feed(state);
}
BENCHMARK(hold_back_a_silent_packet);

void relay_a_packet_of_a_music_server(benchmark::State& state) {
    Call call{{Codec::pcmu, 0}};
    call.open_music_server();
    call.feed(state, Side::music_b, call.server, std::byte{0x10});
}
BENCHMARK(relay_a_packet_of_a_music_server);

void send_a_music_frame(benchmark::State& state) {
    Call call{{Codec::pcmu, 0}};
    call.session.play(call.now, Side::b, Source::music, std::make_shared<const EncodedTune>(Pcm(16000)));
    for (auto _ : state) {
        call.now += frame_duration;
        call.session.on_timeout(call.now);
        benchmark::DoNotOptimize(call.session.next_timeout());
    }
}
BENCHMARK(send_a_music_frame);

void compose_the_tune(benchmark::State& state) {
    for (auto _ : state) { benchmark::DoNotOptimize(compose_builtin_tune()); }
}
BENCHMARK(compose_the_tune)->Unit(benchmark::kMillisecond);

}  // namespace
