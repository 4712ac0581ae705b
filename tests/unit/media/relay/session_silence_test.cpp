// Silence filled with music: a peer is left the word while it is heard, and has it back with its first real sound.
#include <set>

#include "media/codec/g711.hpp"
#include "media/relay/session.hpp"
#include "tests/unit/media/support/music.hpp"

namespace media::test {
namespace {

class SessionSilenceTest : public MusicTest {};

TEST_F(SessionSilenceTest, FillsTheSilenceOfAPeerThatWasNeverHeardAtOnce) {
    connect();
    session.play(now, Side::b, Source::peer_or_music, tune);
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 1U);
}

TEST_F(SessionSilenceTest, LeavesTheWordToAPeerThatIsHeard) {
    connect();
    Talker a;
    talk(a, milliseconds{100});
    session.play(now, Side::b, Source::peer_or_music, tune);
    sink.take();
    talk(a, seconds{2});
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 100U);
    EXPECT_FALSE(session.stats(Side::b).music);
    EXPECT_TRUE(events().empty());
}

TEST_F(SessionSilenceTest, FillsInFourHundredMillisecondsAfterTheLastPacket) {
    connect();
    Talker a;
    from_a(a.packet());
    session.play(now, Side::b, Source::peer_or_music, tune);
    sink.take();
    run(milliseconds{399});
    EXPECT_TRUE(sink.take_rtp(Side::b).empty());
    run(milliseconds{1});
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 1U);
    EXPECT_TRUE(session.stats(Side::b).music);
}

TEST_F(SessionSilenceTest, TakesSilentPacketsForSilence) {
    connect();
    Talker a{{.fill = encode_ulaw(8)}};
    session.play(now, Side::b, Source::peer_or_music, tune);
    sink.take();
    talk(a, milliseconds{200});
    const auto sent = sink.take_rtp(Side::b);
    EXPECT_EQ(sent.size(), 10U);
    EXPECT_EQ(std::set<unsigned>({0xa1, 0xa2, 0xa3}).count(marks(sent).at(5)), 1U) << "music, not the silence";
}

TEST_F(SessionSilenceTest, PassesSilentPacketsOnUntilTheMusicSetsIn) {
    connect();
    Talker a;
    from_a(a.packet());
    session.play(now, Side::b, Source::peer_or_music, tune);
    a.next().fill = encode_ulaw(0);
    sink.take();
    run(milliseconds{20});
    from_a(a.packet());
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 1U);
    run(milliseconds{379});
    EXPECT_FALSE(session.stats(Side::b).music);
    run(milliseconds{1});
    EXPECT_TRUE(session.stats(Side::b).music) << "400 ms after the last audible one";
}

TEST_F(SessionSilenceTest, GivesTheWordBackWithTheFirstAudiblePacket) {
    connect();
    session.play(now, Side::b, Source::peer_or_music, tune);
    run(milliseconds{100});
    sink.take();
    Talker a;
    EXPECT_EQ(from_a(a.packet()), Drop::none);
    run(milliseconds{20});
    const auto sent = sink.take_rtp(Side::b);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(marks(sent), (std::vector<unsigned>{0x10}));
    EXPECT_TRUE(sent[0].header().marker);
}

TEST_F(SessionSilenceTest, IsNotFlappingOnAPeerWhoseMusicHasPauses) {
    connect();
    Talker a;
    talk(a, milliseconds{100});
    session.play(now, Side::b, Source::peer_or_music, tune);
    sink.take();
    for (int phrase = 0; phrase < 10; ++phrase) {
        a.next().fill = std::byte{0x10};
        talk(a, milliseconds{200});
        a.next().fill = encode_ulaw(40);
        talk(a, milliseconds{360});  // 380 ms from sound to sound
    }
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 10U * 28) << "the peer's packets, the quiet ones, too";
    EXPECT_TRUE(events().empty());
}

TEST_F(SessionSilenceTest, IsNotStoppedByNoiseThatAPeerWhoIsHeardMayMake) {
    const std::byte noise = encode_ulaw(100);
    connect();
    Talker a;
    talk(a, milliseconds{20});
    session.play(now, Side::b, Source::peer_or_music, tune);
    a.next().fill = noise;
    talk(a, seconds{1});
    EXPECT_FALSE(session.stats(Side::b).music) << "it has been heard all the time";
    run(milliseconds{400});
    ASSERT_TRUE(session.stats(Side::b).music);
    sink.take();
    talk(a, seconds{1});
    EXPECT_EQ(std::set<unsigned>({0xa1, 0xa2, 0xa3}).count(marks(sink.take_rtp(Side::b)).back()), 1U);
    a.next().fill = encode_ulaw(200);
    from_a(a.packet());
    EXPECT_FALSE(session.stats(Side::b).music) << "real sound";
}

TEST_F(SessionSilenceTest, TellsWhenItEndsBecauseThePeerIsHeard) {
    connect();
    session.play(now, Side::b, Source::peer_or_music, tune);
    ASSERT_EQ(kinds(), (Kinds{Kind::music_started}));
    run(milliseconds{100});
    from_a(rtp({}));
    const auto happened = events();
    ASSERT_EQ(happened.size(), 1U);
    EXPECT_EQ(happened[0].kind, Kind::music_stopped);
    EXPECT_EQ(happened[0].side, Side::b);
    EXPECT_EQ(happened[0].session, SessionId{5});
    EXPECT_EQ(happened[0].at, now);
    run(milliseconds{400});
    EXPECT_EQ(kinds(), (Kinds{Kind::music_started})) << "it set in again";
}

TEST_F(SessionSilenceTest, TakesComfortNoiseForSilence) {
    of_a.receive_formats.push_back({Codec::comfort_noise, 13});
    of_b.send_formats.push_back({Codec::comfort_noise, 13});
    connect();
    session.play(now, Side::b, Source::peer_or_music, tune);
    EXPECT_EQ(from_a(rtp({.payload = 13, .size = 1})), Drop::held);
    EXPECT_TRUE(session.stats(Side::b).music);
}

TEST_F(SessionSilenceTest, DoesNotWaitForAPeerThatMayNotSend) {
    connect();
    Talker a;
    from_a(a.packet());
    session.play(now, Side::b, Source::peer_or_music, tune);
    sink.take();
    of_a.receive = false;
    describe(Side::a);
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 1U);
}

TEST_F(SessionSilenceTest, GoesOnInTheTuneAfterTheWordWasGivenAway) {
    connect();
    session.play(now, Side::b, Source::peer_or_music, tune);
    from_a(rtp({}));
    sink.take();
    run(milliseconds{400});
    EXPECT_EQ(marks(sink.take_rtp(Side::b)), (std::vector<unsigned>{0xa2}));
}

TEST_F(SessionSilenceTest, GoesOnUntilThePeerThatIsTrustedFromNowOnIsReallyHeard) {
    connect();
    session.play(now, Side::b, Source::music, tune);
    Talker microphone;
    talk(microphone, milliseconds{100});
    sink.take();
    session.play(now, Side::b, Source::peer_or_music, tune);
    Talker silent{{.ssrc = 0x22222222, .fill = encode_ulaw(0)}};
    talk(silent, milliseconds{200});
    EXPECT_EQ(marks(sink.take_rtp(Side::b)),
              (std::vector<unsigned>{0xa1, 0xa2, 0xa3, 0xa1, 0xa2, 0xa3, 0xa1, 0xa2, 0xa3, 0xa1}));
    Talker own_music{{.ssrc = 0x33333333}};
    talk(own_music, milliseconds{100});
    EXPECT_EQ(marks(sink.take_rtp(Side::b)), std::vector<unsigned>(5, 0x10));
}

TEST_F(SessionSilenceTest, GoesOnWhenAPeerThatMayBeHeardAgainIsSilentYet) {
    connect();
    Talker a;
    talk(a, milliseconds{100});
    session.play(now, Side::b, Source::peer_or_music, tune);
    of_a.receive = false;
    describe(Side::a);
    ASSERT_TRUE(session.stats(Side::b).music);
    of_a.receive = true;
    describe(Side::a);
    sink.take();
    run(milliseconds{100});
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 5U);
}

TEST_F(SessionSilenceTest, MarksNothingWhereThePeerGoesOnBeingHeard) {
    connect();
    Talker a;
    talk(a, milliseconds{40});
    sink.take();
    session.play(now, Side::b, Source::peer_or_music, tune);
    talk(a, milliseconds{40});
    session.play(now, Side::b, Source::peer);
    talk(a, milliseconds{40});
    for (const Sent& one : sink.take_rtp(Side::b)) { EXPECT_FALSE(one.header().marker); }
}

}  // namespace
}  // namespace media::test
