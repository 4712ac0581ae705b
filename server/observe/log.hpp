// The program's log: one line an event on stderr, from any thread, none of which waits for it.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "server/b2bua/core.hpp"
#include "server/observe/log_writer.hpp"

namespace server {

class Log {
public:
    // To stderr.
    Log(config::LogLevel level, config::LogFormat format);
    Log(config::LogLevel level, config::LogFormat format, int descriptor, const LogLimits& limits = {});
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void set(config::LogLevel level, config::LogFormat format);
    config::LogLevel level() const { return level_.load(std::memory_order_relaxed); }
    // At once and for all threads; said in the log itself, where either of both levels shows it.
    void set_level(config::LogLevel level);
    bool wants(config::LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }
    void write(const LogEvent& event);
    using Fields = std::vector<std::pair<std::string, std::string>>;
    void debug(std::string event, Fields fields = {});
    void info(std::string event, Fields fields = {});
    void warn(std::string event, Fields fields = {});
    void error(std::string event, Fields fields = {});
    // For people: as it is, whatever the level; an end of line is added.
    void plain(std::string_view text) { writer_.write(text); }
    // Lines that were not written.
    std::uint64_t dropped() const { return writer_.dropped(); }

private:
    std::string line(const LogEvent& event) const;

    std::atomic<config::LogLevel> level_;
    std::atomic<config::LogFormat> format_;
    LogWriter writer_;  // last: until it has gone, its thread asks for the format
};

}  // namespace server
