// Header extensions of a browser's packets (RFC 8285): those that it sends, in the form that its numbers need, and a
// judgement of those that come: each packet says its line and its time where that is agreed, and nothing that is not.
#include "base/bytes.hpp"
#include "tests/simulation/phone/phone.hpp"

namespace simulation {
namespace {

constexpr std::size_t rtp_header = 12;
constexpr std::size_t block_header = 4;
constexpr std::uint16_t one_byte = 0xbede;
constexpr std::uint16_t two_byte = 0x1000;
constexpr std::uint32_t second = 1U << 18;  // of abs-send-time, whose 24 bits come round in 64

std::uint32_t send_time(Instant now) {
    const auto eighths = static_cast<std::uint64_t>(std::chrono::microseconds{now.time_since_epoch() / 1us}.count());
    return static_cast<std::uint32_t>(eighths * second / 1'000'000) & 0xffffffU;
}

std::uint8_t of_both(std::uint8_t ours, std::uint8_t theirs) { return ours == theirs ? ours : std::uint8_t{0}; }

void add_element(std::string& block, bool is_short, std::uint8_t id, const std::string& data) {
    if (id == 0) { return; }
    if (is_short) {
        block += static_cast<char>(id << 4 | (data.size() - 1));
    } else {
        block += static_cast<char>(id);
        block += static_cast<char>(data.size());
    }
    block += data;
}

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

ExtensionIds Phone::agreed_extensions(bool of_video) const {
    if (!belief_.local || !belief_.remote || (of_video && !has_video())) { return {}; }
    const ExtensionIds& ours = of_video ? belief_.local->video()->extensions : belief_.local->extensions;
    const ExtensionIds& theirs = of_video ? belief_.remote->video()->extensions : belief_.remote->extensions;
    return {of_both(ours.mid, theirs.mid), of_both(ours.time, theirs.time), of_both(ours.level, theirs.level)};
}

std::string Phone::with_extensions(std::string packet, bool is_video) const {
    const ExtensionIds ids = agreed_extensions(is_video);
    if (ids == ExtensionIds{}) { return packet; }
    const std::uint32_t now = send_time(ground_.clock.now());
    const std::string time{static_cast<char>(now >> 16), static_cast<char>(now >> 8), static_cast<char>(now)};
    const bool is_short = std::max({ids.mid, ids.time, ids.level}) < 15;
    std::string block;
    add_element(block, is_short, ids.level, std::string(1, static_cast<char>(level())));
    add_element(block, is_short, ids.time, time);
    add_element(block, is_short, ids.mid, is_video ? belief_.local->video()->mid : belief_.local->mid);
    block.resize((block.size() + 3) / 4 * 4);
    std::string header(block_header, '\0');
    const auto bytes = std::as_writable_bytes(std::span{header});
    base::write_u16(bytes, 0, is_short ? one_byte : two_byte);
    base::write_u16(bytes, 2, static_cast<std::uint16_t>(block.size() / 4));
    packet[0] = static_cast<char>(packet[0] | 0x10);
    return packet.insert(rtp_header, header + block);
}

std::string Phone::without_extensions(std::string packet, bool is_video) {
    const auto bytes = std::as_bytes(std::span{packet});
    const bool has_block = bytes.size() >= rtp_header + block_header && (bytes[0] & std::byte{0x10}) != std::byte{};
    if (!has_block) {
        judge_extensions({}, true, is_video);
        return packet;
    }
    const std::uint16_t profile = base::read_u16(bytes, rtp_header);
    const std::size_t size = std::size_t{4} * base::read_u16(bytes, rtp_header + 2);
    if ((profile != one_byte && profile != two_byte) || bytes.size() < rtp_header + block_header + size) {
        complain("header extensions by RFC 8285 §4", "profile " + std::to_string(profile));
        return packet;
    }
    judge_extensions(bytes.subspan(rtp_header + block_header, size), profile == one_byte, is_video);
    packet[0] = static_cast<char>(packet[0] & ~0x10);
    return packet.erase(rtp_header, block_header + size);
}

// Of a line that is not agreed on any more, or not yet, nothing is known.
void Phone::judge_extensions(std::span<const std::byte> elements, bool is_short, bool is_video) {
    constexpr std::uint32_t longest_way = 5 * second;  // of a packet that is sent again, too
    const ExtensionIds ids = agreed_extensions(is_video);
    const bool is_known = belief_.local && belief_.remote && (!is_video || has_video());
    if (!is_known) { return; }
    bool has_mid = ids.mid == 0;
    bool has_time = ids.time == 0;
    while (!elements.empty()) {
        const auto first = std::to_integer<unsigned>(elements[0]);
        if (first == 0) {
            elements = elements.subspan(1);
            continue;
        }
        const auto id = static_cast<std::uint8_t>(is_short ? first >> 4 : first);
        const std::size_t head = is_short ? 1 : 2;
        const std::size_t size = is_short ? (first & 0x0fU) + 1 : std::to_integer<std::size_t>(elements[1]);
        const auto data = elements.subspan(head, size);
        elements = elements.subspan(head + size);
        const std::string& mid = is_video ? belief_.local->video()->mid : belief_.local->mid;
        if (id == ids.mid && text_of(data) == mid) {
            has_mid = true;
        } else if (id == ids.time && size == 3) {
            const std::uint32_t told = base::read_u16(data, 0) * 256U + std::to_integer<std::uint32_t>(data[2]);
            has_time = ((send_time(ground_.clock.now()) - told) & 0xffffffU) < longest_way;
        } else if (id == ids.level && size == 1) {
            levels_.insert(std::to_integer<std::uint8_t>(data[0]));
        } else {
            complain("F.3 only agreed header extensions", "number " + std::to_string(id));
        }
    }
    if (!has_mid) { complain("each packet says its line (RFC 8843 §15)", is_video ? "video" : "audio"); }
    if (!has_time) { complain("each packet says when it was sent", is_video ? "video" : "audio"); }
}

}  // namespace simulation
