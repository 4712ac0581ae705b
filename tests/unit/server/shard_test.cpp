// Real shards on loopback: every port is the kernel's choice, every wait has a deadline.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <set>

#include "media/music/encoded_cache.hpp"
#include "server/shard_group.hpp"
#include "sip/io/socket_address.hpp"
#include "sip/message/stream_framer.hpp"

namespace server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

constexpr std::chrono::seconds patience{10};
const base::IpAddress loopback = base::IpAddress::v4({127, 0, 0, 1});

config::Config configuration() {
    config::Config config;
    config.trunks["local"].allow.push_back(*base::Subnet::parse("127.0.0.0/8"));
    config.routes.push_back({"", "^echo$", {"app:echo"}});
    return config;
}

// The built-in tune is composed once for all tests.
const std::shared_ptr<const media::MusicLibrary>& tunes() {
    static const std::shared_ptr<const media::MusicLibrary> library = std::make_shared<media::MusicLibrary>();
    return library;
}

class Shards : public ::testing::Test {
protected:
    void start(unsigned count, const config::Config& config = configuration()) {
        snapshot = std::make_shared<const Snapshot>(Snapshot{config, Routing::make(config)});
        const std::vector<Listener> listen{{sip::Transport::udp, {loopback, 0}}, {sip::Transport::tcp, {loopback, 0}}};
        group = std::make_unique<ShardGroup>(count, listen, snapshot, music, log);
        group->start();
    }
    base::Endpoint udp_at() const { return group->bound()[0].at; }
    base::Endpoint tcp_at() const { return group->bound()[1].at; }

    template <class Value, class Ask>
    Value answer_of(Ask ask) {
        auto promise = std::make_shared<std::promise<Value>>();
        auto answer = promise->get_future();
        ask([promise](Value value) { promise->set_value(std::move(value)); });
        if (answer.wait_for(patience) != std::future_status::ready) { throw std::runtime_error{"no answer"}; }
        return answer.get();
    }
    Report report() {
        return answer_of<Report>([&](auto answer) { group->report(answer); });
    }
    std::vector<CallView> calls() {
        std::vector<std::string> ids;
        for (const auto& briefs : answer_of<BriefLists>([&](auto answer) { group->briefs(1000, answer); })) {
            for (const auto& brief : briefs) { ids.push_back(brief->id); }
        }
        std::vector<CallView> all;
        const auto lists = answer_of<CallLists>([&](auto answer) { group->calls(ids, answer); });
        for (const auto& list : lists) { all.insert(all.end(), list.begin(), list.end()); }
        return all;
    }

    Log log{config::LogLevel::error, config::LogFormat::text};
    const std::shared_ptr<const media::MusicLibrary>& music = tunes();
    std::shared_ptr<const Snapshot> snapshot;
    std::unique_ptr<ShardGroup> group;
};

// A blocking telephone line with a deadline.
class Line {
public:
    explicit Line(const base::Endpoint& server) : socket_{context_, udp::endpoint{sip::to_asio(loopback), 0}} {
        const timeval limit{patience.count(), 0};
        setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        socket_.connect(sip::to_udp(server));
    }
    void send(const std::string& text) { socket_.send(asio::buffer(text)); }
    // Empty: nothing came in time.
    std::string receive() {
        std::string text(65536, '\0');
        const ssize_t size = recv(socket_.native_handle(), text.data(), text.size(), 0);
        text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return text;
    }
    // The next message that begins so.
    std::string receive(const std::string& head) {
        for (std::string text = receive(); !text.empty(); text = receive()) {
            if (text.starts_with(head)) { return text; }
        }
        return {};
    }
    std::string address() const { return sip::from_asio(socket_.local_endpoint()).to_string(); }

private:
    asio::io_context context_;
    udp::socket socket_;
};

std::string request(const std::string& method, const std::string& call_id, const std::string& from,
                    const std::string& transport = "UDP", const std::string& more = {}, const std::string& body = {}) {
    return method + " sip:echo@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/" + transport + " " + from + ";branch=z9hG4bK" +
           call_id + method + ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:tester@127.0.0.1>;tag=t\r\nTo: " +
           "<sip:echo@127.0.0.1>\r\nCall-ID: " + call_id + "\r\nCSeq: 1 " + method + "\r\nContact: <sip:" + from +
           ">\r\n" + more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string invite(const std::string& call_id, const std::string& from) {
    const std::string sdp =
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";
    return request("INVITE", call_id, from, "UDP", "Content-Type: application/sdp\r\n", sdp);
}

std::string value_of(const std::string& message, const std::string& name) {
    const auto at = message.find("\r\n" + name + ": ");
    if (at == message.npos) { return {}; }
    const auto begin = at + name.size() + 4;
    return message.substr(begin, message.find("\r\n", begin) - begin);
}

std::string over_tcp(std::string text) {
    const std::string via = "SIP/2.0/UDP";
    return text.replace(text.find(via), via.size(), "SIP/2.0/TCP");
}

// A further request of the call that `answer` accepted.
std::string in_dialog(const std::string& method, int cseq, const std::string& answer, const std::string& from) {
    std::string text = request(method, value_of(answer, "Call-ID"), from);
    const std::string to = "To: <sip:echo@127.0.0.1>";
    text.replace(text.find(to), to.size(), "To: " + value_of(answer, "To"));
    text.replace(text.find("CSeq: 1"), 7, "CSeq: " + std::to_string(cseq));
    return text;
}

TEST_F(Shards, AnswerEveryDatagramWhicheverShardOwnsItsCall) {
    start(2);
    Line line{udp_at()};
    std::set<std::string> owed;
    for (int i = 0; i < 100; ++i) {
        const std::string call_id = "call" + std::to_string(i);
        owed.insert(call_id);
        line.send(request("OPTIONS", call_id, line.address()));
    }
    while (!owed.empty()) {
        const std::string answer = line.receive("SIP/2.0 200 ");
        ASSERT_FALSE(answer.empty()) << owed.size() << " answers did not come";
        owed.erase(value_of(answer, "Call-ID"));
    }
    const Report sum = report();
    EXPECT_EQ((sum.core.requests_in.at({sip::Method::options, sip::Transport::udp})), 100u);
    EXPECT_EQ(sum.handover_dropped, 0u);
}

TEST_F(Shards, AnswerOnTheConnectionThatAskedWhicheverShardAcceptedIt) {
    start(2);
    asio::io_context context;
    for (int connection = 0; connection < 8; ++connection) {
        tcp::socket socket{context};
        socket.connect(sip::to_tcp(tcp_at()));
        std::string all;
        for (int i = 0; i < 10; ++i) {
            const std::string call_id = std::to_string(connection) + "x" + std::to_string(i);
            all += request("OPTIONS", call_id, "127.0.0.1:5060", "TCP");
        }
        asio::write(socket, asio::buffer(all));
        const timeval limit{patience.count(), 0};
        setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        std::set<std::string> answered;
        std::string received;
        std::array<char, 4096> buffer;
        while (answered.size() < 10) {
            const ssize_t size = recv(socket.native_handle(), buffer.data(), buffer.size(), 0);
            ASSERT_GT(size, 0) << "only " << answered.size() << " answers came";
            received.append(buffer.data(), static_cast<std::size_t>(size));
            for (auto end = received.find("\r\n\r\n"); end != received.npos; end = received.find("\r\n\r\n")) {
                EXPECT_TRUE(received.starts_with("SIP/2.0 200 "));
                answered.insert(value_of(received.substr(0, end + 2), "Call-ID"));
                received.erase(0, end + 4);
            }
        }
    }
}

// A caller over TCP, with the port of its own that its Contact names. Every wait has a deadline.
class StreamPhone {
public:
    explicit StreamPhone(const base::Endpoint& server)
        : acceptor_{context_, tcp::endpoint{sip::to_asio(loopback), 0}}, socket_{context_} {
        socket_.connect(sip::to_tcp(server));
    }
    void send(const std::string& text) { asio::write(socket_, asio::buffer(text)); }
    void close_connection() { socket_.close(); }
    bool accept_connection() {
        wait_at_most(acceptor_.native_handle());
        const int descriptor = ::accept(acceptor_.native_handle(), nullptr, nullptr);
        if (descriptor < 0) { return false; }
        socket_.assign(tcp::v4(), descriptor);
        return true;
    }
    // Empty: nothing came in time.
    std::string receive() {
        wait_at_most(socket_.native_handle());
        std::array<char, 4096> buffer;
        while (true) {
            if (auto frame = framer_.next()) { return frame->text; }
            const ssize_t size = recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
            if (size <= 0) { return {}; }
            framer_.push({buffer.data(), static_cast<std::size_t>(size)});
        }
    }
    std::string address() const { return sip::from_asio(acceptor_.local_endpoint()).to_string(); }

private:
    static void wait_at_most(int descriptor) {
        const timeval limit{patience.count(), 0};
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    asio::io_context context_;
    tcp::acceptor acceptor_;
    tcp::socket socket_;
    sip::StreamFramer framer_;
};

TEST_F(Shards, ReachACallerAtItsContactOnceItsConnectionIsGone) {
    start(2);
    StreamPhone phone{tcp_at()};
    phone.send(over_tcp(invite("stream", phone.address())));
    std::string answer = phone.receive();
    while (answer.starts_with("SIP/2.0 1")) { answer = phone.receive(); }
    ASSERT_TRUE(answer.starts_with("SIP/2.0 200 ")) << answer;
    phone.send(over_tcp(in_dialog("ACK", 1, answer, phone.address())));
    phone.close_connection();
    const auto deadline = base::Clock::now() + patience;
    while (report().sockets.connections != 0) { ASSERT_LT(base::Clock::now(), deadline); }
    group->hang_up_all("test");
    ASSERT_TRUE(phone.accept_connection());
    EXPECT_TRUE(phone.receive().starts_with("BYE "));
}

TEST_F(Shards, ShowAndEndACallOfAnyShard) {
    start(2);
    Line line{udp_at()};
    for (const std::string call_id : {"a", "b", "c", "d"}) {
        line.send(invite(call_id, line.address()));
        const std::string answer = line.receive("SIP/2.0 200 ");
        ASSERT_FALSE(answer.empty());
        line.send(in_dialog("ACK", 1, answer, line.address()));
    }
    const std::vector<CallView> up = calls();
    ASSERT_EQ(up.size(), 4u);
    const Report busy = report();
    EXPECT_EQ(busy.gauges.calls_by_state[2], 4u);
    EXPECT_EQ(busy.media.sessions, 4u);
    EXPECT_EQ(busy.media.ports_in_use, 8u);
    for (const CallView& call : up) {
        const auto seen = answer_of<std::optional<CallView>>([&](auto answer) { group->call(call.id, answer); });
        ASSERT_TRUE(seen);
        EXPECT_EQ(seen->a.call_id, call.a.call_id);
        EXPECT_TRUE(answer_of<bool>([&](auto answer) { group->hang_up(call.id, answer); }));
    }
    EXPECT_FALSE(answer_of<bool>([&](auto answer) { group->hang_up("none", answer); }));
    EXPECT_FALSE(line.receive("BYE ").empty());
}

TEST_F(Shards, TellTheLadderOfACallOfAnyShardAlsoWhenItHasEnded) {
    start(2);
    Line line{udp_at()};
    for (const std::string call_id : {"a", "b", "c", "d"}) {
        line.send(invite(call_id, line.address()));
        const std::string answer = line.receive("SIP/2.0 200 ");
        ASSERT_FALSE(answer.empty());
        line.send(in_dialog("ACK", 1, answer, line.address()));
        const std::string id = calls().at(0).id;
        const auto ladder = [&] {
            return answer_of<std::optional<LadderView>>([&](auto then) { group->ladder(id, then); });
        };
        ASSERT_TRUE(ladder());
        EXPECT_EQ(ladder()->entries.at(0).text(), "INVITE");
        line.send(in_dialog("BYE", 2, answer, line.address()));
        EXPECT_FALSE(line.receive("SIP/2.0 200 ").empty());
        const auto deadline = base::Clock::now() + patience;
        while (!calls().empty()) { ASSERT_LT(base::Clock::now(), deadline); }
        ASSERT_TRUE(ladder());
        EXPECT_EQ(ladder()->state, "ended");
    }
    const auto none = answer_of<std::optional<LadderView>>([&](auto then) { group->ladder("none", then); });
    EXPECT_FALSE(none);
}

TEST_F(Shards, AreIdleAtOnceWithoutCallsAndRefuseNewOnesOnceDraining) {
    start(2);
    EXPECT_TRUE(answer_of<bool>([&](auto answer) { group->drain([answer] { answer(true); }); }));
    Line line{udp_at()};
    line.send(invite("late", line.address()));
    const std::string refusal = line.receive("SIP/2.0 503 ");
    EXPECT_FALSE(value_of(refusal, "Retry-After").empty()) << refusal;
    EXPECT_TRUE(report().draining);
}

TEST_F(Shards, AreIdleWhenTheLastCallHasEnded) {
    start(1);
    Line line{udp_at()};
    line.send(invite("last", line.address()));
    const std::string answer = line.receive("SIP/2.0 200 ");
    ASSERT_FALSE(answer.empty());
    std::promise<void> promise;
    auto idle = promise.get_future();
    group->drain([&] { promise.set_value(); });
    EXPECT_EQ(calls().size(), 1u);
    EXPECT_EQ(idle.wait_for(std::chrono::seconds{0}), std::future_status::timeout);
    line.send(in_dialog("BYE", 2, answer, line.address()));
    EXPECT_FALSE(line.receive("SIP/2.0 200 ").empty());
    EXPECT_EQ(idle.wait_for(patience), std::future_status::ready);
}

TEST_F(Shards, UseANewSnapshotForNewCalls) {
    start(2);
    config::Config silent = configuration();
    silent.routes.clear();
    group->replace(std::make_shared<const Snapshot>(Snapshot{silent, Routing::make(silent)}), music);
    Line line{udp_at()};
    line.send(invite("routed nowhere", line.address()));
    line.send(invite("nowhere", line.address()));
    EXPECT_FALSE(line.receive("SIP/2.0 404 ").empty());
}

TEST_F(Shards, ListenElsewhereWhileTheyRun) {
    start(3);
    const std::vector<Listener> same{{sip::Transport::udp, {loopback, 0}}, {sip::Transport::tcp, {loopback, 0}}};
    EXPECT_TRUE(group->listen(same).empty()) << "each is there already";
    const base::IpAddress other = base::IpAddress::v4({127, 0, 0, 2});
    const std::vector<Listener> wanted{{sip::Transport::udp, {other, 0}}};
    ASSERT_EQ(group->listen(wanted).size(), 1U);
    EXPECT_EQ(group->bound().size(), 3U);
    EXPECT_EQ(group->leave_all_but(wanted).size(), 2U);
    ASSERT_EQ(group->bound().size(), 1U);
    Line line{group->bound()[0].at};
    line.send(request("OPTIONS", "elsewhere", line.address()));
    EXPECT_FALSE(line.receive("SIP/2.0 200 ").empty());
}

TEST_F(Shards, ListenNowhereNewWhereOnePlaceIsTaken) {
    start(3);
    asio::io_context context;
    udp::socket busy{context, udp::endpoint{asio::ip::make_address("127.0.0.2"), 0}};
    const base::Endpoint taken{base::IpAddress::v4({127, 0, 0, 2}), busy.local_endpoint().port()};
    const Listener free{sip::Transport::udp, {base::IpAddress::v4({127, 0, 0, 3}), 0}};
    EXPECT_THROW(group->listen({free, {sip::Transport::udp, taken}}), std::runtime_error);
    EXPECT_EQ(group->bound().size(), 2U);
}

TEST_F(Shards, SayWhichPortIsBusy) {
    start(2);
    const std::vector<Listener> taken{{sip::Transport::udp, udp_at()}};
    for (const unsigned count : {1u, 2u}) {
        try {
            ShardGroup second{count, taken, snapshot, music, log};
            FAIL() << "two servers on one port";
        } catch (const sip::ListenError& error) {
            EXPECT_EQ(error.what(), "udp://" + udp_at().to_string() + ": address already in use");
        }
    }
}

}  // namespace
}  // namespace server
