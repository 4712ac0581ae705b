#include "server/http/originate.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "server/http/json.hpp"

namespace server::http {
namespace {

namespace json = boost::json;

bool is_printable(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Empty: all is well.
std::string read_text(const json::value& value, std::string_view key, std::size_t most, std::string& into) {
    const auto* const text = value.if_string();
    if (text == nullptr || text->empty()) { return std::string{key} + ": expected a text that is not empty"; }
    if (text->size() > most) { return std::string{key} + ": longer than " + std::to_string(most) + " bytes"; }
    into = std::string_view{*text};
    return is_printable(into) ? std::string{} : std::string{key} + ": has control characters";
}

std::string read_timeout(const json::value& value, OriginateOrder& order) {
    constexpr auto most = std::chrono::duration_cast<std::chrono::seconds>(OriginateOrder::max_timeout).count();
    const bool fits = value.is_int64() && value.as_int64() >= 1 && value.as_int64() <= most;
    if (!fits) { return "timeout_s: expected a whole number from 1 to " + std::to_string(most); }
    order.timeout = std::chrono::seconds{value.as_int64()};
    return {};
}

std::string read_member(std::string_view key, const json::value& value, OriginateOrder& order) {
    if (key == "from") { return read_text(value, key, OriginateOrder::max_address, order.from); }
    if (key == "to") { return read_text(value, key, OriginateOrder::max_address, order.to); }
    if (key == "as") { return read_text(value, key, OriginateOrder::max_address, order.as); }
    if (key == "display") { return read_text(value, key, OriginateOrder::max_display, order.display); }
    if (key == "timeout_s") { return read_timeout(value, order); }
    return "unknown member; known are from, to, display, timeout_s, as";
}

}  // namespace

std::variant<OriginateOrder, std::string> read_originate(std::string_view body) {
    boost::system::error_code error;
    const json::value value = json::parse(json::string_view{body.data(), body.size()}, error);
    const auto* const object = error ? nullptr : value.if_object();
    if (object == nullptr) { return "expected a JSON object with from and to"; }
    OriginateOrder order;
    for (const auto& member : *object) {
        std::string why = read_member({member.key().data(), member.key().size()}, member.value(), order);
        if (!why.empty()) { return why; }
    }
    if (order.from.empty() || order.to.empty()) { return "from and to are needed"; }
    return order;
}

Response answer_originate(const OriginateResult& result) {
    using Outcome = OriginateResult::Outcome;
    switch (result.outcome) {
        case Outcome::placed: {
            Response response = json_response({{"id", result.id}}, 202);
            response.headers.emplace_back("Location", "/api/v1/calls/" + result.id);
            return response;
        }
        case Outcome::malformed:
            return problem(400, "from and to: expected a user's name, a number or a SIP URI");
        case Outcome::unknown_party:
            return problem(400, "as: expected trunk:NAME or user:NAME of the configuration");
        case Outcome::no_way_to_from:
            return problem(404, "from: no route leads there, or nobody is registered");
        case Outcome::no_way_to_to:
            return problem(404, "to: no route leads there, or nobody is registered");
        case Outcome::too_many:
            return problem(429, "too many calls wait for their first answer");
        case Outcome::draining:
            break;
    }
    return problem(503, "draining");
}

}  // namespace server::http
