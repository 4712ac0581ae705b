// A session description (RFC 8866): what we understand is typed, every other line is kept as text in its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.hpp"
#include "sip/sdp/direction.hpp"

namespace sip::sdp {

struct Attribute {
    std::string name;
    std::optional<std::string> value;  // nullopt: a property attribute, "a=sendrecv"
    friend bool operator==(const Attribute&, const Attribute&) = default;
};

struct Connection {
    bool is_v6 = false;
    std::string address;  // as written: an address or a name, with /ttl if any
    std::optional<base::IpAddress> ip() const;
    static Connection of(const base::IpAddress& address);
    friend bool operator==(const Connection&, const Connection&) = default;
};

struct Origin {
    std::string username = "-";
    std::uint64_t session_id = 0;
    std::uint64_t version = 0;
    bool is_v6 = false;
    std::string address;
    friend bool operator==(const Origin&, const Origin&) = default;
};

// A line kept as it came: "b=AS:64" is {'b', "AS:64"}.
struct Line {
    char type;
    std::string value;
    friend bool operator==(const Line&, const Line&) = default;
};

struct Media {
    std::string kind;  // "audio", "video", …
    std::uint16_t port = 0;
    std::uint16_t port_count = 1;
    std::string protocol;  // "RTP/AVP", …
    std::vector<std::string> formats;
    std::optional<Connection> connection;
    std::vector<Line> others;  // i= b= k= and unknown lines, in order
    std::vector<Attribute> attributes;

    bool is_disabled() const { return port == 0; }
    const Attribute* attribute(std::string_view name) const;  // the first, or nullptr
    friend bool operator==(const Media&, const Media&) = default;
};

struct Session {
    Origin origin;
    std::string name = "-";
    std::optional<Connection> connection;
    std::vector<Line> others;  // i= u= e= p= b= t= r= z= k= and unknown lines, in order; t= is always among them
    std::vector<Attribute> attributes;
    std::vector<Media> media;

    const Attribute* attribute(std::string_view name) const;
    friend bool operator==(const Session&, const Session&) = default;
};

// The connection that counts for `media`: its own, else the session's.
const Connection* connection_of(const Session& session, const Media& media);

// Direction that the sender of this description gives the stream (RFC 8866 §6.7): media level, else session level, else
// sendrecv. 0.0.0.0 or :: in its connection takes away receiving (RFC 3264 §8.4): sendrecv → sendonly, recvonly →
// inactive; but not with port 9 and ICE, where it says that no candidate is known yet (RFC 8840).
Direction direction_of(const Session& session, const Media& media);
void set_direction(Media& media, Direction direction);

// One payload format of a media line: its number and what it means (a=rtpmap, a=fmtp, or the static table of RFC 3551).
struct Format {
    std::uint8_t payload = 0;
    std::string encoding;  // "PCMU", as written; compare without case; empty for a number of unknown meaning
    std::uint32_t clock_hz = 0;
    std::uint32_t channels = 1;
    std::string fmtp;  // parameters without the number; empty: none
};
std::vector<Format> formats_of(
    const Media& media);  // in order of preference; only numbers 0–127 of RTP lines, each once
bool same_meaning(const Format& a, const Format& b);  // encoding, clock, channels

// RTCP address of the line: a=rtcp (RFC 3605), else port + 1 at its connection's address. Nullopt where that is a name,
// 0.0.0.0 or ::, or the line is disabled.
std::optional<base::Endpoint> rtcp_endpoint(const Session& session, const Media& media);
std::optional<base::Endpoint> rtp_endpoint(const Session& session, const Media& media);

}  // namespace sip::sdp
