#include "sip/message/parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "sip/message/chars.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/field_lines.hpp"
#include "sip/message/list_fields.hpp"
#include "sip/message/message_checks.hpp"

namespace sip {

namespace {

constexpr int unreadable_status = -1;

bool has_bare_nul(std::string_view text) {
    for (auto at = text.find('\0'); at != text.npos; at = text.find('\0', at + 1)) {
        if (!chars::is_escaped(text, at)) { return true; }
    }
    return false;
}

// Each fold, with the blanks around it, becomes one blank (§7.3.1). Returns the new end; never writes past its reading.
char* unfold(char* begin, const char* end) {
    char* out = begin;
    for (const char* in = begin; in != end;) {
        if (*in != '\r') {
            *out++ = *in++;
            continue;
        }
        while (in != end && (*in == '\r' || *in == '\n' || base::is_blank(*in))) { ++in; }
        while (out != begin && base::is_blank(out[-1])) { --out; }
        *out++ = ' ';
    }
    return out;
}

}  // namespace

class MessageParser {
public:
    MessageParser(std::string_view text, bool from_stream, const Limits& limits)
        : limits_{limits}, from_stream_{from_stream} {
        if (text.size() > limits.message) { fail(ParseFault::too_large, "message too large"); }
        text = text.substr(0, limits.message);
        while (text.starts_with("\r\n")) { text.remove_prefix(2); }  // §7.5
        text_.assign(text);
        has_nul_ = text_.find('\0') != text_.npos;
    }

    ParsedMessage run() {
        const auto head_at = read_start_line();
        const auto body_at = read_fields(head_at);
        if (body_at) { read_body(*body_at); }
        if (!error_) { error_ = check_fields(message_); }
        if (!message_.is_request()) { read_method_of_response(); }
        const bool answerable = message_.is_request() && (!error_ || is_answerable(message_));
        return {std::move(message_), std::move(error_), answerable};
    }

private:
    using Slice = Message::Slice;

    // The first fault is the one that is told.
    void fail(ParseFault fault, std::string_view detail) {
        if (!error_) { error_ = make_fault(fault, std::string{detail}); }
    }

    Slice slice_of(std::string_view part) const {
        return {static_cast<std::uint32_t>(part.data() - text_.data()), static_cast<std::uint32_t>(part.size())};
    }

    std::size_t read_start_line();
    void read_request_line(std::string_view line);
    void read_status_line(std::string_view line);
    std::optional<std::size_t> read_fields(std::size_t at);
    bool add_field(const FieldLine& line);
    bool push_field(HeaderId id, std::string_view name, std::string_view value);
    void read_body(std::size_t at);
    void read_method_of_response();

    Message message_;
    std::string& text_ = message_.text_;
    std::optional<ParseError> error_;
    Limits limits_;
    bool from_stream_;
    bool has_nul_ = false;  // nearly never: one look at the whole saves one at each field
};

// Returns where the fields begin.
std::size_t MessageParser::read_start_line() {
    const std::string_view text{text_};
    const auto end = end_of_line(text, 0);
    if (end == text.npos) {
        fail(ParseFault::start_line, "no start line");
        message_.status_ = unreadable_status;
        return text.size();
    }
    const auto line = text.substr(0, end);
    const bool is_response = line.size() > 4 && base::iequals(line.substr(0, 4), "SIP/");
    is_response ? read_status_line(line) : read_request_line(line);
    return end + 2;
}

// §7.1: single spaces only; what has more of them is not guessed at.
void MessageParser::read_request_line(std::string_view line) {
    const auto method_end = std::min(line.find(' '), line.size());
    const auto method = line.substr(0, method_end);
    message_.start_ = slice_of(method);
    message_.method_ = parse_method(method);
    if (!chars::is_token(method)) { return fail(ParseFault::start_line, "malformed method"); }
    const auto uri_end = line.rfind(' ');
    if (uri_end == line.npos || uri_end <= method_end + 1) {
        return fail(ParseFault::start_line, "malformed start line");
    }
    const auto uri = line.substr(method_end + 1, uri_end - method_end - 1);
    const auto version = line.substr(uri_end + 1);
    message_.uri_ = slice_of(uri);
    if (!base::iequals(version.substr(0, 4), "SIP/")) { return fail(ParseFault::start_line, "malformed start line"); }
    if (!base::iequals(version, "SIP/2.0")) { return fail(ParseFault::version, "SIP version not supported"); }
    if (auto fault = check_request_uri(uri, limits_); fault && !error_) { error_ = std::move(fault); }
}

// §7.2. Some leave the space out when the phrase is empty.
void MessageParser::read_status_line(std::string_view line) {
    message_.status_ = unreadable_status;
    const auto version_end = std::min(line.find(' '), line.size());
    if (!base::iequals(line.substr(0, version_end), "SIP/2.0")) {
        return fail(ParseFault::version, "SIP version not supported");
    }
    const auto rest = line.substr(std::min(version_end + 1, line.size()));
    const auto code = rest.substr(0, rest.find(' '));
    const auto status = base::parse_number<unsigned>(code);
    if (code.size() != 3 || !status || *status < 100 || *status > 699) {
        return fail(ParseFault::start_line, "malformed status code");
    }
    message_.status_ = static_cast<int>(*status);
    const auto reason = rest.substr(std::min(code.size() + 1, rest.size()));
    message_.start_ = slice_of(reason);
    if (has_bare_nul(reason)) { fail(ParseFault::start_line, "NUL in the reason phrase"); }
}

// Returns where the body begins, or nothing where that cannot be told.
std::optional<std::size_t> MessageParser::read_fields(std::size_t at) {
    message_.fields_.reserve(std::clamp<std::size_t>(text_.size() / 32, 8, 32));
    FieldLineReader lines{std::string_view{text_}.substr(at)};
    while (true) {
        const FieldLine line = lines.next();
        switch (line.kind) {
            case FieldLine::Kind::end:
                return at + lines.offset();
            case FieldLine::Kind::odd:
                break;
            case FieldLine::Kind::broken:
                fail(ParseFault::header_syntax, "malformed header line");
                return std::nullopt;
            case FieldLine::Kind::field:
                if (!add_field(line)) { return std::nullopt; }
        }
    }
}

bool MessageParser::add_field(const FieldLine& line) {
    auto value = line.value;
    if (line.folded) {
        char* const begin = text_.data() + (value.data() - text_.data());
        value = {begin, static_cast<std::size_t>(unfold(begin, begin + value.size()) - begin)};
    }
    value = chars::trim(value);
    if (std::max(value.size(), line.name.size()) > limits_.header_value) {
        fail(ParseFault::too_large, "header field too long");
        return true;
    }
    if (has_nul_ && has_bare_nul(value)) {
        fail(ParseFault::header_syntax, "NUL in a header field");
        return true;
    }
    const HeaderId id = parse_header_id(line.name);
    const bool structured = is_structured_list(id);
    if (value.empty() || (!structured && !is_token_list(id))) { return push_field(id, line.name, value); }
    ListReader list{value};
    while (const auto element = list.next()) {
        // §25.1 knows no empty elements; between tokens they do no harm.
        if (element->empty() && !structured) { continue; }
        if (!push_field(id, line.name, *element)) { return false; }
    }
    return true;
}

bool MessageParser::push_field(HeaderId id, std::string_view name, std::string_view value) {
    if (message_.fields_.size() >= limits_.header_fields) {
        fail(ParseFault::too_many_headers, "too many header fields");
        return false;
    }
    const Slice value_slice = value.empty() ? Slice{} : slice_of(value);
    message_.fields_.push_back({id, slice_of(name), value_slice});
    return true;
}

// §18.3. Two lengths, even equal ones, mean that somebody else may have read another message than we do.
void MessageParser::read_body(std::size_t at) {
    auto size = text_.size() - at;
    const auto count = message_.count(HeaderId::content_length);
    if (count > 1) { return fail(ParseFault::content_length, "duplicate Content-Length"); }
    if (count == 0 && from_stream_) { return fail(ParseFault::content_length, "missing Content-Length"); }
    if (count == 1) {
        const auto length = parse_content_length(*message_.first(HeaderId::content_length));
        if (!length) { return fail(ParseFault::content_length, "malformed Content-Length"); }
        if (*length > size) { return fail(ParseFault::content_length, "body shorter than Content-Length"); }
        if (*length < size && from_stream_) {
            return fail(ParseFault::content_length, "body longer than Content-Length");
        }
        size = *length;
    }
    message_.body_ = {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(size)};
}

void MessageParser::read_method_of_response() { message_.method_ = parse_method(message_.method_text()); }

std::string_view to_text(ParseFault fault) {
    constexpr std::array<std::string_view, 11> names = {
        "start_line",      "version",        "header_syntax", "missing_header",   "duplicate_header", "bad_value",
        "method_mismatch", "content_length", "too_large",     "too_many_headers", "uri_too_long"};
    return names[static_cast<std::size_t>(fault)];
}

ParsedMessage parse_message(std::string_view text, bool from_stream, const Limits& limits) {
    return MessageParser{text, from_stream, limits}.run();
}

}  // namespace sip
