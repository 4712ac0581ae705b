#include "sip/sdp/extension_map.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace sip::sdp {
namespace {

std::string_view take_word(std::string_view& rest) {
    rest = base::trim(rest);
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    return word;
}

std::optional<Direction> direction_named(std::string_view text) {
    for (const auto each : {Direction::sendrecv, Direction::sendonly, Direction::recvonly, Direction::inactive}) {
        if (text == to_text(each)) { return each; }
    }
    return std::nullopt;
}

void read(const std::vector<Attribute>& attributes, std::vector<ExtensionMap>& out) {
    for (const Attribute& attribute : attributes) {
        if (!base::iequals(attribute.name, "extmap") || !attribute.value) { continue; }
        if (out.size() == max_extension_maps) { return; }
        auto map = parse_extension_map(*attribute.value);
        if (!map || std::ranges::find(out, map->number, &ExtensionMap::number) != out.end()) { continue; }
        out.push_back(std::move(*map));
    }
}

}  // namespace

std::optional<ExtensionMap> parse_extension_map(std::string_view value) {
    const auto entry = take_word(value);
    const auto slash = entry.find('/');
    const auto number = base::parse_number<std::uint8_t>(entry.substr(0, slash));
    const auto direction = slash == entry.npos ? Direction::sendrecv : direction_named(entry.substr(slash + 1));
    const auto uri = take_word(value);
    const bool is_number = number && *number != 0 && *number != reserved_extension;
    if (!is_number || !direction || uri.empty() || uri.size() > max_extension_uri) { return std::nullopt; }
    return ExtensionMap{*number, *direction, std::string{uri}, std::string{base::trim(value)}};
}

Attribute to_attribute(const ExtensionMap& map) {
    std::string value = std::to_string(map.number);
    if (map.direction != Direction::sendrecv) { value += "/" + std::string{to_text(map.direction)}; }
    value += " " + map.uri;
    if (!map.parameters.empty()) { value += " " + map.parameters; }
    return {"extmap", std::move(value)};
}

std::vector<ExtensionMap> extension_maps_of(const Session& session, const Media& media) {
    std::vector<ExtensionMap> maps;
    read(media.attributes, maps);
    read(session.attributes, maps);
    return maps;
}

}  // namespace sip::sdp
