// Any bytes as a stream, cut anywhere. Held: the same frames whole, byte by byte and in pieces told by the input; each
// message frame is what the parser, too, takes for exactly one message; memory stays within the limit and one push.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sip/message/stream_framer.hpp"

namespace {

using Frame = sip::StreamFramer::Frame;

void require(bool held) {
    if (!held) { std::abort(); }
}

constexpr sip::Limits limits{.message = 1024};

template <class NextSize>
std::vector<Frame> frames(std::string_view stream, NextSize next_size) {
    sip::StreamFramer framer{limits};
    std::vector<Frame> out;
    while (!stream.empty()) {
        const auto size = std::min<std::size_t>(next_size(), stream.size());
        framer.push(stream.substr(0, size));
        stream.remove_prefix(size);
        while (auto frame = framer.next()) { out.push_back(*std::move(frame)); }
    }
    return out;
}

void require_same(const std::vector<Frame>& a, const std::vector<Frame>& b) {
    require(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        require(a[i].kind == b[i].kind && a[i].text == b[i].text && a[i].reason == b[i].reason);
    }
}

void look_at(const Frame& frame) {
    require(frame.text.size() <= limits.message);
    const auto parsed = sip::parse_message(frame.text, true, limits);
    if (frame.kind == Frame::Kind::message && parsed.error) {
        // Both saw the same end of the head and the same length.
        require(parsed.error->fault != sip::ParseFault::content_length);
    }
    if (frame.kind == Frame::Kind::broken) { require(parsed.error.has_value() && !frame.reason.empty()); }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view stream{reinterpret_cast<const char*>(data), size};
    const auto whole = frames(stream, [size] { return size; });
    require_same(whole, frames(stream, [] { return std::size_t{1}; }));
    std::size_t at = 0;
    require_same(whole, frames(stream, [&] { return std::size_t{1} + data[at++ * 7 % size] % 64; }));
    for (const Frame& frame : whole) { look_at(frame); }
    return 0;
}
