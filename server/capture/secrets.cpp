#include "server/capture/secrets.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "base/text.hpp"

namespace server::capture {
namespace {

using Text = std::span<char>;

std::string_view view(Text text) { return {text.data(), text.size()}; }
void cover(Text text) { std::ranges::fill(text, blank); }

// Up to `end`, which need not be there; both go from `text`.
Text cut(Text& text, char end) {
    const std::size_t at = std::min(view(text).find(end), text.size());
    const Text piece = text.first(at);
    text = text.subspan(std::min(at + 1, text.size()));
    return piece;
}

constexpr std::array<std::string_view, 6> credential_fields{"authorization",       "proxy-authorization",
                                                            "www-authenticate",    "proxy-authenticate",
                                                            "authentication-info", "proxy-authentication-info"};
// Parameters that tell who and for what, and prove nothing.
constexpr std::array<std::string_view, 8> harmless{"username", "realm", "uri",    "algorithm",
                                                   "qop",      "nc",    "domain", "stale"};

template <std::size_t size>
bool is_one_of(std::string_view name, const std::array<std::string_view, size>& names) {
    return std::ranges::any_of(names, [&](std::string_view known) { return base::iequals(name, known); });
}

// Behind the quoted string that begins `text`; npos: it does not end.
std::size_t end_of_quoted(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') { return i + 1; }
        if (text[i] == '\\') { ++i; }
    }
    return text.npos;
}

// The comma outside of quotes that ends the parameter at the head of `text`, or the end of all.
std::size_t end_of_parameter(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == ',') { return i; }
        if (text[i] != '"') { continue; }
        const std::size_t quoted = end_of_quoted(text.substr(i));
        if (quoted == text.npos) { break; }
        i += quoted - 1;
    }
    return text.size();
}

// One token or one quoted string: nothing else hides in it.
bool is_single(std::string_view value) {
    value = base::trim(value);
    if (value.starts_with('"')) { return end_of_quoted(value) == value.size(); }
    return value.find_first_of("\" \t\r\n=") == value.npos;
}

// All but its quotes, blanks and ends of line, so that it stays what it looks like.
void cover_value(Text value) {
    for (char& c : value) {
        if (c != '"' && !base::is_blank(c) && c != '\r' && c != '\n') { c = blank; }
    }
}

// Name, "=" and value, with whatever stands around them.
void blank_parameter(Text parameter) {
    Text value = parameter;
    const std::string_view name = base::trim(view(cut(value, '=')));
    if (value.empty()) { return cover_value(parameter); }
    if (!is_one_of(name, harmless) || !is_single(view(value))) { cover_value(value); }
}

// What follows the scheme of any but Digest is all secret.
void blank_credentials(Text value, bool has_scheme) {
    if (has_scheme) {
        const std::string_view text = view(value);
        const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
        const std::size_t end = std::min(text.find_first_of(" \t\r\n", begin), text.size());
        const bool digest = base::iequals(text.substr(begin, end - begin), "digest");
        value = value.subspan(end);
        if (!digest) { return cover_value(value); }
    }
    while (!value.empty()) {
        const std::size_t end = end_of_parameter(view(value));
        blank_parameter(value.first(end));
        value = value.subspan(std::min(end + 1, value.size()));
    }
}

// A line of the head, folded ones with what continues them.
void blank_field(Text field) {
    Text value = field;
    const std::string_view name = base::trim(view(cut(value, ':')));
    if (!is_one_of(name, credential_fields)) { return; }
    const bool has_scheme = !base::iequals(name.substr(name.size() - 4), "info");  // RFC 3261 §20.6
    blank_credentials(value, has_scheme);
}

bool may_be_credentials(char first) {
    const char c = base::to_lower(first);
    return c == 'a' || c == 'p' || c == 'w' || base::is_blank(first);
}

// From behind the start line; returns what is behind the empty line.
Text blank_head(Text text) {
    while (!text.empty()) {
        const std::string_view all = view(text);
        if (all.front() == '\n' || all.starts_with("\r\n")) { return text.subspan(all.find('\n') + 1); }
        std::size_t end = 0;
        do {
            end = std::min(all.find('\n', end), all.size() - 1) + 1;
        } while (end < all.size() && base::is_blank(all[end]));
        if (may_be_credentials(all.front())) { blank_field(text.first(end)); }
        text = text.subspan(end);
    }
    return text;
}

bool starts_with(std::string_view line, std::string_view name) {
    return line.size() >= name.size() && base::iequals(line.substr(0, name.size()), name);
}

// Behind "inline:" in any case; npos: it is not there.
std::size_t find_key(std::string_view text) {
    constexpr std::string_view method = "inline:";
    for (std::size_t i = 0; i + method.size() <= text.size(); ++i) {
        if (base::iequals(text.substr(i, method.size()), method)) { return i + method.size(); }
    }
    return text.npos;
}

// Of a=crypto (RFC 4568 §9.1) each key, with what is one still: readers of captures decode it. Lifetime and MKI stay.
void blank_keys(Text crypto) {
    constexpr char of_base64 = 'A';
    if (find_key(view(crypto)) == std::string_view::npos) { return cover(crypto); }
    while (true) {
        const std::size_t at = find_key(view(crypto));
        if (at == std::string_view::npos) { return; }
        const std::string_view text = view(crypto);
        const std::size_t begin = std::min(text.find_first_not_of(" \t", at), text.size());
        const std::size_t end = std::min(text.find_first_of("|; \t", begin), text.size());
        for (char& c : crypto.subspan(begin, end - begin)) {
            if (c != '=') { c = of_base64; }
        }
        crypto = crypto.subspan(end);
    }
}

void blank_attribute(Text line) {
    const std::string_view text = view(line);
    if (starts_with(text, "k=")) { return cover(line.subspan(2)); }
    for (const std::string_view name : {"a=ice-pwd:", "a=key-mgmt:"}) {
        if (starts_with(text, name)) { return cover(line.subspan(name.size())); }
    }
    constexpr std::string_view crypto = "a=crypto:";
    if (starts_with(text, crypto)) { blank_keys(line.subspan(crypto.size())); }
}

void blank_body(Text body) {
    while (!body.empty()) {
        Text line = cut(body, '\n');
        while (!line.empty()) { blank_attribute(cut(line, '\r')); }
    }
}

}  // namespace

void blank_secrets(Text message) {
    while (view(message).starts_with("\r\n")) { message = message.subspan(2); }
    cut(message, '\n');
    blank_body(blank_head(message));
}

}  // namespace server::capture
