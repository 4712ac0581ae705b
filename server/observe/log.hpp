// The program's log: one line an event on stderr, from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "server/b2bua/core.hpp"

namespace spdlog {
class logger;
}

namespace server {

class Log {
public:
    Log(config::LogLevel level, config::LogFormat format);
    // Lines go to `sink` instead.
    Log(config::LogLevel level, config::LogFormat format, std::shared_ptr<spdlog::logger> sink);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void set(config::LogLevel level, config::LogFormat format);
    bool wants(config::LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }
    void write(const LogEvent& event);
    using Fields = std::vector<std::pair<std::string, std::string>>;
    void info(std::string event, Fields fields = {});
    void warn(std::string event, Fields fields = {});
    void error(std::string event, Fields fields = {});

private:
    std::atomic<config::LogLevel> level_;
    std::atomic<config::LogFormat> format_;
    std::shared_ptr<spdlog::logger> sink_;
};

}  // namespace server
