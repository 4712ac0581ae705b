#include "tests/simulation/phone/viewer.hpp"

#include <bit>
#include <span>

#include "base/bytes.hpp"

namespace simulation {
namespace {

constexpr std::size_t header_size = 4;
constexpr std::uint32_t nack_start = 0x81CD;  // version 2, format 1; RTPFB
constexpr std::uint32_t pli_start = 0x81CE;   // the same of PSFB
constexpr std::uint32_t afb_start = 0x8FCE;   // format 15 of it
constexpr std::uint32_t remb = 0x52454D42;    // "REMB"

void append(std::string& out, std::initializer_list<std::uint32_t> words) {
    for (const std::uint32_t word : words) {
        for (const int shift : {24, 16, 8, 0}) { out += static_cast<char>(word >> shift & 0xffU); }
    }
}

}  // namespace

void Viewer::on_packet(Instant at, Sound who, std::uint32_t ssrc, std::uint16_t sequence) {
    seen_.on_packet(at, who, ssrc);
    ssrc_ = ssrc;
    const auto ahead = static_cast<std::int16_t>(highest_ ? sequence - *highest_ : 1);
    if (ahead <= 0) {
        came_twice_ += missing_.erase(sequence) == 0 ? 1 : 0;
        return;
    }
    for (int i = 1; i < ahead; ++i) {
        missing_[static_cast<std::uint16_t>(sequence - i)] = at;
        ++missed_;
    }
    highest_ = sequence;
}

std::string Viewer::ask(Instant now, std::uint32_t ours) {
    std::string out;
    for (auto& [sequence, due] : missing_) {
        if (due > now) { continue; }
        if (out.empty()) { append(out, {0x80C90001U, ours}); }
        append(out, {0x81CD0003U, ours, ssrc_, std::uint32_t{sequence} << 16});
        due = now + asks_again_after;
    }
    return out;
}

std::string Viewer::estimate(std::uint32_t ours, std::uint32_t bits) const {
    std::string out;
    append(out, {0x80C90001U, ours, 0x8FCE0005U, ours, 0, remb, 1U << 24 | bits, ssrc_});
    return out;
}

std::optional<std::uint32_t> Viewer::on_control(Instant at, std::string_view compound) {
    std::optional<std::uint32_t> asked;
    auto rest = std::as_bytes(std::span{compound});
    while (rest.size() >= header_size) {
        const std::size_t size = header_size * (base::read_u16(rest, 2) + std::size_t{1});
        if (size > rest.size()) { break; }
        const auto packet = rest.first(size);
        rest = rest.subspan(size);
        if (base::read_u16(packet, 0) == pli_start && size == 12) {
            asked_for_pictures_.push_back(at);
            asked = base::read_u32(packet, 8);
        }
        if (base::read_u16(packet, 0) == afb_start && size == 24 && base::read_u32(packet, 12) == remb) {
            estimates_.push_back({base::read_u32(packet, 16) & 0xffffffU, base::read_u32(packet, 20)});
        }
        for (std::size_t entry = 12; base::read_u16(packet, 0) == nack_start && entry + 4 <= size; entry += 4) {
            asked_for_packets_ += 1U + static_cast<unsigned>(std::popcount(base::read_u16(packet, entry + 2)));
        }
    }
    return asked;
}

}  // namespace simulation
