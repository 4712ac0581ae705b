// A stream that is relayed as it is: numbers mapped by meaning, one space of sequence and time on each leg, and what
// the viewing side asks for brought to the sending side.
#include "base/bytes.hpp"
#include "media/relay/session.hpp"
#include "media/rtcp/feedback.hpp"
#include "tests/unit/media/support/call.hpp"

namespace media::test {
namespace {

constexpr std::uint32_t camera = 0x11111111;  // the SSRC of A

class SessionRelayed : public CallTest {
protected:
    SessionRelayed() {
        of_a.send_formats = {{Codec::relayed, 96, 90'000, 0}, {Codec::relayed, 97, 90'000, 1}};
        of_a.receive_formats = of_a.send_formats;
        of_b.send_formats = {{Codec::relayed, 120, 90'000, 1}, {Codec::relayed, 96, 90'000, 0}};
        of_b.receive_formats = of_b.send_formats;
        of_a.feedback = of_b.feedback = true;
    }
    // A's packet; returns what B got.
    Sent picture(std::uint16_t sequence, std::uint32_t timestamp = 0, bool marker = false, std::uint8_t payload = 96) {
        EXPECT_EQ(
            from_a(rtp(
                {.payload = payload, .sequence = sequence, .timestamp = timestamp, .ssrc = camera, .marker = marker})),
            Drop::none);
        return sink.take().at(0);
    }
    // B asks; returns what A is asked, if anything.
    std::optional<Feedback> ask(const Feedback& feedback, std::uint32_t sender) {
        FeedbackBuffer buffer;
        const auto written = write_feedback(feedback, 9, sender, {}, buffer);
        EXPECT_EQ(from_b(Bytes(written.begin(), written.end()), Component::rtcp), Drop::none);
        auto sent = sink.take();
        if (sent.empty()) { return std::nullopt; }
        EXPECT_EQ(sent[0].side, Side::a);
        EXPECT_EQ(sent[0].component, Component::rtcp);
        EXPECT_EQ(sent[0].to, of_a.remote_rtcp);
        return read_feedback(RtcpView::parse(sent[0].datagram).value(), camera);
    }
};

TEST_F(SessionRelayed, MapsNumbersByMeaningAndLeavesThePayloadAlone) {
    connect();
    const Sent first = picture(7, 1000);
    EXPECT_EQ(first.header().payload_type, 96);
    EXPECT_EQ(first.payload(), Bytes(160, std::byte{0x10}));
    EXPECT_EQ(picture(8, 1000, true, 97).header().payload_type, 120);
}

TEST_F(SessionRelayed, DropsAFormatThatTheHearerDoesNotTake) {
    of_b.send_formats = {{Codec::relayed, 120, 90'000, 1}};
    connect();
    EXPECT_EQ(from_a(rtp({.payload = 96})), Drop::codec);
}

TEST_F(SessionRelayed, GivesMarkerSequenceAndTimestampOnAsTheyAre) {
    connect();
    const auto first = picture(7, 1000).header();
    EXPECT_FALSE(first.marker) << "it is the end of a picture, not the start of a sound";
    const auto second = picture(9, 4000, true).header();
    EXPECT_TRUE(second.marker);
    EXPECT_EQ(second.sequence, static_cast<std::uint16_t>(first.sequence + 2)) << "its loss is the sender's";
    EXPECT_EQ(second.timestamp, first.timestamp + 3000);
    EXPECT_EQ(second.ssrc, first.ssrc);
}

TEST_F(SessionRelayed, ContinuesOnItsOwnClockWhenTheSenderStartsAnew) {
    connect();
    const auto first = picture(7, 1000).header();
    now += seconds{1};
    ASSERT_EQ(from_a(rtp({.payload = 96, .sequence = 500, .timestamp = 77, .ssrc = 5})), Drop::none);
    const auto second = sink.take().at(0).header();
    EXPECT_EQ(second.ssrc, first.ssrc);
    EXPECT_EQ(second.sequence, static_cast<std::uint16_t>(first.sequence + 1));
    EXPECT_EQ(second.timestamp, first.timestamp + 90'000);
}

TEST_F(SessionRelayed, MeasuresJitterInItsOwnClock) {
    connect();
    for (std::uint16_t i = 0; i < 100; ++i) {
        picture(i, i * 1800U);
        now += milliseconds{20};
    }
    EXPECT_LT(session.stats(Side::a).jitter_ms, 0.1);
}

TEST_F(SessionRelayed, BringsAKeyFrameRequestToTheSender) {
    connect();
    const auto ours = picture(7).header().ssrc;
    Feedback loss;
    loss.picture_loss = true;
    const auto asked = ask(loss, ours);
    ASSERT_TRUE(asked);
    EXPECT_TRUE(asked->picture_loss);
    EXPECT_FALSE(asked->full_intra);
    Feedback intra;
    intra.full_intra = 42;
    EXPECT_EQ(ask(intra, ours).value().full_intra, 42);
}

TEST_F(SessionRelayed, AsksForAKeyFrameWhenAPictureBeginsToFlow) {
    connect();
    // How often A was asked for one, after a packet of it.
    const auto asked = [&](std::uint16_t sequence) {
        EXPECT_EQ(from_a(rtp({.payload = 96, .sequence = sequence, .ssrc = camera})), Drop::none);
        int count = 0;
        for (const Sent& sent : sink.take()) {
            if (sent.component != Component::rtcp || sent.side != Side::a) { continue; }
            EXPECT_EQ(sent.to, of_a.remote_rtcp);
            count += read_feedback(RtcpView::parse(sent.datagram).value(), camera).picture_loss ? 1 : 0;
        }
        return count;
    };
    EXPECT_EQ(asked(7), 1) << "the first of all";
    EXPECT_EQ(asked(8), 0);
    session.play(now, Side::b, Source::none);
    session.play(now, Side::b, Source::peer);
    EXPECT_EQ(asked(9), 1) << "it was shown nothing for a while";
    EXPECT_EQ(asked(10), 0);
    LegDescription held = of_a;
    held.receive = false;
    session.describe(now, Side::a, held);
    session.describe(now, Side::a, of_a);
    EXPECT_EQ(asked(11), 1) << "it was not to send for a while";
    of_b.remote_rtp = endpoint("10.0.0.2:7000");
    session.describe(now, Side::b, of_b);
    EXPECT_EQ(asked(12), 1) << "who is shown it may be another";
    of_a.feedback = false;
    session.describe(now, Side::a, held);
    session.describe(now, Side::a, of_a);
    EXPECT_EQ(asked(13), 0) << "it agreed to no feedback";
}

TEST_F(SessionRelayed, AsksForLostPacketsByTheNumbersOfTheirSender) {
    connect();
    picture(7);
    const auto ours = picture(10).header();
    Feedback lost;
    lost.nacks.push_back({static_cast<std::uint16_t>(ours.sequence - 2), 1});
    const auto asked = ask(lost, ours.ssrc);
    ASSERT_TRUE(asked);
    ASSERT_EQ(asked->nacks.size(), 1U);
    EXPECT_EQ(asked->nacks[0], (Nack{8, 1}));
}

TEST_F(SessionRelayed, AsksNobodyForPacketsThatWereNeverSent) {
    connect();
    const auto ours = picture(7).header();
    Feedback lost;
    lost.nacks.push_back({static_cast<std::uint16_t>(ours.sequence - 1), 0});
    lost.nacks.push_back({static_cast<std::uint16_t>(ours.sequence + 1), 0});
    EXPECT_FALSE(ask(lost, ours.ssrc));
}

TEST_F(SessionRelayed, AsksNothingThatIsAboutAnotherSender) {
    connect();
    const auto ours = picture(7).header().ssrc;
    Feedback all;
    all.picture_loss = true;
    all.full_intra = 1;
    EXPECT_FALSE(ask(all, ours + 1));
}

TEST_F(SessionRelayed, AsksNobodyWhoDidNotAgreeToFeedback) {
    of_a.feedback = false;
    connect();
    const auto ours = picture(7).header().ssrc;
    Feedback loss;
    loss.picture_loss = true;
    EXPECT_FALSE(ask(loss, ours));
}

TEST_F(SessionRelayed, BringsAnEstimateToASenderThatTakesIt) {
    of_a.estimates = of_b.estimates = true;
    connect();
    const auto ours = picture(7).header().ssrc;
    Feedback room;
    room.estimate = 0x0c0102;
    const auto asked = ask(room, ours);
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->estimate, 0x0c0102U);
    EXPECT_FALSE(ask(room, ours + 1)) << "it is about somebody else";
    EXPECT_EQ(tallies.estimates.passed, 1U);
    EXPECT_EQ(tallies.estimates.dropped, 0U);
}

TEST_F(SessionRelayed, DropsAnEstimateWhereALegHasNotAgreedToThem) {
    Feedback room;
    room.estimate = 0x0c0102;
    of_a.estimates = true;
    connect();
    const auto ours = picture(7).header().ssrc;
    EXPECT_FALSE(ask(room, ours));
    of_a.estimates = false;
    of_b.estimates = true;
    describe(Side::a);
    describe(Side::b);
    EXPECT_FALSE(ask(room, ours));
    room.picture_loss = true;
    const auto asked = ask(room, ours);
    ASSERT_TRUE(asked) << "what else is asked is";
    EXPECT_FALSE(asked->estimate);
    EXPECT_EQ(tallies.estimates.passed, 0U);
    EXPECT_EQ(tallies.estimates.dropped, 3U);
}

TEST_F(SessionRelayed, DropsAnEstimateOfWhatIsNotShown) {
    of_a.estimates = of_b.estimates = true;
    connect();
    const auto ours = picture(7).header().ssrc;
    session.play(now, Side::b, Source::none);
    Feedback room;
    room.estimate = 1;
    EXPECT_FALSE(ask(room, ours));
    EXPECT_EQ(tallies.estimates.dropped, 1U);
}

TEST_F(SessionRelayed, AsksNobodyWhoIsNotShown) {
    connect();
    const auto ours = picture(7).header().ssrc;
    session.play(now, Side::b, Source::none);
    Feedback loss;
    loss.picture_loss = true;
    EXPECT_FALSE(ask(loss, ours));
}

}  // namespace
}  // namespace media::test
