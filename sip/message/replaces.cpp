#include "sip/message/replaces.hpp"

#include "base/text.hpp"
#include "sip/message/chars.hpp"
#include "sip/message/parameters.hpp"

namespace sip {
namespace {

// A Call-ID may hold almost any mark (RFC 3261 §25.1, word); what must not get in are blanks, controls and a second
// value behind a comma.
bool is_call_id(std::string_view text) {
    return !text.empty() && chars::all(text, chars::printable) && chars::find_any<' ', '\t', ','>(text) == text.npos;
}

// False for a second tag of the same kind, and for none.
bool take_tag(std::string& tag, std::string_view value) {
    if (!tag.empty() || !chars::is_token(value)) { return false; }
    tag = value;
    return true;
}

}  // namespace

std::optional<Replaces> Replaces::parse(std::string_view value) {
    const auto semicolon = chars::find_any<';'>(value);
    if (semicolon == value.npos) { return std::nullopt; }
    const auto call_id = chars::trim(value.substr(0, semicolon));
    if (!is_call_id(call_id)) { return std::nullopt; }
    Replaces replaces;
    replaces.call_id = call_id;
    ParameterReader reader{value.substr(semicolon)};
    while (const auto parameter = reader.next()) {
        const auto is = [&](std::string_view name) { return base::iequals(parameter->name, name); };
        if (is("to-tag") && !take_tag(replaces.to_tag, parameter->value)) { return std::nullopt; }
        if (is("from-tag") && !take_tag(replaces.from_tag, parameter->value)) { return std::nullopt; }
        if (is("early-only")) { replaces.early_only = true; }
    }
    if (!reader.ok() || replaces.to_tag.empty() || replaces.from_tag.empty()) { return std::nullopt; }
    return replaces;
}

std::string Replaces::to_string() const {
    std::string text = call_id;
    text.append(";to-tag=").append(to_tag).append(";from-tag=").append(from_tag);
    return early_only ? text.append(";early-only") : text;
}

}  // namespace sip
