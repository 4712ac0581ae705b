#include "server/capture/hep_packet.hpp"

#include <algorithm>

#include "server/capture/wire_bytes.hpp"

namespace server::capture {
namespace {

constexpr std::size_t max_datagram = 65'507;  // of UDP over IPv4
constexpr std::size_t chunk_head = 6;
constexpr std::size_t packet_head = 6;  // "HEP3" and the length of all

constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t protocol_udp = 17;
constexpr std::uint8_t family_inet = 2;  // the values of Linux, which HEP took
constexpr std::uint8_t family_inet6 = 10;

enum class Chunk : std::uint16_t {
    family = 1,
    protocol = 2,
    source_v4 = 3,
    destination_v4 = 4,
    source_v6 = 5,
    destination_v6 = 6,
    source_port = 7,
    destination_port = 8,
    seconds = 9,
    microseconds = 10,
    kind = 11,
    agent = 12,
    payload = 15,
    correlation = 17
};

//  0                   1                   2                   3
// +-------------------------------+-------------------------------+
// |        vendor (0: HEP)        |             type              |
// +-------------------------------+-------------------------------+
// |     length, these 6 included  |           value …
// +-------------------------------+----------------
void add(std::string& packet, Chunk type, std::string_view value) {
    put16(packet, 0);
    put16(packet, static_cast<std::uint16_t>(type));
    put16(packet, static_cast<std::uint16_t>(chunk_head + value.size()));
    packet += value;
}

template <class Number>
void add_number(std::string& packet, Chunk type, Number number) {
    std::string value;
    if constexpr (sizeof number == 1) { value += static_cast<char>(number); }
    if constexpr (sizeof number == 2) { put16(value, number); }
    if constexpr (sizeof number == 4) { put32(value, number); }
    add(packet, type, value);
}

void add_addresses(std::string& packet, const HepNote& note) {
    const auto [source, destination] = of_one_family(note.source.address, note.destination.address);
    const bool v6 = source.is_v6();
    add_number(packet, Chunk::family, v6 ? family_inet6 : family_inet);
    add_number(packet, Chunk::protocol, note.over_stream ? protocol_tcp : protocol_udp);
    add(packet, v6 ? Chunk::source_v6 : Chunk::source_v4, wire_address(source));
    add(packet, v6 ? Chunk::destination_v6 : Chunk::destination_v4, wire_address(destination));
    add_number(packet, Chunk::source_port, note.source.port);
    add_number(packet, Chunk::destination_port, note.destination.port);
}

}  // namespace

std::string write_hep(const HepNote& note, std::chrono::microseconds at, std::uint32_t agent) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at);
    std::string packet = "HEP3";
    put16(packet, 0);
    add_addresses(packet, note);
    add_number(packet, Chunk::seconds, static_cast<std::uint32_t>(seconds.count()));
    add_number(packet, Chunk::microseconds, static_cast<std::uint32_t>((at - seconds).count()));
    add_number(packet, Chunk::kind, static_cast<std::uint8_t>(note.kind));
    add_number(packet, Chunk::agent, agent);
    if (!note.correlation.empty()) { add(packet, Chunk::correlation, note.correlation); }
    const std::size_t room = max_datagram - std::min(max_datagram, packet.size() + chunk_head);
    add(packet, Chunk::payload, note.payload.view().substr(0, room));
    constexpr std::size_t length_at = packet_head - 2;
    packet[length_at] = static_cast<char>(packet.size() >> 8);
    packet[length_at + 1] = static_cast<char>(packet.size());
    return packet;
}

}  // namespace server::capture
