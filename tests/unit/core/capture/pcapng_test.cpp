#include "server/capture/pcapng.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/capture/call_pcap.hpp"

namespace server::capture {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::uint32_t number_at(const std::string& bytes, std::size_t at, std::size_t size) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < size; ++i) { number = number << 8 | static_cast<unsigned char>(bytes.at(at + i)); }
    return number;
}

struct Block {
    std::uint32_t type;
    std::string body;
};

// From end to end; both lengths of each block are looked at.
std::vector<Block> blocks_of(const std::string& file) {
    std::vector<Block> blocks;
    for (std::size_t at = 0; at < file.size();) {
        const std::uint32_t size = number_at(file, at + 4, 4);
        EXPECT_EQ(size % 4, 0U);
        EXPECT_EQ(number_at(file, at + size - 4, 4), size);
        blocks.push_back({number_at(file, at, 4), file.substr(at + 8, size - 12)});
        at += size;
    }
    return blocks;
}

constexpr std::size_t packet_at = 20;  // in an enhanced packet block

std::string packet_of(const Block& block) { return block.body.substr(packet_at, number_at(block.body, 12, 4)); }

// RFC 1071: with its checksum in it, what is summed up comes to all ones.
bool adds_up(const std::string& bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        sum += number_at(bytes, i, 1) << 8;
        if (i + 1 < bytes.size()) { sum += number_at(bytes, i + 1, 1); }
    }
    while (sum >> 16 != 0) { sum = (sum & 0xFFFF) + (sum >> 16); }
    return sum == 0xFFFF;
}

std::string pseudo_header(const std::string& addresses, std::size_t udp_size) {
    std::string head = addresses;
    head.append(2, '\0');
    head += static_cast<char>(udp_size >> 8);
    head += static_cast<char>(udp_size);
    head.append(3, '\0');
    head += '\x11';
    return head;
}

Datagram datagram(const char* source, const char* destination, std::string_view payload) {
    return {1'700'000'000s + 5us, *base::Endpoint::parse(source), *base::Endpoint::parse(destination), true, payload};
}

TEST(Pcapng, BeginsWithASectionAndItsInterface) {
    const auto blocks = blocks_of(Pcapng{"holdfast 1"}.take());
    ASSERT_EQ(blocks.size(), 2U);
    EXPECT_EQ(blocks[0].type, 0x0A0D0D0AU);
    EXPECT_EQ(number_at(blocks[0].body, 0, 4), 0x1A2B3C4DU);
    EXPECT_THAT(blocks[0].body, HasSubstr("holdfast 1"));
    EXPECT_EQ(blocks[1].type, 1U);
    EXPECT_EQ(number_at(blocks[1].body, 0, 2), 101U);
}

TEST(Pcapng, MakesUpHeadsOfIpv4AndUdpThatAddUp) {
    for (const std::string payload : {"", "x", "even", "odd.."}) {
        Pcapng file{"test"};
        file.add(datagram("192.0.2.1:5060", "198.51.100.7:65535", payload));
        const auto blocks = blocks_of(file.take());
        ASSERT_EQ(blocks.size(), 3U);
        EXPECT_EQ(blocks[2].type, 6U);
        const std::string packet = packet_of(blocks[2]);
        EXPECT_EQ(packet.size(), 28 + payload.size());
        EXPECT_EQ(number_at(packet, 0, 1), 0x45U);
        EXPECT_EQ(number_at(packet, 2, 2), packet.size());
        EXPECT_TRUE(adds_up(packet.substr(0, 20)));
        EXPECT_EQ(packet.substr(12, 8), std::string("\xC0\x00\x02\x01\xC6\x33\x64\x07", 8));
        const std::string udp = packet.substr(20);
        EXPECT_EQ(number_at(udp, 0, 2), 5060U);
        EXPECT_EQ(number_at(udp, 2, 2), 65535U);
        EXPECT_EQ(number_at(udp, 4, 2), udp.size());
        EXPECT_TRUE(adds_up(pseudo_header(packet.substr(12, 8), udp.size()) + udp));
        EXPECT_EQ(udp.substr(8), payload);
    }
}

TEST(Pcapng, MakesUpHeadsOfIpv6) {
    Pcapng file{"test"};
    file.add(datagram("[2001:db8::1]:5060", "[2001:db8::2]:5080", "hello"));
    const std::string packet = packet_of(blocks_of(file.take()).at(2));
    EXPECT_EQ(packet.size(), 53U);
    EXPECT_EQ(number_at(packet, 0, 1), 0x60U);
    EXPECT_EQ(number_at(packet, 4, 2), 13U);
    EXPECT_EQ(number_at(packet, 6, 1), 17U);
    EXPECT_TRUE(adds_up(pseudo_header(packet.substr(8, 32), 13) + packet.substr(40)));
}

TEST(Pcapng, SaysWhenAndWhichWayAndWhatItReallyWas) {
    Pcapng file{"test"};
    Datagram over_tls = datagram("192.0.2.1:5061", "192.0.2.2:40000", "hello");
    over_tls.comment = "TLS";
    file.add(over_tls);
    const std::string body = blocks_of(file.take()).at(2).body;
    const std::uint64_t at = std::uint64_t{number_at(body, 4, 4)} << 32 | number_at(body, 8, 4);
    EXPECT_EQ(at, 1'700'000'000'000'005U);
    EXPECT_THAT(body, HasSubstr("TLS"));
    const std::string outbound("\0\2\0\4\0\0\0\2", 8);
    EXPECT_THAT(body, HasSubstr(outbound));
}

TEST(Pcapng, CutsWhatNoDatagramCouldHold) {
    Pcapng file{"test"};
    const std::string huge(70'000, 'x');
    file.add(datagram("192.0.2.1:5060", "192.0.2.2:5060", huge));
    EXPECT_EQ(packet_of(blocks_of(file.take()).at(2)).size(), 65'535U);
}

TEST(CallPcap, TellsMessagesInBothDirections) {
    CapturedMessage in;
    in.at = base::Instant{10s};
    in.transport = sip::Transport::wss;
    in.local = *base::Endpoint::parse("192.0.2.1:8443");
    in.remote = *base::Endpoint::parse("192.0.2.2:40000");
    in.text = SharedText{"INVITE"};
    CapturedMessage out = in;
    out.sent = true;
    out.at += 1ms;
    out.transport = sip::Transport::udp;
    const Clocks clocks{base::Instant{20s}, std::chrono::system_clock::time_point{1'000s}};
    const auto blocks = blocks_of(write_pcap(std::vector{in, out}, {}, clocks, "test"));
    ASSERT_EQ(blocks.size(), 4U);
    EXPECT_EQ(number_at(blocks[2].body, 8, 4), 990'000'000U);
    EXPECT_EQ(number_at(packet_of(blocks[2]), 20, 2), 40000U);
    EXPECT_THAT(blocks[2].body, HasSubstr("WSS"));
    EXPECT_EQ(number_at(blocks[3].body, 8, 4), 990'001'000U);
    EXPECT_EQ(number_at(packet_of(blocks[3]), 20, 2), 8443U);
}

TEST(CallPcap, PutsMediaBetweenTheMessagesByItsTime) {
    CapturedMessage early;
    early.at = base::Instant{1s};
    CapturedMessage late;
    late.at = base::Instant{3s};
    CapturedPackets media;
    media.bytes = "onetwo";
    media.packets = {{base::Instant{2s}, true, {}, {}, 0, 3}, {base::Instant{4s}, false, {}, {}, 3, 3}};
    const Clocks clocks{base::Instant{}, std::chrono::system_clock::time_point{}};
    const auto blocks = blocks_of(write_pcap(std::vector{early, late}, media, clocks, "test"));
    ASSERT_EQ(blocks.size(), 6U);
    EXPECT_EQ(packet_of(blocks[3]).substr(28), "one");
    EXPECT_EQ(packet_of(blocks[5]).substr(28), "two");
}

}  // namespace
}  // namespace server::capture
