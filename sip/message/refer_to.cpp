#include "sip/message/refer_to.hpp"

#include <string>
#include <utility>

#include "base/text.hpp"
#include "sip/message/chars.hpp"

namespace sip {
namespace {

struct UriField {
    std::string_view name;  // both with their escapes
    std::string_view value;
};

// Takes the first of "a=b&c=d" off the front; nullopt where nothing is left.
std::optional<UriField> take_field(std::string_view& fields) {
    if (fields.empty()) { return std::nullopt; }
    const auto end = chars::find_any<'&'>(fields);
    const auto field = fields.substr(0, end);
    fields.remove_prefix(end == fields.npos ? fields.size() : end + 1);
    const auto equals = chars::find_any<'='>(field);
    if (equals == field.npos) { return UriField{field, {}}; }
    return UriField{field.substr(0, equals), field.substr(equals + 1)};
}

// False: there is one that cannot be followed. `headers` as in Uri, with its question mark.
bool read_replaces(std::string_view headers, std::optional<Replaces>& out) {
    if (headers.empty()) { return true; }
    headers.remove_prefix(1);
    while (const auto field = take_field(headers)) {
        const auto name = unescape(field->name);
        if (!name || !base::iequals(*name, "Replaces")) { continue; }
        const auto value = unescape(field->value);
        if (out || !value) { return false; }
        out = Replaces::parse(*value);
        if (!out) { return false; }
    }
    return true;
}

}  // namespace

std::optional<ReferTo> ReferTo::parse(std::string_view value) {
    auto target = NameAddr::parse(value);
    if (!target || target->wildcard) { return std::nullopt; }
    ReferTo refer_to;
    if (!read_replaces(target->uri.headers, refer_to.replaces)) { return std::nullopt; }
    if (const auto method = target->uri.parameter("method")) { refer_to.method = parse_method(*method); }
    target->uri.remove_parameter("method");
    target->uri.headers.clear();
    refer_to.target = *std::move(target);
    return refer_to;
}

}  // namespace sip
