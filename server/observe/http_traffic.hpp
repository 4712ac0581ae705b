// What came over HTTP and what was answered: counted for the metrics, and told to the log, one line a request. Told by
// the thread of HTTP, asked by whoever scrapes.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "base/ip.hpp"
#include "base/time.hpp"
#include "server/observe/http_report.hpp"
#include "server/observe/log.hpp"

namespace server {

// A request that was answered.
struct HttpExchange {
    std::string method;
    std::string path;               // without the query
    std::string_view route = {};    // the pattern of its row in the table; empty: none
    bool is_change = false;         // by its route, it was to change something
    std::string_view refusal = {};  // why it was turned away before it came to anything; empty: it was not
    unsigned status = 0;
    std::size_t bytes = 0;  // of the answer's body
    base::Duration took{};
    base::Endpoint source{};
};

class HttpTraffic {
public:
    // `log` outlives it.
    explicit HttpTraffic(Log& log) : log_{log} {}

    void note(const HttpExchange& exchange);
    // Without an answer: a connection too many, a request or an answer that was not through in time.
    void note_given_up(const char* reason);
    void note_opened(const char* listener);
    void note_closed(const char* listener);
    HttpReport report() const;

private:
    void count(const HttpExchange& exchange);
    void write(const HttpExchange& exchange);

    Log& log_;
    mutable std::mutex mutex_;
    HttpReport counted_;
};

}  // namespace server
