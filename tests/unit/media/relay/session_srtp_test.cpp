// A leg under SRTP beside one in the clear: what crosses, what is dropped before it can change anything, new keys.
#include "media/relay/session.hpp"
#include "tests/unit/media/srtp/samples.hpp"
#include "tests/unit/media/support/call.hpp"

namespace media::test {
namespace {

constexpr SrtpSuite suite = SrtpSuite::aes_cm_128_hmac_sha1_80;

// A is secured, B is not.
class SessionSrtpTest : public CallTest {
protected:
    SessionSrtpTest() { of_a.srtp = SrtpKeys{key_of(suite, 1), key_of(suite, 2)}; }

    Bytes sealed(const Bytes& packet) { return protect_rtp(peer, packet); }
    // What A's peer makes of it.
    Bytes opened(const Sent& sent) {
        const Opened opened = open_rtp(ear, sent.datagram);
        EXPECT_EQ(opened.drop, SrtpDrop::none) << label(opened.drop);
        return opened.packet;
    }
    std::uint64_t dropped(Drop why) const { return session.drops(Side::a)[static_cast<std::size_t>(why)]; }

    SrtpSession peer = sender(key_of(suite, 2));
    SrtpSession ear = receiver(key_of(suite, 1));
};

TEST_F(SessionSrtpTest, ProtectsWhatTheSecuredLegIsSent) {
    connect();
    const Bytes packet = rtp({.fill = std::byte{0x22}});
    EXPECT_EQ(from_b(packet), Drop::none);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].datagram.size(), packet.size() + numbers_of(suite).rtp_tag_size);
    const Bytes heard = opened(sent[0]);
    EXPECT_EQ(Bytes(heard.begin() + rtp_header_size, heard.end()), Bytes(160, std::byte{0x22}));
}

TEST_F(SessionSrtpTest, OpensWhatTheSecuredLegSends) {
    connect();
    EXPECT_EQ(from_a(sealed(rtp({.fill = std::byte{0x33}}))), Drop::none);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].side, Side::b);
    EXPECT_EQ(sent[0].payload(), Bytes(160, std::byte{0x33}));
}

TEST_F(SessionSrtpTest, DropsWhatIsNotUnderTheKeyAndLearnsNothingOfIt) {
    connect();
    SrtpSession forger = sender(key_of(suite, 9));
    EXPECT_EQ(from_a(rtp({})), Drop::auth) << "in the clear";
    EXPECT_EQ(from_a(protect_rtp(forger, rtp({}))), Drop::auth);
    EXPECT_EQ(from(Side::a, "198.51.100.66:666", protect_rtp(forger, rtp({.sequence = 2}))), Drop::auth);
    EXPECT_EQ(dropped(Drop::auth), 3U);
    EXPECT_EQ(session.stats(Side::a).packets_in, 0U);
    EXPECT_EQ(session.stats(Side::a).remote, of_a.remote_rtp) << "the stranger was not learnt";
    EXPECT_TRUE(sink.take().empty());
    EXPECT_EQ(from(Side::a, "10.0.0.1:4444", sealed(rtp({}))), Drop::none) << "its true peer, from behind a NAT";
    EXPECT_EQ(session.stats(Side::a).remote, endpoint("10.0.0.1:4444"));
}

TEST_F(SessionSrtpTest, LooksAtTheSourceBeforeTheTag) {
    connect();
    EXPECT_EQ(from_a(sealed(rtp({}))), Drop::none);
    now += seconds{3};
    EXPECT_EQ(from(Side::a, "198.51.100.66:666", rtp({})), Drop::unknown_source);
    EXPECT_EQ(dropped(Drop::auth), 0U);
}

TEST_F(SessionSrtpTest, DropsARepetition) {
    connect();
    const Bytes packet = sealed(rtp({}));
    EXPECT_EQ(from_a(packet), Drop::none);
    EXPECT_EQ(from_a(packet), Drop::replay);
    EXPECT_EQ(session.stats(Side::a).packets_in, 1U);
}

TEST_F(SessionSrtpTest, AFloodOfBadTagsDoesNotHarmTheCall) {
    connect();
    for (std::uint16_t i = 0; i < 10'000; ++i) { from_a(rtp({.sequence = i, .ssrc = i})); }
    EXPECT_EQ(from_a(sealed(rtp({}))), Drop::none);
    EXPECT_EQ(dropped(Drop::auth), 10'000U);
}

TEST_F(SessionSrtpTest, ProtectsMusicReportsAndTheLastBye) {
    connect();
    session.play(now, Side::a, Source::music, short_tune());
    run(seconds{8});
    session.close(now);
    std::size_t music = 0;
    std::size_t reports = 0;
    for (const Sent& one : sink.take()) {
        if (one.side != Side::a) { continue; }
        const Opened opened =
            one.component == Component::rtp ? open_rtp(ear, one.datagram) : open_rtcp(ear, one.datagram);
        EXPECT_EQ(opened.drop, SrtpDrop::none) << label(opened.drop);
        ++(one.component == Component::rtp ? music : reports);
    }
    EXPECT_GE(music, 400U);
    EXPECT_GE(reports, 2U);
}

TEST_F(SessionSrtpTest, TakesReportsUnderTheKeyOnly) {
    connect();
    Bytes in_the_clear = rtcp_of();
    EXPECT_EQ(from_a(in_the_clear, Component::rtcp), Drop::malformed) << "no room for index and tag";
    in_the_clear.resize(48, std::byte{0xff});
    EXPECT_EQ(from_a(in_the_clear, Component::rtcp), Drop::auth);
    EXPECT_EQ(from_a(protect_rtcp(peer, rtcp_of()), Component::rtcp), Drop::none);
}

TEST_F(SessionSrtpTest, TheSameKeysAgainChangeNothing) {
    connect();
    const Bytes packet = sealed(rtp({}));
    EXPECT_EQ(from_a(packet), Drop::none);
    describe(Side::a);
    EXPECT_EQ(from_a(packet), Drop::replay) << "what has been seen is remembered";
    EXPECT_EQ(from_a(sealed(rtp({.sequence = 2}))), Drop::none);
}

// Row 56 of the races, as the media plane sees it.
TEST_F(SessionSrtpTest, ANewKeyOfThePeerTakesOverFromTheOldOne) {
    connect();
    EXPECT_EQ(from_a(sealed(rtp({.sequence = 1}))), Drop::none);
    of_a.srtp->theirs = key_of(suite, 3);
    describe(Side::a);
    EXPECT_EQ(from_a(sealed(rtp({.sequence = 2}))), Drop::none) << "was under way";
    SrtpSession rekeyed = sender(key_of(suite, 3));
    EXPECT_EQ(from_a(protect_rtp(rekeyed, rtp({.sequence = 3}))), Drop::none);
    EXPECT_EQ(from_a(sealed(rtp({.sequence = 4}))), Drop::auth) << "the old key has done its duty";
}

TEST_F(SessionSrtpTest, TheOldKeyOfThePeerEndsAfterTwoSeconds) {
    connect();
    EXPECT_EQ(from_a(sealed(rtp({.sequence = 1}))), Drop::none);
    of_a.srtp->theirs = key_of(suite, 3);
    describe(Side::a);
    now += SrtpReceiver::grace;
    EXPECT_EQ(from_a(sealed(rtp({.sequence = 2}))), Drop::auth);
}

TEST_F(SessionSrtpTest, ANewKeyOfOursKeepsSourceAndClocks) {
    connect();
    Talker talker;
    from_b(talker.packet());
    const RtpHeader before = parse_rtp(opened(sink.take().at(0)))->header;
    of_a.srtp->ours = key_of(suite, 4);
    describe(Side::a);
    from_b(talker.packet());
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(open_rtp(ear, sent[0].datagram).drop, SrtpDrop::bad_tag);
    SrtpSession rekeyed = receiver(key_of(suite, 4));
    const Opened now_opened = open_rtp(rekeyed, sent[0].datagram);
    ASSERT_EQ(now_opened.drop, SrtpDrop::none);
    const RtpHeader after = parse_rtp(now_opened.packet)->header;
    EXPECT_EQ(after.ssrc, before.ssrc);
    EXPECT_EQ(after.sequence, before.sequence + 1);
    EXPECT_EQ(after.timestamp, before.timestamp + 160);
}

TEST_F(SessionSrtpTest, BothLegsMayBeSecuredWithKeysOfTheirOwn) {
    of_b.srtp = SrtpKeys{key_of(SrtpSuite::aead_aes_128_gcm, 5), key_of(SrtpSuite::aead_aes_128_gcm, 6)};
    connect();
    EXPECT_EQ(from_a(sealed(rtp({.fill = std::byte{0x44}}))), Drop::none);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 1U);
    SrtpSession ear_of_b = receiver(key_of(SrtpSuite::aead_aes_128_gcm, 5));
    const Opened heard = open_rtp(ear_of_b, sent[0].datagram);
    ASSERT_EQ(heard.drop, SrtpDrop::none);
    EXPECT_EQ(Bytes(heard.packet.begin() + rtp_header_size, heard.packet.end()), Bytes(160, std::byte{0x44}));
}

TEST_F(SessionSrtpTest, WithoutKeysTheLegIsInTheClear) {
    connect();
    EXPECT_EQ(session.stats(Side::a).srtp, "AES_CM_128_HMAC_SHA1_80");
    EXPECT_EQ(session.stats(Side::b).srtp, "");
    of_a.srtp.reset();
    describe(Side::a);
    EXPECT_EQ(session.stats(Side::a).srtp, "");
    EXPECT_EQ(from_a(rtp({})), Drop::none);
    EXPECT_EQ(from_b(rtp({})), Drop::none);
    EXPECT_TRUE(parse_rtp(sink.take().back().datagram));
}

}  // namespace
}  // namespace media::test
