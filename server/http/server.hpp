// HTTP/1.1 on a thread and an io_context of its own: it may be slow without a call hearing it. Listeners, connections
// with limits and deadlines, keep-alive; what is asked is for the API to answer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

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
    std::size_t connections = 256;                      // one past closes the one that has waited longest, or is closed
    base::Duration request = std::chrono::seconds{10};  // from the first byte awaited to the last; keep-alive too
    base::Duration answer = std::chrono::seconds{10};   // for the shards to answer; then 503
    base::Duration write = std::chrono::seconds{10};    // for an answer to be read, and more for a long one:
    std::size_t slowest_reader = 64 * 1024;             // bytes a second; captures have tens of megabytes
    base::Duration linger = std::chrono::seconds{2};    // for who is refused to stop sending
    EventLimits events = {};
    base::Duration silence = std::chrono::seconds{15};  // then a client of events is sent a comment
};

// "http://127.0.0.1:9060: address already in use"
class ListenError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What is listened on, and what is offered there. One with the API is «admin», one without it «metrics»: of each there
// is one at most.
struct Place {
    base::Endpoint at;
    Surface surface;
};

class Server {
public:
    // Places that are bound, for apply(). Dropped, they are free again.
    class Move {
    public:
        Move();
        Move(Move&&) noexcept;
        ~Move();
        // With the real ports, as the places were wanted.
        const std::vector<base::Endpoint>& bound() const;

    private:
        friend class Server;
        struct Bound;
        std::unique_ptr<Bound> bound_;
    };

    // Both outlive it.
    Server(Control& control, HttpTraffic& traffic, Limits limits = {});
    // Stops, if stop() was not called.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds what is not listened on yet. Throws ListenError, and then nothing is.
    Move prepare(const std::vector<Place>& wanted);
    // These are served from now on, and no others. Connections that are open meet what their place offers now: another
    // token, or nothing any more.
    void apply(Move move);
    void start();
    // Closes everything and waits for the thread. Answers that come later are dropped, as long as this object lives.
    void stop();

private:
    struct State;
    std::unique_ptr<State> state_;
    // Of whoever prepares and applies: wanted, and as it is bound.
    struct Known {
        base::Endpoint wanted;
        base::Endpoint bound;
    };
    std::map<std::string, Known, std::less<>> known_;  // by name
};

}  // namespace server::http
