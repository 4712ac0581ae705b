#include "sip/sdp/offer_answer.hpp"

#include <algorithm>
#include <cassert>

#include "sip/sdp/exchange_rules.hpp"

namespace sip::sdp {
namespace {

bool same_but_for_origin(const Session& a, const Session& b) {
    return a.name == b.name && a.connection == b.connection && a.others == b.others && a.attributes == b.attributes &&
           a.media == b.media;
}

// RFC 3264 §6, §8.2: port 0, and nothing of what it had but its place, kind and formats.
Media switched_off(const Media& line) {
    Media off;
    off.kind = line.kind;
    off.protocol = line.protocol;
    off.formats = line.formats;
    return off;
}

// Appends lines of `pattern` that `ours` lacks, switched off.
void pad(Session& ours, const Session& pattern) {
    while (ours.media.size() < pattern.media.size()) {
        ours.media.push_back(switched_off(pattern.media[ours.media.size()]));
    }
}

// Our own number never takes another meaning (RFC 3264 §8.3.2).
[[maybe_unused]] bool keeps_meanings(const Session& ours, const std::vector<LineLedger>& ledger) {
    for (std::size_t i = 0; i < std::min(ours.media.size(), ledger.size()); ++i) {
        if (ours.media[i].is_disabled()) { continue; }
        for (const Format& format : formats_of(ours.media[i])) {
            const auto known = ledger[i].local_formats.find(format.payload);
            if (known != ledger[i].local_formats.end() && !same_meaning(known->second, format)) { return false; }
        }
    }
    return true;
}

void note_formats(std::map<std::uint8_t, Format>& known, const Media& media) {
    if (media.is_disabled()) { return; }
    for (Format& format : formats_of(media)) {
        if (format.encoding.empty()) { continue; }  // a number of unknown meaning promises nothing
        const auto payload = format.payload;
        known.emplace(payload, std::move(format));
    }
}

void note_extensions(ExtensionLedger& known, const Session& session, const Media& media) {
    if (media.is_disabled()) { return; }
    for (ExtensionMap& map : extension_maps_of(session, media)) { known.emplace(map.number, std::move(map.uri)); }
}

}  // namespace

OfferAnswer::OfferAnswer(std::uint64_t session_id, base::IpAddress origin_address)
    : session_id_{session_id}, origin_address_{origin_address} {}

Result<OfferAnswer::RemoteOffer> OfferAnswer::on_remote_offer(Session offer, const std::vector<std::string>& usable) {
    assert(state_ == State::stable);
    if (agreed_) {
        if (auto failure = rules::check_line_count(offer, *agreed_)) { return std::move(*failure); }
        if (auto failure = rules::check_lines_kept(offer, *agreed_)) { return std::move(*failure); }
    }
    if (auto failure = rules::check_meanings(offer, ledger_)) { return std::move(*failure); }
    if (auto failure = rules::check_usable(offer, usable)) { return std::move(*failure); }
    // Content decides, not the version: a peer that forgets to raise it has changed all the same, and one that raises
    // it for nothing has not.
    const bool unchanged = agreed_ && same_but_for_origin(offer, agreed_->remote);
    pending_ = std::move(offer);
    state_ = State::remote_offer;
    return RemoteOffer{unchanged};
}

Session OfferAnswer::answer(Session ours) {
    assert(state_ == State::remote_offer);
    assert(ours.media.size() <= pending_->media.size());
    ours.media.resize(std::min(ours.media.size(), pending_->media.size()));
    for (std::size_t i = 0; i < ours.media.size(); ++i) {
        if (pending_->media[i].is_disabled()) { ours.media[i].port = 0; }  // RFC 3264 §6
    }
    pad(ours, *pending_);
    Session numbered = number(std::move(ours));
    commit(numbered, std::move(*pending_), false);
    return numbered;
}

void OfferAnswer::reject_remote_offer() {
    assert(state_ == State::remote_offer);
    pending_.reset();
    state_ = State::stable;
}

Session OfferAnswer::offer(Session ours) {
    assert(state_ == State::stable);
    if (agreed_) { pad(ours, agreed_->local); }
    pending_ = number(std::move(ours));
    state_ = State::local_offer;
    return *pending_;
}

Result<OfferAnswer::RemoteOffer> OfferAnswer::on_remote_answer(Session answer, const std::vector<std::string>& usable) {
    assert(state_ == State::local_offer);
    if (auto failure = rules::check_answers(answer, *pending_)) { return std::move(*failure); }
    if (auto failure = rules::check_meanings(answer, ledger_)) { return std::move(*failure); }
    if (auto failure = rules::check_usable(answer, usable)) { return std::move(*failure); }
    const bool unchanged = agreed_ && same_but_for_origin(answer, agreed_->remote);
    commit(std::move(*pending_), std::move(answer), true);
    return RemoteOffer{unchanged};
}

void OfferAnswer::withdraw_offer() {
    assert(state_ == State::local_offer);
    pending_.reset();
    state_ = State::stable;
}

// RFC 3264 §8: one more than the description sent before, if it differs; a refused one was sent, too, so its number
// stands for its content for ever.
Session OfferAnswer::number(Session ours) {
    assert(keeps_meanings(ours, ledger_));
    const bool same = last_sent_ && same_but_for_origin(ours, *last_sent_);
    const std::uint64_t version = last_version_.value_or(0) + (same ? 0 : 1);
    ours.origin = Origin{"-", session_id_, version, origin_address_.is_v6(), origin_address_.to_string()};
    last_version_ = version;
    last_sent_ = ours;
    return ours;
}

void OfferAnswer::commit(Session local, Session remote, bool offered) {
    ledger_.resize(std::max(ledger_.size(), local.media.size()));
    for (std::size_t i = 0; i < local.media.size(); ++i) {
        note_formats(ledger_[i].local_formats, local.media[i]);
        note_formats(ledger_[i].remote_formats, remote.media[i]);
        note_extensions(extensions_, local, local.media[i]);
        note_extensions(extensions_, remote, remote.media[i]);
    }
    agreed_ = Agreed{std::move(local), std::move(remote), offered};
    pending_.reset();
    state_ = State::stable;
}

}  // namespace sip::sdp
