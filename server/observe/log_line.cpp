#include "server/observe/log_line.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>

#include "base/text.hpp"

namespace server {

namespace {

constexpr std::string_view mask = "***";

bool is_secret(std::string_view name) {
    static constexpr std::array<std::string_view, 6> secrets{"password",      "token",       "secret",
                                                             "authorization", "credentials", "proxy-authorization"};
    for (const std::string_view secret : secrets) {
        if (base::iequals(name, secret)) { return true; }
    }
    return false;
}

void append_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t length = base::utf8_length(text);
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            (out += '\\') += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += fmt::format("\\u{:04x}", byte);
        } else if (length == 0) {
            out += base::replacement_character;
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

bool is_plain(std::string_view text) {
    if (text.empty()) { return false; }
    for (const char c : text) {
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\') { return false; }
    }
    return true;
}

void append_text_value(std::string& out, std::string_view value) {
    if (is_plain(value)) {
        out += value;
    } else {
        out += json_quoted(value);
    }
}

std::string text_line(WallTime time, const LogEvent& event) {
    std::string line = to_rfc3339(time);
    (line += ' ') += to_text(event.level);
    (line += ' ') += event.event;
    const auto add = [&](std::string_view name, std::string_view value) {
        ((line += ' ') += name) += '=';
        append_text_value(line, value);
    };
    if (!event.call.empty()) { add("call", event.call); }
    for (const auto& [name, value] : event.fields) { add(name, is_secret(name) ? mask : std::string_view{value}); }
    return line;
}

std::string json_line(WallTime time, const LogEvent& event) {
    std::string line = "{\"time\":" + json_quoted(to_rfc3339(time));
    const auto add = [&](std::string_view name, std::string_view value) {
        ((line += ',') += json_quoted(name)) += ':';
        line += json_quoted(value);
    };
    add("level", to_text(event.level));
    add("event", event.event);
    if (!event.call.empty()) { add("call", event.call); }
    for (const auto& [name, value] : event.fields) { add(name, is_secret(name) ? mask : std::string_view{value}); }
    return line + '}';
}

}  // namespace

std::string json_quoted(std::string_view text) {
    std::string out = "\"";
    append_escaped(out, text);
    return out += '"';
}

std::string to_rfc3339(WallTime time) {
    using std::chrono::milliseconds;
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    const auto rest = std::chrono::duration_cast<milliseconds>(time - whole).count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)), rest);
}

std::string_view to_text(config::LogLevel level) {
    switch (level) {
        case config::LogLevel::trace:
            return "trace";
        case config::LogLevel::debug:
            return "debug";
        case config::LogLevel::info:
            return "info";
        case config::LogLevel::warn:
            return "warn";
        case config::LogLevel::error:
            return "error";
    }
    return "error";
}

std::optional<config::LogLevel> parse_log_level(std::string_view text) {
    using config::LogLevel;
    for (const auto level : {LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error}) {
        if (text == to_text(level)) { return level; }
    }
    return std::nullopt;
}

std::string log_line(config::LogFormat format, WallTime time, const LogEvent& event) {
    return format == config::LogFormat::json ? json_line(time, event) : text_line(time, event);
}

}  // namespace server
