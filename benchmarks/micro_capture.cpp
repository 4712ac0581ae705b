// What it costs to keep a message as it was on the wire: copied, its secrets written over, its call found. To be
// compared with what it costs to parse it (micro_parser).
#include <benchmark/benchmark.h>

#include <string>

#include "server/b2bua/message_archive.hpp"
#include "server/capture/secrets.hpp"
#include "sip/message/parser.hpp"
#include "sip/message/raw_field.hpp"

namespace {

using server::CallKey;

// An INVITE of a user's phone, with credentials and a key.
std::string invite() {
    return "INVITE sip:+15551234567@198.51.100.7:5060;user=phone SIP/2.0\r\n"
           "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK776asdhds;rport\r\n"
           "Max-Forwards: 70\r\n"
           "From: \"Alice\" <sip:alice@192.0.2.10>;tag=1928301774\r\n"
           "To: <sip:+15551234567@198.51.100.7>\r\n"
           "Call-ID: a84b4c76e66710@192.0.2.10\r\n"
           "CSeq: 314159 INVITE\r\n"
           "Contact: <sip:alice@192.0.2.10:5060>\r\n"
           "Proxy-Authorization: Digest username=\"alice\", realm=\"example.com\", "
           "nonce=\"84a4cc6f3082121f32b42a2187831a9e\", "
           "uri=\"sip:+15551234567@198.51.100.7\", response=\"7587245234b3434cc3412213e5f113a5\", algorithm=MD5\r\n"
           "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n"
           "Content-Type: application/sdp\r\n"
           "Content-Length: 250\r\n\r\n"
           "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n"
           "m=audio 10000 RTP/SAVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
           "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\na=sendrecv\r\n";
}

void report_size(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
    state.counters["bytes"] = static_cast<double>(bytes);
}

server::capture::SharedText blanked(const std::string& text) {
    return {text, [](std::span<char> message) { server::capture::blank_secrets(message); }};
}

void ParseIt(benchmark::State& state) {
    const std::string text = invite();
    for (auto _ : state) { benchmark::DoNotOptimize(sip::parse_message(text)); }
    report_size(state, text.size());
}
BENCHMARK(ParseIt);

void CopyIt(benchmark::State& state) {
    const std::string text = invite();
    for (auto _ : state) { benchmark::DoNotOptimize(server::capture::SharedText{text}); }
    report_size(state, text.size());
}
BENCHMARK(CopyIt);

void CopyItWithoutItsSecrets(benchmark::State& state) {
    const std::string text = invite();
    for (auto _ : state) { benchmark::DoNotOptimize(blanked(text)); }
    report_size(state, text.size());
}
BENCHMARK(CopyItWithoutItsSecrets);

// Ten messages of a call from its beginning to its being forgotten, among 10,000 calls.
void KeepTenOfACall(benchmark::State& state) {
    const std::string text = invite();
    server::MessageArchive archive;
    archive.configure(64 * 1024, false);
    constexpr std::uint64_t others = 10'000;
    std::uint64_t last = 0;
    const auto begin = [&] {
        const std::string dialog = "a84b4c76e66710-" + std::to_string(++last) + "@192.0.2.10";
        archive.name(dialog, CallKey{last}, "0123456789abcdef");
        return dialog;
    };
    while (last < others) { begin(); }
    for (auto _ : state) {
        const std::string dialog = begin();
        for (int i = 0; i < 10; ++i) {
            benchmark::DoNotOptimize(sip::find_raw_field(text, sip::raw_call_id));
            for (const CallKey call : archive.calls_of(dialog)) {
                archive.add(call, {{}, false, {}, {}, {}, blanked(text)});
            }
        }
        archive.forget(CallKey{last});
    }
}
BENCHMARK(KeepTenOfACall);

}  // namespace
