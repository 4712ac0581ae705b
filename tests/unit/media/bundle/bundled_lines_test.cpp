// Several lines on one transport, restarts, and consent.
#include "tests/unit/media/bundle/browsers.hpp"
#include "tests/unit/media/bundle/mid.hpp"

namespace media::test {
namespace {

class BundledLines : public BrowsersTest {
protected:
    BundledLines() : one{connect(1, home, voice)} {
        EXPECT_TRUE(port.attach(now, one.id, picture));
        LegDescription audio;
        audio.bundled = BundledLine{"0", 4};
        audio.receive_formats = {{Codec::pcmu, 0}};
        LegDescription video;
        video.bundled = BundledLine{"1", 4};
        video.receive_formats = {{Codec::relayed, 96, 90'000, 3}};
        port.describe_line(one.id, voice, audio);
        port.describe_line(one.id, picture, video);
    }
    // The line that a packet of the browser's came to.
    std::optional<LineId> line_of(const Bytes& packet) {
        taken.clear();
        says(one, packet);
        return taken.size() == 1 ? std::optional{taken.front().line} : std::nullopt;
    }
    void restart() {
        one.ours = IceCredentials::make(random);
        one.transport.restart();
    }
    Browser& one;
};

TEST_F(BundledLines, EachPacketComesToItsOwn) {
    EXPECT_EQ(line_of(with_mid(rtp({.payload = 0, .ssrc = 5}), 4, "1")), picture) << "its mid says so";
    EXPECT_EQ(line_of(rtp({.payload = 0, .sequence = 2, .ssrc = 5})), picture) << "its SSRC is known";
    EXPECT_EQ(line_of(rtp({.payload = 0, .ssrc = 6})), voice) << "by its payload number";
    EXPECT_EQ(line_of(with_mid(rtp({.payload = 0, .ssrc = 7}), 4, "9")), std::nullopt);
}

TEST_F(BundledLines, AllOfThemSeeRtcp) {
    const Bytes report = bytes({0x80, 201, 0, 1, 0, 0, 0, 9});
    EXPECT_EQ(says(one, report, Protection::Kind::rtcp), Drop::none);
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken[0].line, voice);
    EXPECT_EQ(taken[1].line, picture);
    EXPECT_EQ(taken[1].component, Component::rtcp);
    EXPECT_EQ(taken[1].bytes, report);
}

TEST_F(BundledLines, OneThatIsTakenOffHearsNothingMore) {
    port.detach(one.id, picture);
    EXPECT_EQ(line_of(rtp({.payload = 96})), voice) << "which judges it";
}

TEST_F(BundledLines, ALegThatTakesAPlaceHearsWhatItHeard) {
    const LineId heir{SessionId{2}, Side::b};
    EXPECT_EQ(line_of(rtp({.payload = 96})), picture);
    port.move(one.id, picture, heir);
    EXPECT_EQ(line_of(rtp({.payload = 96, .sequence = 2})), heir);
}

TEST_F(BundledLines, ARestartLetsMediaGoOnUntilTheNewPairIsNominated) {
    restart();
    port.describe(now, one.id, one.description());
    EXPECT_TRUE(hears(one));
    EXPECT_EQ(line_of(rtp({.sequence = 1})), voice);
    one.at = mobile;
    one.transport.describe(now, one.remote());
    exchange();
    EXPECT_EQ(target(one), mobile);
    EXPECT_EQ(changes.size(), 3U) << "both lines are told";
    EXPECT_TRUE(hears(one));
    EXPECT_EQ(line_of(rtp({.sequence = 2})), voice);
    EXPECT_EQ(one.transport.handshakes(), 1U) << "keys and association go on";
    EXPECT_EQ(events.size(), 1U);
}

TEST_F(BundledLines, ChecksOfBeforeARestartCountUntilThen) {
    one.ours = IceCredentials::make(random);
    port.describe(now, one.id, one.description());
    run(1min);
    EXPECT_EQ(ice(one), "connected");
    EXPECT_TRUE(hears(one));
}

TEST_F(BundledLines, AnotherAssociationTakesOverWhenItHasItsKeys) {
    ++one.association;
    port.describe(now, one.id, one.description());
    EXPECT_TRUE(hears(one)) << "under the keys of before";
    one.transport.describe(now, one.remote());
    exchange();
    EXPECT_EQ(one.transport.handshakes(), 2U);
    EXPECT_TRUE(hears(one));
    EXPECT_EQ(line_of(rtp({.sequence = 3})), voice);
    EXPECT_EQ(events.size(), 1U);
}

TEST_F(BundledLines, TheSameAgainChangesNothing) {
    agree(one);
    EXPECT_TRUE(to_browsers.empty());
    exchange();
    EXPECT_EQ(one.transport.handshakes(), 1U);
    EXPECT_TRUE(hears(one));
}

TEST_F(BundledLines, ChecksKeepConsent) {
    run(10min);
    EXPECT_EQ(ice(one), "connected");
    EXPECT_TRUE(hears(one));
}

TEST_F(BundledLines, WithoutConsentNothingIsSentUntilARestart) {
    one.transport.checks = false;
    run(31s);
    EXPECT_EQ(ice(one), "disconnected");
    EXPECT_EQ(target(one), std::nullopt);
    EXPECT_EQ(changes.back().line, picture);
    EXPECT_EQ(changes.back().target, std::nullopt);
    EXPECT_FALSE(hears(one));
    one.transport.checks = true;
    run(3s);
    EXPECT_FALSE(hears(one)) << "RFC 7675 §5.1: the same credentials do not count any more";
    restart();
    one.at = mobile;
    agree(one);
    exchange();
    EXPECT_EQ(ice(one), "connected");
    EXPECT_TRUE(hears(one));
    EXPECT_EQ(line_of(rtp({.sequence = 4})), voice);
    EXPECT_EQ(one.transport.handshakes(), 1U);
    EXPECT_EQ(events.size(), 1U) << "up for the first time only";
}

}  // namespace
}  // namespace media::test
