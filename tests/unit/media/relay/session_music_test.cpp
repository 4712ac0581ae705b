// Music and the milliwatt: when they start and end, that they keep time, and the seams to what was heard before.
#include "media/relay/session.hpp"
#include "tests/unit/media/support/music.hpp"

namespace media::test {
namespace {

class SessionMusicTest : public MusicTest {};

TEST_F(SessionMusicTest, StartsInTheVeryCall) {
    connect();
    session.play(now, Side::b, Source::music, tune);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].side, Side::b);
    EXPECT_EQ(sent[0].to, of_b.remote_rtp);
    EXPECT_TRUE(sent[0].header().marker);
    EXPECT_EQ(marks(sent), (std::vector<unsigned>{0xa1}));
    const auto happened = events();
    ASSERT_EQ(happened.size(), 1U);
    EXPECT_EQ(happened[0].kind, EngineEvent::Kind::music_started);
    EXPECT_EQ(happened[0].side, Side::b);
    EXPECT_EQ(happened[0].session, SessionId{5});
    EXPECT_EQ(happened[0].at, now);
    EXPECT_TRUE(session.stats(Side::b).music);
}

TEST_F(SessionMusicTest, SendsAFrameEveryTwentyMillisecondsAndLoops) {
    connect();
    session.play(now, Side::b, Source::music, tune);
    run(milliseconds{80});
    const auto sent = sink.take_rtp(Side::b);
    EXPECT_EQ(marks(sent), (std::vector<unsigned>{0xa1, 0xa2, 0xa3, 0xa1, 0xa2}));
    for (std::size_t i = 1; i < sent.size(); ++i) {
        EXPECT_EQ(sent[i].header().sequence, static_cast<std::uint16_t>(sent[i - 1].header().sequence + 1));
        EXPECT_EQ(sent[i].header().timestamp, sent[i - 1].header().timestamp + 160);
        EXPECT_FALSE(sent[i].header().marker);
    }
}

TEST_F(SessionMusicTest, SpeaksTheLawThatTheLegPrefers) {
    of_b.send_formats = {{Codec::pcma, 8}, {Codec::pcmu, 0}};
    connect();
    session.play(now, Side::b, Source::music, tune);
    const auto sent = sink.take();
    EXPECT_EQ(sent[0].header().payload_type, 8);
    EXPECT_EQ(marks(sent), (std::vector<unsigned>{0xa1 ^ 0xf0}));
}

TEST_F(SessionMusicTest, DropsTheFarLegsPacketsMeanwhile) {
    connect();
    session.play(now, Side::b, Source::music, tune);
    sink.take();
    EXPECT_EQ(from_a(rtp({})), Drop::held);
    EXPECT_TRUE(sink.sent.empty());
}

TEST_F(SessionMusicTest, HandsOverToTheFarLegWithoutASeam) {
    connect();
    Talker a;
    from_a(a.packet());
    now += milliseconds{20};
    session.play(now, Side::b, Source::music, tune);
    run(milliseconds{30});
    session.play(now, Side::b, Source::peer);
    run(milliseconds{10});
    from_a(a.packet());
    const auto sent = sink.take_rtp(Side::b);
    ASSERT_EQ(sent.size(), 4U);
    for (std::size_t i = 1; i < sent.size(); ++i) {
        EXPECT_EQ(sent[i].header().ssrc, sent[0].header().ssrc);
        EXPECT_EQ(sent[i].header().sequence, static_cast<std::uint16_t>(sent[i - 1].header().sequence + 1));
    }
    EXPECT_EQ(sent[1].header().timestamp, sent[0].header().timestamp + 160);
    EXPECT_EQ(sent[3].header().timestamp, sent[2].header().timestamp + 160);
    EXPECT_TRUE(sent[1].header().marker);
    EXPECT_TRUE(sent[3].header().marker);
    EXPECT_FALSE(session.stats(Side::b).music);
}

TEST_F(SessionMusicTest, GoesOnWhenAskedAgainForWhatItPlays) {
    connect();
    session.play(now, Side::b, Source::music, tune);
    run(milliseconds{20});
    session.play(now, Side::b, Source::music, tune);
    describe(Side::b);
    session.play(now, Side::b, Source::peer_or_music, tune);
    run(milliseconds{20});
    EXPECT_EQ(marks(sink.take_rtp(Side::b)), (std::vector<unsigned>{0xa1, 0xa2, 0xa3}));
    EXPECT_EQ(events().size(), 1U);
}

TEST_F(SessionMusicTest, MarksThePeersFirstPacketAfterAStillness) {
    connect();
    Talker a;
    talk(a, milliseconds{40});
    session.play(now, Side::b, Source::none);
    talk(a, milliseconds{40});
    session.play(now, Side::b, Source::peer);
    talk(a, milliseconds{40});
    const auto sent = sink.take_rtp(Side::b);
    ASSERT_EQ(sent.size(), 4U);
    EXPECT_TRUE(sent[2].header().marker);
    EXPECT_FALSE(sent[3].header().marker);
    EXPECT_EQ(sent[2].header().sequence, static_cast<std::uint16_t>(sent[1].header().sequence + 1));
    EXPECT_EQ(sent[2].header().timestamp, sent[1].header().timestamp + 3 * 160);
}

TEST_F(SessionMusicTest, StartsOverForANewHold) {
    connect();
    session.play(now, Side::b, Source::music, tune);
    run(milliseconds{25});
    session.play(now, Side::b, Source::peer);
    sink.take();
    session.play(now, Side::b, Source::music, tune);
    EXPECT_EQ(marks(sink.take()), (std::vector<unsigned>{0xa1}));
}

TEST_F(SessionMusicTest, JoinsTheCommonPlaceWhereThatIsWanted) {
    Session shared{now, SessionId{6}, options, random, sink};
    shared.open_leg(Side::a, {endpoint("192.0.2.1:20000"), endpoint("192.0.2.1:20001")});
    shared.describe(now, Side::a, of_a);
    now = base::Instant{} + milliseconds{20} * (3 * 100'000 + 2);
    shared.play(now, Side::a, Source::music, tune, MusicPosition::shared);
    EXPECT_EQ(marks(sink.take()), (std::vector<unsigned>{0xa3}));
}

TEST_F(SessionMusicTest, WaitsForALegThatMayBeSentTo) {
    of_b.send = false;
    connect();
    session.play(now, Side::b, Source::music, tune);
    run(seconds{1});
    EXPECT_TRUE(sink.take_rtp(Side::b).empty());
    EXPECT_TRUE(events().empty());
    of_b.send = true;
    describe(Side::b);
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 1U);
    EXPECT_EQ(events().size(), 1U);
}

TEST_F(SessionMusicTest, StopsForALegThatMayNoLongerBeSentTo) {
    connect();
    session.play(now, Side::b, Source::music, tune);
    of_b.send = false;
    describe(Side::b);
    sink.take();
    run(seconds{1});
    EXPECT_TRUE(sink.take_rtp(Side::b).empty());
    EXPECT_FALSE(session.stats(Side::b).music);
}

TEST_F(SessionMusicTest, CatchesUpOneFrameAndLeavesOutMore) {
    connect();
    session.play(now, Side::b, Source::music, tune);
    now += milliseconds{45};
    session.on_timeout(now);
    EXPECT_EQ(marks(sink.take_rtp(Side::b)), (std::vector<unsigned>{0xa1, 0xa2, 0xa3}));
    now += milliseconds{215};  // 260 ms: frames 3 to 13 are due
    session.on_timeout(now);
    const auto sent = sink.take_rtp(Side::b);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(marks(sent), (std::vector<unsigned>{0xa2}));
    EXPECT_TRUE(sent[0].header().marker);
    EXPECT_EQ(session.next_timeout() - now, milliseconds{20});
}

TEST_F(SessionMusicTest, DoesNotDriftWhenEveryWakeUpIsLate) {
    connect();
    const base::Instant start = now;
    session.play(now, Side::b, Source::music, tune);
    for (int i = 1; i < 1000; ++i) {
        now = session.next_timeout() + milliseconds{7};
        session.on_timeout(now);
    }
    EXPECT_EQ(session.stats(Side::b).packets_out, static_cast<std::uint64_t>((now - start) / milliseconds{20}) + 1);
}

TEST_F(SessionMusicTest, TellsWhenItEndsBecauseSomethingElseIsToBeHeard) {
    connect();
    for (const Source next : {Source::peer, Source::none, Source::echo, Source::milliwatt}) {
        session.play(now, Side::b, Source::music, tune);
        ASSERT_EQ(kinds(), (Kinds{Kind::music_started}));
        session.play(now, Side::b, next);
        EXPECT_EQ(kinds(), (Kinds{Kind::music_stopped})) << static_cast<int>(next);
    }
}

TEST_F(SessionMusicTest, TellsWhenItEndsBecauseTheLegMayNotBeSentToOrIsClosed) {
    connect();
    session.play(now, Side::b, Source::music, tune);
    of_b.send = false;
    describe(Side::b);
    EXPECT_EQ(kinds(), (Kinds{Kind::music_started, Kind::music_stopped}));
    of_b.send = true;
    describe(Side::b);
    session.close_leg(now, Side::b);
    EXPECT_EQ(kinds(), (Kinds{Kind::music_started, Kind::music_stopped}));
    run(seconds{1});
    EXPECT_EQ(kinds(), Kinds{});
}

TEST_F(SessionMusicTest, LeavesOneEventOfEachKindWaitingTheNewestLast) {
    connect();
    for (int i = 0; i < 3; ++i) {
        now += milliseconds{1};
        session.play(now, Side::b, Source::music, tune);
        session.play(now, Side::b, Source::peer);
    }
    session.play(now, Side::b, Source::music, tune);
    const auto happened = events();
    ASSERT_EQ(happened.size(), 2U);
    EXPECT_EQ(happened[0].kind, Kind::music_stopped);
    EXPECT_EQ(happened[1].kind, Kind::music_started);
    EXPECT_EQ(happened[1].at, now);
}

TEST_F(SessionMusicTest, PlaysTheDigitalMilliwatt) {
    connect();
    session.play(now, Side::b, Source::milliwatt);
    const auto sent = sink.take();
    ASSERT_EQ(sent.size(), 1U);
    const Bytes payload = sent[0].payload();
    EXPECT_EQ(Bytes(payload.begin(), payload.begin() + 8), bytes({0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e}));
    EXPECT_TRUE(events().empty()) << "a test tone is no music";
    EXPECT_FALSE(session.stats(Side::b).music);
}

TEST_F(SessionMusicTest, PlaysNothingWithoutATuneOrALaw) {
    connect();
    session.play(now, Side::b, Source::music, nullptr);
    of_b.send_formats = {{Codec::telephone_event, 101}};
    describe(Side::b);
    session.play(now, Side::b, Source::music, tune);
    run(milliseconds{100});
    EXPECT_TRUE(sink.take_rtp(Side::b).empty());
}

}  // namespace
}  // namespace media::test
