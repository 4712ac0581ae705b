// Header extensions on the way through: each leg has its own numbers, and only what it agreed to.
#include "media/relay/session.hpp"
#include "media/rtp/header_extension.hpp"
#include "tests/unit/media/support/call.hpp"
#include "tests/unit/media/support/hex.hpp"

namespace media::test {
namespace {

constexpr std::uint16_t short_form = 0xbede;

// A has them under other numbers than B.
class SessionExtensions : public CallTest {
protected:
    SessionExtensions() {
        of_a.bundled = BundledLine{"a0", 4};
        of_b.bundled = BundledLine{"b", 9};
        of_a.send_extensions = of_a.receive_extensions = {.mid = 4, .send_time = 2, .audio_level = 1};
        of_b.send_extensions = of_b.receive_extensions = {.mid = 9, .send_time = 5, .audio_level = 7};
        now = base::Instant{} + std::chrono::hours{1} + milliseconds{500};  // 3600.5 s are 16.5 modulo 64
    }
    // As A's peer sends it: how loud, when, and on which line; and something that nobody agreed to.
    static Bytes spoken(std::uint16_t sequence = 1, unsigned level = 0x85) {
        return with_extension(rtp({.sequence = sequence}), short_form,
                              bytes({0x10, level, 0x22, 1, 2, 3, 0x41, 'a', '0', 0xd1, 'o', 'o'}));
    }
    Bytes extension_of(const Sent& sent) const {
        const RtpView view = sent.rtp();
        if (view.payload_offset == rtp_header_size) { return {}; }
        return Bytes(sent.datagram.begin() + rtp_header_size,
                     sent.datagram.begin() + static_cast<std::ptrdiff_t>(view.payload_offset));
    }
    Bytes heard_by_b(Bytes packet) {
        EXPECT_EQ(from_a(std::move(packet)), Drop::none);
        const auto sent = sink.take_rtp(Side::b);
        EXPECT_EQ(sent.size(), 1U);
        EXPECT_EQ(sent.at(0).payload(), Bytes(160, std::byte{0x10}));
        return extension_of(sent.at(0));
    }
};

TEST_F(SessionExtensions, AreThoseOfTheHearerUnderItsNumbers) {
    connect();
    EXPECT_EQ(heard_by_b(spoken()), hex("bede0002 90 62 52 420000 70 85")) << "its mid, our time, the speaker's level";
}

TEST_F(SessionExtensions, GoToNobodyWhoAgreedToNone) {
    of_b.bundled.reset();
    of_b.send_extensions = of_b.receive_extensions = {};
    connect();
    EXPECT_EQ(heard_by_b(spoken()), Bytes{});
    const auto header = [&] {
        EXPECT_EQ(from_a(spoken(2)), Drop::none);
        return sink.take_rtp(Side::b).at(0).datagram.at(0);
    }();
    EXPECT_EQ(header, std::byte{0x80});
}

TEST_F(SessionExtensions, OfATelephoneToABrowserHaveNoLevel) {
    of_a.bundled.reset();
    of_a.send_extensions = of_a.receive_extensions = {};
    connect();
    EXPECT_EQ(heard_by_b(rtp({})), hex("bede0002 90 62 52 420000 0000"));
    EXPECT_EQ(heard_by_b(spoken(2)), hex("bede0002 90 62 52 420000 0000")) << "what was not agreed is not read";
}

TEST_F(SessionExtensions, AreWrittenBeforeTranscodedSoundToo) {
    of_b.send_formats = {{Codec::pcma, 8}};
    connect();
    ASSERT_EQ(from_a(spoken()), Drop::none);
    const auto sent = sink.take_rtp(Side::b);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(extension_of(sent[0]), hex("bede0002 90 62 52 420000 70 85"));
    EXPECT_EQ(sent[0].header().payload_type, 8);
    EXPECT_EQ(sent[0].payload().size(), 160U);
}

TEST_F(SessionExtensions, AreWrittenBeforeMusicAndDigits) {
    connect();
    session.play(now, Side::b, Source::music, short_tune());
    const auto music = sink.take_rtp(Side::b);
    ASSERT_EQ(music.size(), 1U);
    EXPECT_EQ(extension_of(music[0]), hex("bede0002 90 62 52 420000 0000"));
    EXPECT_EQ(music[0].payload(), Bytes(frame_samples, std::byte{0xa1}));
    session.send_digit(now, Side::b, {5, Digit::Time{100}});
    const auto digit = sink.take_rtp(Side::b);
    ASSERT_FALSE(digit.empty());
    EXPECT_EQ(extension_of(digit[0]), hex("bede0002 90 62 52 420000 0000"));
    EXPECT_EQ(digit[0].payload().size(), 4U);
}

TEST_F(SessionExtensions, OfAnEchoDoNotSpoilThoseOfTheOtherLeg) {
    connect();
    session.play(now, Side::a, Source::echo);
    ASSERT_EQ(from_a(spoken()), Drop::none);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(extension_of(sent[0]), hex("bede0003 41 6130 22 420000 10 85 000000"));
    EXPECT_EQ(extension_of(sent[1]), hex("bede0002 90 62 52 420000 70 85"));
    EXPECT_EQ(sent[1].payload(), Bytes(160, std::byte{0x10}));
}

TEST_F(SessionExtensions, AreOfTheTwoByteFormWhereANumberNeedsIt) {
    of_b.send_extensions.audio_level = 16;
    connect();
    EXPECT_EQ(heard_by_b(spoken()), hex("10000003 09 01 62 05 03 420000 10 01 85 00"));
    of_a.receive_extensions.audio_level = 20;
    describe(Side::a);
    EXPECT_EQ(heard_by_b(with_extension(rtp({.sequence = 2}), 0x1000, bytes({20, 1, 0x11}))),
              hex("10000003 09 01 62 05 03 420000 10 01 11 00"));
}

TEST_F(SessionExtensions, ALevelOfAnotherSizeIsNone) {
    connect();
    for (const Bytes& odd : {bytes({0x11, 1, 2}), bytes({0x1f, 1}), bytes({0x00})}) {
        static std::uint16_t sequence = 0;
        EXPECT_EQ(heard_by_b(with_extension(rtp({.sequence = ++sequence}), short_form, odd)),
                  hex("bede0002 90 62 52 420000 0000"));
    }
    EXPECT_EQ(heard_by_b(with_extension(rtp({.sequence = 10}), 0x1000, bytes({1, 0}))),
              hex("bede0002 90 62 52 420000 0000"));
}

TEST_F(SessionExtensions, ALongerBlockThanAllNumbersTakeIsNoHindrance) {
    connect();
    Bytes padding(max_extension_size + 4);
    padding[0] = std::byte{0x10};
    EXPECT_EQ(heard_by_b(with_extension(rtp({}), short_form, padding)), hex("bede0002 90 62 52 420000 0000"));
}

TEST_F(SessionExtensions, EndWithTheDescriptionThatHadThem) {
    connect();
    of_b.send_extensions = {};
    describe(Side::b);
    EXPECT_EQ(heard_by_b(spoken()), Bytes{});
}

// Another packet of the same number would give the key away where the suite is AEAD (RFC 7714 §8.1, §9.2).
TEST_F(SessionExtensions, OfAPacketThatIsSentAgainAreThoseOfItsFirstTime) {
    of_a.send_formats = of_a.receive_formats = of_b.send_formats =
        of_b.receive_formats = {{Codec::relayed, 96, 90'000, 0}};
    of_a.feedback = of_b.feedback = true;
    connect();
    ASSERT_EQ(from_a(with_extension(rtp({.payload = 96}), short_form, bytes({0x22, 1, 2, 3}))), Drop::none);
    const auto first = sink.take_rtp(Side::b).at(0);
    Feedback missed;
    missed.nacks = {{first.header().sequence, 0}};
    FeedbackBuffer buffer;
    const auto asked = write_feedback(missed, 9, first.header().ssrc, {}, buffer);
    now += seconds{1};
    ASSERT_EQ(from_b(Bytes(asked.begin(), asked.end()), Component::rtcp), Drop::none);
    const auto again = sink.take_rtp(Side::b);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].datagram, first.datagram);
}

// RFC 3550 §6.4.1: payload octets, without header.
TEST_F(SessionExtensions, AreNoPayloadInASenderReport) {
    connect();
    for (std::uint16_t i = 0; i < 10; ++i) { heard_by_b(spoken(i)); }
    run(seconds{8});
    std::optional<SenderInfo> told;
    for (const Sent& sent : sink.take()) {
        if (sent.side != Side::b || sent.component != Component::rtcp) { continue; }
        if (const auto info = RtcpView::parse(sent.datagram)->sender_info()) { told = info; }
    }
    ASSERT_TRUE(told);
    EXPECT_EQ(told->packets, 10U);
    EXPECT_EQ(told->octets, 1600U);
}

}  // namespace
}  // namespace media::test
