#include "server/observe/log.hpp"

#include <unistd.h>

#include <algorithm>

#include "server/observe/log_line.hpp"

namespace server {

using config::LogLevel;

Log::Log(LogLevel level, config::LogFormat format) : Log{level, format, STDERR_FILENO} {}

Log::Log(LogLevel level, config::LogFormat format, int descriptor, const LogLimits& limits)
    : level_{level},
      format_{format},
      writer_{descriptor,
              [this](std::uint64_t count) {
                  return line({LogLevel::warn, "log.dropped", {}, {{"count", std::to_string(count)}}});
              },
              limits} {}

void Log::set(LogLevel level, config::LogFormat format) {
    level_ = level;
    format_ = format;
}

void Log::set_level(LogLevel level) {
    const LogLevel before = level_;
    if (level == before) { return; }
    const LogLevel more_talkative = std::min(level, before);
    level_ = more_talkative;
    write({std::max(LogLevel::info, more_talkative),
           "log.level",
           {},
           {{"level", std::string{to_text(level)}}, {"before", std::string{to_text(before)}}}});
    level_ = level;
}

std::string Log::line(const LogEvent& event) const {
    return log_line(format_, std::chrono::system_clock::now(), event);
}

void Log::write(const LogEvent& event) {
    if (wants(event.level)) { writer_.write(line(event)); }
}

void Log::debug(std::string event, Fields fields) { write({LogLevel::debug, std::move(event), {}, std::move(fields)}); }
void Log::info(std::string event, Fields fields) { write({LogLevel::info, std::move(event), {}, std::move(fields)}); }
void Log::warn(std::string event, Fields fields) { write({LogLevel::warn, std::move(event), {}, std::move(fields)}); }
void Log::error(std::string event, Fields fields) { write({LogLevel::error, std::move(event), {}, std::move(fields)}); }

}  // namespace server
