// A phone's own reading and writing of session descriptions: plans for what to write, views of what was read. Uses the
// product's SDP parser to cut lines; directions, addresses and formats are judged here anew.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.hpp"
#include "sip/sdp/direction.hpp"
#include "sip/sdp/ice_attributes.hpp"
#include "sip/sdp/security_attributes.hpp"
#include "tests/simulation/world/tone.hpp"

namespace simulation {

using sip::sdp::Direction;

// What to put into a message.
struct Sdp {
    enum class Kind : std::uint8_t { automatic, none, described, raw };
    Kind kind = Kind::automatic;  // automatic: an answer to an offer, an offer where one is wanted, else none
    Direction direction = Direction::sendrecv;
    bool zero_address = false;  // hold by RFC 2543: c=0.0.0.0
    bool port_zero = false;
    bool keep_version = false;  // o= as last sent, whatever changed
    bool video = false;         // a second m-line
    Direction video_direction = Direction::sendrecv;
    bool session_level = false;         // the direction stands in the session part, for all lines
    std::optional<base::Endpoint> rtp;  // speaks and listens there from now on
    std::string raw;

    static Sdp none() { return made(Kind::none); }
    static Sdp with(Direction direction) {
        Sdp sdp = made(Kind::described);
        sdp.direction = direction;
        return sdp;
    }
    static Sdp with_video(Direction direction = Direction::sendrecv, Direction video = Direction::sendrecv) {
        Sdp sdp = with(direction);
        sdp.video = true;
        sdp.video_direction = video;
        return sdp;
    }
    static Sdp zero() {
        Sdp sdp = with(Direction::sendrecv);
        sdp.zero_address = true;
        return sdp;
    }
    static Sdp disabled() {
        Sdp sdp = with(Direction::inactive);
        sdp.port_zero = true;
        return sdp;
    }
    static Sdp text(std::string raw) {
        Sdp sdp = made(Kind::raw);
        sdp.raw = std::move(raw);
        return sdp;
    }

private:
    static Sdp made(Kind kind) {
        Sdp sdp;
        sdp.kind = kind;
        return sdp;
    }
};

// Numbers of header extensions of RTP (RFC 8285); 0: it is not there.
struct ExtensionIds {
    std::uint8_t mid = 0;
    std::uint8_t time = 0;   // abs-send-time
    std::uint8_t level = 0;  // RFC 6464
    friend bool operator==(const ExtensionIds&, const ExtensionIds&) = default;
};

struct Payload {
    std::uint8_t number;
    std::string encoding;  // "pcmu/8000", lower case
    friend bool operator==(const Payload&, const Payload&) = default;
};

// A line beside the audio.
struct Line {
    std::string kind;
    std::string protocol;
    bool enabled = false;
    Direction direction = Direction::sendrecv;
    base::Endpoint rtp;
    std::string mid;
    ExtensionIds extensions;
    bool estimates = false;  // goog-remb
    std::vector<Payload> payloads;

    bool sends() const { return enabled && sip::sdp::sends(direction); }
    bool receives() const { return enabled && sip::sdp::receives(direction); }
    const Payload* payload(std::string_view encoding) const;
};

// A description as one side sees it: the audio line of it, and what is beside that.
struct View {
    std::size_t lines = 0;  // m-lines
    bool enabled = false;   // port is not 0
    bool zero_address = false;
    Direction direction = Direction::sendrecv;
    base::Endpoint rtp;
    std::vector<Payload> payloads;
    std::string protocol;
    std::vector<sip::sdp::Crypto> keys;
    std::vector<sip::sdp::Fingerprint> fingerprints;
    std::optional<sip::sdp::Setup> setup;  // of DTLS
    std::optional<sip::sdp::IceDescription> ice;
    std::string mid;
    ExtensionIds extensions;
    std::vector<std::string> bundle;  // mids of the first group
    std::string session_id;
    std::uint64_t version = 0;
    std::vector<Line> further;  // lines 2, 3, …

    // The first enabled line of video.
    const Line* video() const;
    bool sends() const { return enabled && sip::sdp::sends(direction); }
    bool receives() const { return enabled && !zero_address && sip::sdp::receives(direction); }
    const Payload* payload(std::string_view encoding) const;
};

// Nullopt where it cannot be read.
std::optional<View> read(std::string_view sdp);

// Everything but o='s version, for comparing two descriptions of one origin.
std::string without_version(std::string_view sdp);

struct Voice {
    base::Endpoint rtp;
    std::uint16_t video_port = 0;
    std::vector<Law> laws{Law::a, Law::mu};  // preferred first
    std::uint64_t session_id = 1;
    bool noise = false;                   // comfort noise too
    bool events = true;                   // telephone events too
    bool feedback = false;                // for video (RFC 4585)
    std::string protocol = "RTP/AVP";     // of offers
    std::optional<sip::sdp::Crypto> key;  // SDES (RFC 4568): offered, and the answer to one of its suite
    std::string more;                     // lines of the audio
    std::string transport;                // of a browser: lines of each line that is on, all of them bundled
    ExtensionIds extensions;              // of a browser's offers; of answers, those with a number
    bool estimates = false;               // of a browser's video: goog-remb
};
inline constexpr std::string_view picture = "vp8/90000";
// `lines`: m-lines to write at least (those past the first are video, the first of them on where the plan says so).
// `only`: the offer that is answered, whose formats are all that may be used; null: an offer.
std::string write(const Voice& voice, const Sdp& plan, std::uint64_t version, std::size_t lines, const View* only);

}  // namespace simulation
