// One description read, written, and what every call asks of it. Compared with: the same text copied once, the least
// that anything could cost.
#include <benchmark/benchmark.h>

#include <string>

#include "sip/sdp/offer_answer.hpp"
#include "sip/sdp/parser.hpp"

namespace {

// The ten lines that a telephone sends.
const std::string telephone =
    "v=0\r\no=- 20518 0 IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\nt=0 0\r\n"
    "m=audio 54400 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 "
    "0-16\r\na=ptime:20\r\na=sendrecv\r\n";

void copy_text(benchmark::State& state) {
    for (auto _ : state) {
        std::string copy = telephone;
        benchmark::DoNotOptimize(copy);
    }
}
BENCHMARK(copy_text);

void parse_telephone(benchmark::State& state) {
    for (auto _ : state) {
        auto session = sip::sdp::parse(telephone);
        benchmark::DoNotOptimize(session);
    }
}
BENCHMARK(parse_telephone);

void write_telephone(benchmark::State& state) {
    const auto session = *sip::sdp::parse(telephone);
    for (auto _ : state) {
        auto text = sip::sdp::write(session);
        benchmark::DoNotOptimize(text);
    }
}
BENCHMARK(write_telephone);

void formats_of_telephone(benchmark::State& state) {
    const auto session = *sip::sdp::parse(telephone);
    for (auto _ : state) {
        auto formats = sip::sdp::formats_of(session.media[0]);
        benchmark::DoNotOptimize(formats);
    }
}
BENCHMARK(formats_of_telephone);

void offer_and_answer(benchmark::State& state) {
    const auto session = *sip::sdp::parse(telephone);
    const std::vector<std::string> usable{"PCMU", "PCMA"};
    for (auto _ : state) {
        sip::sdp::OfferAnswer leg{1, base::IpAddress::v4({192, 0, 2, 1})};
        auto accepted = leg.on_remote_offer(session, usable);
        auto answer = leg.answer(session);
        benchmark::DoNotOptimize(accepted);
        benchmark::DoNotOptimize(answer);
    }
}
BENCHMARK(offer_and_answer);

// Time at the limit of text, by lines: linear, or the limit is no protection.
void parse_lines(benchmark::State& state) {
    std::string text = telephone;
    while (text.size() < static_cast<std::size_t>(state.range(0)) - 40) {
        text += "a=candidate:1 1 udp 1 192.0.2.1\r\n";
    }
    for (auto _ : state) {
        auto session = sip::sdp::parse(text);
        benchmark::DoNotOptimize(session);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_lines)->Arg(16 << 10)->Arg(32 << 10);

}  // namespace
