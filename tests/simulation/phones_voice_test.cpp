// What the phones send and hear: their tones, music of their own, silence and comfort noise are told apart.
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/two_phones.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;
using testing::Not;

using PhonesVoice = TwoPhones;

TEST_F(PhonesVoice, EachKindIsHeardAsWhatItIs) {
    a.takes_noise = b.takes_noise = true;
    up();
    const std::pair<Speech, Sound> kinds[] = {{Speech::music, {Sound::Kind::chord, tone_hz(0)}},
                                              {Speech::silence, {Sound::Kind::silence, 0}},
                                              {Speech::tone, tone_a}};
    for (const auto& [speech, sound] : kinds) {
        a.voice = speech;
        pass(1s);
        EXPECT_GT(b.heard().count(sound, clock.now() - 500ms, clock.now()), 23U) << to_text(sound);
        EXPECT_EQ(b.heard().count_all(clock.now() - 500ms, clock.now()),
                  b.heard().count(sound, clock.now() - 500ms, clock.now()));
    }
    EXPECT_EQ(a.heard().count(tone_b, clock.now() - 500ms, clock.now()), 25U);
}

TEST_F(PhonesVoice, ComfortNoiseComesEvery160Milliseconds) {
    a.takes_noise = b.takes_noise = true;
    up();
    EXPECT_THAT(b.last_request("INVITE"), HasSubstr("m=audio 4000 RTP/AVP 8 0 13 101\r\n"));
    a.voice = Speech::comfort_noise;
    pass(2s);
    const Sound noise{Sound::Kind::comfort_noise, 0};
    EXPECT_EQ(b.heard().count(noise, clock.now() - 1600ms, clock.now()), 10U);
    EXPECT_EQ(b.heard().count_all(clock.now() - 1600ms, clock.now()), 10U);
}

TEST_F(PhonesVoice, ComfortNoiseIsDescribedOnlyInAnswerToItself) {
    b.takes_noise = true;
    up();
    EXPECT_THAT(a.final_text("INVITE"), Not(HasSubstr("CN/8000")));
    expect_violation("only described payloads");
    b.voice = Speech::comfort_noise;  // although A never said that it knows it
    pass(200ms);
}

TEST_F(PhonesVoice, ChordsOfAllPhonesAreRecognised) {
    for (const Law law : {Law::mu, Law::a}) {
        for (int i = 0; i < tone_count; ++i) {
            EXPECT_EQ(recognise(chord_payload(tone_hz(i), law), law), (Sound{Sound::Kind::chord, tone_hz(i)}));
            EXPECT_EQ(recognise(tone_payload(tone_hz(i), law), law), (Sound{Sound::Kind::tone, tone_hz(i)}));
        }
        EXPECT_EQ(recognise(tone_payload(chord_hz, law), law).kind, Sound::Kind::music);
    }
}

// Through the server, for the judge of what is heard.
TEST(Voices, MusicOfAPhonesOwnReachesTheOther) {
    Scenario run;
    run.up();
    run.a.voice = Speech::music;
    run.pass(3s);
    EXPECT_TRUE(run.hears(run.b, {Sound::Kind::chord, run.a.identity().tone}));
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(3s);
    EXPECT_TRUE(run.hears(run.b, {Sound::Kind::chord, run.a.identity().tone}));
}

TEST(Voices, SilenceIsNoVoiceAndNoMusicOfAHolder) {
    Scenario run;
    run.up();
    run.a.voice = Speech::silence;
    run.pass(3s);
    EXPECT_TRUE(run.hears(run.b, {}));
    run.a.reinvite(Sdp::with(Direction::sendonly));
    run.pass(3s);
    EXPECT_TRUE(run.hears_music(run.b));
}

}  // namespace
}  // namespace simulation
