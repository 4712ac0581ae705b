// Telephone events between a leg that has them and one that has not (RFC 4733).
#include "tests/unit/media/support/call.hpp"

namespace media::test {
namespace {

Bytes event(unsigned digit, bool end, unsigned duration) {
    return bytes({digit, end ? 0x8aU : 0x0aU, duration >> 8U, duration & 0xffU});
}

class SessionDigits : public CallTest {
protected:
    // Leg a's peer sends one packet of an event.
    void press(unsigned digit, std::uint32_t timestamp, bool end, unsigned duration) {
        spec.payload = 101;
        spec.timestamp = timestamp;
        spec.size = 4;
        Bytes packet = rtp(spec);
        const Bytes said = event(digit, end, duration);
        std::copy(said.begin(), said.end(), packet.begin() + rtp_header_size);
        ++spec.sequence;
        from_a(packet);
    }
    void speak(std::uint32_t timestamp) {
        from_a(rtp({.payload = 0, .sequence = spec.sequence++, .timestamp = timestamp}));
    }
    std::vector<Digit> told() {
        std::vector<Digit> out;
        for (const EngineEvent& one : events()) {
            if (one.kind == EngineEvent::Kind::digit) { out.push_back(one.digit); }
        }
        return out;
    }
    void only_voice(LegDescription& leg) { leg.send_formats = leg.receive_formats = {{Codec::pcmu, 0}}; }

    RtpSpec spec;
    const std::vector<Digit> none{};
};

TEST_F(SessionDigits, CrossAsPacketsWhereBothLegsHaveThem) {
    connect();
    press(5, 1000, false, 160);
    press(5, 1000, true, 320);
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 2U);
    EXPECT_EQ(told(), none);
}

TEST_F(SessionDigits, AreToldOnceOfAPeerWhoseOtherLegHasNone) {
    only_voice(of_b);
    connect();
    press(5, 1000, false, 160);
    EXPECT_EQ(told(), none);
    press(5, 1000, true, 800);
    EXPECT_EQ(told(), (std::vector<Digit>{{5, Digit::Time{100}}}));
    press(5, 1000, true, 800);
    press(5, 1000, true, 800);
    EXPECT_EQ(told(), none);
    EXPECT_TRUE(sink.take_rtp(Side::b).empty());
}

TEST_F(SessionDigits, EndWithTheNextSpeechOrDigitWhereTheirEndIsLost) {
    only_voice(of_b);
    connect();
    press(1, 1000, false, 480);
    speak(2000);
    EXPECT_EQ(told(), (std::vector<Digit>{{1, Digit::Time{60}}}));
    press(2, 3000, false, 320);
    press(3, 5000, true, 160);
    EXPECT_EQ(told(), (std::vector<Digit>{{2, Digit::Time{40}}}));
    press(3, 5000, true, 160);
    EXPECT_EQ(told(), (std::vector<Digit>{{3, Digit::Time{20}}}));
    press(2, 3000, true, 400);
    EXPECT_EQ(told(), none) << "late, and told";
    spec.ssrc += 1;
    press(4, 100, true, 400);
    EXPECT_EQ(told(), (std::vector<Digit>{{4, Digit::Time{50}}})) << "another sender's clock";
}

TEST_F(SessionDigits, AreNotToldToALegThatHearsSomethingElse) {
    only_voice(of_b);
    connect();
    session.play(now, Side::b, Source::music, short_tune());
    press(5, 1000, true, 800);
    EXPECT_EQ(told(), none);
}

TEST_F(SessionDigits, ThatAreNoneAreNotTold) {
    only_voice(of_b);
    connect();
    press(17, 1000, true, 800);
    spec.size = 3;
    from_a(rtp(spec));
    EXPECT_EQ(told(), none);
}

TEST_F(SessionDigits, ArePlayedWithOneTimestampAndThreeEnds) {
    connect();
    speak(160);
    sink.take();
    session.send_digit(now, Side::b, {7, Digit::Time{100}});
    run(seconds{1});
    const auto sent = sink.take_rtp(Side::b);
    ASSERT_EQ(sent.size(), 7U);
    for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_EQ(sent[i].header().marker, i == 0) << i;
        EXPECT_EQ(sent[i].header().payload_type, 101);
        EXPECT_EQ(sent[i].header().timestamp, sent[0].header().timestamp);
        EXPECT_EQ(sent[i].header().sequence, sent[0].header().sequence + i);
        EXPECT_EQ(sent[i].payload(), event(7, i >= 4, std::min<unsigned>(800, 160 * static_cast<unsigned>(i + 1))));
    }
}

TEST_F(SessionDigits, AreAloneWhileTheyPlayAndSpeechGoesOnBehindThem) {
    connect();
    speak(160);
    const auto before = sink.take_rtp(Side::b).at(0).header();
    session.send_digit(now, Side::b, {7, Digit::Time{40}});
    run(milliseconds{20});
    speak(320);
    EXPECT_EQ(sink.take_rtp(Side::b).size(), 2U) << "two of the digit";
    run(milliseconds{60});
    sink.take();
    speak(800);
    const auto after = sink.take_rtp(Side::b).at(0).header();
    EXPECT_TRUE(after.marker);
    EXPECT_EQ(after.timestamp - before.timestamp, 800U) << "20 ms of speech, then the 80 that passed";
}

TEST_F(SessionDigits, WaitForEachOtherAndAreBounded) {
    connect();
    for (std::size_t i = 0; i < 2 * DigitPlayer::max_waiting; ++i) {
        session.send_digit(now, Side::b, {static_cast<std::uint8_t>(i % 16), Digit::Time{40}});
    }
    run(seconds{30});
    std::vector<std::uint32_t> timestamps;
    for (const Sent& one : sink.take_rtp(Side::b)) {
        if (timestamps.empty() || timestamps.back() != one.header().timestamp) {
            timestamps.push_back(one.header().timestamp);
        }
    }
    EXPECT_EQ(timestamps.size(), DigitPlayer::max_waiting);
    EXPECT_EQ(session.next_timeout() > now + milliseconds{20}, true) << "nothing is left to play";
}

TEST_F(SessionDigits, AreNotPlayedToALegThatHasNoneOrMayNotBeSentTo) {
    only_voice(of_a);
    of_b.send = false;
    connect();
    for (const Side side : {Side::a, Side::b, Side::music_a}) { session.send_digit(now, side, {7, Digit::Time{40}}); }
    run(seconds{1});
    EXPECT_TRUE(sink.take_rtp(Side::a).empty());
}

}  // namespace
}  // namespace media::test
