#include "server/capture/hep_packet.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

namespace server::capture {
namespace {

using namespace std::chrono_literals;

// What a collector would read: the chunks by number, or nothing of a packet that is not HEPv3 from end to end.
using Chunks = std::map<unsigned, std::string>;

unsigned number_at(const std::string& bytes, std::size_t at, std::size_t size) {
    unsigned number = 0;
    for (std::size_t i = 0; i < size; ++i) { number = number << 8 | static_cast<unsigned char>(bytes.at(at + i)); }
    return number;
}

std::optional<Chunks> decode(const std::string& packet) {
    if (packet.size() < 6 || packet.substr(0, 4) != "HEP3" || number_at(packet, 4, 2) != packet.size()) { return {}; }
    Chunks chunks;
    std::size_t at = 6;
    while (at + 6 <= packet.size()) {
        const unsigned vendor = number_at(packet, at, 2);
        const unsigned type = number_at(packet, at + 2, 2);
        const unsigned size = number_at(packet, at + 4, 2);
        if (vendor != 0 || size < 6 || at + size > packet.size()) { return {}; }
        if (!chunks.emplace(type, packet.substr(at + 6, size - 6)).second) { return {}; }
        at += size;
    }
    return at == packet.size() ? std::optional{chunks} : std::nullopt;
}

unsigned number(const Chunks& chunks, unsigned type) { return number_at(chunks.at(type), 0, chunks.at(type).size()); }

HepNote note(const char* source, const char* destination) {
    HepNote note;
    note.source = *base::Endpoint::parse(source);
    note.destination = *base::Endpoint::parse(destination);
    note.payload = SharedText{"OPTIONS sip:a@b SIP/2.0\r\n\r\n"};
    note.correlation = "the call";
    return note;
}

TEST(HepPacket, SaysWhoSentWhatToWhomAndWhen) {
    const auto chunks =
        decode(write_hep(note("192.0.2.1:5060", "198.51.100.7:5080"), 1'700'000'000s + 123'456us, 2001));
    ASSERT_TRUE(chunks);
    EXPECT_EQ(number(*chunks, 1), 2U);   // AF_INET
    EXPECT_EQ(number(*chunks, 2), 17U);  // UDP
    EXPECT_EQ(chunks->at(3), std::string("\xC0\x00\x02\x01", 4));
    EXPECT_EQ(chunks->at(4), std::string("\xC6\x33\x64\x07", 4));
    EXPECT_EQ(number(*chunks, 7), 5060U);
    EXPECT_EQ(number(*chunks, 8), 5080U);
    EXPECT_EQ(number(*chunks, 9), 1'700'000'000U);
    EXPECT_EQ(number(*chunks, 10), 123'456U);
    EXPECT_EQ(number(*chunks, 11), 1U);  // SIP
    EXPECT_EQ(number(*chunks, 12), 2001U);
    EXPECT_EQ(chunks->at(15), "OPTIONS sip:a@b SIP/2.0\r\n\r\n");
    EXPECT_EQ(chunks->at(17), "the call");
    EXPECT_FALSE(chunks->contains(5));
}

TEST(HepPacket, KnowsIpv6AndStreams) {
    HepNote over_tls = note("[2001:db8::1]:5061", "[2001:db8::2]:40000");
    over_tls.over_stream = true;
    over_tls.kind = HepNote::Kind::rtcp_json;
    const auto chunks = decode(write_hep(over_tls, 1s, 1));
    ASSERT_TRUE(chunks);
    EXPECT_EQ(number(*chunks, 1), 10U);
    EXPECT_EQ(number(*chunks, 2), 6U);
    EXPECT_EQ(chunks->at(5).size(), 16U);
    EXPECT_EQ(chunks->at(6).back(), 2);
    EXPECT_EQ(number(*chunks, 11), 5U);
    EXPECT_FALSE(chunks->contains(3));
}

TEST(HepPacket, HasAddressesOfOneFamilyWhereOursIsNotKnown) {
    const auto chunks = decode(write_hep(note("0.0.0.0:5060", "[2001:db8::2]:5060"), 1s, 1));
    ASSERT_TRUE(chunks);
    EXPECT_EQ(chunks->at(5), std::string(16, '\0'));
    EXPECT_EQ(chunks->at(6).back(), 2);
}

TEST(HepPacket, LeavesOutACorrelationThatThereIsNot) {
    HepNote lone = note("192.0.2.1:5060", "192.0.2.2:5060");
    lone.correlation.clear();
    const auto chunks = decode(write_hep(lone, 1s, 1));
    ASSERT_TRUE(chunks);
    EXPECT_FALSE(chunks->contains(17));
}

TEST(HepPacket, FitsIntoADatagramWhateverThePayload) {
    HepNote huge = note("192.0.2.1:5060", "192.0.2.2:5060");
    huge.payload = SharedText{std::string(70'000, 'x')};
    const std::string packet = write_hep(huge, 1s, 1);
    EXPECT_EQ(packet.size(), 65'507U);
    EXPECT_TRUE(decode(packet));
}

}  // namespace
}  // namespace server::capture
