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

bool OfferWatch::has_open(Side by, const std::string& tag, bool or_answered) const {
    return std::any_of(open_.begin(), open_.end(), [&](const Offer& offer) {
        const bool is_here = offer.tag == tag || offer.tag.empty() || tag.empty();
        return offer.by == by && is_here && (or_answered || !offer.answered) && !offer.settled.contains(tag);
    });
}

std::string OfferWatch::open(Offer offer) {
    std::string wrong;
    if (offer.by == Side::server && has_open(Side::server, offer.tag, true)) { wrong = "an offer while ours is open"; }
    if (offer.by == Side::server && has_open(Side::peer, offer.tag, true)) {
        wrong = "an offer while the peer's is open";
    }
    open_.push_back(std::move(offer));
    return wrong;
}

// RFC 3311 §5.2. An UPDATE overtaken on the way is refused for that (RFC 3261 §12.2.2) and judged no further.
int OfferWatch::demanded_of(const Glance& update) const {
    const bool is_second = std::any_of(asked_.begin(), asked_.end(), [&](const auto& item) {
        const Asked& other = item.second;
        return other.by == Side::peer && other.tag == update.from_tag && other.seen.method == "UPDATE" && !other.done;
    });
    if (is_second || !update.has_sdp) { return is_second ? 500 : 0; }
    if (has_open(Side::server, update.from_tag, false)) { return 491; }
    return has_open(Side::peer, update.from_tag, false) ? 500 : 0;
}

std::string OfferWatch::on_request(Side from, const Glance& seen, std::string_view text) {
    std::uint32_t& highest = highest_cseq_[from == Side::peer ? seen.from_tag : ""];
    const bool is_overtaken = from == Side::peer && seen.cseq < highest;
    highest = std::max(highest, seen.cseq);
    if (seen.method == "PRACK") { return on_prack(from, seen, text); }
    if (seen.method != "INVITE" && seen.method != "UPDATE") { return {}; }
    Asked asked{from, seen, peer_tag(from, seen), 0, false, {}};
    if (from == Side::peer && seen.method == "UPDATE" && !is_overtaken) { asked.demanded = demanded_of(seen); }
    asked_.insert_or_assign(key(seen), asked);
    return seen.has_sdp ? open({from, key(seen), asked.tag, seen.cseq, false, false, {}}) : std::string{};
}

// The answer to an offer in a response, else maybe an offer; and it completes what a reliable response answered.
std::string OfferWatch::on_prack(Side from, const Glance& seen, std::string_view text) {
    const std::uint32_t cseq = number_at(header_value(text, "RAck"), 1);
    const std::string tag = peer_tag(from, seen);
    std::erase_if(open_, [&](const Offer& offer) {
        return offer.answered && offer.by == from && offer.cseq == cseq && offer.tag == tag;
    });
    const auto answered = std::erase_if(open_, [&](const Offer& offer) {
        return offer.in_response && offer.by != from && offer.cseq == cseq && offer.tag == tag;
    });
    if (answered != 0) { return seen.has_sdp || from == Side::peer ? "" : "a PRACK without the answer that is due"; }
    if (!seen.has_sdp) { return {}; }
    asked_.insert_or_assign(key(seen), Asked{from, seen, tag, 0, false, {}});
    return open({from, key(seen), tag, seen.cseq, false, false, {}});
}

std::string OfferWatch::on_response(Side from, const Glance& seen, std::string_view text, bool counts) {
    const auto found = asked_.find(key(seen));
    if (found == asked_.end() || found->second.by == from || (seen.status < 200 && !counts)) { return {}; }
    Asked& asked = found->second;
    const std::string tag = peer_tag(from, seen);
    const bool settles = is_success(seen) || counts;
    if (seen.status >= 200) {
        asked.done = true;
        std::erase_if(open_, [&](const Offer& offer) {
            return offer.request == found->first && (!offer.in_response || !settles);
        });
    } else if (seen.has_sdp && asked.seen.has_sdp) {
        answer_early(from, found->first, tag);
    }
    if (seen.method != "INVITE") { return from == Side::server ? check_final(asked, seen, text) : ""; }
    const bool offers = !asked.seen.has_sdp && settles && seen.has_sdp;
    if (!offers || !asked.met.insert(tag).second) { return {}; }
    return open({from, found->first, tag, seen.cseq, true, false, {}});
}

// By a reliable response. The server has its turn after the PRACK of its own (RFC 3311 §5.1), the peer at once.
void OfferWatch::answer_early(Side from, const std::string& request, const std::string& tag) {
    for (Offer& offer : open_) {
        if (offer.request != request || offer.in_response) { continue; }
        if (from == Side::server) { offer.answered = true; }
        if (from == Side::peer) { offer.settled.insert(tag); }
    }
    std::erase_if(open_, [&](const Offer& offer) { return offer.tag == tag && offer.settled.contains(tag); });
}

void OfferWatch::on_ack(Side from, const Glance& seen) {
    const std::string tag = peer_tag(from, seen);
    std::erase_if(open_, [&](const Offer& offer) {
        return offer.in_response && offer.by != from && offer.cseq == seen.cseq && offer.tag == tag;
    });
}

std::string OfferWatch::check_final(const Asked& asked, const Glance& seen, std::string_view text) {
    if (is_success(seen) && asked.seen.has_sdp != seen.has_sdp) {
        return asked.seen.has_sdp ? "no answer in a 2xx" : "an answer to an UPDATE without an offer";
    }
    if (seen.method != "UPDATE") { return {}; }
    if (seen.status == 491 && !asked.seen.has_sdp) { return "491 to an UPDATE that offers nothing"; }
    if (asked.demanded == 0) { return {}; }
    const bool is_verdict = is_success(seen) || seen.status == 491 || seen.status == 500;
    if (is_verdict && seen.status != asked.demanded) {
        return std::to_string(seen.status) + " to an UPDATE that must get " + std::to_string(asked.demanded);
    }
    if (seen.status == 500 && header_value(text, "Retry-After").empty()) { return "500 to an UPDATE, no Retry-After"; }
    return {};
}

}  // namespace simulation
