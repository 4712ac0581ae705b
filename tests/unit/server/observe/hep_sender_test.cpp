#include "server/observe/hep_sender.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace server {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

// A port on loopback that somebody listens to, until it is closed.
class Collector {
public:
    Collector() : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
        target.target = "udp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    }
    ~Collector() { close(); }
    void close() {
        if (socket_ >= 0) { ::close(std::exchange(socket_, -1)); }
    }
    // Waits for one.
    std::string read() const {
        std::array<char, 65536> buffer;
        const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
        return {buffer.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
    }

    config::Hep target;

private:
    int socket_;
};

std::vector<capture::HepNote> notes(std::size_t count, const std::string& text = "OPTIONS") {
    std::vector<capture::HepNote> notes(count);
    for (auto& note : notes) { note.payload = capture::SharedText{text}; }
    return notes;
}

void put(HepSender& sender, std::vector<capture::HepNote> some) { sender.put(some); }

template <class Condition>
void wait_until(Condition condition) {
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (!condition() && std::chrono::steady_clock::now() < limit) { std::this_thread::yield(); }
    EXPECT_TRUE(condition());
}

struct Sending : testing::Test {
    Log log{config::LogLevel::error, config::LogFormat::text};
};

using HepSending = Sending;

TEST_F(HepSending, SendsWhatItIsGiven) {
    const Collector collector;
    HepSender sender{collector.target, log};
    put(sender, notes(2, "INVITE"));
    for (int i = 0; i < 2; ++i) {
        const std::string packet = collector.read();
        EXPECT_THAT(packet, HasSubstr("HEP3"));
        EXPECT_THAT(packet, HasSubstr("INVITE"));
    }
    wait_until([&] { return sender.report().sent == 2; });
    EXPECT_EQ(sender.report().failed, 0U);
}

TEST_F(HepSending, GoesToAnotherTargetFromOneBatchToTheNext) {
    const Collector first;
    const Collector second;
    HepSender sender{first.target, log};
    put(sender, notes(1, "first"));
    EXPECT_THAT(first.read(), HasSubstr("first"));
    sender.set_target(second.target);
    put(sender, notes(1, "second"));
    EXPECT_THAT(second.read(), HasSubstr("second"));
}

TEST_F(HepSending, CountsWhatNobodyTakes) {
    Collector collector;
    collector.close();
    HepSender sender{collector.target, log};
    wait_until([&] {
        put(sender, notes(1));
        return sender.report().failed > 0;
    });
}

TEST_F(HepSending, CountsWhatHasNowhereToGo) {
    for (const char* const target : {"", "udp://nobody.invalid:9060", "nonsense"}) {
        HepSender sender{config::Hep{target, 1}, log};
        put(sender, notes(3));
        wait_until([&] { return sender.report().failed == 3; });
        EXPECT_EQ(sender.report().sent, 0U);
    }
}

TEST_F(HepSending, SendsNoReportThatSaysNothing) {
    const Collector collector;
    HepSender sender{collector.target, log};
    auto report = notes(1, "no RTCP at all");
    report.front().kind = capture::HepNote::Kind::rtcp_json;
    put(sender, std::move(report));
    wait_until([&] { return sender.report().failed == 1; });
    put(sender, notes(1, "next"));
    EXPECT_THAT(collector.read(), HasSubstr("next"));
    EXPECT_EQ(sender.report().failed, 1U);
}

TEST_F(HepSending, DropsWhatFindsNoPlaceToWait) {
    const Collector collector;
    HepSender sender{collector.target, log};
    put(sender, notes(HepSender::max_waiting + 1));
    EXPECT_EQ(sender.report().dropped, 1U);
    put(sender, notes(1, std::string(HepSender::max_bytes + 1, 'x')));
    EXPECT_EQ(sender.report().dropped, 2U);
}

TEST_F(HepSending, SendsWhatStillWaitsWhenItEnds) {
    const Collector collector;
    {
        HepSender sender{collector.target, log};
        put(sender, notes(1, "last"));
    }
    EXPECT_THAT(collector.read(), HasSubstr("last"));
}

}  // namespace
}  // namespace server
