#include "server/http/target.hpp"

#include <charconv>

namespace server::http {

namespace {

std::optional<std::string> unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        unsigned byte = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2 || byte == 0) {
            return std::nullopt;
        }
        out += static_cast<char>(byte);
        i += 2;
    }
    return out;
}

// Calls take(part) for each part between separators; false as soon as it says so.
template <class Take>
bool split(std::string_view text, char separator, Take take) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (!take(text.substr(0, end))) { return false; }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

}  // namespace

std::optional<Target> Target::parse(std::string_view text) {
    if (!text.starts_with('/')) { return std::nullopt; }
    Target target;
    const std::size_t question = std::min(text.find('?'), text.size());
    const bool path_ok = split(text.substr(1, question - 1), '/', [&](std::string_view part) {
        auto segment = unescape(part);
        if (segment) { target.path.push_back(std::move(*segment)); }
        return segment.has_value();
    });
    if (!path_ok) { return std::nullopt; }
    const std::string_view query = question < text.size() ? text.substr(question + 1) : std::string_view{};
    const bool query_ok = split(query, '&', [&](std::string_view part) {
        const std::size_t equals = std::min(part.find('='), part.size());
        auto name = unescape(part.substr(0, equals));
        auto value = unescape(equals < part.size() ? part.substr(equals + 1) : std::string_view{});
        return name && value && target.query.try_emplace(std::move(*name), std::move(*value)).second;
    });
    if (!query_ok) { return std::nullopt; }
    return target;
}

}  // namespace server::http
