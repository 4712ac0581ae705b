#include "sip/message/uri.hpp"

#include "sip/message/chars.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/parameters.hpp"
#include "sip/message/uri_view.hpp"

namespace sip {
namespace {

std::string_view scheme_text_of(const Uri& uri) {
    switch (uri.scheme) {
        case Uri::Scheme::sip:
            return "sip";
        case Uri::Scheme::sips:
            return "sips";
        case Uri::Scheme::tel:
            return "tel";
        case Uri::Scheme::other:
            break;
    }
    return uri.scheme_text;
}

}  // namespace

std::optional<Uri> Uri::parse(std::string_view text) {
    const auto view = UriView::read(text);
    if (!view) { return std::nullopt; }
    Uri uri;
    uri.scheme = view->scheme;
    uri.user = view->user;
    uri.password = view->password;
    uri.host = view->host_port.host;
    uri.port = view->host_port.port;
    uri.parameters = view->parameters;
    uri.headers = view->headers;
    if (uri.scheme == Scheme::other) { uri.scheme_text = view->scheme_text; }
    uri.has_user = view->has_user;
    uri.has_password = view->has_password;
    uri.host_is_v6 = view->host_port.is_v6;
    return uri;
}

std::string Uri::to_string() const {
    std::string text{scheme_text_of(*this)};
    text += ':';
    text += user;
    if (scheme == Scheme::sip || scheme == Scheme::sips) {
        if (has_password) { text.append(1, ':').append(password); }
        if (has_user || !user.empty()) { text += '@'; }
        host_is_v6 ? text.append(1, '[').append(host).append(1, ']') : text.append(host);
        if (port != 0) { text.append(1, ':').append(std::to_string(port)); }
    }
    return text.append(parameters).append(headers);
}

std::optional<std::string_view> Uri::parameter(std::string_view name) const { return find_parameter(parameters, name); }

void Uri::set_parameter(std::string_view name, std::string_view value) { sip::set_parameter(parameters, name, value); }

void Uri::remove_parameter(std::string_view name) { sip::remove_parameter(parameters, name); }

std::optional<std::string> unescape(std::string_view text) {
    if (!chars::escapes_are_whole(text)) { return std::nullopt; }
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            result += text[at];
            continue;
        }
        result += static_cast<char>(chars::hex_value(text[at + 1]) << 4 | chars::hex_value(text[at + 2]));
        at += 2;
    }
    return result;
}

}  // namespace sip
