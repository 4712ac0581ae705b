// Lines on their way to a descriptor, written by a thread of their own: who logs never waits for who reads, as a pipe
// that nobody empties would stop every call. What finds no room is dropped and counted, and a line says so as soon as
// lines flow again.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/time.hpp"

namespace server {

struct LogLimits {
    std::size_t waiting = std::size_t{4} << 20;         // bytes with their ends of line; a line past it is dropped
    base::Duration farewell = std::chrono::seconds{2};  // for what still waits at the end
};

class LogWriter {
public:
    // The line that tells of `count` dropped ones; made on the writer's thread.
    using Gap = std::function<std::string(std::uint64_t count)>;

    // `descriptor` stays the caller's, and open.
    LogWriter(int descriptor, Gap gap, const LogLimits& limits);
    // Writes what waits, within `farewell`.
    ~LogWriter();
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    // From any thread. Without an end of line.
    void write(std::string_view line);
    std::uint64_t dropped() const;

private:
    void run();
    bool take(std::string& batch);
    void put(std::string_view lines);
    bool wait_for_room();
    bool is_late() const;
    void lose(std::string_view lines);

    const int descriptor_;
    const Gap gap_;
    const LogLimits limits_;
    mutable std::mutex mutex_;
    std::condition_variable ready_;
    std::string waiting_;
    std::uint64_t dropped_ = 0;
    std::uint64_t untold_ = 0;              // of these
    base::Instant deadline_ = base::never;  // of the farewell
    std::thread thread_;
};

}  // namespace server
