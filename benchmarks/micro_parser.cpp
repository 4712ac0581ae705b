// What one SIP message costs: parsed, parsed and written again, a URI taken apart. The bound is 2 µs for a 600-byte
// INVITE on one core; what takes the time is scanning for line ends and classes of bytes, and one allocation for the
// text.
#include <benchmark/benchmark.h>

#include <string>

#include "sip/message/parser.hpp"
#include "sip/message/stream_framer.hpp"
#include "sip/message/uri.hpp"
#include "sip/message/via.hpp"

namespace {

// 600 bytes, as a carrier writes it.
std::string invite() {
    const std::string body =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n"
        "m=audio 10000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    return "INVITE sip:+15551234567@198.51.100.7:5060;user=phone SIP/2.0\r\n"
           "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK776asdhds;rport\r\n"
           "Max-Forwards: 70\r\n"
           "From: \"Alice\" <sip:alice@192.0.2.10>;tag=1928301774\r\n"
           "To: <sip:+15551234567@198.51.100.7>\r\n"
           "Call-ID: a84b4c76e66710@192.0.2.10\r\n"
           "CSeq: 314159 INVITE\r\n"
           "Contact: <sip:alice@192.0.2.10:5060>\r\n"
           "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n"
           "Supported: timer, 100rel\r\n"
           "Content-Type: application/sdp\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

void report_size(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
    state.counters["bytes"] = static_cast<double>(bytes);
}

void ParseInvite(benchmark::State& state) {
    const std::string text = invite();
    if (const auto parsed = sip::parse_message(text); parsed.error) {
        state.SkipWithError(parsed.error->detail.c_str());
    }
    for (auto _ : state) { benchmark::DoNotOptimize(sip::parse_message(text)); }
    report_size(state, text.size());
}
BENCHMARK(ParseInvite);

void ParseAndWriteInvite(benchmark::State& state) {
    const std::string text = invite();
    for (auto _ : state) { benchmark::DoNotOptimize(sip::parse_message(text).message.to_string()); }
    report_size(state, text.size());
}
BENCHMARK(ParseAndWriteInvite);

void FrameInvite(benchmark::State& state) {
    const std::string text = invite();
    sip::StreamFramer framer;
    for (auto _ : state) {
        framer.push(text);
        benchmark::DoNotOptimize(framer.next());
    }
    report_size(state, text.size());
}
BENCHMARK(FrameInvite);

void ParseUri(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(sip::Uri::parse("sip:+15551234567@proxy.example.com:5060;transport=tcp;lr"));
    }
}
BENCHMARK(ParseUri);

void ParseVia(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(sip::Via::parse("SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK776asdhds;rport"));
    }
}
BENCHMARK(ParseVia);

// Linear: the nanoseconds a byte must be the same for 32 and 64 KiB of what is worst.
void ParseHostile(benchmark::State& state, std::string_view unit) {
    const auto size = static_cast<std::size_t>(state.range(0)) * 1024;
    std::string text = "OPTIONS sip:a@example.com SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nContact: <sip:a@b>";
    while (text.size() < size) { text += unit; }
    text += "\r\n\r\n";
    const sip::Limits open{1 << 20, 1 << 20, 1 << 20, 1 << 20};
    for (auto _ : state) { benchmark::DoNotOptimize(sip::parse_message(text, false, open)); }
    report_size(state, text.size());
}
BENCHMARK_CAPTURE(ParseHostile, commas, ",")->Arg(32)->Arg(64);
BENCHMARK_CAPTURE(ParseHostile, semicolons, ";a")->Arg(32)->Arg(64);
BENCHMARK_CAPTURE(ParseHostile, folds, "\r\n ")->Arg(32)->Arg(64);
BENCHMARK_CAPTURE(ParseHostile, vias, "\r\nv: SIP/2.0/UDP h")->Arg(32)->Arg(64);
BENCHMARK_CAPTURE(ParseHostile, contacts, ",<sip:a@b>")->Arg(32)->Arg(64);

}  // namespace
