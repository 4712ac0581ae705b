#include "server/routing/trunk.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/text.hpp"

namespace server {

namespace {

// RFC 3261 §25.1: unreserved and user-unreserved.
bool may_stand_in_user(char c) {
    constexpr std::string_view marks = "-_.!~*'()&=+$,;?/";
    const char lower = base::to_lower(c);
    return base::is_digit(c) || (lower >= 'a' && lower <= 'z') || marks.find(c) != marks.npos;
}

std::string escaped(std::string_view user) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string result;
    for (const char c : user) {
        if (may_stand_in_user(c)) {
            result += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        result += {'%', hex[byte >> 4], hex[byte & 15]};
    }
    return result;
}

// RFC 2782: of those that are left, one is drawn in proportion to its weight; a weight of 0 is drawn last.
template <class Peer>
std::size_t draw(const std::vector<const Peer*>& left, base::Random& random) {
    std::uint64_t sum = 0;
    for (const Peer* peer : left) { sum += peer->weight; }
    std::uint64_t chosen = random.below(sum);
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (chosen < left[i]->weight) { return i; }
        chosen -= left[i]->weight;
    }
    return 0;
}

}  // namespace

Trunk::Trunk(std::string name, const config::Trunk& settings) : name_{std::move(name)}, settings_{settings} {
    const auto compile = [](const std::vector<config::NumberRule>& from, std::vector<Rule>& into) {
        for (const config::NumberRule& rule : from) {
            std::string why;
            auto pattern = config::Pattern::compile(rule.match, why);
            if (!pattern) { throw std::invalid_argument("not a regular expression: " + rule.match); }
            into.push_back({std::move(*pattern), rule.replace});
        }
    };
    compile(settings.numbers_to, to_);
    compile(settings.numbers_from, from_);
    for (const config::TrunkPeer& peer : settings.peers) {
        auto uri = sip::Uri::parse(peer.uri);
        if (!uri) { throw std::invalid_argument("not a SIP URI: " + peer.uri); }
        peers_.push_back({std::move(*uri), peer.uri, peer.priority, peer.weight});
    }
    std::stable_sort(peers_.begin(), peers_.end(),
                     [](const Peer& a, const Peer& b) { return a.priority < b.priority; });
}

std::string Trunk::rewrite(const std::vector<Rule>& rules, std::string_view user) {
    for (const Rule& rule : rules) {
        if (auto changed = rule.match.replace(user, rule.replace)) { return std::move(*changed); }
    }
    return std::string{user};
}

std::string Trunk::rewrite_to(std::string_view user) const { return rewrite(to_, user); }

std::string Trunk::rewrite_from(std::string_view user) const { return rewrite(from_, user); }

std::vector<const Trunk::Peer*> Trunk::peers_to_try(base::Random& random) const {
    std::vector<const Peer*> result;
    std::vector<const Peer*> left;
    for (auto first = peers_.begin(); first != peers_.end();) {
        left.clear();
        const auto last =
            std::find_if(first, peers_.end(), [&](const Peer& p) { return p.priority != first->priority; });
        std::for_each(first, last, [&](const Peer& peer) { left.push_back(&peer); });
        while (!left.empty()) {
            const std::size_t next = left.size() == 1 ? 0 : draw(left, random);
            result.push_back(left[next]);
            left.erase(left.begin() + static_cast<std::ptrdiff_t>(next));
        }
        first = last;
    }
    return result;
}

std::vector<sip::Uri> Trunk::request_uris(std::string_view user, base::Random& random) const {
    std::vector<sip::Uri> uris;
    for (const Peer* const peer : peers_to_try(random)) { uris.push_back(request_uri(peer->uri, user)); }
    return uris;
}

std::string plain_user(std::string_view written) {
    auto plain = sip::unescape(written);
    return plain ? std::move(*plain) : std::string{written};
}

sip::Uri request_uri(const sip::Uri& peer, std::string_view user) {
    sip::Uri uri = peer;
    uri.user = escaped(user);
    uri.has_user = !user.empty();
    uri.password.clear();
    uri.has_password = false;
    return uri;
}

}  // namespace server
