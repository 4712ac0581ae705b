#include "sip/message/body.hpp"

#include <string>

#include "base/text.hpp"
#include "sip/message/parameters.hpp"

namespace sip {
namespace {

constexpr std::string_view sdp = "application/sdp";
constexpr std::string_view multipart = "multipart/";
constexpr std::size_t max_boundary = 70;  // RFC 2046 §5.1.1

// "type;name=value" in two.
struct Split {
    std::string_view value;
    std::string_view parameters;
};

Split split(std::string_view text) {
    const auto semicolon = text.find(';');
    if (semicolon == text.npos) { return {base::trim(text), {}}; }
    return {base::trim(text.substr(0, semicolon)), text.substr(semicolon)};
}

std::string_view parameter(std::string_view parameters, std::string_view name) {
    ParameterReader reader{parameters};
    while (const auto found = reader.next()) {
        if (!base::iequals(found->name, name)) { continue; }
        const bool quoted = found->value.size() >= 2 && found->value.front() == '"';
        return quoted ? found->value.substr(1, found->value.size() - 2) : found->value;
    }
    return {};
}

BodyPart make_part(std::string_view content_type, std::string_view content_disposition, std::string_view content) {
    BodyPart part;
    part.type = split(content_type).value;
    const Split disposition = split(content_disposition);
    const std::string_view usual = base::iequals(part.type, sdp) ? "session" : "render";
    part.disposition = disposition.value.empty() ? usual : disposition.value;
    part.optional = base::iequals(parameter(disposition.parameters, "handling"), "optional");
    part.content = content;
    return part;
}

// Header lines of a part, an empty line, its content.
BodyPart read_part(std::string_view text) {
    std::string_view type;
    std::string_view disposition;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = base::trim(text.substr(0, end));
        text = end == text.npos ? std::string_view{} : text.substr(end + 1);
        if (line.empty()) { break; }
        const auto colon = line.find(':');
        if (colon == line.npos) { continue; }
        const std::string_view name = base::trim(line.substr(0, colon));
        if (base::iequals(name, "Content-Type")) { type = base::trim(line.substr(colon + 1)); }
        if (base::iequals(name, "Content-Disposition")) { disposition = base::trim(line.substr(colon + 1)); }
    }
    return make_part(type.empty() ? "text/plain" : type, disposition, text);
}

// A delimiter is a line of its own, but for "--" behind the last one and blanks; the line break before it belongs to it
// (RFC 2046 §5.1.1).
std::size_t find_delimiter(std::string_view body, std::string_view delimiter, std::size_t from) {
    for (auto at = body.find(delimiter, from); at != body.npos; at = body.find(delimiter, at + 1)) {
        const std::string_view rest = body.substr(at + delimiter.size());
        const bool ends = rest.empty() || rest.starts_with("--") || base::trim(rest.substr(0, 1)).empty();
        if (ends && (at == 0 || body[at - 1] == '\n')) { return at; }
    }
    return body.npos;
}

std::string_view without_line_break(std::string_view text) {
    if (text.ends_with('\n')) { text.remove_suffix(1); }
    if (text.ends_with('\r')) { text.remove_suffix(1); }
    return text;
}

std::optional<std::vector<BodyPart>> read_parts(std::string_view body, std::string_view boundary) {
    if (boundary.empty() || boundary.size() > max_boundary) { return std::nullopt; }
    const std::string delimiter = "--" + std::string{boundary};
    std::vector<BodyPart> parts;
    auto at = find_delimiter(body, delimiter, 0);
    while (at != body.npos && !body.substr(at + delimiter.size()).starts_with("--")) {
        const auto line_end = body.find('\n', at);
        if (line_end == body.npos || parts.size() == max_body_parts) { return std::nullopt; }
        const auto next = find_delimiter(body, delimiter, line_end + 1);
        if (next == body.npos) { return std::nullopt; }
        parts.push_back(read_part(without_line_break(body.substr(line_end + 1, next - line_end - 1))));
        at = next;
    }
    if (at == body.npos) { return std::nullopt; }
    return parts;
}

}  // namespace

std::optional<std::vector<BodyPart>> body_parts(const Message& message) {
    if (message.body().empty()) { return std::vector<BodyPart>{}; }
    const std::string_view type = message.first(HeaderId::content_type).value_or("");
    const Split content = split(type);
    if (base::iequals(content.value.substr(0, multipart.size()), multipart)) {
        return read_parts(message.body(), parameter(content.parameters, "boundary"));
    }
    // Content-Type is owed (RFC 3261 §20.15); who forgets it means what all others send.
    const std::string_view disposition = message.first(HeaderId::content_disposition).value_or("");
    return std::vector<BodyPart>{make_part(type.empty() ? sdp : type, disposition, message.body())};
}

bool is_session_description(const BodyPart& part) {
    return base::iequals(part.type, sdp) && base::iequals(part.disposition, "session");
}

std::string_view session_description(const Message& message) {
    std::string_view found;
    const auto parts = body_parts(message);
    if (!parts) { return found; }
    for (const BodyPart& part : *parts) {
        if (is_session_description(part)) { found = part.content; }
    }
    return found;
}

}  // namespace sip
