#include "server/observe/http_traffic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace server {

namespace {

using config::LogLevel;

constexpr std::size_t max_path = 256;  // written of one

// Anybody may invent methods.
std::string known_method(const std::string& method) {
    static constexpr std::array<std::string_view, 5> known{"GET", "HEAD", "POST", "PUT", "DELETE"};
    return std::ranges::find(known, method) == known.end() ? "other" : method;
}

// Who changed what is for everybody to see, and who tried tokens; but nobody fills the log by asking.
LogLevel level_of(const HttpExchange& exchange) {
    if (exchange.refusal.empty()) { return exchange.is_change ? LogLevel::info : LogLevel::debug; }
    return exchange.refusal == "wrong_token" ? LogLevel::info : LogLevel::debug;
}

}  // namespace

void HttpTraffic::note(const HttpExchange& exchange) {
    count(exchange);
    if (log_.wants(level_of(exchange))) { write(exchange); }
}

void HttpTraffic::count(const HttpExchange& exchange) {
    const std::string route{exchange.route.empty() ? "none" : exchange.route};
    const std::lock_guard lock{mutex_};
    ++counted_.requests[{known_method(exchange.method), route, std::to_string(exchange.status)}];
    counted_.seconds.observe(exchange.took);
    if (!exchange.refusal.empty()) { ++counted_.refused[std::string{exchange.refusal}]; }
}

void HttpTraffic::write(const HttpExchange& exchange) {
    const double milliseconds = std::chrono::duration<double, std::milli>{exchange.took}.count();
    Log::Fields fields{
        {"method", known_method(exchange.method)},   {"path", exchange.path.substr(0, max_path)},
        {"status", std::to_string(exchange.status)}, {"duration_ms", fmt::format("{:.1f}", milliseconds)},
        {"source", exchange.source.to_string()},     {"bytes", std::to_string(exchange.bytes)}};
    if (!exchange.refusal.empty()) { fields.emplace_back("refused", exchange.refusal); }
    log_.write({level_of(exchange), "http.request", {}, std::move(fields)});
}

void HttpTraffic::note_given_up(const char* reason) {
    const std::lock_guard lock{mutex_};
    ++counted_.refused[reason];
}

void HttpTraffic::note_opened(const char* listener) {
    const std::lock_guard lock{mutex_};
    ++counted_.connections[listener];
}

void HttpTraffic::note_closed(const char* listener) {
    const std::lock_guard lock{mutex_};
    --counted_.connections[listener];
}

HttpReport HttpTraffic::report() const {
    const std::lock_guard lock{mutex_};
    return counted_;
}

}  // namespace server
