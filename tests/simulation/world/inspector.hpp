// Stands at the server's network card and judges what it sends by what it received: RFC 3261 §8, §12–§17, RFC 3262,
// 3264, 3311, 3515, invariants F.1 and F.5 of the renegotiation contract. It sees messages before the network can lose
// them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/simulation/world/glance.hpp"
#include "tests/simulation/world/network.hpp"
#include "tests/simulation/world/offer_watch.hpp"
#include "tests/simulation/world/provisional_watch.hpp"
#include "tests/simulation/world/refer_watch.hpp"
#include "tests/simulation/world/sdp_ledger.hpp"

namespace simulation {

class Inspector {
public:
    Inspector(const EventQueue& clock, Trace& trace) : clock_{clock}, trace_{trace} {}

    // What must never appear in a message to `endpoint`: words of the other leg. Asked for at each message.
    using Secrets = std::function<std::vector<std::string>(const base::Endpoint& endpoint)>;
    Secrets secrets;

    void on_received(const Datagram& datagram);
    void on_sent(const Datagram& datagram);
    // After each event: an INVITE has a response at once.
    void on_step_end();
    // The server restarts: it is judged by nothing that was before.
    void forget() {
        legs_.clear();
        loops_.clear();
    }
    // At the end of a run, when all calls are over.
    void on_end();

    // Is an INVITE or an offer open on the leg of this Call-ID, a final of ours not acknowledged, or has a BYE gone by?
    bool is_busy(const std::string& call_id) const;
    struct Change {
        Instant at;
        bool busy;
    };
    const std::vector<Change>& busy_history(const std::string& call_id) const;
    // Bodies of new requests and finals are judged by these; false for tests that break rules on purpose.
    bool checks = true;

private:
    struct Received {  // a request of the peer
        std::string text;
        std::string final_text;
        Glance final_seen;
        Instant final_at{};
        bool is_initial = false;
        bool answered = false;  // by anything
        bool acked = false;
        bool shown = false;  // a later request of its sender tells that it has the final
    };
    struct Sent {  // a request of ours
        Glance seen;
        Instant at{};
        bool provisional = false;
        bool done = false;
        bool refused = false;
    };
    struct Success {  // a 2xx of the peer to our INVITE
        Instant first{};
        Instant acked{};
        bool is_stray = false;  // of a proxy that had refused: may be acknowledged
        int unanswered = 0;     // copies that came since the ACK of the last; those before the first ACK share it
        std::string offer;      // where our INVITE made none
        std::string ack_body;
    };
    struct Dialog {
        bool confirmed = false;
        bool over = false;
        std::set<std::uint32_t> byes_sent;
        std::set<std::uint32_t> byes_received;
        std::uint32_t last_cseq = 0;
    };
    struct Leg {
        std::map<std::string, SdpLedger> told;  // by the peer's tag; "" is the INVITE that all dialogs of it begin with
        OfferWatch offers;
        ProvisionalWatch provisionals;
        ReferWatch refers;
        std::map<std::string, Received> received;  // branch + method
        std::map<std::string, Sent> sent;          // branch + method
        std::map<std::string, Success> successes;  // CSeq + To tag
        std::map<std::string, Dialog> dialogs;     // the peer's tag
        std::vector<Change> busy;
    };

    void violation(std::string_view rule, const std::string& text);
    Leg& leg_of(const Datagram& datagram, const Glance& seen, bool sent);
    void receive_request(Leg& leg, const Glance& seen, const Datagram& datagram);
    void receive_response(Leg& leg, const Glance& seen, const Datagram& datagram);
    bool has_timed_out(const Sent& request) const;
    static SdpLedger& ledger_of(Leg& leg, const std::string& tag);
    void send_request(Leg& leg, const Glance& seen, const Datagram& datagram);
    void send_ack(Leg& leg, const Glance& seen, const std::string& text);
    void send_response(Leg& leg, const Glance& seen, const Datagram& datagram);
    void check_form(const Glance& seen, const Datagram& datagram);
    void check_new_request(Leg& leg, const Glance& seen, const std::string& text);
    void check_bye(const Leg& leg, Dialog& dialog, const Glance& seen, const std::string& text);
    void check_turn(const Leg& leg, const Glance& seen, const std::string& text);
    void check_offer(const std::string& wrong, std::string_view text);
    void check_provisional(const std::string& wrong, std::string_view text);
    void check_refer(const std::string& wrong, std::string_view text);
    void check_session(Leg& leg, const Glance& seen, const std::string& text, std::string_view offer = {});
    static bool compute_busy(const Leg& leg);
    void note_busy(Leg& leg);

    const EventQueue& clock_;
    Trace& trace_;
    // Call-ID; with the end's name for a dialog that the server has with itself, of which it is both ends.
    std::unordered_map<std::string, Leg> legs_;
    std::unordered_map<std::string, std::string> loops_;  // Call-ID, tag of who called
    std::vector<Received*> fresh_invites_;
};

}  // namespace simulation
