// Packets through a call: what passes, what is dropped and why.
#include "media/relay/session.hpp"

#include "media/codec/g711.hpp"
#include "tests/unit/media/support/call.hpp"

namespace media::test {
namespace {

class SessionTest : public CallTest {};

TEST_F(SessionTest, CarriesAPacketFromEachLegToTheOther) {
    connect();
    EXPECT_EQ(from_a(rtp({})), Drop::none);
    EXPECT_EQ(from_b(rtp({})), Drop::none);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].side, Side::b);
    EXPECT_EQ(sent[0].to, of_b.remote_rtp);
    EXPECT_EQ(sent[0].payload(), Bytes(160, std::byte{0x10}));
    EXPECT_EQ(sent[1].side, Side::a);
    EXPECT_EQ(sent[1].to, of_a.remote_rtp);
}

TEST_F(SessionTest, ShowsNothingOfOneLegsNumbersOnTheOther) {
    connect();
    from_a(rtp({.sequence = 77, .timestamp = 12345, .ssrc = 0xfeedface}));
    from_b(rtp({.sequence = 77, .timestamp = 12345, .ssrc = 0xfeedface}));
    const auto sent = sink.take();
    EXPECT_NE(sent[0].header().ssrc, 0xfeedfaceU);
    EXPECT_NE(sent[0].header().ssrc, sent[1].header().ssrc);
    EXPECT_NE(sent[0].header().sequence, 77);
    EXPECT_NE(sent[0].header().timestamp, 12345U);
}

TEST_F(SessionTest, LeavesExtensionContributorsAndPaddingBehind) {
    connect();
    Bytes packet = bytes({0xb1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 9, 9, 9, 9, 0xbe, 0xde, 0, 1, 1, 2, 3, 4});
    for (const unsigned payload : {0x21U, 0x22U, 0U, 2U}) { packet.push_back(static_cast<std::byte>(payload)); }
    EXPECT_EQ(from_a(packet), Drop::none);
    const auto sent = sink.take();
    EXPECT_EQ(sent[0].datagram.size(), 14U);
    EXPECT_EQ(sent[0].payload(), bytes({0x21, 0x22}));
}

TEST_F(SessionTest, MapsPayloadNumbersByWhatTheyMean) {
    of_a.receive_formats = {{Codec::pcmu, 96}, {Codec::telephone_event, 97}};
    connect();
    from_a(rtp({.payload = 96}));
    from_a(rtp({.payload = 97, .sequence = 2, .size = 4}));
    const auto sent = sink.take();
    EXPECT_EQ(sent[0].header().payload_type, 0);
    EXPECT_EQ(sent[1].header().payload_type, 101);
}

TEST_F(SessionTest, TranscodesBetweenTheLaws) {
    of_b.send_formats = {{Codec::pcma, 8}};
    of_b.receive_formats = of_b.send_formats;
    connect();
    EXPECT_EQ(from_a(rtp({.payload = 0, .fill = std::byte{0x9e}})), Drop::none);
    EXPECT_EQ(from_b(rtp({.payload = 8, .fill = std::byte{0xb4}})), Drop::none);
    const auto sent = sink.take();
    EXPECT_EQ(sent[0].header().payload_type, 8);
    EXPECT_EQ(sent[0].payload(), Bytes(160, ulaw_to_alaw(std::byte{0x9e})));
    EXPECT_EQ(sent[1].header().payload_type, 0);
    EXPECT_EQ(sent[1].payload(), Bytes(160, alaw_to_ulaw(std::byte{0xb4})));
}

TEST_F(SessionTest, DropsWhatTheHearingLegDoesNotAcceptAndClosesTheSequenceOverIt) {
    of_b.send_formats = {{Codec::pcmu, 0}};
    connect();
    from_a(rtp({.sequence = 1}));
    EXPECT_EQ(from_a(rtp({.payload = 101, .sequence = 2, .size = 4})), Drop::codec);
    from_a(rtp({.sequence = 3}));
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[1].header().sequence, static_cast<std::uint16_t>(sent[0].header().sequence + 1));
}

TEST_F(SessionTest, DropsAPayloadNumberThatWasNeverAgreed) {
    connect();
    EXPECT_EQ(from_a(rtp({.payload = 18})), Drop::codec);
    EXPECT_TRUE(sink.sent.empty());
}

TEST_F(SessionTest, CountsEachReasonOnTheLegWhereThePacketCameIn) {
    connect();
    from_a(bytes({1, 2, 3}));
    from_a(rtp({.payload = 18}));
    from_a(rtp({}));
    from(Side::a, "198.51.100.66:666", rtp({}));
    const DropCounters& drops = session.drops(Side::a);
    EXPECT_EQ(drops[static_cast<std::size_t>(Drop::malformed)], 1U);
    EXPECT_EQ(drops[static_cast<std::size_t>(Drop::codec)], 1U);
    EXPECT_EQ(drops[static_cast<std::size_t>(Drop::unknown_source)], 1U);
    EXPECT_EQ(drops[static_cast<std::size_t>(Drop::none)], 1U);
    EXPECT_EQ(session.drops(Side::b), DropCounters{});
}

TEST_F(SessionTest, TakesDatagramsUpToTheLimitAndNotOneByteMore) {
    of_b.send_formats = {{Codec::pcma, 8}};
    connect();
    EXPECT_EQ(from_a(rtp({.size = Session::max_datagram - 12})), Drop::none);
    EXPECT_EQ(from_a(rtp({.size = Session::max_datagram - 11})), Drop::malformed);
}

TEST_F(SessionTest, DropsEverythingBeforeADescriptionAndAfterTheEnd) {
    EXPECT_EQ(from_a(rtp({})), Drop::port_closed);
    connect();
    session.close(now);
    EXPECT_EQ(from_a(rtp({})), Drop::port_closed);
    EXPECT_EQ(session.next_timeout(), base::never);
}

TEST_F(SessionTest, HasNoRouteWithoutADescribedFarLeg) {
    session.describe(now, Side::a, of_a);
    EXPECT_EQ(from_a(rtp({})), Drop::no_route);
}

TEST_F(SessionTest, SendsNothingToALegThatMayNotBeSentTo) {
    connect();
    of_b.send = false;
    describe(Side::b);
    EXPECT_EQ(from_a(rtp({})), Drop::held);
    of_b.send = true;
    of_b.remote_rtp = endpoint("0.0.0.0:5000");
    describe(Side::b);
    EXPECT_EQ(from_a(rtp({})), Drop::held);
    of_b.remote_rtp = endpoint("10.0.0.2:0");
    describe(Side::b);
    EXPECT_EQ(from_a(rtp({})), Drop::held);
    EXPECT_TRUE(sink.sent.empty());
}

TEST_F(SessionTest, TakesNothingFromALegThatMayNotSend) {
    of_a.receive = false;
    connect();
    EXPECT_EQ(from_a(rtp({})), Drop::held);
    EXPECT_TRUE(sink.sent.empty());
}

TEST_F(SessionTest, LearnsNoAddressFromALegThatMayNotSend) {
    of_b.receive = false;
    connect();
    EXPECT_EQ(from(Side::b, "203.0.113.5:61000", rtp({})), Drop::unknown_source);
    from_a(rtp({}));
    EXPECT_EQ(sink.take().at(0).to, of_b.remote_rtp);
}

TEST_F(SessionTest, TakesAndSendsNothingOnALegThatIsClosedUntilItIsOpenedAnew) {
    connect();
    from(Side::b, "10.0.0.2:5000", rtp({}));
    sink.take();
    session.close_leg(now, Side::b);
    sink.take();
    EXPECT_EQ(from(Side::b, "10.0.0.2:5000", rtp({})), Drop::port_closed);
    from_a(rtp({}));
    EXPECT_TRUE(sink.take().empty());
    session.open_leg(Side::b, {endpoint("192.0.2.1:20010"), endpoint("192.0.2.1:20011")});
    of_b.remote_rtp = endpoint("10.0.0.3:6000");
    describe(Side::b);
    session.play(now, Side::b, Source::peer);
    EXPECT_EQ(from(Side::b, "10.0.0.2:5000", rtp({})), Drop::none) << "learnt, as any other before the first packet";
    EXPECT_EQ(from(Side::b, "10.0.0.3:6000", rtp({.sequence = 2})), Drop::none) << "but the described one wins";
    from_a(rtp({}));
    EXPECT_EQ(sink.take().back().to, of_b.remote_rtp);
}

TEST_F(SessionTest, GoesOnAfterAPauseWithoutAGapAndWithAMarker) {
    connect();
    Talker a;
    from_a(a.packet());
    const RtpHeader before = sink.take().at(0).header();
    of_b.send = false;
    describe(Side::b);
    for (int i = 0; i < 50; ++i) {
        now += milliseconds{20};
        from_a(a.packet());
    }
    of_b.send = true;
    describe(Side::b);
    now += milliseconds{20};
    from_a(a.packet());
    const RtpHeader after = sink.take().at(0).header();
    EXPECT_EQ(after.ssrc, before.ssrc);
    EXPECT_EQ(after.sequence, static_cast<std::uint16_t>(before.sequence + 1));
    EXPECT_EQ(after.timestamp, before.timestamp + 51 * 160);
    EXPECT_TRUE(after.marker);
}

TEST_F(SessionTest, MarksTheFirstPacketOfALegThatWasNotHeardForAWhile) {
    connect();
    from_a(rtp({.sequence = 1}));
    of_a.receive = false;
    describe(Side::a);
    from_a(rtp({.sequence = 2}));
    of_a.receive = true;
    describe(Side::a);
    from_a(rtp({.sequence = 3}));
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_TRUE(sent[1].header().marker);
    EXPECT_EQ(sent[1].header().sequence, static_cast<std::uint16_t>(sent[0].header().sequence + 1));
}

TEST_F(SessionTest, SendsToTheAddressThatMediaReallyComesFrom) {
    connect();
    EXPECT_EQ(from(Side::b, "203.0.113.5:61000", rtp({})), Drop::none);
    sink.take();
    from_a(rtp({}));
    EXPECT_EQ(sink.take().at(0).to, endpoint("203.0.113.5:61000"));
    EXPECT_EQ(session.stats(Side::b).remote, endpoint("203.0.113.5:61000"));
}

TEST_F(SessionTest, LearnsNoAddressFromAPayloadNumberThatWasNeverAgreed) {
    connect();
    EXPECT_EQ(from(Side::b, "203.0.113.5:61000", rtp({.payload = 18})), Drop::unknown_source);
    EXPECT_EQ(session.stats(Side::b).remote, of_b.remote_rtp);
}

TEST_F(SessionTest, EchoesALegsOwnPackets) {
    connect();
    session.play(now, Side::a, Source::echo);
    EXPECT_EQ(from_a(rtp({.size = 100})), Drop::none);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 2U) << "the far leg hears them, too";
    EXPECT_EQ(sent[0].side, Side::a);
    EXPECT_EQ(sent[0].payload(), Bytes(100, std::byte{0x10}));
    EXPECT_EQ(sent[1].side, Side::b);
    EXPECT_EQ(sent[1].payload(), Bytes(100, std::byte{0x10}));
}

TEST_F(SessionTest, EchoesOnACallOfOneLeg) {
    Session single{now, SessionId{6}, options, random, sink};
    single.open_leg(Side::a, {endpoint("192.0.2.1:20000"), endpoint("192.0.2.1:20001")});
    single.describe(now, Side::a, of_a);
    single.play(now, Side::a, Source::echo);
    Bytes packet = rtp({});
    EXPECT_EQ(single.on_packet(now, Side::a, Component::rtp, of_a.remote_rtp, packet), Drop::none);
    EXPECT_EQ(sink.take().size(), 1U);
}

TEST_F(SessionTest, TellsWhatALegDid) {
    connect();
    for (const unsigned i : {1U, 2U, 4U}) { from_a(rtp({.sequence = static_cast<std::uint16_t>(i)})); }
    from_b(rtp({}));
    const LegStats a = session.stats(Side::a);
    EXPECT_EQ(a.packets_in, 3U);
    EXPECT_EQ(a.bytes_in, 3U * 172);
    EXPECT_EQ(a.packets_out, 1U);
    EXPECT_EQ(a.bytes_out, 172U);
    EXPECT_EQ(a.lost, 1U);
    EXPECT_EQ(a.codec, "PCMU");
    EXPECT_EQ(a.local, endpoint("192.0.2.1:20000"));
    EXPECT_EQ(a.remote, of_a.remote_rtp);
    EXPECT_FALSE(a.music);
    EXPECT_FALSE(a.rtt_ms);
}

}  // namespace
}  // namespace media::test
