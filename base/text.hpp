// ASCII text as protocols see it, and what of it is UTF-8: no locale, no allocation unless a std::string comes back.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace base {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

constexpr bool iequals(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) { return false; }
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (to_lower(a[i]) != to_lower(b[i])) { return false; }
    }
    return true;
}

// Without blanks, CR and LF at both ends.
constexpr std::string_view trim(std::string_view text) {
    constexpr std::string_view white = " \t\r\n";
    const auto first = text.find_first_not_of(white);
    if (first == text.npos) { return {}; }
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

std::string lower(std::string_view text);

inline constexpr std::string_view replacement_character = "\xef\xbf\xbd";  // U+FFFD

// Length of the well-formed UTF-8 sequence at the head of `text`, which is not empty (RFC 3629 §4); 0: there is none.
std::size_t utf8_length(std::string_view text);
// Each byte that is no UTF-8 becomes U+FFFD: SIP lets through what JSON does not (RFC 3261 §25.1, RFC 8259 §8.1).
std::string to_utf8(std::string_view text);

// The whole text as a decimal number: no sign for unsigned types, no blanks, no overflow.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || rest != end || text.empty()) { return std::nullopt; }
    return number;
}

}  // namespace base
