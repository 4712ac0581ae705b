// The two-leg negotiation of a call that is up: what a re-INVITE on one leg (near) means for the other (far).
// Contract: relay first, commit both legs together, leave no trace of what was refused (RFC 3261 §14, RFC 3264 §8,
// RFC 6337). Pure: it knows no SDP and no message, only what they amount to; the call carries out its actions.
//
//                    refresh                        ┌──────────────┐  ACK
//        ┌─────────────────────────────────────────►│ awaiting_ack ├──────► idle
//        │                                          └──────────────┘
//   ┌────┴─┐ change   ┌────────────┐ 2xx answer        ▲
//   │ idle ├─────────►│ asking_far ├───────────────────┘ (both legs committed, near answered)
//   └──┬─┬─┘          └─┬───┬──────┘ 3xx–6xx: near refused, idle
//      │ │ offerless,   │   │ time-out, near's CANCEL ┌────────────────┐ final: as above
//      │ │ relayed      │   └────────────────────────►│ cancelling_far ├──► … none within the grace: near is answered,
//      │ └──────────────┤                             └────────────────┘     the far INVITE dangles
//      │ offerless,     │ 2xx offer  ┌─────────────────────────┐ ACK answer: far acknowledged with it
//      │ made here      └───────────►│ awaiting_answer_relayed ├──────► idle, or syncing
//      │                             └─────────────────────────┘
//      │              ┌───────────────────────┐ ACK answer  ┌─────────┐ far's final
//      └─────────────►│ awaiting_answer_local ├────────────►│ syncing ├────► idle
//                     └───────────────────────┘ (if far's part changed)
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstdint>

#include "base/time.hpp"
#include "base/timer_set.hpp"
#include "media/engine.hpp"

namespace server {

struct NegotiationRules {
    bool relay_offerless = true;
    base::Duration timeout = std::chrono::seconds{6};
    base::Duration cancel_grace = std::chrono::seconds{1};  // what a cancelled far INVITE gets to end by itself
};

class Negotiation {
public:
    enum class State : std::uint8_t {
        idle,
        asking_far,
        cancelling_far,
        awaiting_answer_relayed,
        awaiting_answer_local,
        awaiting_ack,
        syncing
    };
    // What a re-INVITE asks for.
    enum class Request : std::uint8_t {
        here,           // an offer that means nothing to the far leg, or a call without one
        change,         // an offer that does
        offerless,      // no offer
        offerless_here  // no offer, and no far leg to ask
    };
    // The far leg's final response to our re-INVITE.
    enum class Final : std::uint8_t {
        usable,    // 2xx with the answer, or the offer, that was due
        unusable,  // 2xx without it, or with one that is not taken
        refused,   // 3xx–6xx, and the dialog stands
        gone       // 408, 481, no response: the dialog is over (RFC 3261 §12.2.1.2)
    };
    enum class Ack : std::uint8_t { with_answer, without_answer, unusable };

    enum class Action : std::uint8_t {
        answer_near,        // 200 with an answer to near's offer, far untouched
        offer_near,         // 200 with an offer made here
        relay_offer,        // re-INVITE to far with near's offer written for it
        relay_offerless,    // re-INVITE to far without SDP
        commit_answer,      // ACK far; take its answer; 200 to near with ours
        pass_offer,         // 200 to near with far's offer rewritten; far's ACK waits
        acknowledge_far,    // ACK far with near's answer rewritten; commit both
        acknowledge_stale,  // ACK a 2xx that came too late or cannot be used, so that far stays in its last agreed
                            // state
        commit_near,        // take the answer of near's ACK
        commit_sync,        // ACK far; take its answer to our own offer
        sync_far,           // our own offer to far: what the wishes of both now amount to
        cancel_far,         // CANCEL our re-INVITE
        refuse_near,        // far's refusal to near (see refusal())
        commit_late,        // far took a cancelled offer after all: ACK, take its answer; near was told otherwise
        withdraw_far,       // a cancelled far INVITE was refused at last
        restore,            // nothing of the pending offers stays, but for that of a far INVITE that is still open
        end_call            // BYE both, with Reason
    };
    using Actions = boost::container::static_vector<Action, 6>;
    enum class Refusal : std::uint8_t { relayed, cancelled, timed_out, bad_answer };

    explicit Negotiation(NegotiationRules rules) : rules_{rules} {}

    State state() const { return state_; }
    media::Side near() const { return near_; }
    Refusal refusal() const { return refusal_; }
    bool is_offerless() const { return offerless_; }
    bool idle() const { return state_ == State::idle; }
    // A re-INVITE can be taken: nothing is pending, no cancelled far INVITE dangles.
    bool accepts_request() const { return idle() && !dangling_; }
    base::Instant next_timeout() const { return timers_.next(); }

    void on_request(base::Instant now, media::Side near, Request request, Actions& out);
    void on_far_final(base::Instant now, Final final, Actions& out);
    // `far_differs`: with the wishes this ACK leaves, far's agreed direction is not what it should be.
    void on_ack(base::Instant now, Ack ack, bool far_differs, Actions& out);
    void on_no_ack(Actions& out);
    void on_cancel(Actions& out);
    void on_timeout(base::Instant now, Actions& out);
    void stop();  // the call ends

private:
    enum class Timer : std::uint8_t { far_final };

    void on_asked_final(base::Instant now, Final final, Actions& out);
    void on_sync_final(Final final, Actions& out);
    void on_dangling_final(base::Instant now, Final final, Actions& out);
    void give_up_on_far(Actions& out);
    void settle_near(Actions& out);
    void cancel_far(base::Instant now, Refusal why, Actions& out);
    void sync(base::Instant now, Actions& out);
    void fail(Actions& out);
    void enter(State next);

    NegotiationRules rules_;
    base::TimerSet<Timer, 1> timers_;
    State state_ = State::idle;
    media::Side near_ = media::Side::a;
    Refusal refusal_ = Refusal::relayed;
    bool offerless_ = false;
    bool dangling_ = false;  // a far INVITE was cancelled, near has been answered, far's final is still to come
    bool dangling_offerless_ = false;  // that one carried no offer
    bool dangling_sync_ = false;       // that one carried our own offer: far may well take it late
    bool sync_owed_ = false;           // far should be told something new as soon as nothing dangles
    bool sync_is_late_ = false;        // the one under way was owed: if far is silent again, it is left at that
    bool sync_cancelled_ = false;
};

}  // namespace server
