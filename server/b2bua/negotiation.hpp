// The two-leg negotiation of a call: what a peer's request to change the session (near) means for the other leg (far).
// Contract: relay first, heal what far refuses, commit both legs together, leave no trace of what was refused (RFC 3261
// §14, RFC 3264 §8, RFC 3311 §5, RFC 6337). Pure: it knows no SDP and no message, only what they amount to; the call
// carries out its actions, then asks settle() for what became possible.
//
// One exchange with far at a time, for near's request or of our own (near has been answered, or there is none):
//
//           relay, or of our own   ┌────────┐ 2xx, answer: both committed, near answered ──────────────────► idle
//   idle ─────────────────────────►│ asking │ 2xx, offer ──► passing ── near's ACK: far acknowledged with it ─► idle
//                                  └─┬──▲─┬─┘ refused: near healed, or refused (on_refusal: pass) ───────────► idle
//            491, 5xx + Retry-After  │  │ │ time limit, near's CANCEL: CANCEL
//              ┌─────────────────────▼┐ │ │  ┌────────────┐ final: as in asking; a 2xx counts ──────────────► idle
//              │ backing_off          ├─┘ └─►│ cancelling │ none within the grace: near healed, far dangles ─► idle
//              └──────────┬───────────┘      └────────────┘
//                         └ time limit: near healed ─────────────────────────────────────────────────────────► idle
//
// A browser's leg is another matter, for its SIP.js survives neither a refusal nor a wait (docs/protocols.md): each of
// its requests is answered here, one of ours that is open meanwhile gives way to it, and its offer is answered at once.
//
// Beside it each leg has a state of its own: its peer's request may be open (in the exchange, or waiting for its turn),
// our 2xx may wait for an ACK, an INVITE of ours may dangle (cancelled, without a final), and it may be owed word of
// what the other leg's peer wants by now. A request that cannot wait is answered here, and its far leg is told later.
#pragma once

#include <array>
#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "base/timer_set.hpp"
#include "media/engine.hpp"

namespace server {

struct NegotiationRules {
    bool relay_offerless = true;
    bool heal = true;                                          // false: far's refusals are passed on
    unsigned glare_retries = 3;                                // of what far answered 491, or 5xx with Retry-After
    base::Duration timeout = std::chrono::seconds{6};          // near waits no longer for far
    base::Duration least_time = std::chrono::seconds{1};       // that far has, however long near waited for its turn
    base::Duration cancel_grace = std::chrono::seconds{1};     // what a cancelled far INVITE gets to end by itself
    base::Duration source_patience = std::chrono::seconds{2};  // far's 2xx waits no longer for a music server
    base::Duration update_patience = std::chrono::milliseconds{100};  // an UPDATE is answered at once (RFC 3311 §5.2)
    bool is_browser = false;                                          // the peer
    base::Duration quiet_time = std::chrono::milliseconds{500};       // that it has after an ACK with a description
};

class Negotiation {
public:
    using Side = media::Side;
    enum class State : std::uint8_t { idle, asking, backing_off, cancelling, passing };
    enum class Carrier : std::uint8_t { invite, update };

    // What a peer's request asks for.
    enum class Request : std::uint8_t {
        here,           // an offer that means nothing to the far leg, or that it is known to refuse; a call without one
        later,          // an offer that does mean something, but the far dialog cannot be asked yet
        change,         // an offer that does
        offerless,      // no offer
        offerless_here  // no offer, and the far leg is not to be asked
    };
    struct Asked {
        Request request;
        Carrier carrier = Carrier::invite;
    };
    // May a request that carries or asks for an offer be taken now?
    enum class Admission : std::uint8_t {
        take,
        glare,   // an offer or INVITE of ours is open on that leg: 491 (RFC 3261 §14.2, RFC 3311 §5.2)
        overlap  // one of the peer's own is: 500 with Retry-After
    };

    // Far's final response to our request.
    enum class Final : std::uint8_t {
        usable,     // 2xx with the answer, or the offer, that was due
        unusable,   // 2xx without it, or with one that is not taken
        later,      // 491, or 500 or 503 with a short Retry-After: the same again after a while
        in_invite,  // 405, 501 to an UPDATE: the same in an INVITE, at once
        refused,    // 3xx–6xx, and the dialog stands
        gone        // 408, 481, no response: the dialog is over (RFC 3261 §12.2.1.2)
    };
    enum class Ack : std::uint8_t {
        with_answer,
        without_answer,  // missing, or one that cannot be used
        tolerated        // the same, from a trunk of which it is taken for no change
    };

    struct Action {
        enum class Kind : std::uint8_t {
            answer_near,      // 200 with an answer to its offer, made here
            offer_near,       // 200 with an offer made here
            refuse_near,      // a final refusal (see refusal()); its offer leaves no trace
            relay_offer,      // request to far with near's offer written for it
            relay_offerless,  // re-INVITE to far without SDP
            tell,             // request to far with our own offer: what the wishes of both now amount to
            fetch_offer,  // re-INVITE to far without SDP, of our own: a music server is to answer its offer (RFC 7088)
            refresh,      // request to far that changes nothing: its session timer asks for it (RFC 4028)
            commit_answer,       // far took near's offer: acknowledge, commit, 200 to near with our answer
            pass_offer,          // 200 to near with far's offer rewritten; far's ACK waits
            commit_own,          // far took an offer that nobody waits for any more: acknowledge, commit
            ask_source,          // far's offer to the music server; far's ACK waits
            acknowledge_source,  // ACK far with the music server's answer, or ours if there is none
            acknowledge_here,    // ACK far with an answer made here; commit it
            acknowledge_far,     // ACK far with near's answer rewritten; commit both
            acknowledge_stale,   // ACK a 2xx that came too late or cannot be used: far stays in its last agreed state
            commit_near,         // take the answer of near's ACK
            withdraw,            // our own offer on this leg is void
            cancel_far,          // CANCEL our re-INVITE
            end_call             // BYE both, with Reason
        };
        Kind kind;
        Side side;  // the leg that is sent to, or whose state it is about
        friend bool operator==(const Action&, const Action&) = default;
    };
    using Actions = boost::container::static_vector<Action, 8>;
    enum class Refusal : std::uint8_t { relayed, cancelled, timed_out, bad_answer };
    // Why near was answered from here.
    enum class Cause : std::uint8_t { by_itself, refused, timed_out, glare, busy };

    explicit Negotiation(const NegotiationRules& rules = {}) { rules_.fill(rules); }
    // What holds for requests of this leg's peer, and for what we tell it ourselves: its trunk's settings.
    void set_rules(Side side, const NegotiationRules& rules) { rules_[static_cast<std::size_t>(side)] = rules; }

    State state() const { return state_; }
    bool has_near() const { return state_ != State::idle && has_near_; }
    Side near() const { return media::other(far_); }  // of the exchange, open or last
    Side far() const { return far_; }
    Refusal refusal() const { return refusal_; }
    Cause cause() const { return cause_; }
    bool is_offerless() const { return offerless_; }
    Carrier carrier() const { return carrier_; }
    unsigned retries() const { return retries_; }
    bool idle() const { return state_ == State::idle; }
    bool is_open(Side side) const { return leg(side).open.has_value(); }
    bool is_queued(Side side) const;  // open, and waits for its turn
    bool is_dangling(Side side) const { return leg(side).dangling; }
    bool is_owed(Side side) const { return leg(side).owed; }
    // Our 2xx waits for its ACK: without, or with an answer in it.
    bool awaits_ack(Side side) const { return leg(side).wait == Wait::ack; }
    bool awaits_answer(Side side) const { return leg(side).wait == Wait::answer; }
    // Nothing is open, nothing is owed.
    bool is_quiet() const;
    base::Instant next_timeout() const { return timers_.next(); }

    // `offers`: the request brings an offer.
    Admission admit(Side side, bool offers = true) const;
    // A browser has an offer of its own while one of ours is open on its leg: that one comes to nothing, whatever is
    // answered to it, and what it was for is told later.
    bool is_to_give_way(Side side) const {
        return rules_of(side).is_browser && is_asked(side) && leg(side).wait != Wait::answer;
    }
    void give_way(Side side, Actions& out);
    // An ACK with a description went to this peer, or came from it: nothing for a while, if it needs that.
    void leave_alone(base::Instant now, Side side);
    // Precondition: admitted.
    void on_request(base::Instant now, Side near, Asked asked, Actions& out);
    // `wait`: of Final::later, how long (RFC 3261 §14.1, §20.33).
    void on_far_final(base::Instant now, Side far, Final final, base::Duration wait, Actions& out);
    // What the last request to far went out in, if not in an INVITE: an UPDATE can neither be cancelled nor
    // acknowledged.
    void sent_in(Carrier carrier) { carrier_ = carrier; }
    // The call's set-up: its 2xx went out on this leg, and its ACK came.
    void on_set_up(Side side, bool with_offer) { leg(side).wait = with_offer ? Wait::answer : Wait::ack; }
    void on_set_up_acknowledged(Side side) { leg(side).wait = Wait::none; }
    void on_ack(base::Instant now, Side side, Ack ack, Actions& out);
    void on_no_ack(Side side, Actions& out);
    void on_cancel(base::Instant now, Side side, Actions& out);
    void on_timeout(base::Instant now, Actions& out);
    // The leg is to be told what the wishes amount to. `always`: even if its agreed description says so already.
    void owe(Side side, bool always = false);
    // The leg is to hear a music server that answers an offer of its own.
    void want_source(Side side) { leg(side).source = true; }
    void drop_source(Side side) { leg(side).source = false; }  // unless it is being asked already
    // That is wanted, or under way.
    bool fetches_source(Side side) const {
        return leg(side).source || (!idle() && !has_near_ && offerless_ && far_ == side);
    }
    // The music server has answered, or will not.
    void on_source(Actions& out);
    void want_refresh(Side side) { leg(side).refresh = true; }
    // After the actions of an event: what can go on now. `differs`: the leg's agreed direction is not what the wishes
    // amount to. Call it until it asks for nothing.
    void settle(base::Instant now, std::array<bool, 2> differs, Actions& out);
    void stop();  // the call ends

private:
    friend struct NegotiationProbe;  // tests/exploration compares machines by all that they remember

    enum class Timer : std::uint8_t { limit, patience, glare, grace, queue_a, queue_b, quiet_a, quiet_b };
    enum class Wait : std::uint8_t { none, ack, answer };
    struct LegState {
        std::optional<Asked> open;  // the peer's request, without a final
        base::Instant until{};      // when that is answered, whatever far does
        Wait wait = Wait::none;     // our 2xx
        bool dangling = false;      // an INVITE or UPDATE of ours that nobody waits for any more has no final yet
        bool dangling_offerless = false;
        bool owed = false;
        bool owed_always = false;
        bool refresh = false;
        bool source = false;
        bool left_alone = false;  // see leave_alone()
        bool told_late = false;   // silent, or not understood, when told before: told again once
    };

    LegState& leg(Side side) { return legs_[static_cast<std::size_t>(side)]; }
    const LegState& leg(Side side) const { return legs_[static_cast<std::size_t>(side)]; }
    const NegotiationRules& rules_of(Side side) const { return rules_[static_cast<std::size_t>(side)]; }
    // Of the exchange: near's trunk decides; nobody's but far's of what we tell it ourselves.
    const NegotiationRules& rules() const { return rules_of(has_near_ ? near() : far_); }

    static Timer queue_of(Side near) { return near == Side::a ? Timer::queue_a : Timer::queue_b; }
    static Timer quiet_of(Side side) { return side == Side::a ? Timer::quiet_a : Timer::quiet_b; }
    bool is_asked(Side side) const;
    bool is_free(Side side) const;
    bool is_reachable(Side far) const;
    bool cannot_wait_for(Side far) const;
    void proceed(base::Instant now, Side near, Actions& out);
    void ask(base::Instant now, Side near, Actions& out);
    void answer_here(Side near, Cause cause, Actions& out);
    void refuse(Side near, Refusal why, Actions& out);
    void close_request(Side near, bool with_offer);

    void on_usable(base::Instant now, Actions& out);
    void on_unusable(Actions& out);
    void on_later(base::Instant now, base::Duration wait, Actions& out);
    void on_dangling_final(Side side, Final final, Actions& out);
    void settle_near(Cause cause, Actions& out);
    void on_timer(Timer timer, base::Instant now, Actions& out);
    void on_limit(base::Instant now, Actions& out);
    void detach(Cause cause, Actions& out);
    void try_again(base::Instant now, Actions& out);
    void give_up_on_far(Actions& out);
    void serve_queue(base::Instant now, Actions& out);
    void tell(base::Instant now, Side side, Action::Kind kind, Actions& out);
    void cancel_far(base::Instant now, Actions& out);
    void fail(Actions& out);
    void leave_exchange();
    void owe_again(Side side, bool always);

    std::array<NegotiationRules, 2> rules_;
    base::TimerSet<Timer, 8> timers_;
    std::array<LegState, 2> legs_;
    State state_ = State::idle;
    Side far_ = Side::b;
    bool has_near_ = false;
    bool offerless_ = false;
    bool cancelled_ = false;  // by near
    bool retry_due_ = false;  // the glare timer has fired, but the leg is not free
    Carrier carrier_ = Carrier::invite;
    Action::Kind request_ = Action::Kind::tell;  // what was sent to far, should it be sent again
    unsigned retries_ = 0;
    base::Instant deadline_{};
    Refusal refusal_ = Refusal::relayed;
    Cause cause_ = Cause::by_itself;
};

}  // namespace server
