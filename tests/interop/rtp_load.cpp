// Both ends of many calls at once: sends 50 packets a second on every line and counts what arrives on each. Built and
// driven by tests/interop/load. Standard input: one end a line, «local-address local-port remote-address remote-port»
// (IPv4); argument: seconds. Prints «sent N received N lines N silent N».
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto packet_time = std::chrono::milliseconds{20};
constexpr std::size_t packet_size = 172;  // 12 bytes of RTP header, 20 ms of G.711

struct Line {
    int socket = -1;
    std::uint16_t sequence = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
};

sockaddr_in ip4(const std::string& address, std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    if (inet_pton(AF_INET, address.c_str(), &out.sin_addr) != 1) { throw std::runtime_error{"no address: " + address}; }
    return out;
}

int open_line(const sockaddr_in& local, const sockaddr_in& remote, int poll, std::size_t index) {
    const int made = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (made < 0 || bind(made, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0 ||
        connect(made, reinterpret_cast<const sockaddr*>(&remote), sizeof remote) != 0) {
        throw std::runtime_error{std::string{"socket: "} + std::strerror(errno)};
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(poll, EPOLL_CTL_ADD, made, &event);
    return made;
}

std::vector<Line> open_lines(int poll) {
    std::vector<Line> lines;
    std::string local;
    std::string remote;
    std::uint16_t local_port = 0;
    std::uint16_t remote_port = 0;
    while (std::cin >> local >> local_port >> remote >> remote_port) {
        Line line;
        line.socket = open_line(ip4(local, local_port), ip4(remote, remote_port), poll, lines.size());
        lines.push_back(line);
    }
    return lines;
}

void send_packet(Line& line, std::size_t index) {
    std::array<std::uint8_t, packet_size> packet{};
    const std::uint32_t timestamp = line.sequence * 160U;
    packet[0] = 0x80;
    packet[2] = static_cast<std::uint8_t>(line.sequence >> 8);
    packet[3] = static_cast<std::uint8_t>(line.sequence);
    for (unsigned i = 0; i < 4; ++i) {
        packet[4 + i] = static_cast<std::uint8_t>(timestamp >> (24 - 8 * i));
        packet[8 + i] = static_cast<std::uint8_t>(index >> (24 - 8 * i));
    }
    ++line.sequence;
    if (send(line.socket, packet.data(), packet.size(), 0) == static_cast<ssize_t>(packet.size())) { ++line.sent; }
}

void receive(std::vector<Line>& lines, int poll) {
    std::array<epoll_event, 256> events{};
    std::array<std::uint8_t, 2048> buffer{};
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < ready; ++i) {
        Line& line = lines[events[static_cast<std::size_t>(i)].data.u64];
        while (recv(line.socket, buffer.data(), buffer.size(), 0) > 0) { ++line.received; }
    }
}

// Sends are spread evenly over the 20 ms, as calls that began at different moments are.
void run(std::vector<Line>& lines, int poll, std::chrono::seconds length) {
    const auto start = Clock::now();
    const auto step = std::chrono::nanoseconds{packet_time} / static_cast<std::int64_t>(lines.size());
    for (std::int64_t tick = 0; tick * step < length; ++tick) {
        while (Clock::now() < start + tick * step) { receive(lines, poll); }
        const auto index = static_cast<std::size_t>(tick) % lines.size();
        send_packet(lines[index], index);
    }
    const auto last = Clock::now() + std::chrono::milliseconds{300};
    while (Clock::now() < last) { receive(lines, poll); }
}

}  // namespace

int main(int argc, char** argv) {
    const rlimit files{65536, 65536};
    setrlimit(RLIMIT_NOFILE, &files);
    const int poll = epoll_create1(0);
    auto lines = open_lines(poll);
    if (lines.empty() || argc != 2) { return 2; }
    run(lines, poll, std::chrono::seconds{std::atoi(argv[1])});
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::size_t silent = 0;
    for (const auto& line : lines) {
        sent += line.sent;
        received += line.received;
        silent += line.received == 0 ? 1 : 0;
        close(line.socket);
    }
    std::cout << "sent " << sent << " received " << received << " lines " << lines.size() << " silent " << silent
              << '\n';
    return 0;
}
