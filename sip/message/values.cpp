#include "sip/message/values.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sip {

std::optional<std::uint32_t> parse_delta_seconds(std::string_view value) {
    value = base::trim(value);
    const auto end = std::find_if_not(value.begin(), value.end(), base::is_digit);
    const auto size = static_cast<std::size_t>(end - value.begin());
    const auto behind = value.substr(size, 1);
    constexpr std::string_view separators = " \t;(";
    if (!behind.empty() && separators.find(behind) == separators.npos) { return std::nullopt; }
    return base::parse_number<std::uint32_t>(value.substr(0, size));
}

std::optional<std::uint8_t> max_forwards(const Message& message) {
    return base::parse_number<std::uint8_t>(message.first(HeaderId::max_forwards).value_or(std::string_view{}));
}

std::string_view media_type(std::string_view content_type) {
    return base::trim(content_type.substr(0, content_type.find(';')));
}

bool has_token(const Message& message, HeaderId id, std::string_view token) {
    bool found = false;
    for_each_token(message, id, [&](std::string_view element) { found = found || base::iequals(element, token); });
    return found;
}

}  // namespace sip
