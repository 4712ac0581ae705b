// What a session adds to the numbers of its engine.
#include "tests/unit/media/support/call.hpp"

namespace media::test {
namespace {

class SessionCounting : public CallTest {
protected:
    SessionCounting() {
        of_a.account = "carrier";
        of_b.account = "office";
    }
    void hear(std::initializer_list<unsigned> sequences) {
        for (const unsigned sequence : sequences) { from_a(rtp({.sequence = static_cast<std::uint16_t>(sequence)})); }
    }
    const TrafficCounters& of(const char* account) { return tallies.accounts.of(account); }
};

TEST_F(SessionCounting, CountTrafficUnderTheAccountOfEachLeg) {
    connect();
    hear({1, 2});
    from_b(rtp({}));
    EXPECT_EQ(of("carrier").packets_in, 2U);
    EXPECT_EQ(of("carrier").bytes_in, 2U * 172);
    EXPECT_EQ(of("carrier").packets_out, 1U);
    EXPECT_EQ(of("office").packets_in, 1U);
    EXPECT_EQ(of("office").packets_out, 2U);
    EXPECT_EQ(of("office").bytes_out, 2U * 172);
}

TEST_F(SessionCounting, CountNoPacketThatIsDropped) {
    connect();
    from_a(rtp({.payload = 77}));
    from(Side::a, "192.0.2.99:9", rtp({}));
    EXPECT_EQ(of("carrier").packets_in, 0U);
    EXPECT_EQ(of("office").packets_out, 0U);
}

TEST_F(SessionCounting, CountALossOnceHoweverOftenItIsLookedAt) {
    connect();
    hear({1, 4});
    EXPECT_EQ(of("carrier").lost, 0U) << "they may still come";
    session.settle_losses();
    session.settle_losses();
    EXPECT_EQ(of("carrier").lost, 2U);
    hear({7});
    session.close(now);
    EXPECT_EQ(of("carrier").lost, 4U);
}

TEST_F(SessionCounting, NeverTakeALossBack) {
    connect();
    hear({1, 3});
    session.settle_losses();
    hear({2});
    session.settle_losses();
    EXPECT_EQ(of("carrier").lost, 1U) << "a counter does not fall";
    hear({5});
    session.settle_losses();
    EXPECT_EQ(of("carrier").lost, 1U) << "the one that came late makes up for it";
}

TEST_F(SessionCounting, GoOnWithALegThatTakesAnotherPlace) {
    connect();
    hear({1, 3});
    Session other{now, SessionId{6}, counted(options), random, sink};
    other.open_leg(Side::a, {endpoint("192.0.2.1:20010"), endpoint("192.0.2.1:20011")});
    other.take_leg(now, Side::a, session, Side::a);
    Bytes packet = rtp({.sequence = 4});
    other.on_packet(now, Side::a, Component::rtp, of_a.remote_rtp, packet);
    other.close(now);
    session.close(now);
    EXPECT_EQ(of("carrier").packets_in, 3U);
    EXPECT_EQ(of("carrier").lost, 1U);
}

TEST_F(SessionCounting, CountWhatWasTranscoded) {
    of_b.send_formats = of_b.receive_formats = {{Codec::pcma, 8}};
    connect();
    hear({1, 2});
    EXPECT_EQ(tallies.transcoded, (std::array<std::uint64_t, 2>{320, 0}));
    from_b(rtp({.payload = 8}));
    EXPECT_EQ(tallies.transcoded, (std::array<std::uint64_t, 2>{320, 160}));
}

}  // namespace
}  // namespace media::test
