#include "media/srtp/session.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/srtp/samples.hpp"
#include "tests/unit/media/support/allocations.hpp"

namespace media::test {
namespace {

constexpr SrtpSuite sha1_80 = SrtpSuite::aes_cm_128_hmac_sha1_80;

class SrtpSuites : public testing::TestWithParam<SrtpSuite> {
protected:
    SrtpSession out_ = sender(key_of(GetParam()));
    SrtpSession in_ = receiver(key_of(GetParam()));
    const SrtpSuiteNumbers numbers_ = numbers_of(GetParam());
};

TEST_P(SrtpSuites, CarryRtpFromEndToEnd) {
    for (std::uint16_t sequence = 1; sequence < 50; ++sequence) {
        const Bytes packet = rtp_numbered(sequence);
        const Bytes wire = protect_rtp(out_, packet);
        EXPECT_EQ(wire.size(), packet.size() + numbers_.rtp_tag_size);
        EXPECT_TRUE(std::equal(packet.begin(), packet.begin() + 12, wire.begin())) << "the header stays readable";
        EXPECT_EQ(open_rtp(in_, wire).packet, packet);
    }
}

TEST_P(SrtpSuites, CarryRtcpFromEndToEnd) {
    for (int i = 0; i < 10; ++i) {
        const Bytes wire = protect_rtcp(out_, rtcp_of());
        EXPECT_EQ(wire.size(), rtcp_of().size() + numbers_.rtcp_tag_size + 4);
        EXPECT_EQ(open_rtcp(in_, wire).packet, rtcp_of());
    }
}

TEST_P(SrtpSuites, RefuseEveryPacketWithOneBitChanged) {
    const Bytes wire = protect_rtp(out_, rtp_numbered(7));
    for (std::size_t i = 12; i < wire.size(); ++i) {
        Bytes forged = wire;
        forged[i] ^= std::byte{1};
        EXPECT_EQ(open_rtp(in_, forged).drop, SrtpDrop::bad_tag) << i;
    }
    const Bytes report = protect_rtcp(out_, rtcp_of());
    for (std::size_t i = 8; i < report.size(); ++i) {
        Bytes forged = report;
        forged[i] ^= std::byte{1};
        EXPECT_NE(open_rtcp(in_, forged).drop, SrtpDrop::none) << i;
    }
    EXPECT_EQ(in_.source_count(), 0U) << "nobody was heard yet";
    EXPECT_EQ(open_rtp(in_, wire).drop, SrtpDrop::none);
    EXPECT_EQ(open_rtcp(in_, report).drop, SrtpDrop::none);
}

TEST_P(SrtpSuites, RefuseWhatIsShorterThanItsTag) {
    const Bytes wire = protect_rtp(out_, rtp_numbered(7));
    for (std::size_t size = 0; size < 12 + numbers_.rtp_tag_size; ++size) {
        EXPECT_EQ(open_rtp(in_, Bytes(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(size))).drop,
                  SrtpDrop::malformed);
    }
    const Bytes report = protect_rtcp(out_, rtcp_of());
    for (std::size_t size = 0; size < 8 + numbers_.rtcp_tag_size + 4; ++size) {
        EXPECT_EQ(open_rtcp(in_, Bytes(report.begin(), report.begin() + static_cast<std::ptrdiff_t>(size))).drop,
                  SrtpDrop::malformed);
    }
}

// With a nonce that is the number of the packet, anything else would break the key.
TEST_P(SrtpSuites, SendAPacketAgainAsItWas) {
    const Bytes first = protect_rtp(out_, rtp_numbered(0xffff));
    for (std::uint16_t i = 0; i < SrtpSession::repeat_window - 1; ++i) { protect_rtp(out_, rtp_numbered(i)); }
    EXPECT_EQ(protect_rtp(out_, rtp_numbered(0xffff)), first);
    EXPECT_EQ(protect_rtp(out_, rtp_numbered(0xffff)), first);
    EXPECT_EQ(open_rtp(in_, first).packet, rtp_numbered(0xffff));
    EXPECT_EQ(open_rtp(in_, first).drop, SrtpDrop::replayed);
    protect_rtp(out_, rtp_numbered(SrtpSession::repeat_window - 1));
    SrtpDrop drop{};
    in_place(
        rtp_numbered(0xffff), [&](Bytes& storage, std::size_t& size) { return out_.protect_rtp(storage, size); }, drop);
    EXPECT_EQ(drop, SrtpDrop::replayed) << "too old";
}

INSTANTIATE_TEST_SUITE_P(All, SrtpSuites, testing::ValuesIn(all_srtp_suites),
                         [](const auto& suite) { return std::string{numbers_of(suite.param).name}; });

TEST(SrtpSession, RefusesAPacketThatCameBefore) {
    SrtpSession out = sender(key_of(sha1_80));
    SrtpSession in = receiver(key_of(sha1_80));
    const Bytes first = protect_rtp(out, rtp_numbered(1));
    const Bytes second = protect_rtp(out, rtp_numbered(2));
    EXPECT_EQ(open_rtp(in, second).drop, SrtpDrop::none);
    EXPECT_EQ(open_rtp(in, first).drop, SrtpDrop::none) << "late, but new";
    EXPECT_EQ(open_rtp(in, first).drop, SrtpDrop::replayed);
    EXPECT_EQ(open_rtp(in, second).drop, SrtpDrop::replayed);
    const Bytes report = protect_rtcp(out, rtcp_of());
    EXPECT_EQ(open_rtcp(in, report).drop, SrtpDrop::none);
    EXPECT_EQ(open_rtcp(in, report).drop, SrtpDrop::replayed);
}

TEST(SrtpSession, RefusesWhatIsTooOldToTell) {
    SrtpSession out = sender(key_of(sha1_80));
    SrtpSession in = receiver(key_of(sha1_80));
    const Bytes early = protect_rtp(out, rtp_numbered(1));
    const Bytes inside = protect_rtp(out, rtp_numbered(80));
    EXPECT_EQ(open_rtp(in, protect_rtp(out, rtp_numbered(200))).drop, SrtpDrop::none);
    EXPECT_EQ(open_rtp(in, early).drop, SrtpDrop::replayed);
    EXPECT_EQ(open_rtp(in, inside).drop, SrtpDrop::none);
}

TEST(SrtpSession, CountsHowOftenTheSequenceWrapped) {
    SrtpSession out = sender(key_of(sha1_80));
    SrtpSession in = receiver(key_of(sha1_80));
    std::uint16_t sequence = 0xff00;
    for (int i = 0; i < 3 * 65536; i += 64) {
        EXPECT_EQ(open_rtp(in, protect_rtp(out, rtp_numbered(sequence))).packet, rtp_numbered(sequence));
        sequence = static_cast<std::uint16_t>(sequence + 64);
    }
    EXPECT_EQ(in.rollovers(0x11111111), 3U);
    EXPECT_EQ(out.rollovers(0x11111111), 3U);
}

TEST(SrtpSession, TakesALateFromBeforeTheWrap) {
    SrtpSession out = sender(key_of(sha1_80));
    SrtpSession in = receiver(key_of(sha1_80));
    const Bytes before = protect_rtp(out, rtp_numbered(0xfffe));
    const Bytes last = protect_rtp(out, rtp_numbered(0xffff));
    const Bytes after = protect_rtp(out, rtp_numbered(0));
    EXPECT_EQ(open_rtp(in, before).drop, SrtpDrop::none);
    EXPECT_EQ(open_rtp(in, after).drop, SrtpDrop::none);
    EXPECT_EQ(open_rtp(in, last).drop, SrtpDrop::none);
    EXPECT_EQ(in.rollovers(0x11111111), 1U);
}

TEST(SrtpSession, AForgedSequenceNumberMovesNothing) {
    SrtpSession out = sender(key_of(sha1_80));
    SrtpSession in = receiver(key_of(sha1_80));
    EXPECT_EQ(open_rtp(in, protect_rtp(out, rtp_numbered(0xfff0))).drop, SrtpDrop::none);
    for (int i = 0; i < 100; ++i) {
        Bytes forged = rtp_numbered(static_cast<std::uint16_t>(i));  // as if the sequence had wrapped
        EXPECT_EQ(open_rtp(in, forged).drop, SrtpDrop::bad_tag);
    }
    EXPECT_EQ(in.rollovers(0x11111111), 0U);
    EXPECT_EQ(open_rtp(in, protect_rtp(out, rtp_numbered(0xfff1))).drop, SrtpDrop::none);
}

TEST(SrtpSession, KeepsEachSourceForItselfUpToItsLimit) {
    SrtpSession out = sender(key_of(sha1_80));
    SrtpSession other_out = sender(key_of(sha1_80));
    SrtpSession in = receiver(key_of(sha1_80));
    for (std::uint32_t ssrc = 1; ssrc <= SrtpSession::max_sources; ++ssrc) {
        EXPECT_EQ(open_rtp(in, protect_rtp(out, rtp_numbered(static_cast<std::uint16_t>(ssrc * 1000), ssrc))).drop,
                  SrtpDrop::none);
    }
    EXPECT_EQ(in.source_count(), SrtpSession::max_sources);
    EXPECT_EQ(open_rtp(in, protect_rtp(other_out, rtp_numbered(1, 99))).drop, SrtpDrop::too_many_sources);
    EXPECT_EQ(open_rtcp(in, protect_rtcp(other_out, rtcp_of(98))).drop, SrtpDrop::too_many_sources);
    EXPECT_EQ(open_rtp(in, protect_rtp(out, rtp_numbered(1001, 1))).drop, SrtpDrop::none);
}

TEST(SrtpSession, AsksForRoomBehindThePacket) {
    SrtpSession out = sender(key_of(sha1_80));
    Bytes packet = rtp_numbered(1);
    std::size_t size = packet.size();
    packet.resize(size + 9);
    EXPECT_EQ(out.protect_rtp(packet, size), SrtpDrop::no_room);
    packet.resize(size + 10);
    EXPECT_EQ(out.protect_rtp(packet, size), SrtpDrop::none);
    Bytes report = rtcp_of();
    size = report.size();
    report.resize(size + 13);
    EXPECT_EQ(out.protect_rtcp(report, size), SrtpDrop::no_room);
    report.resize(size + 14);
    EXPECT_EQ(out.protect_rtcp(report, size), SrtpDrop::none);
}

TEST(SrtpSession, ProtectsNothingThatIsNoRtp) {
    SrtpSession out = sender(key_of(sha1_80));
    for (Bytes packet : {Bytes(11, std::byte{0x80}), Bytes(200, std::byte{0x40}), Bytes{}}) {
        std::size_t size = packet.size();
        packet.resize(size + SrtpSession::max_trailer_size);
        EXPECT_EQ(out.protect_rtp(packet, size), SrtpDrop::malformed);
        size = std::min<std::size_t>(size, 7);
        EXPECT_EQ(out.protect_rtcp(packet, size), SrtpDrop::malformed);
    }
}

TEST(SrtpSession, NewKeyKeepsTheCountersOfTheSender) {
    const SrtpKey second = key_of(SrtpSuite::aead_aes_128_gcm, 2);
    SrtpSession out = sender(key_of(sha1_80));
    protect_rtp(out, rtp_numbered(0xffff));
    protect_rtp(out, rtp_numbered(0));
    const Bytes old_report = protect_rtcp(out, rtcp_of());
    ASSERT_TRUE(out.change_key(second));
    SrtpSession before = receiver(key_of(sha1_80));
    open_rtp(before, rtp_numbered(0xffff));
    SrtpSession in = receiver(second);
    EXPECT_EQ(open_rtp(in, protect_rtp(out, rtp_numbered(1))).drop, SrtpDrop::bad_tag) << "not from zero";
    const Bytes report = protect_rtcp(out, rtcp_of());
    EXPECT_EQ(report.back(), std::byte{2}) << "the index goes on (RFC 3711 §3.4)";
    EXPECT_EQ(open_rtcp(in, report).drop, SrtpDrop::none);
}

TEST(SrtpSession, AllocatesNothingForASourceThatItKnows) {
    SrtpSession out = sender(key_of(sha1_80));
    SrtpSession in = receiver(key_of(sha1_80));
    Bytes packet(300);
    const auto pass = [&](std::uint16_t sequence) {
        std::size_t size = 172;
        write_rtp_header(packet, RtpHeader{false, 0, sequence, 0, 5});
        ASSERT_EQ(out.protect_rtp(packet, size), SrtpDrop::none);
        ASSERT_EQ(in.unprotect_rtp(packet, size), SrtpDrop::none);
    };
    pass(1);
    const std::size_t before = allocations();
    for (std::uint16_t sequence = 2; sequence < 100; ++sequence) { pass(sequence); }
    EXPECT_EQ(allocations(), before);
}

}  // namespace
}  // namespace media::test
