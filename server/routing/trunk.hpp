// A carrier or PBX as routing sees it: its peers in the order in which to try them (priority, then weight as in RFC
// 2782) and its rules for numbers. Which of a peer's addresses to use (RFC 3263) is the transport's matter.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "config/config.hpp"
#include "config/pattern.hpp"
#include "sip/message/uri.hpp"

namespace server {

class Trunk {
public:
    // Throws std::invalid_argument for an expression or URI that config::load would have refused.
    Trunk(std::string name, const config::Trunk& settings);

    const std::string& name() const { return name_; }
    const config::Trunk& settings() const { return settings_; }

    // The user part of a Request-URI that came in on this trunk (escapes resolved), after `numbers.to`: the first rule
    // that matches is applied, the part that it matched is replaced.
    std::string rewrite_to(std::string_view user) const;
    // The same for the caller's number and `numbers.from`.
    std::string rewrite_from(std::string_view user) const;

    struct Peer {
        sip::Uri uri;
        std::string name;  // the URI as configured
        unsigned priority;
        unsigned weight;
    };
    // In the order to try: lower priority first, and within one priority drawn by weight. Empty for a trunk that only
    // sends calls in.
    std::vector<const Peer*> peers_to_try(base::Random& random) const;
    // The same as Request-URIs for `user` (not escaped).
    std::vector<sip::Uri> request_uris(std::string_view user, base::Random& random) const;

private:
    struct Rule {
        config::Pattern match;
        std::string replace;
    };
    static std::string rewrite(const std::vector<Rule>& rules, std::string_view user);

    std::string name_;
    config::Trunk settings_;
    std::vector<Rule> to_;
    std::vector<Rule> from_;
    std::vector<Peer> peers_;  // by priority
};

// The user part of a URI as routing compares it: %2B is +. A broken escape leaves the text as it is.
std::string plain_user(std::string_view written);
// `peer` with `user` (not escaped) as its user part; escapes what RFC 3261 §25.1 does not allow there.
sip::Uri request_uri(const sip::Uri& peer, std::string_view user);

}  // namespace server
