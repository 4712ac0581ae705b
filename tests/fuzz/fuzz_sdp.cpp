// Any bytes as a description: it is refused with a line number, or writing and reading it again gives the same, and
// every question that may be asked of it is answered within its limits.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "sip/sdp/attributes.hpp"
#include "sip/sdp/extension_map.hpp"
#include "sip/sdp/ice_attributes.hpp"
#include "sip/sdp/parser.hpp"
#include "sip/sdp/security_attributes.hpp"

namespace {

using namespace sip::sdp;

void require(bool holds, const char* what) {
    if (holds) { return; }
    std::cerr << "does not hold: " << what << '\n';
    std::abort();
}

void check_limits(const Session& session, const Limits& limits) {
    require(session.media.size() <= limits.media, "media limit");
    std::size_t lines = 2 + session.others.size() + session.attributes.size() + session.media.size();
    for (const Media& media : session.media) {
        require(media.formats.size() <= limits.formats, "format limit");
        require(!media.formats.empty() || media.is_disabled(), "a live line has a format");
        require(media.port_count >= 1, "port count");
        lines += media.others.size() + media.attributes.size();
    }
    require(lines <= limits.lines + 2, "line limit");  // s= and t= may have been added
}

void check_media(const Session& session, const Media& media) {
    bool seen[128] = {};
    for (const Format& format : formats_of(media)) {
        require(format.payload < 128 && !seen[format.payload], "each payload number once");
        seen[format.payload] = true;
    }
    const auto rtp = rtp_endpoint(session, media);
    const auto rtcp = rtcp_endpoint(session, media);
    require(!rtp || (rtp->port != 0 && !rtp->address.is_unspecified()), "RTP can be sent there");
    require(!rtcp || (rtcp->port != 0 && !rtcp->address.is_unspecified()), "RTCP can be sent there");
    require(!ptime(media) || ptime(media)->count() > 0, "ptime");
    require(!maxptime(media) || maxptime(media)->count() > 0, "maxptime");
    for (const Direction direction : {Direction::inactive, Direction::sendrecv}) {
        Media changed = media;
        set_direction(changed, direction);
        const Direction now = direction_of(session, changed);
        require(now == direction || (sends(now) == sends(direction) && !receives(now)), "a set direction is read back");
    }
}

void check_ice(const Session& session, const Media& media) {
    const auto ice = ice_of(session, media);
    if (!ice || !ice->has_value()) { return; }
    require((*ice)->candidates.size() <= max_candidates, "candidate limit");
    Media written = media;
    written.attributes = to_attributes(**ice);
    Session around;
    if ((*ice)->is_lite) { around.attributes.push_back({"ice-lite", std::nullopt}); }
    const auto again = ice_of(around, written);
    require(again && *again == *ice, "ICE is read as it was written");
}

void check_security(const Session& session, const Media& media) {
    const auto lines = crypto_of(media);
    require(lines.size() <= max_crypto_lines, "crypto limit");
    for (const CryptoReading& line : lines) {
        if (line.flaw != CryptoFlaw::none) { continue; }
        const CryptoReading again = parse_crypto(*to_attribute(line.crypto).value);
        require(again.flaw == CryptoFlaw::none && again.crypto == line.crypto, "a key is read as it was written");
    }
    const auto fingerprints = fingerprints_of(session, media);
    require(!fingerprints || fingerprints->size() <= max_fingerprints, "fingerprint limit");
    setup_of(session, media);
    tls_id_of(session, media);
}

void check_extensions(const Session& session, const Media& media) {
    const auto maps = extension_maps_of(session, media);
    require(maps.size() <= max_extension_maps, "extension limit");
    for (const ExtensionMap& map : maps) {
        require(map.number != 0 && map.number != reserved_extension, "a number that a packet can carry");
        require(parse_extension_map(*to_attribute(map).value) == map, "an extension is read as it was written");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const Limits limits;
    const auto once = parse(text);
    if (!once) {
        require(once.error().status == 400 && once.error().text.starts_with("line "), "a refusal names the line");
        return 0;
    }
    check_limits(*once, limits);
    for (const Media& media : once->media) {
        check_media(*once, media);
        check_ice(*once, media);
        check_security(*once, media);
        check_extensions(*once, media);
    }
    const std::string written = write(*once);
    // What was at a limit may be one past it once the defaults are written out.
    const auto again = parse(written, {.text = 2 * limits.text, .lines = limits.lines + 2, .line = 2 * limits.line});
    require(static_cast<bool>(again), "what was written is read");
    require(*again == *once, "parse, write, parse is a fixed point");
    require(write(*again) == written, "and so is the text");
    return 0;
}
