#include "sip/message/message_checks.hpp"

#include <array>

#include "base/text.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/list_fields.hpp"
#include "sip/message/name_addr_view.hpp"
#include "sip/message/via_view.hpp"

namespace sip {
namespace {

using Check = std::optional<ParseError>;

constexpr std::array mandatory = {HeaderId::via, HeaderId::from, HeaderId::to, HeaderId::call_id, HeaderId::cseq};

// Of a response only what matches it is held against the peer: dropping it for more would lose the call.
constexpr bool is_single(HeaderId id, bool in_request) {
    switch (id) {
        case HeaderId::from:
        case HeaderId::to:
        case HeaderId::call_id:
        case HeaderId::cseq:
            return true;
        case HeaderId::max_forwards:
        case HeaderId::content_type:
        case HeaderId::expires:
        case HeaderId::session_expires:
        case HeaderId::min_se:
        case HeaderId::refer_to:
        case HeaderId::replaces:
        case HeaderId::rack:
        case HeaderId::event:
            return in_request;
        default:
            return false;
    }
}

std::string named(std::string_view before, HeaderId id) { return std::string{before}.append(to_text(id)); }

Check bad_value(HeaderId id) { return make_fault(ParseFault::bad_value, named("malformed ", id)); }

bool is_address(std::string_view value) {
    const auto view = NameAddrView::read(value);
    return view && !view->wildcard;
}

bool is_contact(std::string_view value) { return NameAddrView::read(value).has_value(); }

bool is_route(std::string_view value) {
    const auto view = NameAddrView::read(value);
    return view && view->bracketed;
}

// Digits that do not fit are an attack or a fault; a date as RFC 2543 had it is merely not understood (§20.19).
bool is_expires(std::string_view value) {
    const bool number = !value.empty() && base::is_digit(value[0]);
    return !number || base::parse_number<std::uint32_t>(value).has_value();
}

bool is_max_forwards(std::string_view value) { return base::parse_number<std::uint8_t>(value).has_value(); }

Check check_cseq(const Message& message, std::string_view value) {
    const auto cseq = CSeq::parse(value);
    if (!cseq) { return bad_value(HeaderId::cseq); }
    if (message.is_request() && cseq->method_text != message.method_text()) {
        return make_fault(ParseFault::method_mismatch, "method of CSeq differs from that of the start line");
    }
    return std::nullopt;
}

bool is_well_formed(HeaderId id, std::string_view value, bool in_request) {
    switch (id) {
        case HeaderId::from:
        case HeaderId::to:
            return is_address(value);
        case HeaderId::contact:
            return is_contact(value);
        case HeaderId::route:
        case HeaderId::record_route:
            return is_route(value);
        case HeaderId::call_id:
        case HeaderId::via:
            return !value.empty();
        case HeaderId::max_forwards:
            return !in_request || is_max_forwards(value);
        case HeaderId::expires:
            return !in_request || is_expires(value);
        default:
            return true;
    }
}

}  // namespace

ParseError make_fault(ParseFault fault, std::string detail) {
    const auto status = [fault] {
        switch (fault) {
            case ParseFault::version:
                return 505;
            case ParseFault::uri_too_long:
                return 414;
            case ParseFault::too_large:
            case ParseFault::too_many_headers:
                return 513;
            default:
                return 400;
        }
    };
    const bool close = fault == ParseFault::content_length || fault == ParseFault::header_syntax ||
                       fault == ParseFault::too_large || fault == ParseFault::too_many_headers;
    return {fault, status(), std::move(detail), close};
}

// Headers in a Request-URI are forbidden (§19.1.1, table): they would be somebody else's words in our message.
Check check_request_uri(std::string_view uri, const Limits& limits) {
    if (uri.size() > limits.uri) { return make_fault(ParseFault::uri_too_long, "Request-URI too long"); }
    const auto view = UriView::read(uri);
    if (!view) { return make_fault(ParseFault::bad_value, "malformed Request-URI"); }
    if (!view->headers.empty()) { return make_fault(ParseFault::bad_value, "header fields in the Request-URI"); }
    return std::nullopt;
}

Check check_fields(const Message& message) {
    std::array<std::size_t, static_cast<std::size_t>(HeaderId::other) + 1> counts{};
    for (std::size_t i = 0; i < message.header_count(); ++i) {
        const auto [id, name, value] = message.header(i);
        const auto count = ++counts[static_cast<std::size_t>(id)];
        if (count > 1 && is_single(id, message.is_request())) {
            return make_fault(ParseFault::duplicate_header, named("duplicate ", id));
        }
        const bool top_via = id == HeaderId::via && count == 1;
        if (top_via && !ViaView::read(value)) { return bad_value(id); }
        if (!is_well_formed(id, value, message.is_request())) { return bad_value(id); }
        if (id != HeaderId::cseq) { continue; }
        if (auto fault = check_cseq(message, value)) { return fault; }
    }
    for (const HeaderId id : mandatory) {
        if (counts[static_cast<std::size_t>(id)] == 0) {
            return make_fault(ParseFault::missing_header, named("missing ", id));
        }
    }
    return std::nullopt;
}

bool is_answerable(const Message& message) {
    if (!message.is_request() || message.first(HeaderId::cseq).value_or("").empty()) { return false; }
    return ViaView::read(message.first(HeaderId::via).value_or("")).has_value();
}

}  // namespace sip
