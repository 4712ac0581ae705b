// a=extmap (RFC 8285 §5, §8): under which number a line's RTP carries a header extension, read and written. Leaves out:
// which extensions there are, and numbers that stand for a place in a list of wishes (§7: 4096 and above).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sip/sdp/direction.hpp"
#include "sip/sdp/session.hpp"

namespace sip::sdp {

inline constexpr std::size_t max_extension_maps = 64;   // of a line; what comes behind is not looked at
inline constexpr std::size_t max_extension_uri = 256;   // one with a longer name is passed over
inline constexpr std::uint8_t reserved_extension = 15;  // never a number (§4.2)

struct ExtensionMap {
    std::uint8_t number = 0;                    // 1 to 255, but not 15
    Direction direction = Direction::sendrecv;  // of who says this
    std::string uri;
    std::string parameters;  // of the extension: "vad=on"
    friend bool operator==(const ExtensionMap&, const ExtensionMap&) = default;
};
// Of the value behind "extmap:". Nullopt: not by the grammar, or no such number.
std::optional<ExtensionMap> parse_extension_map(std::string_view value);
Attribute to_attribute(const ExtensionMap& map);

// Those that hold for the line: its own, then the session's. A number counts the first time.
std::vector<ExtensionMap> extension_maps_of(const Session& session, const Media& media);

// What the numbers have meant so far on the lines of a dialog, in either side's descriptions: none ever means another
// extension (§7). The lines of a bundle share their numbers (RFC 8843 §9).
using ExtensionLedger = std::map<std::uint8_t, std::string>;

}  // namespace sip::sdp
