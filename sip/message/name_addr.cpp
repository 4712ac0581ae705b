#include "sip/message/name_addr.hpp"

#include "base/text.hpp"
#include "sip/message/chars.hpp"
#include "sip/message/name_addr_view.hpp"
#include "sip/message/parameters.hpp"

namespace sip {
namespace {

struct Parts {
    std::string_view display;
    std::string_view uri;
    std::string_view parameters;
    bool bracketed = false;
    bool ok = false;
};

Parts split_bracketed(std::string_view value, std::size_t open) {
    const auto close = value.find('>', open);
    if (close == value.npos) { return {}; }
    Parts parts;
    parts.display = chars::trim(value.substr(0, open));
    parts.uri = value.substr(open + 1, close - open - 1);
    parts.parameters = chars::trim(value.substr(close + 1));
    parts.bracketed = true;
    parts.ok = true;
    return parts;
}

// RFC 3261 §20.10: without brackets, parameters are the header's, and the URI may hold no "," and no "?".
Parts split_bare(std::string_view value) {
    const auto end = chars::find_any<' ', '\t', ';'>(value);
    Parts parts;
    parts.uri = value.substr(0, end);
    if (end != value.npos) { parts.parameters = chars::trim(value.substr(end)); }
    parts.ok = chars::find_any<',', '?'>(parts.uri) == value.npos;
    return parts;
}

Parts split(std::string_view value) {
    if (!value.empty() && value[0] == '"') {
        const auto quote_end = chars::end_of_quoted(value, 0);
        if (quote_end == value.npos) { return {}; }
        const auto open = chars::skip_blanks(value, quote_end);
        return open < value.size() && value[open] == '<' ? split_bracketed(value, open) : Parts{};
    }
    const auto open = chars::find_any<'<', '"', ';'>(value);
    if (open == value.npos || value[open] == ';') { return split_bare(value); }
    if (value[open] == '"' || !chars::all(value.substr(0, open), chars::printable)) { return {}; }
    return split_bracketed(value, open);
}

std::string unquote(std::string_view display) {
    if (display.empty() || display[0] != '"') { return std::string{display}; }
    display = display.substr(1, display.size() - 2);
    std::string text;
    text.reserve(display.size());
    for (std::size_t at = 0; at < display.size(); ++at) {
        if (display[at] == '\\' && at + 1 < display.size()) { ++at; }
        text += display[at];
    }
    return text;
}

// CR and LF cannot be quoted (§25.1, quoted-pair): a blank stands for them.
void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '\r' || c == '\n') {
            out += ' ';
            continue;
        }
        if (c == '"' || c == '\\' || (c != '\t' && static_cast<unsigned char>(c) < 0x20) || c == 0x7f) { out += '\\'; }
        out += c;
    }
    out += '"';
}

}  // namespace

std::optional<NameAddrView> NameAddrView::read(std::string_view value) {
    value = chars::trim(value);
    NameAddrView view;
    if (value == "*") {
        view.wildcard = true;
        return view;
    }
    const Parts parts = split(value);
    if (!parts.ok || !parameters_are_well_formed(parts.parameters)) { return std::nullopt; }
    const auto uri = UriView::read(parts.uri);
    if (!uri) { return std::nullopt; }
    view.display = parts.display;
    view.uri_text = parts.uri;
    view.uri = *uri;
    view.parameters = parts.parameters;
    view.bracketed = parts.bracketed;
    return view;
}

std::optional<NameAddr> NameAddr::parse(std::string_view value) {
    const auto view = NameAddrView::read(value);
    if (!view) { return std::nullopt; }
    NameAddr result;
    result.wildcard = view->wildcard;
    if (result.wildcard) { return result; }
    auto uri = Uri::parse(view->uri_text);
    if (!uri) { return std::nullopt; }
    result.display = unquote(view->display);
    result.uri = *std::move(uri);
    result.parameters = view->parameters;
    return result;
}

std::string NameAddr::to_string() const {
    if (wildcard) { return "*"; }
    std::string text;
    if (!display.empty()) {
        append_quoted(text, display);
        text += ' ';
    }
    return text.append(1, '<').append(uri.to_string()).append(1, '>').append(parameters);
}

std::optional<std::string_view> NameAddr::parameter(std::string_view name) const {
    return find_parameter(parameters, name);
}

void NameAddr::set_parameter(std::string_view name, std::string_view value) {
    sip::set_parameter(parameters, name, value);
}

void NameAddr::remove_parameter(std::string_view name) { sip::remove_parameter(parameters, name); }

std::string_view tag_of(std::string_view from_or_to) {
    const Parts parts = split(chars::trim(from_or_to));
    return parts.ok ? find_parameter(parts.parameters, "tag").value_or(std::string_view{}) : std::string_view{};
}

}  // namespace sip
