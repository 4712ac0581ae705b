// Which bytes may stand where: RFC 3261 §25.1, a little wider where the field is and no harm can come of it
// ("_" in host names, "#" and UTF-8 in user parts). Blanks, controls, quotes and angle brackets are never widened.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sip::chars {

inline constexpr std::uint8_t token = 1;
inline constexpr std::uint8_t host = 2;
inline constexpr std::uint8_t user = 4;        // of a URI, with ":" and the password
inline constexpr std::uint8_t uri_tail = 8;    // URI parameters and headers; opaque text of other schemes
inline constexpr std::uint8_t printable = 16;  // and tab and UTF-8: what may stand outside of quotes

constexpr bool is_alnum(unsigned c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

constexpr std::array<std::uint8_t, 256> make_table() {
    constexpr std::string_view token_marks = "-.!%*_+`'~";
    constexpr std::string_view never_in_uri = "\"<>\\";
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0; c < table.size(); ++c) {
        const char byte = static_cast<char>(c);
        const bool alnum = is_alnum(c);
        const bool visible = c > 0x20 && c != 0x7f;
        unsigned classes = 0;
        if (alnum || (visible && token_marks.find(byte) != token_marks.npos)) { classes |= token; }
        if (alnum || byte == '-' || byte == '.' || byte == '_') { classes |= host; }
        if (visible && never_in_uri.find(byte) == never_in_uri.npos) {
            classes |= uri_tail;
            if (byte != '@' && byte != '[' && byte != ']') { classes |= user; }
        }
        if (visible || byte == ' ' || byte == '\t') { classes |= printable; }
        table[c] = static_cast<std::uint8_t>(classes);
    }
    return table;
}
inline constexpr std::array<std::uint8_t, 256> table = make_table();

constexpr bool is(char c, std::uint8_t classes) { return (table[static_cast<unsigned char>(c)] & classes) != 0; }
constexpr bool all(std::string_view text, std::uint8_t classes) {
    return std::all_of(text.begin(), text.end(), [classes](char c) { return is(c, classes); });
}
constexpr bool is_token(std::string_view text) { return !text.empty() && all(text, token); }

// -1 for what is no hexadecimal digit.
constexpr int hex_value(char c) {
    if (c >= '0' && c <= '9') { return c - '0'; }
    const int letter = c | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// Is each "%" followed by two hexadecimal digits?
constexpr bool escapes_are_whole(std::string_view text) {
    for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 3)) {
        if (text.size() - at < 3 || hex_value(text[at + 1]) < 0 || hex_value(text[at + 2]) < 0) { return false; }
    }
    return true;
}

// The first of a few bytes from `at` on. For short texts: the library's find_first_of calls memchr for every byte.
template <char... wanted>
constexpr std::size_t find_any(std::string_view text, std::size_t at = 0) {
    while (at < text.size() && ((text[at] != wanted) && ...)) { ++at; }
    return at < text.size() ? at : text.npos;
}

constexpr std::size_t skip_blanks(std::string_view text, std::size_t at = 0) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) { ++at; }
    return at;
}

// Without blanks and line ends at both ends, as base::trim.
constexpr std::string_view trim(std::string_view text) {
    constexpr auto is_white = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && is_white(text.front())) { text.remove_prefix(1); }
    while (!text.empty() && is_white(text.back())) { text.remove_suffix(1); }
    return text;
}

// The end of the quoted string that begins at `at`, past its closing quote; npos where it is never closed.
constexpr std::size_t end_of_quoted(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            return at + 1;
        }
    }
    return text.npos;
}

// Is the byte at `at` the second half of a quoted pair? Only so may a NUL stand in a field (RFC 3261 §25.1).
constexpr bool is_escaped(std::string_view text, std::size_t at) {
    std::size_t backslashes = 0;
    while (backslashes < at && text[at - backslashes - 1] == '\\') { ++backslashes; }
    return backslashes % 2 == 1;
}

}  // namespace sip::chars
