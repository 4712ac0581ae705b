#include "server/b2bua/request_checks.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "sip/message/body.hpp"
#include "sip/message/replaces.hpp"
#include "sip/message/uri.hpp"
#include "sip/message/values.hpp"

namespace server {
namespace {

using sip::HeaderId;
using sip::Method;

bool is_served(Method method) {
    switch (method) {
        case Method::invite:
        case Method::ack:
        case Method::cancel:
        case Method::bye:
        case Method::options:
        case Method::info:
        case Method::message:
        case Method::update:
        case Method::refer:
        case Method::notify:
        case Method::prack:
        case Method::register_:
            return true;
        default:
            return false;
    }
}

bool is_supported(std::string_view option) {
    sip::ListReader served{supported_options};
    while (const auto one = served.next()) {
        if (base::iequals(*one, option)) { return true; }
    }
    return false;
}

std::optional<RequestFault> check_method(const sip::Message& request) {
    if (is_served(request.method())) { return std::nullopt; }
    // §21.5.2: 501 where the method is not recognised for anyone, 405 where it is but not here.
    const int status = request.method() == Method::other ? 501 : 405;
    return RequestFault{status, {}, "Allow", std::string{allowed_methods}};
}

std::optional<RequestFault> check_scheme(const sip::Message& request, bool secure) {
    const auto uri = sip::Uri::parse(request.request_uri());
    if (!uri) { return RequestFault{400, "the Request-URI cannot be read", {}, {}}; }
    if (uri->scheme == sip::Uri::Scheme::sip || uri->scheme == sip::Uri::Scheme::tel) { return std::nullopt; }
    if (uri->scheme == sip::Uri::Scheme::sips && secure) { return std::nullopt; }
    return RequestFault{416, "only sip: and tel: are served here, and sips: under TLS", {}, {}};
}

std::optional<RequestFault> check_max_forwards(const sip::Message& request) {
    const auto value = request.first(HeaderId::max_forwards);
    if (!value) { return std::nullopt; }  // RFC 2543 peers have none
    const bool spent = base::parse_number<unsigned>(*value) == 0U;
    if (spent && request.method() != Method::options) { return RequestFault{483, {}, {}, {}}; }
    return std::nullopt;
}

// §8.2.2.3. What is required of proxies is required of us as well: we stand in their place.
std::optional<RequestFault> check_extensions(const sip::Message& request) {
    std::string unsupported;
    const auto collect = [&](std::string_view option) {
        if (is_supported(option)) { return; }
        if (!unsupported.empty()) { unsupported += ", "; }
        unsupported += option;
    };
    sip::for_each_token(request, HeaderId::require, collect);
    sip::for_each_token(request, HeaderId::proxy_require, collect);
    if (unsupported.empty()) { return std::nullopt; }
    return RequestFault{420, {}, "Unsupported", unsupported};
}

// RFC 3891 §3. What its dialog is and what becomes of it: call_replaced.cpp.
std::optional<RequestFault> check_replaces(const sip::Message& request) {
    const auto count = request.count(HeaderId::replaces);
    if (count == 0) { return std::nullopt; }
    if (request.method() != Method::invite) {
        return RequestFault{400, "Replaces is for INVITE alone (RFC 3891 §3)", {}, {}};
    }
    if (request.first("Join")) {
        return RequestFault{400, "Replaces and Join exclude each other (RFC 3891 §3)", {}, {}};
    }
    if (count == 1 && sip::Replaces::parse(*request.first(HeaderId::replaces))) { return std::nullopt; }
    return RequestFault{400, "one Replaces with a Call-ID, a to-tag and a from-tag is needed (RFC 3891 §6.1)", {}, {}};
}

std::string_view media_type_of(std::string_view content_type) {
    return base::trim(content_type.substr(0, content_type.find(';')));
}

// Every part of an INVITE's body is a session description or declared optional; of alternatives one suffices
// (RFC 3261 §8.2.3, RFC 5621 §5).
bool is_understood(const sip::Message& request, const std::vector<sip::BodyPart>& parts) {
    if (parts.empty()) { return true; }
    const auto read = [](const sip::BodyPart& part) { return sip::is_session_description(part) || part.optional; };
    const auto type = media_type_of(request.first(HeaderId::content_type).value_or(""));
    return base::iequals(type, "multipart/alternative") ? std::any_of(parts.begin(), parts.end(), read)
                                                        : std::all_of(parts.begin(), parts.end(), read);
}

// An INVITE whose sender takes no session description in return cannot become a call.
std::optional<RequestFault> check_accept(const sip::Message& request) {
    if (request.method() != Method::invite || request.count(HeaderId::accept) == 0) { return std::nullopt; }
    bool accepted = false;
    request.for_each(HeaderId::accept, [&](std::string_view value) {
        const auto type = media_type_of(value);
        accepted =
            accepted || base::iequals(type, "application/sdp") || type == "*/*" || base::iequals(type, "application/*");
    });
    if (accepted) { return std::nullopt; }
    return RequestFault{406, "the answer would be application/sdp", {}, {}};
}

}  // namespace

std::optional<RequestFault> check_request(const sip::Message& request, bool secure) {
    if (auto fault = check_method(request)) { return fault; }
    if (auto fault = check_scheme(request, secure)) { return fault; }
    for (const auto check : {check_max_forwards, check_extensions, check_replaces, check_accept}) {
        if (auto fault = check(request)) { return fault; }
    }
    return std::nullopt;
}

std::optional<RequestFault> check_body(const sip::Message& request) {
    if (request.method() != Method::invite && request.method() != Method::update) { return std::nullopt; }
    if (const auto encoding = request.first(HeaderId::content_encoding);
        encoding && !base::iequals(*encoding, "identity")) {
        return RequestFault{415, "its Content-Encoding is not known here (RFC 3261 §8.2.3)", "Accept-Encoding",
                            "identity", "body_encoding"};
    }
    const auto parts = sip::body_parts(request);
    if (!parts) {
        return RequestFault{400, "the parts of the body cannot be told apart (RFC 2046 §5.1)", {}, {}, "body_parts"};
    }
    if (is_understood(request, *parts)) { return std::nullopt; }
    return RequestFault{415, "the body has a part that must be understood and is no session description (RFC 5621 §5)",
                        "Accept", std::string{accepted_bodies}, "body_type"};
}

std::string quoted(std::string_view text) {
    std::string value{'"'};
    for (const char character : text) {
        if (character == '"' || character == '\\') { value += '\\'; }
        value += character;
    }
    return value + '"';
}

void add_warning(sip::Message& response, int code, std::string_view text) {
    response.add(HeaderId::warning, std::to_string(code) + " holdfast " + quoted(text));
}

void pass_warning(std::string_view value, sip::Message& response) {
    const auto code = base::parse_number<int>(value.substr(0, 3));
    const auto open = value.find('"');
    const auto close = value.rfind('"');
    if (!code || open == value.npos || close <= open) { return; }
    std::string text;
    for (std::size_t at = open + 1; at < close; ++at) {
        if (value[at] == '\\' && at + 1 < close) { ++at; }
        text += value[at];
    }
    add_warning(response, *code, text);
}

}  // namespace server
