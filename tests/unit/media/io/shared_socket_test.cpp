// Browsers on the engine's shared socket, over loopback.
#include <functional>

#include "tests/support/browser_transport.hpp"
#include "tests/unit/media/dtls/certificates.hpp"
#include "tests/unit/media/support/engine.hpp"

namespace media::test {
namespace {

class SharedSocketTest : public testing::Test {
protected:
    EngineOptions options() const {
        EngineOptions out;
        out.ports = free_ports(8);
        out.session.dtls = &context_of(0);
        return out;
    }
    base::Instant now() const { return base::Clock::now(); }
    // A browser that has nothing yet.
    struct Browser {
        explicit Browser(base::Random& random) : ours{IceCredentials::make(random)}, media{context_of(1), random} {
            std::error_code error;
            socket = UdpSocket::bind({v4_loopback, 0}, 65536, error);
            EXPECT_FALSE(error) << error.message();
        }
        IceCredentials ours;
        BrowserTransport media;
        UdpSocket socket;
        OpenTransport open{};
        std::vector<BrowserTransport::Packet> heard{};
    };
    void connect(Browser& browser) {
        std::string why;
        const auto opened = engine.open_transport(now(), v4_loopback, browser.ours, why);
        ASSERT_TRUE(opened) << why;
        browser.open = *opened;
        engine.describe_transport(now(), opened->id,
                                  {browser.ours,
                                   browser.media.credentials().ufrag,
                                   {1, DtlsRole::server, {certificate_of(1).fingerprint()}}});
        browser.media.describe(now(), {browser.ours, {1, DtlsRole::client, {certificate_of(0).fingerprint()}}});
    }
    void send(Browser& browser, const Bytes& bytes) { ASSERT_TRUE(browser.socket.send_to(browser.open.local, bytes)); }
    // Whatever waits on either side, until `done` or the end of patience.
    void serve(Browser& browser, const std::function<bool()>& done) {
        const base::Instant end = now() + milliseconds{patience_ms};
        while (!done()) {
            ASSERT_LT(now(), end);
            for (const auto& bytes : browser.media.take_output()) { send(browser, bytes); }
            std::array<pollfd, 2> waiting{{{engine.descriptor(), POLLIN, 0}, {browser.socket.descriptor(), POLLIN, 0}}};
            ::poll(waiting.data(), waiting.size(), 10);
            if (waiting[0].revents != 0) { engine.poll(now()); }
            if (waiting[1].revents != 0) { listen(browser); }
            if (engine.next_timeout() <= now()) { engine.on_timeout(now()); }
            if (browser.media.next_timeout() <= now()) { browser.media.on_timeout(now()); }
            for (const EngineEvent& event : engine.take_events()) { events.push_back(event); }
        }
    }
    void listen(Browser& browser) {
        const Bytes bytes = Phone::receive(browser.socket);
        if (auto packet = browser.media.on_datagram(now(), bytes)) { browser.heard.push_back(*packet); }
    }
    bool has(EngineEvent::Kind kind) const {
        return std::ranges::any_of(events, [&](const EngineEvent& event) { return event.kind == kind; });
    }

    base::SystemRandom random;
    EpollEngine engine{options(), random, std::make_shared<const MusicLibrary>()};
    std::vector<EngineEvent> events;
};

TEST_F(SharedSocketTest, ABrowserAndATelephoneHearEachOther) {
    Browser browser{random};
    Phone phone;
    connect(browser);
    std::string why;
    const SessionId call = engine.open_session(now());
    const auto a = engine.open_leg_on(now(), call, Side::a, browser.open.id, why);
    ASSERT_TRUE(a) << why;
    EXPECT_EQ(a->rtp, browser.open.local);
    const auto b = engine.open_leg(call, Side::b, v4_loopback, why);
    ASSERT_TRUE(b) << why;
    LegDescription of_browser = phone.description();
    of_browser.bundled = BundledLine{"0", 0};
    engine.describe(now(), call, Side::a, of_browser);
    engine.describe(now(), call, Side::b, phone.description());
    engine.play(now(), call, Side::a, Source::peer);
    engine.play(now(), call, Side::b, Source::peer);
    serve(browser, [&] { return has(EngineEvent::Kind::transport_up) && browser.media.is_up(); });
    EXPECT_EQ(engine.stats(call, Side::a).ice, "connected");
    EXPECT_NE(engine.stats(call, Side::a).srtp, "");
    EXPECT_EQ(engine.stats(call, Side::a).remote, browser.socket.local());

    send(browser, browser.media.seal(BrowserTransport::Kind::rtp, rtp({.fill = std::byte{0x21}})));
    serve(browser, [&] { return readable(phone.rtp.descriptor(), 0); });
    EXPECT_EQ(Phone::receive(phone.rtp).back(), std::byte{0x21});
    ASSERT_TRUE(phone.rtp.send_to(b->rtp, rtp({.fill = std::byte{0x22}})));
    serve(browser, [&] { return !browser.heard.empty(); });
    EXPECT_EQ(browser.heard.front().bytes.back(), std::byte{0x22});
    EXPECT_EQ(parse_rtp(browser.heard.front().bytes)->header.ssrc, engine.ssrc(call, Side::a));

    const EngineCounters counters = engine.counters();
    EXPECT_EQ(counters.transports, (IceStates{0, 1, 0}));
    EXPECT_GE(counters.checks.results[static_cast<std::size_t>(IceResult::answered)], 1U);
    EXPECT_EQ(counters.handshakes[static_cast<std::size_t>(DtlsFailure::none)], 1U);
    const auto& audio = counters.levels.streams[static_cast<std::size_t>(StreamKind::audio)];
    EXPECT_EQ(audio[static_cast<std::size_t>(StreamProfile::browser)], 1U);
    EXPECT_EQ(audio[static_cast<std::size_t>(StreamProfile::plain)], 1U);

    engine.close_session(now(), call);
    engine.close_transport(browser.open.id);
    EXPECT_EQ(engine.counters().transports, IceStates{});
    EXPECT_EQ(engine.counters().levels.streams, StreamCounts{});
}

TEST_F(SharedSocketTest, AMirrorShowsABrowsersPacketsAsTheyAreOnTheWire) {
    Browser browser{random};
    Phone phone;
    connect(browser);
    std::string why;
    const SessionId call = engine.open_session(now());
    ASSERT_TRUE(engine.open_leg_on(now(), call, Side::a, browser.open.id, why)) << why;
    const auto b = engine.open_leg(call, Side::b, v4_loopback, why);
    ASSERT_TRUE(b) << why;
    LegDescription of_browser = phone.description();
    of_browser.bundled = BundledLine{"0", 0};
    engine.describe(now(), call, Side::a, of_browser);
    engine.describe(now(), call, Side::b, phone.description());
    engine.play(now(), call, Side::a, Source::peer);
    engine.play(now(), call, Side::b, Source::peer);
    serve(browser, [&] { return has(EngineEvent::Kind::transport_up) && browser.media.is_up(); });

    PacketMirror* const mirror = engine.start_mirror({call}, false);
    ASSERT_NE(mirror, nullptr);
    const Bytes sealed = browser.media.seal(BrowserTransport::Kind::rtp, rtp({}));
    send(browser, sealed);
    serve(browser, [&] { return readable(phone.rtp.descriptor(), 0); });
    ASSERT_TRUE(phone.rtp.send_to(b->rtp, rtp({})));
    serve(browser, [&] { return !browser.heard.empty(); });
    std::vector<MirroredPacket> of_browsers;
    for (const MirroredPacket& packet : mirror->packets()) {
        if (packet.remote == browser.socket.local()) { of_browsers.push_back(packet); }
    }
    ASSERT_EQ(of_browsers.size(), 2U);
    EXPECT_FALSE(of_browsers[0].sent);
    EXPECT_TRUE(of_browsers[1].sent);
    EXPECT_EQ(of_browsers[0].local, browser.open.local);
    EXPECT_EQ(of_browsers[0].size, sealed.size());
    EXPECT_GT(of_browsers[1].size, rtp({}).size()) << "sealed";
    const std::string bytes = mirror->take_bytes();
    const auto first = std::as_bytes(std::span{bytes}).subspan(of_browsers[0].offset, of_browsers[0].size);
    EXPECT_TRUE(std::ranges::equal(first, sealed));
}

TEST_F(SharedSocketTest, WhatIsUnencryptedOrOfStrangersIsCounted) {
    Browser browser{random};
    connect(browser);
    std::string why;
    const SessionId call = engine.open_session(now());
    ASSERT_TRUE(engine.open_leg_on(now(), call, Side::a, browser.open.id, why)) << why;
    serve(browser, [&] { return browser.media.is_up(); });
    Phone stranger;
    ASSERT_TRUE(stranger.rtp.send_to(browser.open.local, rtp({})));
    send(browser, rtp({}));
    const auto count = [&](Drop drop) { return engine.counters().drops[static_cast<std::size_t>(drop)]; };
    serve(browser, [&] { return count(Drop::auth) == 1 && count(Drop::unknown_source) == 1; });
    EXPECT_EQ(count(Drop::stun), 0U);
}

TEST_F(SharedSocketTest, TransportsShareAPortForEachAddressAndLegsTakeNone) {
    std::string why;
    const std::size_t free_before = engine.counters().free_port_pairs;
    const auto first = engine.open_transport(now(), v4_loopback, IceCredentials::make(random), why);
    const auto second = engine.open_transport(now(), v4_loopback, IceCredentials::make(random), why);
    ASSERT_TRUE(first && second) << why;
    EXPECT_EQ(first->local, second->local);
    EXPECT_EQ(engine.counters().free_port_pairs, free_before - 1);
    const SessionId call = engine.open_session(now());
    EXPECT_TRUE(engine.open_leg_on(now(), call, Side::a, first->id, why));
    EXPECT_FALSE(engine.open_leg_on(now(), call, Side::a, second->id, why)) << "the leg is open";
    EXPECT_FALSE(engine.open_leg_on(now(), call, Side::b, TransportId{77}, why));
    EXPECT_EQ(engine.counters().free_port_pairs, free_before - 1);
    EXPECT_FALSE(engine.open_transport(now(), *base::IpAddress::parse("192.0.2.1"), IceCredentials::make(random), why));
    EXPECT_NE(why.find("192.0.2.1"), why.npos);
}

TEST_F(SharedSocketTest, ALegOnATransportMayTakeAPlace) {
    Browser browser{random};
    connect(browser);
    std::string why;
    const SessionId call = engine.open_session(now());
    Phone phone;
    ASSERT_TRUE(engine.open_leg(call, Side::a, v4_loopback, why)) << why;
    ASSERT_TRUE(engine.open_leg(call, Side::b, v4_loopback, why)) << why;
    ASSERT_TRUE(engine.open_leg_on(now(), call, Side::music_a, browser.open.id, why)) << why;
    engine.describe(now(), call, Side::a, phone.description());
    engine.describe(now(), call, Side::music_a, phone.description());
    engine.play(now(), call, Side::a, Source::peer);
    engine.move_leg(now(), {call, Side::music_a}, {call, Side::b});
    serve(browser, [&] { return browser.media.is_up(); });
    send(browser, browser.media.seal(BrowserTransport::Kind::rtp, rtp({.fill = std::byte{0x23}})));
    serve(browser, [&] { return readable(phone.rtp.descriptor(), 0); });
    EXPECT_EQ(Phone::receive(phone.rtp).back(), std::byte{0x23});
    engine.close_leg(now(), call, Side::b);
    EXPECT_EQ(engine.stats(call, Side::b).ice, "");
}

}  // namespace
}  // namespace media::test
