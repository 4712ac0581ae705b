#include "server/observe/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "server/observe/log_line.hpp"

namespace server {

using config::LogLevel;

Log::Log(LogLevel level, config::LogFormat format)
    : Log{level, format,
          std::make_shared<spdlog::logger>("holdfast", std::make_shared<spdlog::sinks::stderr_sink_mt>())} {}

Log::Log(LogLevel level, config::LogFormat format, std::shared_ptr<spdlog::logger> sink)
    : level_{level}, format_{format}, sink_{std::move(sink)} {
    sink_->set_pattern("%v");
    sink_->set_level(spdlog::level::info);  // ours decides what is written
}

Log::~Log() { sink_->flush(); }

void Log::set(LogLevel level, config::LogFormat format) {
    level_ = level;
    format_ = format;
}

void Log::write(const LogEvent& event) {
    if (!wants(event.level)) { return; }
    const std::string line = log_line(format_, std::chrono::system_clock::now(), event);
    sink_->log(spdlog::level::info, spdlog::string_view_t{line});
}

void Log::info(std::string event, Fields fields) { write({LogLevel::info, std::move(event), {}, std::move(fields)}); }
void Log::warn(std::string event, Fields fields) { write({LogLevel::warn, std::move(event), {}, std::move(fields)}); }
void Log::error(std::string event, Fields fields) { write({LogLevel::error, std::move(event), {}, std::move(fields)}); }

}  // namespace server
