#include "sip/dialog/session_timer_fields.hpp"

#include "sip/message/values.hpp"

namespace sip {
namespace {

constexpr std::string_view option_tag = "timer";

}  // namespace

std::optional<SessionExpires> read_session_expires(const Message& message) {
    const auto value = message.first(HeaderId::session_expires);
    return value ? SessionExpires::parse(*value) : std::nullopt;
}

std::optional<std::chrono::seconds> read_min_se(const Message& message) {
    const auto value = message.first(HeaderId::min_se);
    return value ? parse_min_se(*value) : std::nullopt;
}

SessionTimerRequest read_timer_request(const Message& request) {
    SessionTimerRequest read;
    read.session_expires = read_session_expires(request);
    read.min_se = read_min_se(request);
    read.supports_timer =
        has_token(request, HeaderId::supported, option_tag) || has_token(request, HeaderId::require, option_tag);
    return read;
}

void add_timer(const SessionTimer& timer, Message& request) {
    request.set(HeaderId::session_expires, timer.session_expires().to_string());
    const auto least = timer.min_se();
    if (least) { request.set(HeaderId::min_se, std::to_string(least->count())); }
}

void add_timer(const SessionTimerReply& reply, Message& response) {
    if (reply.too_small) { return response.add(HeaderId::min_se, std::to_string(reply.min_se.count())); }
    if (reply.session_expires.interval.count() == 0) { return; }
    response.add(HeaderId::session_expires, reply.session_expires.to_string());
    if (reply.require_timer) { response.add(HeaderId::require, option_tag); }
}

}  // namespace sip
