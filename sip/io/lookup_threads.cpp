#include "sip/io/lookup_threads.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace sip {

namespace asio = boost::asio;

namespace {

// One record of the socket pair.
struct Letter {
    std::uint64_t id = 0;
    LookupResult result;
};

}  // namespace

// What the threads keep alive between them.
struct LookupThreads::ThreadSide {
    Lookup lookup;
    int descriptor;

    ThreadSide(Lookup with, int write_to) : lookup{std::move(with)}, descriptor{write_to} {}
    ~ThreadSide() { ::close(descriptor); }
    ThreadSide(const ThreadSide&) = delete;
    ThreadSide& operator=(const ThreadSide&) = delete;

    void run(std::uint64_t id, const std::string& host) const {
        const Letter letter{id, lookup(host)};
        send(descriptor, &letter, sizeof letter, MSG_NOSIGNAL);
    }
};

LookupThreads::LookupThreads(asio::io_context& context, Lookup lookup, OnResult on_result)
    : results_{context}, on_result_{std::move(on_result)} {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw std::system_error{errno, std::generic_category(), "socketpair"};
    }
    results_.assign(ends[0]);
    thread_side_ = std::make_shared<const ThreadSide>(std::move(lookup), ends[1]);
    wait();
}

bool LookupThreads::start(const std::string& host) {
    const std::uint64_t id = next_id_++;
    try {
        std::thread{[side = thread_side_, id, host] { side->run(id, host); }}.detach();
    } catch (const std::system_error&) { return false; }
    hosts_.emplace(id, host);
    return true;
}

void LookupThreads::wait() {
    results_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
        if (error) { return; }
        while (receive()) {}
        if (results_.is_open()) { wait(); }
    });
}

bool LookupThreads::receive() {
    if (!results_.is_open()) { return false; }  // closed by whoever was told last
    Letter letter;
    if (recv(results_.native_handle(), &letter, sizeof letter, MSG_DONTWAIT) != sizeof letter) { return false; }
    const auto host = hosts_.extract(letter.id);
    on_result_(host.mapped(), letter.result);
    return true;
}

void LookupThreads::close() {
    boost::system::error_code ignored;
    results_.close(ignored);
}

}  // namespace sip
