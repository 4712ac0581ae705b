// A leg whose keys come by DTLS-SRTP beside one in the clear: nothing before the handshake, the same association again,
// another one.
#include <deque>

#include "media/relay/session.hpp"
#include "tests/unit/media/dtls/certificates.hpp"
#include "tests/unit/media/dtls/wall_clock.hpp"
#include "tests/unit/media/srtp/samples.hpp"
#include "tests/unit/media/support/call.hpp"

namespace media::test {
namespace {

// A is keyed by DTLS, B is in the clear.
class SessionDtlsTest : public CallTest {
protected:
    SessionDtlsTest() : CallTest{SessionOptions{.dtls = &context_of(0)}} { agree(1); }

    void agree(std::uint32_t number) {
        of_a.dtls = DtlsParameters{number, DtlsRole::server, {certificate_of(1).fingerprint()}};
    }
    // The peer agrees too, and begins.
    void begin(std::uint32_t number) {
        LegAssociation::Datagrams out;
        peer.describe(now, {number, DtlsRole::client, {certificate_of(0).fingerprint()}}, out);
        for (Bytes& datagram : out) { to_us.push_back(std::move(datagram)); }
    }
    // Handshake packets to and fro until there are none; what else was sent is kept.
    void shake_hands() {
        while (!to_us.empty()) {
            last = from_a(to_us.front());
            to_us.pop_front();
            hand_over();
        }
        if (const auto keys = peer.take_keys()) {
            mouth = sender(keys->ours);
            ear = receiver(keys->theirs);
        }
    }
    void hand_over() {
        for (const Sent& one : sink.take()) {
            if (!is_handshake(one)) { continue; }
            LegAssociation::Datagrams out;
            peer.on_datagram(now, one.datagram, out);
            for (Bytes& datagram : out) { to_us.push_back(std::move(datagram)); }
        }
    }
    static bool is_handshake(const Sent& sent) {
        return sent.datagram.at(0) >= std::byte{20} && sent.datagram.at(0) <= std::byte{63};
    }
    // B speaks: does A's peer hear it?
    bool is_heard_by_a(std::uint16_t sequence) {
        from_b(rtp({.sequence = sequence, .fill = std::byte{0x22}}));
        const auto sent = sink.take();
        if (sent.empty()) { return false; }
        const Opened opened = open_rtp(*ear, sent.at(0).datagram);
        return opened.drop == SrtpDrop::none &&
               Bytes(opened.packet.begin() + rtp_header_size, opened.packet.end()) == Bytes(160, std::byte{0x22});
    }
    Drop says(std::uint16_t sequence) { return from_a(protect_rtp(*mouth, rtp({.sequence = sequence}))); }

    WallClock clock{now};
    LegAssociation peer{context_of(1)};
    std::deque<Bytes> to_us;
    std::optional<SrtpSession> mouth;
    std::optional<SrtpSession> ear;
    Drop last = Drop::none;
};

TEST_F(SessionDtlsTest, NothingPassesBeforeTheHandshake) {
    connect();
    EXPECT_EQ(from_a(rtp({})), Drop::auth);
    from_b(rtp({}));
    EXPECT_TRUE(sink.take().empty());
    EXPECT_EQ(session.stats(Side::a).srtp, "");
}

TEST_F(SessionDtlsTest, MediaPassesUnderItsKeys) {
    connect();
    begin(1);
    shake_hands();
    EXPECT_TRUE(is_heard_by_a(1));
    EXPECT_EQ(says(1), Drop::none);
    EXPECT_NE(session.stats(Side::a).srtp, "");
    EXPECT_EQ(from_a(rtp({.sequence = 2})), Drop::auth) << "in the clear";
}

// Row 58 of the races.
TEST_F(SessionDtlsTest, TheSameAgainIsNoHandshake) {
    connect();
    begin(1);
    shake_hands();
    describe(Side::a);
    EXPECT_TRUE(sink.take().empty());
    EXPECT_TRUE(is_heard_by_a(1));
    EXPECT_EQ(says(1), Drop::none);
}

// Row 58: the old media until the new handshake is done.
TEST_F(SessionDtlsTest, AnotherOneTakesOverWhenItIsDone) {
    connect();
    begin(1);
    shake_hands();
    agree(2);
    describe(Side::a);
    EXPECT_TRUE(is_heard_by_a(1));
    EXPECT_EQ(says(1), Drop::none);
    begin(2);
    shake_hands();
    EXPECT_TRUE(is_heard_by_a(2));
    EXPECT_EQ(says(2), Drop::none);
}

TEST_F(SessionDtlsTest, AStrangersCertificateLeavesTheLegMute) {
    of_a.dtls->fingerprints = {certificate_of(0).fingerprint()};
    connect();
    begin(1);
    shake_hands();
    EXPECT_EQ(last, Drop::dtls);
    from_b(rtp({}));
    EXPECT_TRUE(sink.take().empty());
}

TEST_F(SessionDtlsTest, StrangersAreNotAnswered) {
    connect();
    begin(1);
    shake_hands();
    EXPECT_EQ(says(1), Drop::none);
    sink.take();
    now += seconds{3};
    begin(2);
    EXPECT_EQ(from(Side::a, "198.51.100.66:666", to_us.front()), Drop::unknown_source);
    EXPECT_TRUE(sink.take().empty());
}

TEST_F(SessionDtlsTest, ALegInTheClearHasNoHandshake) {
    connect();
    begin(1);
    EXPECT_EQ(from_b(to_us.front()), Drop::dtls);
}

TEST_F(SessionDtlsTest, WeBeginWhereWeAreTheClient) {
    of_a.dtls->role = DtlsRole::client;
    session.describe(now, Side::a, of_a);
    const auto sent = sink.take();
    ASSERT_FALSE(sent.empty());
    EXPECT_TRUE(is_handshake(sent.at(0)));
    EXPECT_EQ(sent.at(0).to, of_a.remote_rtp);
    EXPECT_LE(session.next_timeout(), now + seconds{1}) << "to be repeated";
}

TEST_F(SessionDtlsTest, TheEndIsToldToThePeer) {
    connect();
    begin(1);
    shake_hands();
    session.close(now);
    const auto sent = sink.take();
    EXPECT_TRUE(std::ranges::any_of(sent, is_handshake));
}

}  // namespace
}  // namespace media::test
