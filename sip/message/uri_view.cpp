#include "sip/message/uri_view.hpp"

#include <algorithm>

#include "base/ip.hpp"
#include "base/text.hpp"
#include "sip/message/chars.hpp"
#include "sip/message/parameters.hpp"

namespace sip {
namespace {

std::string_view without_leading_blanks(std::string_view text) {
    while (!text.empty() && base::is_blank(text.front())) { text.remove_prefix(1); }
    return text;
}

// Sets host and is_v6 and leaves behind it in `rest`.
bool read_host(std::string_view text, HostPort& out) {
    if (!text.empty() && text.front() == '[') {
        const auto close = text.find(']');
        if (close == text.npos || close > 64) { return false; }
        out.host = text.substr(1, close - 1);
        out.rest = text.substr(close + 1);
        out.is_v6 = true;
        const auto address = base::IpAddress::parse(out.host);
        return address && address->is_v6();
    }
    const auto end = std::find_if_not(text.begin(), text.end(), [](char c) { return chars::is(c, chars::host); });
    const auto size = static_cast<std::size_t>(end - text.begin());
    out.host = text.substr(0, size);
    out.rest = text.substr(size);
    return size > 0;
}

bool read_port(std::string_view text, HostPort& out) {
    const auto end = std::find_if_not(text.begin(), text.end(), base::is_digit);
    const auto size = static_cast<std::size_t>(end - text.begin());
    const auto port = base::parse_number<std::uint16_t>(text.substr(0, size));
    if (!port || *port == 0) { return false; }
    out.port = *port;
    out.rest = text.substr(size);
    return true;
}

bool is_scheme(std::string_view text) {
    if (text.empty() || !chars::is_alnum(static_cast<unsigned char>(text[0])) || base::is_digit(text[0])) {
        return false;
    }
    return std::all_of(text.begin(), text.end(), [](char c) {
        return chars::is_alnum(static_cast<unsigned char>(c)) || c == '+' || c == '-' || c == '.';
    });
}

Uri::Scheme scheme_of(std::string_view text) {
    if (base::iequals(text, "sip")) { return Uri::Scheme::sip; }
    if (base::iequals(text, "sips")) { return Uri::Scheme::sips; }
    return base::iequals(text, "tel") ? Uri::Scheme::tel : Uri::Scheme::other;
}

bool is_uri_tail(std::string_view text) { return chars::all(text, chars::uri_tail) && chars::escapes_are_whole(text); }

bool read_user(std::string_view text, UriView& out) {
    if (!chars::all(text, chars::user) || !chars::escapes_are_whole(text)) { return false; }
    const auto colon = text.find(':');
    out.has_user = true;
    out.user = text.substr(0, colon);
    out.has_password = colon != text.npos;
    if (out.has_password) { out.password = text.substr(colon + 1); }
    return true;
}

// The first "@" ends the user part: it cannot stand in one unescaped, and a second one before the host's end fails.
bool read_sip(std::string_view text, UriView& out) {
    const auto at = text.find('@');
    if (at != text.npos) {
        if (!read_user(text.substr(0, at), out)) { return false; }
        text.remove_prefix(at + 1);
    }
    const auto host_port = HostPort::read(text);
    if (!host_port || !is_uri_tail(host_port->rest)) { return false; }
    out.host_port = *host_port;
    const auto question = host_port->rest.find('?');
    out.parameters = host_port->rest.substr(0, question);
    if (question != std::string_view::npos) { out.headers = host_port->rest.substr(question); }
    return parameters_are_well_formed(out.parameters);
}

// RFC 3966 §3: digits with visual separators, "*", "#" and hexadecimal letters in local numbers.
bool read_tel(std::string_view text, UriView& out) {
    const auto semicolon = text.find(';');
    out.user = text.substr(0, semicolon);
    out.has_user = true;
    if (semicolon != text.npos) { out.parameters = text.substr(semicolon); }
    auto digits = out.user;
    if (!digits.empty() && digits[0] == '+') { digits.remove_prefix(1); }
    constexpr std::string_view marks = "*#-.()";
    const bool known = std::all_of(digits.begin(), digits.end(),
                                   [=](char c) { return chars::hex_value(c) >= 0 || marks.find(c) != marks.npos; });
    return known && !digits.empty() && is_uri_tail(out.parameters) && parameters_are_well_formed(out.parameters);
}

}  // namespace

std::optional<HostPort> HostPort::read(std::string_view text, bool blanks) {
    HostPort out;
    if (!read_host(text, out)) { return std::nullopt; }
    const auto behind = blanks ? without_leading_blanks(out.rest) : out.rest;
    if (behind.empty() || behind[0] != ':') { return out; }
    const auto digits = behind.substr(1);
    if (!read_port(blanks ? without_leading_blanks(digits) : digits, out)) { return std::nullopt; }
    return out;
}

std::optional<UriView> UriView::read(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos || !is_scheme(text.substr(0, colon))) { return std::nullopt; }
    UriView out;
    out.scheme_text = text.substr(0, colon);
    out.scheme = scheme_of(out.scheme_text);
    const auto rest = text.substr(colon + 1);
    switch (out.scheme) {
        case Uri::Scheme::sip:
        case Uri::Scheme::sips:
            return read_sip(rest, out) ? std::optional{out} : std::nullopt;
        case Uri::Scheme::tel:
            return read_tel(rest, out) ? std::optional{out} : std::nullopt;
        case Uri::Scheme::other:
            out.user = rest;
            return !rest.empty() && chars::all(rest, chars::uri_tail) ? std::optional{out} : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace sip
