// Any bytes as a stream of framed datagrams, cut anywhere. Held: the same frames whole, byte by byte and in pieces told
// by the input, each within the limit; framed again they are the same stream, but for frames without content.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "media/stream/backlog.hpp"
#include "media/stream/deframer.hpp"

namespace {

using Frames = std::vector<std::vector<std::byte>>;

void require(bool held) {
    if (!held) { std::abort(); }
}

template <class NextSize>
Frames frames(std::span<const std::byte> stream, NextSize next_size) {
    media::Deframer deframer;
    Frames out;
    while (!stream.empty()) {
        const std::size_t size = std::min<std::size_t>(next_size(), stream.size());
        std::span<const std::byte> piece = stream.first(size);
        stream = stream.subspan(size);
        while (const auto frame = deframer.next(piece)) { out.emplace_back(frame->begin(), frame->end()); }
        require(piece.empty() || deframer.is_broken());
    }
    return out;
}

std::vector<std::byte> framed(const Frames& frames) {
    std::vector<std::byte> out;
    media::Backlog backlog;
    for (const auto& frame : frames) {
        backlog.push({}, frame);
        const auto piece = backlog.front({});
        out.insert(out.end(), piece.begin(), piece.end());
        backlog.sent(piece.size());
    }
    require(backlog.empty() && backlog.dropped() == 0);
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span stream{reinterpret_cast<const std::byte*>(data), size};
    const Frames whole = frames(stream, [size] { return size; });
    require(whole == frames(stream, [] { return std::size_t{1}; }));
    std::size_t at = 0;
    require(whole == frames(stream, [&] { return std::size_t{1} + data[at++ * 7 % size] % 64; }));
    for (const auto& frame : whole) { require(!frame.empty() && frame.size() <= media::Deframer::max_frame); }
    const auto again = framed(whole);
    require(frames(again, [&] { return again.size(); }) == whole);
    return 0;
}
