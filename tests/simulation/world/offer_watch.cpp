#include "tests/simulation/world/offer_watch.hpp"

#include <algorithm>

namespace simulation {
namespace {

std::string key(const Glance& seen) { return seen.branch + " " + seen.method; }
bool is_success(const Glance& seen) { return seen.status >= 200 && seen.status < 300; }
std::string peer_tag(OfferWatch::Side from, const Glance& seen) {
    return (from == OfferWatch::Side::server) == seen.is_request ? seen.to_tag : seen.from_tag;
}

}  // namespace

bool OfferWatch::has_open(Side by, const std::string& tag) const {
    return std::any_of(open_.begin(), open_.end(), [&](const Offer& offer) {
        return offer.by == by && (offer.tag == tag || offer.tag.empty() || tag.empty());
    });
}

std::string OfferWatch::open(Offer offer) {
    std::string wrong;
    if (offer.by == Side::server && has_open(Side::server, offer.tag)) { wrong = "an offer while ours is open"; }
    if (offer.by == Side::server && has_open(Side::peer, offer.tag)) { wrong = "an offer while the peer's is open"; }
    open_.push_back(std::move(offer));
    return wrong;
}

// RFC 3311 §5.2. An UPDATE overtaken on the way is refused for that (RFC 3261 §12.2.2) and judged no further.
int OfferWatch::demanded_of(const Glance& update) const {
    int demanded = 0;
    for (const auto& [name, other] : asked_) {
        if (other.by != Side::peer || other.tag != update.from_tag) { continue; }
        if (other.seen.cseq > update.cseq) { return 0; }
        if (other.seen.method == "UPDATE" && !other.done) { demanded = 500; }
    }
    if (demanded != 0 || !update.has_sdp) { return demanded; }
    if (has_open(Side::server, update.from_tag)) { return 491; }
    return has_open(Side::peer, update.from_tag) ? 500 : 0;
}

std::string OfferWatch::on_request(Side from, const Glance& seen) {
    if (seen.method != "INVITE" && seen.method != "UPDATE") { return {}; }
    Asked asked{from, seen, peer_tag(from, seen), 0, false, {}};
    if (from == Side::peer && seen.method == "UPDATE") { asked.demanded = demanded_of(seen); }
    asked_.insert_or_assign(key(seen), asked);
    return seen.has_sdp ? open({from, key(seen), asked.tag, seen.cseq, false}) : std::string{};
}

std::string OfferWatch::on_response(Side from, const Glance& seen, std::string_view text) {
    const auto found = asked_.find(key(seen));
    if (found == asked_.end() || found->second.by == from || seen.status < 200) { return {}; }
    Asked& asked = found->second;
    asked.done = true;
    std::erase_if(open_, [&](const Offer& offer) { return offer.request == found->first && !offer.in_response; });
    if (seen.method == "UPDATE") { return from == Side::server ? check_update_final(asked, seen, text) : ""; }
    const bool offers = !asked.seen.has_sdp && is_success(seen) && seen.has_sdp;
    const std::string tag = peer_tag(from, seen);
    if (!offers || !asked.met.insert(tag).second) { return {}; }
    return open({from, found->first, tag, seen.cseq, true});
}

void OfferWatch::on_ack(Side from, const Glance& seen) {
    const std::string tag = peer_tag(from, seen);
    std::erase_if(open_, [&](const Offer& offer) {
        return offer.in_response && offer.by != from && offer.cseq == seen.cseq && offer.tag == tag;
    });
}

std::string OfferWatch::check_update_final(const Asked& asked, const Glance& seen, std::string_view text) {
    const std::string got = std::to_string(seen.status);
    if (seen.status == 491 && !asked.seen.has_sdp) { return "491 to an UPDATE that offers nothing"; }
    if (is_success(seen) && asked.seen.has_sdp != seen.has_sdp) {
        return asked.seen.has_sdp ? "no answer in a 2xx to an UPDATE" : "an answer to an UPDATE without an offer";
    }
    if (asked.demanded == 0) { return {}; }
    const bool is_verdict = is_success(seen) || seen.status == 491 || seen.status == 500;
    if (is_verdict && seen.status != asked.demanded) {
        return got + " to an UPDATE that must get " + std::to_string(asked.demanded);
    }
    if (seen.status == 500 && header_value(text, "Retry-After").empty()) { return "500 to an UPDATE, no Retry-After"; }
    return {};
}

}  // namespace simulation
