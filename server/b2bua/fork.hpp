// What a dialog of a leg has of its own, and not the leg: a forked INVITE makes several early dialogs, each with its
// CSeq numbers and offer/answer state, until a 2xx says which of them the leg is (RFC 3261 §12, §13.2.2.4).
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "server/b2bua/hold.hpp"
#include "sip/dialog/dialog.hpp"
#include "sip/dialog/provisional.hpp"
#include "sip/sdp/offer_answer.hpp"
#include "sip/transaction/layer.hpp"

namespace server {

// A request of a peer that changes the session, or wants to.
struct Change {
    sip::Method method = sip::Method::invite;  // or UPDATE, or PRACK
    std::string kind;                          // hold, resume, refresh, transport, codec, video, offerless
    bool unchanged = false;                    // the peer repeats its last description
    bool mixed = false;                        // and more than its kind says
    bool refused_before = false;               // the other peer is known to refuse its kind
    std::string outcome;                       // once it was answered: healed, local
    base::Instant asked_at{};
};

// A PRACK of ours (RFC 3262 §4).
struct Prack {
    sip::TransactionId transaction;
    sip::RAck rack;
    std::string sdp;
};

struct Fork {
    // `origin`: the address in o= of all that this leg is sent.
    Fork(std::uint64_t session, const base::IpAddress& origin) : sdp_session{session}, offer_answer{session, origin} {}

    // Nothing is agreed in this dialog, and no offer of its peer is open.
    bool is_unsettled() const {
        return !offer_answer.agreed() && offer_answer.state() == sip::sdp::OfferAnswer::State::stable;
    }
    // What is agreed, or, before the peer has answered, what it has shown as its answer.
    std::optional<sip::sdp::Agreed> in_force() const;

    std::optional<sip::Dialog> dialog;
    sip::TransactionId update_in;  // set while we owe its final response (RFC 3311); a PRACK with an offer too
    std::optional<sip::Message> open_update;
    bool allows_update = false;  // the peer's Allow names it

    std::uint64_t sdp_session;  // id in o=
    sip::sdp::OfferAnswer offer_answer;
    std::optional<sip::sdp::Session> preview;      // the answer that an unreliable 18x shows (RFC 3261 §13.2.1)
    std::optional<sip::sdp::Session> taken_offer;  // the last one of ours that was withdrawn though the peer took it
    std::optional<std::size_t> slot;               // the line that carries the audio
    std::optional<std::size_t> speaks_on;          // of a browser: the line of several that its peer speaks on
    std::optional<std::size_t> slot_before;        // the same before the offer that is open
    Direction wish = Direction::sendrecv;
    Direction pending_wish = Direction::sendrecv;  // of the offer that is open
    Change change;                                 // the peer's request that is open, or was last

    sip::ReliableReceiver reliable;       // of the peer's provisional responses
    Prack prack;                          // the last one
    std::optional<sip::RAck> prack_owed;  // of a response whose offer the other leg's peer is to answer
};

}  // namespace server
