#include "server/b2bua/line_extensions.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace server {
namespace {

using media::ExtensionNumbers;
using sip::sdp::Attribute;
using sip::sdp::Direction;
using sip::sdp::ExtensionLedger;
using sip::sdp::ExtensionMap;
using sip::sdp::Media;

struct Extension {
    std::string_view uri;
    std::uint8_t number;  // where it is free
    bool is_of_audio;     // only
    std::uint8_t ExtensionNumbers::*member;
};
// The numbers are Chromium's: whoever offers first, they are the same.
constexpr std::array extensions{Extension{mid_extension, 4, false, &ExtensionNumbers::mid},
                                Extension{send_time_extension, 2, false, &ExtensionNumbers::send_time},
                                Extension{level_extension, 1, true, &ExtensionNumbers::audio_level}};
constexpr std::uint8_t last_short_number = 14;  // of the one-byte form (RFC 8285 §4.2)

bool fits(const Extension& extension, const Media& line) {
    return !extension.is_of_audio || base::iequals(line.kind, "audio");
}

const ExtensionMap* find(const std::vector<ExtensionMap>& maps, std::string_view uri) {
    const auto found = std::ranges::find(maps, uri, &ExtensionMap::uri);
    return found == maps.end() ? nullptr : &*found;
}

bool may_mean(const ExtensionLedger& known, std::uint8_t number, std::string_view uri) {
    const auto found = known.find(number);
    return found == known.end() || found->second == uri;
}

// Of all of ours, whatever the line: the same again for every line that is new.
ExtensionLedger numbers_beside(const ExtensionLedger& known) {
    ExtensionLedger taken = known;
    ExtensionLedger ours;
    for (const Extension& extension : extensions) {
        const auto meant =
            std::ranges::find_if(known, [&](const auto& entry) { return entry.second == extension.uri; });
        std::uint8_t number = meant == known.end() ? extension.number : meant->first;
        if (!may_mean(taken, number, extension.uri)) { number = 1; }
        while (number <= last_short_number && !may_mean(taken, number, extension.uri)) { ++number; }
        if (meant == known.end() && number > last_short_number) { continue; }
        taken.emplace(number, extension.uri);
        ours.emplace(number, extension.uri);
    }
    return ours;
}

// The lines of a bundle are one RTP session: a number that means something else on another one means nothing.
bool is_clear(const ExtensionMap& map, const sip::sdp::Session& session) {
    return std::ranges::none_of(session.media, [&](const Media& line) {
        if (line.is_disabled()) { return false; }
        return std::ranges::any_of(sip::sdp::extension_maps_of(session, line), [&](const ExtensionMap& other) {
            return other.number == map.number && other.uri != map.uri;
        });
    });
}

// RFC 6464 §4: with it, where nothing is said.
constexpr std::string_view with_voice = "vad=on";
constexpr std::string_view without_voice = "vad=off";

bool says_voice(const ExtensionMap& map) { return map.parameters != without_voice; }

std::string answered_parameters(const ExtensionMap& offered) {
    const bool is_known = offered.parameters == with_voice || offered.parameters == without_voice;
    return offered.uri == level_extension && is_known ? offered.parameters : std::string{};
}

}  // namespace

void offer_extensions(Media& line, const Media* before, const ExtensionLedger& known) {
    if (before != nullptr) {
        std::ranges::copy_if(before->attributes, std::back_inserter(line.attributes),
                             [](const Attribute& attribute) { return attribute.name == "extmap"; });
        return;
    }
    for (const auto& [number, uri] : numbers_beside(known)) {
        const auto extension = std::ranges::find(extensions, uri, &Extension::uri);
        if (!fits(*extension, line)) { continue; }
        line.attributes.push_back(sip::sdp::to_attribute(ExtensionMap{number, Direction::sendrecv, uri, {}}));
    }
}

void answer_extensions(Media& line, const DescribedLine& offered, const ExtensionLedger& known) {
    const auto maps = sip::sdp::extension_maps_of(offered.session, offered.line);
    for (const Extension& extension : extensions) {
        const ExtensionMap* const map = find(maps, extension.uri);
        if (map == nullptr || map->direction == Direction::inactive || !fits(extension, line)) { continue; }
        if (!may_mean(known, map->number, map->uri) || !is_clear(*map, offered.session)) { continue; }
        line.attributes.push_back(sip::sdp::to_attribute(
            ExtensionMap{map->number, sip::sdp::reverse(map->direction), map->uri, answered_parameters(*map)}));
    }
}

void keep_offered_extensions(Media& line, const DescribedLine& offered) {
    const auto maps = sip::sdp::extension_maps_of(offered.session, offered.line);
    std::erase_if(line.attributes, [&](const Attribute& attribute) {
        if (attribute.name != "extmap" || !attribute.value) { return false; }
        const auto ours = sip::sdp::parse_extension_map(*attribute.value);
        const ExtensionMap* const theirs = ours ? find(maps, ours->uri) : nullptr;
        return theirs == nullptr || theirs->number != ours->number;
    });
}

AgreedExtensions agreed_extensions(const DescribedLine& ours, const DescribedLine& theirs) {
    const auto own = sip::sdp::extension_maps_of(ours.session, ours.line);
    const auto others = sip::sdp::extension_maps_of(theirs.session, theirs.line);
    AgreedExtensions agreed;
    for (const Extension& extension : extensions) {
        const ExtensionMap* const mine = find(own, extension.uri);
        const ExtensionMap* const their = find(others, extension.uri);
        if (mine == nullptr || their == nullptr || mine->number != their->number) { continue; }
        const Direction both = sip::sdp::intersect(mine->direction, sip::sdp::reverse(their->direction));
        if (sip::sdp::sends(both)) { agreed.send.*extension.member = mine->number; }
        if (sip::sdp::receives(both)) { agreed.receive.*extension.member = mine->number; }
        if (extension.uri != level_extension) { continue; }
        agreed.send.says_voice = agreed.receive.says_voice = says_voice(*mine) && says_voice(*their);
    }
    return agreed;
}

}  // namespace server
