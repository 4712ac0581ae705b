// Browsers on the engine over TCP, over loopback.
#include <sys/socket.h>
#include <unistd.h>

#include <functional>

#include "media/stream/deframer.hpp"
#include "tests/support/browser_transport.hpp"
#include "tests/unit/media/dtls/certificates.hpp"
#include "tests/unit/media/support/engine.hpp"

namespace media::test {
namespace {

// A connection of a browser's, that reads when it is asked to.
class Client {
public:
    // `window`: of its receive buffer, before it grows; 0: as the system has it.
    explicit Client(const base::Endpoint& to, int window = 0) : descriptor_{::socket(AF_INET, SOCK_STREAM, 0)} {
        if (window != 0) { ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &window, sizeof window); }
        const SocketAddress address = to_socket_address(to);
        const auto* const name = reinterpret_cast<const sockaddr*>(&address.storage);
        EXPECT_EQ(::connect(descriptor_, name, address.size), 0);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { ::close(descriptor_); }

    int descriptor() const { return descriptor_; }
    void send(const Bytes& datagram) const {
        Bytes framed =
            bytes({static_cast<unsigned>(datagram.size() >> 8), static_cast<unsigned>(datagram.size() & 0xff)});
        framed.insert(framed.end(), datagram.begin(), datagram.end());
        send_raw(framed);
    }
    void send_raw(const Bytes& stream) const {
        EXPECT_EQ(::send(descriptor_, stream.data(), stream.size(), MSG_NOSIGNAL), static_cast<ssize_t>(stream.size()));
    }
    // What waits by now.
    std::vector<Bytes> read() {
        Bytes chunk(65536);
        const auto count = ::recv(descriptor_, chunk.data(), chunk.size(), MSG_DONTWAIT);
        is_closed_ = count == 0;
        std::vector<Bytes> out;
        std::span<const std::byte> rest = std::span{chunk}.first(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        while (const auto datagram = deframer_.next(rest)) { out.emplace_back(datagram->begin(), datagram->end()); }
        EXPECT_FALSE(deframer_.is_broken());
        return out;
    }
    bool is_closed() const { return is_closed_; }

private:
    int descriptor_;
    Deframer deframer_;
    bool is_closed_ = false;
};

class StreamSocketsTest : public testing::Test {
protected:
    static EngineOptions options() {
        EngineOptions out;
        out.ports = free_ports(8);
        out.session.dtls = &context_of(0);
        return out;
    }
    base::Instant now() const { return base::Clock::now(); }
    void open() {
        std::string why;
        const auto opened = engine->open_transport(now(), v4_loopback, ours, why);
        ASSERT_TRUE(opened) << why;
        transport = *opened;
    }
    // A browser that calls a telephone.
    void set_up(int window = 0) {
        open();
        ASSERT_TRUE(transport.local_tcp);
        client = std::make_unique<Client>(*transport.local_tcp, window);
        std::string why;
        call = engine->open_session(now());
        ASSERT_TRUE(engine->open_leg_on(now(), call, Side::a, transport.id, why)) << why;
        const auto opened = engine->open_leg(call, Side::b, v4_loopback, why);
        ASSERT_TRUE(opened) << why;
        to_phone = *opened;
        LegDescription of_browser = phone.description();
        of_browser.bundled = BundledLine{"0", 0};
        engine->describe(now(), call, Side::a, of_browser);
        engine->describe(now(), call, Side::b, phone.description());
        engine->play(now(), call, Side::a, Source::peer);
        engine->play(now(), call, Side::b, Source::peer);
        const DtlsParameters its{1, DtlsRole::server, {certificate_of(1).fingerprint()}};
        engine->describe_transport(now(), transport.id, {ours, media.credentials().ufrag, its});
        media.describe(now(), {ours, {1, DtlsRole::client, {certificate_of(0).fingerprint()}}});
        serve([&] { return media.is_up(); });
    }
    // Whatever waits on either side, until `done` or the end of patience.
    void serve(const std::function<bool()>& done) {
        const base::Instant end = now() + milliseconds{patience_ms};
        while (!done()) {
            ASSERT_LT(now(), end);
            for (const auto& bytes : media.take_output()) { client->send(bytes); }
            const int of_client = client ? client->descriptor() : -1;
            std::array<pollfd, 2> waiting{{{engine->descriptor(), POLLIN, 0}, {of_client, POLLIN, 0}}};
            ::poll(waiting.data(), waiting.size(), 10);
            if (waiting[0].revents != 0) { engine->poll(now()); }
            if (waiting[1].revents != 0) { read(); }
            if (engine->next_timeout() <= now()) { engine->on_timeout(now()); }
            if (media.next_timeout() <= now()) { media.on_timeout(now()); }
        }
    }
    void read() {
        for (const Bytes& datagram : client->read()) {
            if (auto packet = media.on_datagram(now(), datagram)) { heard.push_back(*packet); }
        }
    }
    void say(std::byte fill) {
        client->send(media.seal(BrowserTransport::Kind::rtp, rtp({.sequence = ++said, .fill = fill})));
    }
    std::uint64_t ended(ConnectionEnd why) const {
        return engine->counters().connections.ended[static_cast<std::size_t>(why)];
    }
    std::string ice() const { return engine->stats(call, Side::a).ice; }

    base::SystemRandom random;
    std::unique_ptr<EpollEngine> engine =
        std::make_unique<EpollEngine>(options(), random, std::make_shared<const MusicLibrary>());
    IceCredentials ours = IceCredentials::make(random);
    BrowserTransport media{context_of(1), random};
    std::unique_ptr<Client> client;
    OpenTransport transport{};
    SessionId call{};
    LegPorts to_phone{};
    Phone phone;
    std::vector<BrowserTransport::Packet> heard;
    std::uint16_t said = 0;
};

TEST_F(StreamSocketsTest, ABrowserAndATelephoneHearEachOther) {
    set_up();
    EXPECT_EQ(transport.local_tcp, transport.local) << "the same number";
    EXPECT_EQ(ice(), "connected");
    EXPECT_EQ(engine->counters().connections.open, 1U);
    say(std::byte{0x21});
    serve([&] { return readable(phone.rtp.descriptor(), 0); });
    EXPECT_EQ(phone.hear().back(), std::byte{0x21});
    ASSERT_TRUE(phone.rtp.send_to(to_phone.rtp, rtp({.fill = std::byte{0x22}})));
    serve([&] { return !heard.empty(); });
    EXPECT_EQ(heard.front().bytes.back(), std::byte{0x22});
}

TEST_F(StreamSocketsTest, ALostConnectionIsFollowedByAnother) {
    set_up();
    client.reset();
    serve([&] { return ended(ConnectionEnd::peer) == 1; });
    EXPECT_EQ(ice(), "disconnected");
    client = std::make_unique<Client>(*transport.local_tcp);
    media.check_now(now());
    serve([&] { return ice() == "connected"; });
    say(std::byte{0x23});
    serve([&] { return readable(phone.rtp.descriptor(), 0); });
    EXPECT_EQ(phone.hear().back(), std::byte{0x23});
    EXPECT_EQ(media.handshakes(), 1U);
}

TEST_F(StreamSocketsTest, WhoReadsTooSlowlyLosesMediaAndHearsTheNewest) {
    constexpr int small_window = 4096;
    set_up(small_window);
    std::uint16_t sequence = 0;
    const auto speak = [&] {
        for (int i = 0; i < 100; ++i) {
            ASSERT_TRUE(phone.rtp.send_to(to_phone.rtp, rtp({.sequence = ++sequence, .size = 1000})));
            if (i % 10 == 0) { engine->poll(now()); }
        }
        engine->poll(now());
    };
    const base::Instant end = now() + milliseconds{patience_ms};
    while (engine->counters().connections.frames_dropped < Backlog::max_frames && now() < end) { speak(); }
    EXPECT_GE(engine->counters().connections.frames_dropped, Backlog::max_frames);
    ASSERT_TRUE(phone.rtp.send_to(to_phone.rtp, rtp({.sequence = ++sequence, .size = 1000, .fill = std::byte{0x24}})));
    serve([&] { return !heard.empty() && heard.back().bytes.back() == std::byte{0x24}; });
    EXPECT_EQ(engine->counters().connections.open, 1U);
}

TEST_F(StreamSocketsTest, JunkIsClosedAndCounted) {
    open();
    client = std::make_unique<Client>(*transport.local_tcp);
    client->send_raw(bytes({'G', 'E', 'T', ' ', '/', '\r', '\n'}));
    serve([&] { return client->is_closed(); });
    EXPECT_EQ(ended(ConnectionEnd::frame_size), 1U);
    EXPECT_EQ(engine->counters().connections.open, 0U);
}

TEST_F(StreamSocketsTest, WhoComesBeyondTheLimitIsClosedAtOnce) {
    open();
    std::vector<std::unique_ptr<Client>> crowd;
    for (std::size_t i = 0; i < Connections::max_per_source; ++i) {
        crowd.push_back(std::make_unique<Client>(*transport.local_tcp));
        engine->poll(now());
    }
    client = std::make_unique<Client>(*transport.local_tcp);
    serve([&] { return client->is_closed(); });
    EXPECT_EQ(ended(ConnectionEnd::source_limit), 1U);
    crowd.clear();
    client.reset();
    serve([&] { return engine->counters().connections.open == 0; });
    client = std::make_unique<Client>(*transport.local_tcp);
    serve([&] { return engine->counters().connections.open == 1; });
}

TEST_F(StreamSocketsTest, WhereTheNumberIsTakenForTcpTheNextOneIsTried) {
    EngineOptions wanted = options();
    std::error_code error;
    const TcpSocket squatter = TcpSocket::listen({v4_loopback, wanted.ports.first}, error);
    ASSERT_FALSE(error) << error.message();
    engine = std::make_unique<EpollEngine>(wanted, random, std::make_shared<const MusicLibrary>());
    open();
    EXPECT_EQ(transport.local.port, wanted.ports.first + 2);
    EXPECT_EQ(transport.local_tcp, transport.local);
}

TEST_F(StreamSocketsTest, APortMayBeChosenAndTcpBeSwitchedOff) {
    std::error_code error;
    EngineOptions wanted = options();
    wanted.ice_tcp_port = TcpSocket::listen({v4_loopback, 0}, error).local().port;
    engine = std::make_unique<EpollEngine>(wanted, random, std::make_shared<const MusicLibrary>());
    open();
    EXPECT_EQ(transport.local_tcp, (base::Endpoint{v4_loopback, wanted.ice_tcp_port}));

    EngineOptions other = options();
    other.ice_tcp_port = wanted.ice_tcp_port;
    EpollEngine unlucky{other, random, std::make_shared<const MusicLibrary>()};
    std::string why;
    const auto opened = unlucky.open_transport(now(), v4_loopback, ours, why);
    ASSERT_TRUE(opened) << "by UDP at least: " << why;
    EXPECT_FALSE(opened->local_tcp);
    EXPECT_EQ(unlucky.counters().bind_failures, 1U);

    other.ice_tcp = false;
    EpollEngine off{other, random, std::make_shared<const MusicLibrary>()};
    const auto by_udp = off.open_transport(now(), v4_loopback, ours, why);
    ASSERT_TRUE(by_udp);
    EXPECT_FALSE(by_udp->local_tcp);
}

}  // namespace
}  // namespace media::test
