// HTTP/1.1 on a thread and an io_context of its own: it may be slow without a call hearing it. Listeners, connections
// with limits and deadlines, keep-alive; what is asked is for the API to answer.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>

#include "base/ip.hpp"
#include "base/time.hpp"
#include "server/http/api.hpp"
#include "server/http/event_hub.hpp"

namespace server {
class HttpTraffic;
}

namespace server::http {

struct Limits {
    std::uint32_t header = 16 * 1024;  // bytes
    std::uint64_t body = 64 * 1024;
    std::size_t connections = 256;                      // one past is closed at once
    base::Duration request = std::chrono::seconds{10};  // from the first byte awaited to the last; keep-alive too
    base::Duration answer = std::chrono::seconds{10};   // for the shards to answer; then 503
    base::Duration write = std::chrono::seconds{10};
    base::Duration linger = std::chrono::seconds{2};  // for who is refused to stop sending
    EventLimits events = {};
    base::Duration silence = std::chrono::seconds{15};  // then a client of events is sent a comment
};

// "http://127.0.0.1:9060: address already in use"
class ListenError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Server {
public:
    // Both outlive it.
    Server(Control& control, HttpTraffic& traffic, Limits limits = {});
    // Stops, if stop() was not called.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds; returns the address with the real port. Before start(). Throws ListenError.
    base::Endpoint listen(const base::Endpoint& at, Surface surface);
    void start();
    // Closes everything and waits for the thread. Answers that come later are dropped, as long as this object lives.
    void stop();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace server::http
