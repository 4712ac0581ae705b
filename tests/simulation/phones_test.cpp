// What every call of two test phones is made of: talk, holds, offers in the 2xx, a poor network, CANCEL, glare, sounds.
#include "tests/simulation/two_phones.hpp"

namespace simulation {
namespace {

using Phones = TwoPhones;

TEST_F(Phones, TalkToEachOtherAndHangUp) {
    a.invite("bob");
    pass(2s);
    ASSERT_TRUE(a.up());
    ASSERT_TRUE(b.up());
    EXPECT_GT(a.heard().count(tone_b, clock.now() - 1s, clock.now()), 48U);
    EXPECT_GT(b.heard().count(tone_a, clock.now() - 1s, clock.now()), 48U);
    EXPECT_EQ(a.heard().source_count(), 1U);
    b.bye();
    pass(40s);
    EXPECT_TRUE(a.over());
    EXPECT_EQ(b.final_of("BYE"), 200);
}

TEST_F(Phones, HoldAndResumeInEveryForm) {
    a.invite("bob");
    pass(2s);
    for (const Sdp& hold : {Sdp::with(Direction::sendonly), Sdp::with(Direction::inactive), Sdp::zero()}) {
        a.reinvite(hold);
        pass(1s);
        EXPECT_FALSE(a.belief().hears());
        EXPECT_FALSE(b.belief().speaks());
        a.reinvite();
        pass(1s);
        EXPECT_TRUE(a.belief().hears());
        EXPECT_TRUE(b.belief().hears());
    }
}

TEST_F(Phones, OffersInTheTwoHundredWhenAskedWithoutSdp) {
    a.invite("bob", Sdp::none());
    pass(2s);
    EXPECT_TRUE(a.belief().hears());
    EXPECT_TRUE(b.belief().hears());
    a.ack.answer = Sdp::with(Direction::sendonly);
    a.reinvite(Sdp::none());
    pass(1s);
    EXPECT_FALSE(b.belief().speaks());
}

TEST_F(Phones, SurviveAPoorNetwork) {
    network.all = {.loss = 0.2, .duplicate = 0.1, .reorder = 0.2, .delay = 20ms, .jitter = 30ms};
    a.invite("bob");
    pass(30s);
    ASSERT_TRUE(a.up());
    ASSERT_TRUE(b.up());
    a.reinvite(Sdp::with(Direction::inactive));
    pass(30s);
    EXPECT_FALSE(b.belief().hears());
    a.bye();
    pass(64s);
    EXPECT_TRUE(b.over());
}

TEST_F(Phones, CancelARingingCall) {
    b.on_invite = {reply(50ms, 180)};
    a.invite("bob");
    pass(1s);
    a.cancel();
    pass(1s);
    EXPECT_EQ(a.final_of("CANCEL"), 200);
    EXPECT_EQ(a.final_of("INVITE"), 487);
    EXPECT_TRUE(b.over());
}

TEST_F(Phones, MeetingReinvitesGet491AndOneRetrySucceeds) {
    a.invite("bob");
    pass(2s);
    a.reinvite(Sdp::with(Direction::sendonly));
    b.reinvite(Sdp::with(Direction::sendrecv));
    pass(10s);
    EXPECT_THAT(a.statuses_of("INVITE"), testing::Contains(491));
    EXPECT_THAT(b.statuses_of("INVITE"), testing::Contains(491));
    EXPECT_EQ(a.final_of("INVITE"), 200);
    EXPECT_EQ(b.final_of("INVITE"), 200);
}

TEST_F(Phones, RepeatA2xxUntilItsAckComesAndGiveUpAfter32Seconds) {
    network.lose([](const Datagram&, const Glance& message) { return message.is("ACK"); });
    a.invite("bob");
    pass(31s);
    EXPECT_TRUE(a.up());
    EXPECT_GT(a.statuses_of("INVITE").size(), 10U);
    pass(5s);
    EXPECT_TRUE(a.over());
    EXPECT_TRUE(b.over());
}

TEST_F(Phones, RecogniseSoundsBySpectrum) {
    for (const Law law : {Law::mu, Law::a}) {
        EXPECT_EQ(recognise(tone_payload(tone_hz(3), law), law), (Sound{Sound::Kind::tone, tone_hz(3)}));
        EXPECT_EQ(recognise(tone_payload(milliwatt_hz, law), law), (Sound{Sound::Kind::tone, milliwatt_hz}));
        EXPECT_EQ(recognise(tone_payload(440, law), law).kind, Sound::Kind::music);
        EXPECT_EQ(recognise(silence_payload(law), law).kind, Sound::Kind::silence);
    }
}

}  // namespace
}  // namespace simulation
