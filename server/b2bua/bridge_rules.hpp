// What is written to one leg, given what the other leg's peer can do: lines, payload numbers, codecs, direction
// (RFC 3264 §5, §6, §8). Pure functions over descriptions; nothing is copied from the other leg but the meaning.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "server/b2bua/line_security.hpp"
#include "sip/sdp/direction.hpp"
#include "sip/sdp/offer_answer.hpp"
#include "sip/sdp/session.hpp"

namespace server {

using Formats = std::vector<sip::sdp::Format>;

// One leg's side of an offer or an answer.
struct Face {
    base::Endpoint rtp;  // as announced to the peer
    base::Endpoint rtcp;
    Formats formats;  // preferred first
    sip::sdp::Direction direction = sip::sdp::Direction::sendrecv;
};

// What a line must be for a leg to take it for its audio.
struct LineRules {
    const std::vector<std::string>& codecs;
    LineSecurity security;
};

// The line that carries the call's audio: `current` if it is still usable, else the first live audio line that is.
std::optional<std::size_t> find_slot(const sip::sdp::Session& remote, std::optional<std::size_t> current,
                                     const LineRules& rules);
// Such a line, but for how it is protected: for the reason of a refusal.
const sip::sdp::Media* find_unprotected(const sip::sdp::Session& remote, const LineRules& rules);

// The same, or `current` where the peer has switched it off and offers nothing in its place (RFC 3264 §8.2).
std::optional<std::size_t> find_slot_or_removal(const sip::sdp::Session& remote, std::optional<std::size_t> current,
                                                const LineRules& rules);

// What the peer's line has in common with `codecs`, in the peer's order, telephone-event/8000 included.
Formats usable_formats(const sip::sdp::Media& media, const std::vector<std::string>& codecs);

// Of these formats of a peer's offer, those that an answer may repeat: a number that we gave another meaning in this
// dialog keeps ours (RFC 3264 §8.3.2).
Formats without_conflicts(Formats offered, const sip::sdp::LineLedger* ledger);

// For an offer: the codecs that `preferred` (the other leg's) names first, so that nothing needs transcoding, then the
// rest of `codecs`. Payload numbers as `ledger` promised them; null: a new dialog.
Formats offer_formats(const Formats& preferred, const std::vector<std::string>& codecs,
                      const sip::sdp::LineLedger* ledger);

// For an answer to a peer that offered `offered`: the codec that `preferred` uses if it was offered, else the first
// that was; with telephone-event, whether or not the other leg has it. Numbers are
// the offer's.
Formats answer_formats(const Formats& offered, const Formats& preferred);

// A full description: the lines of `previous` (what this leg was told last) stay where they are, others disabled.
sip::sdp::Session make_offer(const Face& face, const sip::sdp::Session* previous, std::size_t slot);
// As many lines as the offer; all but `slot` disabled. rtcp-mux if it was offered (RFC 5761 §5.1.1).
sip::sdp::Session make_answer(const Face& face, const sip::sdp::Session& offer, std::size_t slot);
// A valid answer that takes nothing: every line disabled.
sip::sdp::Session make_declining_answer(const sip::sdp::Session& offer, const base::Endpoint& rtp);

// Does this offer of a peer ask for another codec than is in use, or switch the line off or on? It does not where it
// lists as well, and first, what the peer left out of its last answer: an answer names what it takes, an offer all that
// there is (RFC 3264 §6.1).
bool changes_codec(const sip::sdp::Agreed& before, const sip::sdp::Session& offer, std::size_t slot,
                   const std::vector<std::string>& codecs);

}  // namespace server
