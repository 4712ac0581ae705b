// Any bytes as RTCP: each part of a compound stays inside it, and reports, however absurd, leave ours valid.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "media/rtcp/reporter.hpp"

namespace {

using namespace media;

#define REQUIRE(condition) \
    if (!(condition)) { std::abort(); }

void check_parts(std::span<const std::byte> datagram, const RtcpView& view) {
    std::size_t covered = 0;
    std::size_t packets = 0;
    view.for_each([&](const RtcpPacket& packet) {
        REQUIRE(packet.body.empty() || (packet.body.data() > datagram.data() &&
                                        packet.body.data() + packet.body.size() <= datagram.data() + datagram.size()));
        covered += rtcp_header_size + packet.body.size();
        ++packets;
    });
    REQUIRE(packets > 0 && covered <= datagram.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::uint32_t ours = 0x12345678;
    const std::span datagram{reinterpret_cast<const std::byte*>(data), size};
    const auto view = RtcpView::parse(datagram);
    if (!view) { return 0; }
    check_parts(datagram, *view);
    const std::uint32_t theirs = view->sender_ssrc();
    view->says_bye();
    view->block_about(theirs);

    const base::Instant now = base::Instant{} + std::chrono::hours{1};
    base::SeededRandom random{1};
    Reporter reporter{now, random};
    reporter.on_rtcp(now, *view, ours);
    reporter.on_rtcp(now, *view, theirs);
    ReceiveStats received;
    received.on_rtp(now, RtpHeader{false, 0, 1, 2, theirs}, true);
    ReportBuffer buffer;
    const auto report = reporter.report(now, ours, SenderInfo{0, 1, 2, 3}, received, (size & 1U) != 0, buffer);
    const auto read_back = RtcpView::parse(report);
    REQUIRE(read_back && read_back->sender_ssrc() == ours && read_back->block_about(theirs));
    REQUIRE(read_back->sender_info()->packets == 2);
    return 0;
}
