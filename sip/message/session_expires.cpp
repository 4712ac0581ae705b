#include "sip/message/session_expires.hpp"

#include "base/text.hpp"
#include "sip/message/chars.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/parameters.hpp"

namespace sip {
namespace {

struct Parts {
    std::chrono::seconds interval{};
    std::string_view parameters;
};

// delta-seconds *(SEMI generic-param), for both fields.
std::optional<Parts> split(std::string_view value) {
    const auto semicolon = chars::find_any<';'>(value);
    const auto seconds = base::parse_number<std::uint32_t>(chars::trim(value.substr(0, semicolon)));
    if (!seconds) { return std::nullopt; }
    const auto parameters = semicolon == value.npos ? std::string_view{} : value.substr(semicolon);
    if (!parameters_are_well_formed(parameters)) { return std::nullopt; }
    return Parts{std::chrono::seconds{*seconds}, parameters};
}

}  // namespace

std::optional<SessionExpires> SessionExpires::parse(std::string_view value) {
    const auto parts = split(value);
    if (!parts) { return std::nullopt; }
    const auto refresher = find_parameter(parts->parameters, "refresher");
    if (!refresher) { return SessionExpires{parts->interval, Refresher::none}; }
    if (base::iequals(*refresher, "uac")) { return SessionExpires{parts->interval, Refresher::uac}; }
    if (base::iequals(*refresher, "uas")) { return SessionExpires{parts->interval, Refresher::uas}; }
    return std::nullopt;
}

std::string SessionExpires::to_string() const {
    std::string text = std::to_string(interval.count());
    if (refresher == Refresher::none) { return text; }
    return text.append(refresher == Refresher::uac ? ";refresher=uac" : ";refresher=uas");
}

std::optional<std::chrono::seconds> parse_min_se(std::string_view value) {
    const auto parts = split(value);
    return parts ? std::optional{parts->interval} : std::nullopt;
}

}  // namespace sip
