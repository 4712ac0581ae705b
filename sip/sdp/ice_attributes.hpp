// ICE in a description (RFC 8839 §5, RFC 8838 §4.1.3 and §8.2, RFC 6544 §4.5): credentials, options, candidates, read
// as values and written. Leaves out: ice-mismatch, remote-candidates, ice-pacing, priorities of candidates of ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ip.hpp"
#include "sip/sdp/refusal.hpp"
#include "sip/sdp/session.hpp"

namespace sip::sdp {

inline constexpr std::size_t max_candidates = 64;            // of a media line; what comes behind is not looked at
inline constexpr std::size_t max_candidate_extensions = 16;  // a candidate with more is passed over
inline constexpr std::size_t max_ice_options = 16;

struct IceCandidate {
    std::string foundation;
    std::uint16_t component = 1;  // 1 to 256; RTP is 1, RTCP 2
    std::string transport = "udp";
    std::uint32_t priority = 0;  // 1 to 2^31 - 1
    std::string address;         // an IP address, or a name (a browser that hides its own: RFC 8839 §5.1)
    std::uint16_t port = 0;
    std::string type = "host";
    std::optional<std::string> related_address;
    std::optional<std::uint16_t> related_port;
    std::vector<std::pair<std::string, std::string>> extensions;  // in order; "tcptype" of RFC 6544 is one

    std::optional<base::Endpoint> endpoint() const;  // nullopt: its address is a name
    friend bool operator==(const IceCandidate&, const IceCandidate&) = default;
};
// Of the value behind "candidate:". Nullopt: not by the grammar, or a number out of its range.
std::optional<IceCandidate> parse_candidate(std::string_view value);
Attribute to_attribute(const IceCandidate& candidate);

struct IceDescription {
    std::string ufrag;
    std::string pwd;  // a secret
    bool is_lite = false;
    std::vector<std::string> options;
    std::vector<IceCandidate> candidates;
    bool is_complete = false;  // a=end-of-candidates

    bool has_option(std::string_view option) const;
    friend bool operator==(const IceDescription&, const IceDescription&) = default;
};
// What holds for the line: its own attributes, else the session's. Empty: the line is without ICE. Refused: credentials
// that are half there, too short or too long, or of other characters (RFC 8839 §5.4). A candidate that cannot be read
// is passed over (§5.1).
Result<std::optional<IceDescription>> ice_of(const Session& session, const Media& media);

// RFC 8839 §4.4.3.1.1: whether the side that said `before` restarts ICE with `now`.
bool is_ice_restart(const IceDescription& before, const IceDescription& now);

// The attributes of a media line; ice-lite, which stands in the session part (§5.3), is not among them.
std::vector<Attribute> to_attributes(const IceDescription& description);

}  // namespace sip::sdp
