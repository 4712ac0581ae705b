// The offer/answer state of one leg (RFC 3264, 6337) with its ledger: what was promised for the life of the dialog.
// It checks what the peer sends, numbers what we send (o=), commits both together and rolls back without a trace.
// Leaves out: which SIP message carries what, and what the answer should say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/ip.hpp"
#include "sip/sdp/extension_map.hpp"
#include "sip/sdp/refusal.hpp"
#include "sip/sdp/session.hpp"

namespace sip::sdp {

// Both descriptions in force. `local` is what we sent, `remote` what the peer sent.
struct Agreed {
    Session local;
    Session remote;
    bool offered = false;  // by us: the remote one is an answer
};

// What an m-line has meant so far; never forgotten within a dialog.
struct LineLedger {
    std::map<std::uint8_t, Format> local_formats;   // payload number → meaning, in what we sent
    std::map<std::uint8_t, Format> remote_formats;  // the same in what the peer sent
};

class OfferAnswer {
public:
    enum class State : std::uint8_t { stable, local_offer, remote_offer };

    // `session_id` of our o= line, for the whole dialog.
    OfferAnswer(std::uint64_t session_id, base::IpAddress origin_address);

    State state() const { return state_; }
    const std::optional<Agreed>& agreed() const { return agreed_; }
    const std::vector<LineLedger>& ledger() const { return ledger_; }
    const ExtensionLedger& extensions() const { return extensions_; }
    // The open offer, of whichever side.
    const Session* pending_offer() const { return pending_ ? &*pending_ : nullptr; }

    // Peer's offer. Refused (state and session unchanged): m-lines fewer, or of another kind or profile in place of a
    // live one, a payload number with another meaning, no usable codec in any line that is not disabled (`usable` says
    // which encodings count).
    // Precondition: stable.
    struct RemoteOffer {
        bool unchanged;  // equal to the peer's last description but for o=: a refresh
    };
    Result<RemoteOffer> on_remote_offer(Session offer, const std::vector<std::string>& usable);
    // Our answer to it: sets o=, commits, returns what to put on the wire. As many m-lines as the offer has: those that
    // `ours` lacks are refused with port 0.
    Session answer(Session ours);
    void reject_remote_offer();

    // Our offer: sets o= (version +1 only if anything else differs from what we sent last, refused or not); m-lines
    // that `ours` lacks stay, with port 0. Precondition: stable; in offers and answers, a number keeps its meaning.
    Session offer(Session ours);
    // Peer's answer. Refused: another number of m-lines, another kind or profile, a line enabled that we disabled, a
    // line with none of the formats that we offered (by meaning: numbers may differ; more formats than offered are
    // allowed, RFC 3264 §6.1), a payload number with another meaning. On refusal our offer stays pending until
    // withdrawn.
    Result<RemoteOffer> on_remote_answer(Session answer, const std::vector<std::string>& usable);
    void withdraw_offer();  // refused or cancelled: its version number is not used again for other content

private:
    Session number(Session ours);
    void commit(Session local, Session remote, bool offered);

    State state_ = State::stable;
    std::uint64_t session_id_;
    base::IpAddress origin_address_;
    std::optional<std::uint64_t> last_version_;
    std::optional<Session> last_sent_;
    std::optional<Session> pending_;
    std::optional<Agreed> agreed_;
    std::vector<LineLedger> ledger_;
    ExtensionLedger extensions_;
};

}  // namespace sip::sdp
