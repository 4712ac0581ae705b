#include "server/capture/pcapng.hpp"

#include <algorithm>
#include <utility>

#include "server/capture/wire_bytes.hpp"

namespace server::capture {
namespace {

constexpr std::uint32_t section_header = 0x0A0D0D0A;
constexpr std::uint32_t byte_order = 0x1A2B3C4D;
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t enhanced_packet = 6;
constexpr std::uint16_t raw_ip = 101;  // LINKTYPE_RAW: IPv4 or IPv6, by their first four bits

constexpr std::uint16_t option_comment = 1;
constexpr std::uint16_t option_application = 4;  // of a section
constexpr std::uint16_t option_name = 2;         // of an interface
constexpr std::uint16_t option_flags = 2;        // of a packet
constexpr std::uint32_t flag_inbound = 1;
constexpr std::uint32_t flag_outbound = 2;

constexpr std::size_t udp_head = 8;
constexpr std::size_t v4_head = 20;
constexpr std::size_t max_packet = 65'535;
constexpr std::uint8_t protocol_udp = 17;
constexpr std::uint8_t hops = 64;

// All of a file is in the order of whoever wrote it, which `byte_order` tells; network order is as good as any.
void pad(std::string& to) { to.append((4 - to.size() % 4) % 4, '\0'); }

void put_option(std::string& to, std::uint16_t code, std::string_view value) {
    put16(to, code);
    put16(to, static_cast<std::uint16_t>(value.size()));
    to += value;
    pad(to);
}

// Its length stands at both ends, so that a file can be read backwards.
void put_block(std::string& file, std::uint32_t type, const std::string& body) {
    const auto size = static_cast<std::uint32_t>(body.size() + 12);
    put32(file, type);
    put32(file, size);
    file += body;
    put32(file, size);
}

// RFC 1071.
std::uint32_t sum_of(std::string_view bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        sum += i % 2 == 0 ? static_cast<std::uint32_t>(byte) << 8 : byte;
    }
    return sum;
}

std::uint16_t checksum(std::uint32_t sum) {
    while ((sum >> 16) != 0) { sum = (sum & 0xFFFF) + (sum >> 16); }
    return static_cast<std::uint16_t>(~sum);
}

void set16(std::string& in, std::size_t at, std::uint16_t number) {
    in[at] = static_cast<char>(number >> 8);
    in[at + 1] = static_cast<char>(number);
}

// RFC 768, with the pseudo-header of RFC 8200 §8.1, which for IPv4 comes to the same.
std::string udp(const Datagram& of, const std::string& addresses, std::string_view payload) {
    const std::size_t size = udp_head + payload.size();
    std::string packet;
    put16(packet, of.source.port);
    put16(packet, of.destination.port);
    put16(packet, static_cast<std::uint16_t>(size));
    put16(packet, 0);
    packet += payload;
    const std::uint16_t sum =
        checksum(sum_of(addresses) + protocol_udp + static_cast<std::uint32_t>(size) + sum_of(packet));
    set16(packet, udp_head - 2, sum == 0 ? 0xFFFF : sum);
    return packet;
}

// RFC 791 §3.1.
std::string v4(const std::string& addresses, std::size_t size, std::uint16_t id) {
    std::string head{"\x45\0", 2};
    put16(head, static_cast<std::uint16_t>(v4_head + size));
    put16(head, id);
    put16(head, 0x4000);  // not to be fragmented
    head += static_cast<char>(hops);
    head += static_cast<char>(protocol_udp);
    put16(head, 0);
    head += addresses;
    constexpr std::size_t checksum_at = 10;
    set16(head, checksum_at, checksum(sum_of(head)));
    return head;
}

// RFC 8200 §3.
std::string v6(const std::string& addresses, std::size_t size) {
    std::string head{"\x60\0\0\0", 4};
    put16(head, static_cast<std::uint16_t>(size));
    head += static_cast<char>(protocol_udp);
    head += static_cast<char>(hops);
    return head + addresses;
}

}  // namespace

Pcapng::Pcapng(std::string_view application) {
    std::string section;
    put32(section, byte_order);
    put16(section, 1);  // version 1.0
    put16(section, 0);
    put32(section, 0xFFFFFFFF);  // its length is not told
    put32(section, 0xFFFFFFFF);
    put_option(section, option_application, application);
    put_option(section, 0, {});
    put_block(file_, section_header, section);
    std::string interface;
    put16(interface, raw_ip);
    put16(interface, 0);
    put32(interface, 0);  // packets are never cut
    put_option(interface, option_name, "holdfast");
    put_option(interface, 0, {});
    put_block(file_, interface_description, interface);
}

void Pcapng::add(const Datagram& datagram) {
    const auto [source, destination] = of_one_family(datagram.source.address, datagram.destination.address);
    const std::string addresses = wire_address(source) + wire_address(destination);
    const std::string_view payload = datagram.payload.substr(0, max_packet - v4_head - udp_head);
    const std::string inner = udp(datagram, addresses, payload);
    const std::string packet =
        (source.is_v6() ? v6(addresses, inner.size()) : v4(addresses, inner.size(), packets_++)) + inner;

    const auto at = static_cast<std::uint64_t>(datagram.at.count());
    std::string block;
    put32(block, 0);  // the interface
    put32(block, static_cast<std::uint32_t>(at >> 32));
    put32(block, static_cast<std::uint32_t>(at));
    put32(block, static_cast<std::uint32_t>(packet.size()));
    put32(block, static_cast<std::uint32_t>(packet.size()));
    block += packet;
    pad(block);
    if (!datagram.comment.empty()) { put_option(block, option_comment, datagram.comment); }
    std::string flags;
    put32(flags, datagram.outbound ? flag_outbound : flag_inbound);
    put_option(block, option_flags, flags);
    put_option(block, 0, {});
    put_block(file_, enhanced_packet, block);
}

}  // namespace server::capture
