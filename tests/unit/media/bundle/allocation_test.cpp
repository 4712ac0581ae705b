// On the way of media over a transport nothing allocates once it is up.
#include "base/bytes.hpp"
#include "tests/unit/media/bundle/browsers.hpp"
#include "tests/unit/media/support/allocations.hpp"

namespace media::test {
namespace {

class SharedPortAllocation : public BrowsersTest {
protected:
    void send(const TransportAddress& to, std::span<const std::byte> bytes) noexcept override {
        if (is_counting) {
            ++sent;
        } else {
            BrowsersTest::send(to, bytes);
        }
    }
    bool is_counting = false;
    std::size_t sent = 0;
};

TEST_F(SharedPortAllocation, HappensForNoPacketOnceItIsUp) {
    Browser& one = connect(1, home, voice);
    EXPECT_TRUE(port.attach(now, one.id, picture));
    LegDescription audio;
    audio.receive_formats = {{Codec::pcmu, 0}};
    port.describe_line(one.id, voice, audio);
    const Bytes report = bytes({0x80, 201, 0, 1, 0, 0, 0, 9});
    std::vector<Bytes> sealed;
    constexpr std::uint16_t count = 500;
    for (std::uint16_t i = 1; i <= count; ++i) {
        sealed.push_back(one.transport.seal(Protection::Kind::rtp, rtp({.sequence = i})));
        sealed.push_back(one.transport.seal(Protection::Kind::rtcp, report));
    }
    Bytes forged = sealed.front();
    forged.back() ^= std::byte{1};
    Bytes packet = rtp({});
    port.send(one.id, Component::rtp, packet);  // the first packet of a source may allocate
    port.send(one.id, Component::rtcp, report);
    for (std::size_t i = 0; i < 2; ++i) { port.on_datagram(now, home, sealed[i]); }
    is_counting = true;

    const std::size_t before = allocations();
    std::size_t taken_lines = 0;
    for (std::size_t i = 2; i < sealed.size(); ++i) {
        taken_lines += port.on_datagram(now, home, sealed[i]).lines.size();
        port.on_datagram(now, home, forged);
        port.on_datagram(now, stranger, forged);
        base::write_u16(packet, 2, static_cast<std::uint16_t>(i));
        port.send(one.id, i % 2 == 0 ? Component::rtp : Component::rtcp, i % 2 == 0 ? packet : report);
    }
    EXPECT_EQ(allocations(), before);
    EXPECT_EQ(sent, sealed.size() - 2);
    EXPECT_EQ(taken_lines, 3U * (count - 1)) << "one line for media, two for RTCP";
}

}  // namespace
}  // namespace media::test
