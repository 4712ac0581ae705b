// What an operator sees of a call's packets while they pass, and what is told of its reports.
#include "media/io/packet_mirror.hpp"

#include "media/rtcp/rtcp_view.hpp"
#include "tests/unit/media/srtp/samples.hpp"
#include "tests/unit/media/support/engine.hpp"

namespace media::test {
namespace {

constexpr SrtpSuite suite = SrtpSuite::aes_cm_128_hmac_sha1_80;

class MirrorTest : public EngineTest {
protected:
    // A is secured, B is not.
    Call connect_secured() {
        const Call call = connect(a, b);
        LegDescription secured = a.description();
        secured.srtp = SrtpKeys{key_of(suite, 1), key_of(suite, 2)};
        engine.describe(now(), call.id, Side::a, secured);
        return call;
    }
    void speak(const Call& call, const Bytes& packet) {
        a.rtp.send_to(call.a.rtp, packet);
        serve();
    }
    static Bytes bytes_of(PacketMirror& mirror, std::size_t index) {
        const MirroredPacket packet = mirror.packets().at(index);
        const std::string bytes = mirror.take_bytes();
        const auto all = std::as_bytes(std::span{bytes}).subspan(packet.offset, packet.size);
        return {all.begin(), all.end()};
    }

    const Phone a;
    const Phone b;
    SrtpSession peer = sender(key_of(suite, 2));
};

TEST_F(MirrorTest, ShowsWhatComesAndWhatLeavesOfItsSession) {
    const Call call = connect(a, b);
    const Phone c;
    const Phone d;
    const Call other = connect(c, d);
    PacketMirror* const mirror = engine.start_mirror({call.id}, false);
    ASSERT_NE(mirror, nullptr);
    c.rtp.send_to(other.a.rtp, rtp({}));
    serve();
    speak(call, rtp({.fill = std::byte{0x31}}));
    ASSERT_EQ(mirror->packets().size(), 2U) << "those of the other call are not shown";
    const MirroredPacket came = mirror->packets()[0];
    const MirroredPacket left = mirror->packets()[1];
    EXPECT_FALSE(came.sent);
    EXPECT_EQ(came.local, call.a.rtp);
    EXPECT_EQ(came.remote, a.rtp.local());
    EXPECT_TRUE(left.sent);
    EXPECT_EQ(left.local, call.b.rtp);
    EXPECT_EQ(left.remote, b.rtp.local());
    EXPECT_LE(came.at, left.at);
    EXPECT_EQ(bytes_of(*mirror, 0), rtp({.fill = std::byte{0x31}}));
}

TEST_F(MirrorTest, EndsWhenItIsStopped) {
    const Call call = connect(a, b);
    const PacketMirror* const mirror = engine.start_mirror({call.id}, false);
    EXPECT_EQ(engine.start_mirror({call.id}, false), nullptr) << "one looks at it already";
    const auto stopped = engine.stop_mirror(mirror);
    ASSERT_NE(stopped, nullptr);
    EXPECT_EQ(engine.stop_mirror(mirror), nullptr);
    speak(call, rtp({}));
    EXPECT_TRUE(stopped->packets().empty());
    EXPECT_NE(engine.start_mirror({call.id}, false), nullptr);
}

TEST_F(MirrorTest, OutlivesItsSession) {
    const Call call = connect(a, b);
    const PacketMirror* const mirror = engine.start_mirror({call.id}, false);
    speak(call, rtp({}));
    engine.close_session(now(), call.id);
    const auto stopped = engine.stop_mirror(mirror);
    ASSERT_NE(stopped, nullptr);
    EXPECT_GE(stopped->packets().size(), 2U);
}

TEST_F(MirrorTest, AreNotMoreThanTheirNumber) {
    for (std::size_t i = 0; i < EpollEngine::max_mirrors; ++i) { EXPECT_NE(engine.start_mirror({}, false), nullptr); }
    EXPECT_EQ(engine.start_mirror({}, false), nullptr);
}

TEST_F(MirrorTest, ShowsASecuredLegAsItIsOnTheWire) {
    const Call call = connect_secured();
    PacketMirror* const mirror = engine.start_mirror({call.id}, false);
    const Bytes sealed = protect_rtp(peer, rtp({}));
    speak(call, sealed);
    ASSERT_EQ(mirror->packets().size(), 2U);
    EXPECT_EQ(bytes_of(*mirror, 0), sealed);
}

TEST_F(MirrorTest, ShowsWhatIsInsideWhereThatIsWanted) {
    const Call call = connect_secured();
    PacketMirror* const mirror = engine.start_mirror({call.id}, true);
    speak(call, protect_rtp(peer, rtp({.fill = std::byte{0x35}})));
    ASSERT_EQ(mirror->packets().size(), 2U);
    b.rtp.send_to(call.b.rtp, rtp({.fill = std::byte{0x36}}));
    serve();
    ASSERT_EQ(mirror->packets().size(), 4U);
    EXPECT_EQ(mirror->packets()[3].local, call.a.rtp);
    EXPECT_EQ(mirror->packets()[3].size, 172U) << "without its tag";
    EXPECT_EQ(bytes_of(*mirror, 0), rtp({.fill = std::byte{0x35}}));
}

TEST(PacketMirror, IsBoundedInCountAndBytes) {
    const base::Instant now{};
    PacketMirror many{false, now};
    for (std::size_t i = 0; i <= PacketMirror::max_packets; ++i) { many.note(true, {}, {}, {}); }
    EXPECT_EQ(many.packets().size(), PacketMirror::max_packets);
    EXPECT_EQ(many.left_out(), 1U);
    PacketMirror large{false, now};
    const Bytes packet(1500);
    for (std::size_t i = 0; i <= PacketMirror::max_bytes / packet.size(); ++i) { large.note(true, {}, {}, packet); }
    EXPECT_EQ(large.packets().size(), PacketMirror::max_bytes / packet.size());
    EXPECT_EQ(large.left_out(), 1U);
}

class ReportTest : public EngineTest {};

TEST_F(ReportTest, AreShownInTheClearOnlyWhileTheyAreWanted) {
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    const auto report = [&] {
        engine.on_timeout(engine.next_timeout());
        return engine.reports().waiting().size();
    };
    EXPECT_EQ(report(), 0U);
    engine.show_reports(true);
    std::size_t reports = 0;
    for (int i = 0; i < 4 && reports == 0; ++i) { reports = report(); }
    ASSERT_GE(reports, 1U);
    const PassedReport first = engine.reports().waiting().front();
    EXPECT_EQ(first.session, call.id);
    EXPECT_TRUE(first.sent);
    EXPECT_TRUE(RtcpView::parse(first.packet()));
    EXPECT_TRUE(first.local == call.a.rtcp || first.local == call.b.rtcp);
    engine.reports().clear();
    engine.show_reports(false);
    for (int i = 0; i < 4; ++i) { EXPECT_EQ(report(), 0U); }
}

TEST_F(ReportTest, OfNewSessionsAreShownToo) {
    engine.show_reports(true);
    const Phone a;
    const Phone b;
    const Call call = connect(a, b);
    engine.close_session(now(), call.id);
    EXPECT_GE(engine.reports().waiting().size(), 2U) << "their last ones";
}

TEST(ReportTap, IsBounded) {
    const base::Instant now{};
    ReportTap tap{now};
    const Bytes report(PassedReport::max_size + 1);
    tap.note({}, true, {}, {}, report);
    EXPECT_TRUE(tap.waiting().empty()) << "nobody wants them";
    tap.open(true);
    for (std::size_t i = 0; i <= ReportTap::max_waiting; ++i) { tap.note({}, true, {}, {}, report); }
    EXPECT_EQ(tap.waiting().size(), ReportTap::max_waiting);
    EXPECT_EQ(tap.waiting().front().packet().size(), PassedReport::max_size);
}

}  // namespace
}  // namespace media::test
