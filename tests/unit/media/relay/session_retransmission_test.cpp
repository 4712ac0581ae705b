// What a viewer missed of a picture is sent again from here (RFC 4585 §6.2.1), and only what is not here is asked of
// who sends it.
#include "base/bytes.hpp"
#include "media/relay/session.hpp"
#include "media/rtcp/feedback.hpp"
#include "tests/unit/media/support/call.hpp"

namespace media::test {
namespace {

constexpr std::uint32_t camera = 0x11111111;  // the SSRC of A

class SessionRetransmission : public CallTest {
protected:
    SessionRetransmission() {
        of_a.send_formats = of_a.receive_formats = {{Codec::relayed, 96, 90'000, 0}};
        of_b.send_formats = of_b.receive_formats = {{Codec::relayed, 120, 90'000, 0}};
        of_a.feedback = of_b.feedback = true;
    }
    // A shows a picture; returns what B got.
    Sent show(std::uint16_t sequence) {
        EXPECT_EQ(from_a(rtp({.payload = 96, .sequence = sequence, .size = 1000})), Drop::none);
        return sink.take().at(0);
    }
    // B says what it missed; returns what is sent because of it.
    std::vector<Sent> miss(std::initializer_list<Nack> nacks) {
        Feedback feedback;
        for (const Nack& nack : nacks) { feedback.nacks.push_back(nack); }
        FeedbackBuffer buffer;
        const auto written = write_feedback(feedback, 9, session.ssrc(Side::b), {}, buffer);
        EXPECT_EQ(from_b(Bytes(written.begin(), written.end()), Component::rtcp), Drop::none);
        return sink.take();
    }
    static std::vector<Nack> nacks_of(const Sent& sent) {
        EXPECT_EQ(sent.side, Side::a);
        const Feedback asked = read_feedback(RtcpView::parse(sent.datagram).value(), camera);
        return {asked.nacks.begin(), asked.nacks.end()};
    }
};

TEST_F(SessionRetransmission, SendsAgainWhatIsStillHere) {
    connect();
    show(7);
    const Sent lost = show(8);
    show(9);
    const auto again = miss({{lost.header().sequence, 0}});
    ASSERT_EQ(again.size(), 1U) << "and nobody is asked";
    EXPECT_EQ(again[0].side, Side::b);
    EXPECT_EQ(again[0].component, Component::rtp);
    EXPECT_EQ(again[0].to, of_b.remote_rtp);
    EXPECT_EQ(again[0].datagram, lost.datagram);
    EXPECT_EQ(session.stats(Side::b).packets_out, 4U);
}

TEST_F(SessionRetransmission, ServesEachPacketThatIsNamed) {
    connect();
    const std::uint16_t first = show(100).header().sequence;
    for (std::uint16_t i = 101; i < 120; ++i) { show(i); }
    const auto again = miss({{first, 0x8001}, {static_cast<std::uint16_t>(first + 18), 0}});
    ASSERT_EQ(again.size(), 4U);
    for (const auto& [place, offset] : {std::pair{0U, 0}, {1U, 1}, {2U, 16}, {3U, 18}}) {
        EXPECT_EQ(again[place].header().sequence, static_cast<std::uint16_t>(first + offset));
    }
}

TEST_F(SessionRetransmission, AsksItsSenderForTheRest) {
    connect();
    const std::uint16_t first = show(100).header().sequence;
    show(102);
    show(105);
    const auto sent = miss({{first, 0x1f}});
    ASSERT_EQ(sent.size(), 4U);
    EXPECT_EQ(sent[0].header().sequence, first);
    EXPECT_EQ(sent[1].header().sequence, static_cast<std::uint16_t>(first + 2));
    EXPECT_EQ(sent[2].header().sequence, static_cast<std::uint16_t>(first + 5));
    EXPECT_EQ(nacks_of(sent[3]), (std::vector{Nack{101, 0b110}}));
}

TEST_F(SessionRetransmission, WaitsARoundTripBeforeItSendsOneOnceMore) {
    connect();
    const std::uint16_t lost = show(7).header().sequence;
    show(8);
    EXPECT_EQ(miss({{lost, 0}}).size(), 1U);
    EXPECT_TRUE(miss({{lost, 0}}).empty()) << "nor is its sender asked";
    now += SentPackets::shortest_interval;
    EXPECT_EQ(miss({{lost, 0}}).size(), 1U);
}

TEST_F(SessionRetransmission, SendsNothingWhereNothingMayBeSent) {
    connect();
    const std::uint16_t lost = show(7).header().sequence;
    of_b.send = false;
    describe(Side::b);
    EXPECT_TRUE(miss({{lost, 0}}).empty());
    of_b.send = true;
    describe(Side::b);
    EXPECT_EQ(miss({{lost, 0}}).size(), 1U) << "it is remembered over a change";
}

TEST_F(SessionRetransmission, ServesAViewerWhoseSenderTakesNoFeedback) {
    of_a.feedback = false;
    connect();
    const std::uint16_t lost = show(7).header().sequence;
    show(9);
    const auto again = miss({{lost, 1}});
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].header().sequence, lost);
}

TEST_F(SessionRetransmission, IsOfPicturesOnlyWhoseViewersAgreedToFeedback) {
    of_b.feedback = false;
    connect();
    const std::uint16_t lost = show(7).header().sequence;
    const auto asked = miss({{lost, 0}});
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(nacks_of(asked[0]), (std::vector{Nack{7, 0}}));
}

TEST_F(SessionRetransmission, OfASoundIsNone) {
    of_a.send_formats = of_a.receive_formats = {{Codec::relayed, 96, 48'000, 0}};
    of_b.send_formats = of_b.receive_formats = {{Codec::relayed, 120, 48'000, 0}};
    connect();
    const std::uint16_t lost = show(7).header().sequence;
    const auto asked = miss({{lost, 0}});
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked[0].side, Side::a);
}

TEST_F(SessionRetransmission, IsTheSamePacketUnderSrtp) {
    of_b.srtp = SrtpKeys{SrtpKey::make(SrtpSuite::aead_aes_128_gcm, random),
                         SrtpKey::make(SrtpSuite::aead_aes_128_gcm, random)};
    connect();
    const Sent lost = show(7);
    show(8);
    auto out = SrtpSession::make(SrtpSession::Direction::outbound, of_b.srtp->theirs).value();
    Feedback feedback;
    const auto numbered = base::read_u16(lost.datagram, 2);
    feedback.nacks.push_back({numbered, 0});
    FeedbackBuffer buffer;
    const auto written = write_feedback(feedback, 9, session.ssrc(Side::b), {}, buffer);
    Bytes sealed(written.begin(), written.end());
    std::size_t size = sealed.size();
    sealed.resize(size + SrtpSession::max_trailer_size);
    ASSERT_EQ(out.protect_rtcp(sealed, size), SrtpDrop::none);
    sealed.resize(size);
    EXPECT_EQ(from_b(sealed, Component::rtcp), Drop::none);
    const auto again = sink.take();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].datagram, lost.datagram);
}

TEST_F(SessionRetransmission, APacketThatComesTwiceIsPassedOnOnce) {
    connect();
    show(7);
    EXPECT_EQ(from_a(rtp({.payload = 96, .sequence = 7, .size = 900})), Drop::late);
    EXPECT_TRUE(sink.take().empty());
}

}  // namespace
}  // namespace media::test
