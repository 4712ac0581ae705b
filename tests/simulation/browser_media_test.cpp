// The media of a browser against the media plane alone, the SIP between them written by hand: its description, its
// voice there and back, its networks.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/world/sim_engine.hpp"

namespace simulation {
namespace {

using media::Side;

const base::Endpoint server = *base::Endpoint::parse("10.0.0.1:5060");

// Those of a header of `message`, whole lines.
std::string lines_of(const std::string& message, const std::string& name) {
    std::string out;
    for (auto at = message.find("\r\n" + name + ":"); at != message.npos;
         at = message.find("\r\n" + name + ":", at + 2)) {
        out += message.substr(at + 2, message.find("\r\n", at + 2) - at);
    }
    return out;
}

class BrowserMedia : public testing::Test {
protected:
    BrowserMedia() {
        phone.security.use = PhoneSecurity::Use::browser;
        network.attach(server, [this](const Datagram& datagram) { received.push_back(datagram.bytes); });
    }
    ~BrowserMedia() override { EXPECT_THAT(trace.violations(), testing::IsEmpty()) << trace.ladder(true); }

    void run(Duration time) {
        const Instant end = clock.now() + time;
        for (;;) {
            const Instant due = std::min(clock.next(), engine.next_timeout());
            if (due > end) { break; }
            if (clock.next() <= due) {
                clock.run_next();
            } else {
                clock.move_to(due);
                engine.on_timeout(due);
            }
            for (const auto& event : engine.take_events()) { events.push_back(event); }
        }
        clock.move_to(end);
    }
    std::optional<View> offer() const { return read(received.back().substr(received.back().find("\r\n\r\n") + 4)); }
    // The server's part of the bundle: its own credentials, its certificate, the shared port.
    void answer() {
        const View asked = *offer();
        std::string why;
        const media::OpenTransport open = *engine.open_transport(clock.now(), server.address, ours, why);
        transport = open.id;
        session = engine.open_session(clock.now());
        ASSERT_TRUE(engine.open_leg_on(clock.now(), session, Side::a, transport, why)) << why;
        describe(asked);
        media::LegDescription leg;
        leg.bundled = media::BundledLine{asked.mid, asked.extensions.mid};
        leg.send_extensions.mid = asked.extensions.mid;
        leg.send = leg.receive = true;
        leg.send_formats = leg.receive_formats = {{media::Codec::pcma, 8}};
        engine.describe(clock.now(), session, Side::a, leg);
        engine.play(clock.now(), session, Side::a, media::Source::echo, {});
        send_ok(open.local);
    }
    void describe(const View& asked) {
        media::TransportDescription description{ours, asked.ice->ufrag, {1, media::DtlsRole::client, {}}};
        for (const auto& each : asked.fingerprints) {
            description.dtls.fingerprints.push_back({each.hash, each.digest});
        }
        description.dtls.role = media::DtlsRole::client;
        engine.describe_transport(clock.now(), transport, description);
    }
    void send_ok(const base::Endpoint& local) {
        const auto fingerprint = dtls_of_server().fingerprint();
        const auto certificate = sip::sdp::to_attribute(sip::sdp::Fingerprint{fingerprint.hash, fingerprint.digest});
        const std::string sdp =
            "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\na=ice-lite\r\n"
            "a=group:BUNDLE 0\r\nm=audio " +
            std::to_string(local.port) +
            " UDP/TLS/RTP/SAVPF 8\r\na=rtpmap:8 PCMA/8000\r\na=mid:0\r\na=rtcp-mux\r\n"
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=sendrecv\r\na=setup:active\r\n"
            "a=fingerprint:" +
            certificate.value.value_or("") + "\r\na=ice-ufrag:" + ours.ufrag + "\r\na=ice-pwd:" + ours.pwd +
            "\r\na=candidate:1 1 udp 2130706431 10.0.0.1 " + std::to_string(local.port) + " typ host\r\n";
        const std::string& invite = received.back();
        std::string to = lines_of(invite, "To");
        if (to.find("tag=") == to.npos) { to.insert(to.find("\r\n"), ";tag=server"); }
        Datagram ok;
        ok.from = server;
        ok.to = phone.identity().sip;
        ok.bytes = "SIP/2.0 200 OK\r\n" + lines_of(invite, "Via") + lines_of(invite, "From") + to +
                   lines_of(invite, "Call-ID") + lines_of(invite, "CSeq") +
                   "Contact: <sip:10.0.0.1:5060>\r\nContent-Type: application/sdp\r\nContent-Length: " +
                   std::to_string(sdp.size()) + "\r\n\r\n" + sdp;
        network.send(std::move(ok));
    }
    void call() {
        phone.invite("somebody");
        run(50ms);
        answer();
        run(500ms);
    }
    std::size_t heard(Duration during) {
        const Instant from = clock.now();
        run(during);
        return phone.heard().count(Sound{Sound::Kind::tone, phone.identity().tone}, from, clock.now());
    }

    EventQueue clock;
    base::SeededRandom random{11};
    Trace trace{clock};
    Network network{clock, random, trace};
    SimEngine engine{clock, network, random, trace};
    Phone phone{{clock, network, random, trace},
                {.name = "browser",
                 .user = "browser",
                 .sip = *base::Endpoint::parse("10.1.0.101:5060"),
                 .rtp = *base::Endpoint::parse("10.1.0.101:4000"),
                 .tone = 1250},
                server};
    media::IceCredentials ours = media::IceCredentials::make(random);
    media::TransportId transport;
    media::SessionId session;
    std::vector<std::string> received;
    std::vector<media::EngineEvent> events;
};

TEST_F(BrowserMedia, IsOfferedAsChromiumDoes) {
    phone.takes_video = true;
    phone.invite("somebody", Sdp::with_video());
    run(50ms);
    const auto view = offer();
    ASSERT_TRUE(view);
    EXPECT_EQ(view->protocol, "UDP/TLS/RTP/SAVPF");
    EXPECT_THAT(view->bundle, testing::ElementsAre("0", "1"));
    EXPECT_EQ(view->mid, "0");
    EXPECT_EQ(view->extensions, (ExtensionIds{4, 2, 1}));
    EXPECT_EQ(view->setup, sip::sdp::Setup::actpass);
    EXPECT_EQ(view->fingerprints.size(), 1U);
    ASSERT_TRUE(view->ice);
    EXPECT_FALSE(view->ice->is_lite);
    ASSERT_EQ(view->ice->candidates.size(), 1U);
    EXPECT_EQ(view->ice->candidates[0].endpoint(), view->rtp);
    ASSERT_TRUE(view->video());
    EXPECT_EQ(view->video()->mid, "1");
    EXPECT_EQ(view->video()->protocol, "UDP/TLS/RTP/SAVPF");
    EXPECT_EQ(view->video()->extensions, (ExtensionIds{4, 2, 0}));
    EXPECT_EQ(view->video()->rtp, view->rtp) << "one transport for both";
}

TEST_F(BrowserMedia, GoesThereAndBackOverItsTransport) {
    call();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, media::EngineEvent::Kind::transport_up);
    EXPECT_TRUE(phone.has_transport());
    EXPECT_EQ(phone.handshakes(), 1U);
    EXPECT_GE(heard(1s), 45U);
    EXPECT_EQ(engine.stats(session, Side::a).ice, "connected");
    engine.close_session(clock.now(), session);
    engine.close_transport(transport);
    EXPECT_EQ(engine.transport_count(), 0U);
    EXPECT_EQ(engine.ports_in_use(), 0U);
    run(1s);
}

TEST_F(BrowserMedia, FollowsTheBrowserToAnotherNetwork) {
    call();
    phone.roam(*base::Endpoint::parse("10.1.0.201:4100"));
    run(50ms);
    EXPECT_EQ(engine.stats(session, Side::a).remote, *base::Endpoint::parse("10.1.0.201:4100"));
    const Instant from = clock.now();
    run(1s);
    EXPECT_LT(phone.heard().longest_gap(from, clock.now()), 60ms);
    EXPECT_EQ(phone.handshakes(), 1U);
}

TEST_F(BrowserMedia, OutlivesAnIceRestart) {
    call();
    phone.restart_ice();
    phone.reinvite();
    run(50ms);
    ASSERT_TRUE(offer()->ice);
    ours = media::IceCredentials::make(random);
    const Instant from = clock.now();
    describe(*offer());
    send_ok({server.address, shared_port});
    run(2s);
    EXPECT_LT(phone.heard().longest_gap(from, clock.now()), 60ms);
    EXPECT_GE(heard(1s), 45U);
    EXPECT_EQ(phone.handshakes(), 1U);
    EXPECT_EQ(events.size(), 1U);
}

TEST_F(BrowserMedia, FallsSilentWithoutItsConsent) {
    call();
    phone.lose_network(true);
    run(31s);
    EXPECT_EQ(engine.stats(session, Side::a).ice, "disconnected");
    EXPECT_EQ(engine.stats(session, Side::a).remote, std::nullopt);
}

}  // namespace
}  // namespace simulation
