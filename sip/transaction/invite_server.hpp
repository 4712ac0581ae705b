// INVITE server transaction: RFC 3261 §17.2.1, with the Accepted state and the transport errors of RFC 6026 §7.1.
// Pure. Leaves out: the 100 (the user sends it at once) and repeating a 2xx (dialog/invite_usage).
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "base/timer_set.hpp"
#include "sip/transaction/actions.hpp"
#include "sip/transaction/timer_config.hpp"
#include "sip/transport.hpp"

namespace sip {

//            INVITE received
//                 │
//            proceeding ───── 2xx ─────► accepted ── L ──► terminated
//                 │ 300–699              (ACKs and further 2xx pass through)
//             completed ── H: no ACK ──► terminated
//                 │ ACK                  (G: send again)
//             confirmed ── I ──► terminated
class InviteServer {
public:
    enum class State : std::uint8_t { proceeding, completed, confirmed, accepted, terminated };
    using Action = ServerAction;
    using Actions = ServerActions;

    InviteServer(Transport transport, TimerConfig config) : transport_{transport}, config_{config} {}

    void on_request(Actions& out);  // the INVITE, repeated
    void on_ack(base::Instant now, Actions& out);
    void on_response(base::Instant now, int status, Actions& out);  // from the user
    void on_timeout(base::Instant now, Actions& out);
    void on_send_error(Actions& out);

    State state() const { return state_; }
    bool is_terminated() const { return state_ == State::terminated; }
    // Nothing has to be sent any more, or only what the user sends.
    bool is_quiet() const { return state_ != State::proceeding && state_ != State::completed; }
    bool has_final() const { return state_ != State::proceeding; }
    base::Instant next_timeout() const { return timers_.next(); }

private:
    enum class Timer : std::uint8_t { g, h, i, l };

    void on_final(base::Instant now, int status);
    void on_timer(Timer timer, base::Instant now, Actions& out);
    void enter(State next);

    State state_ = State::proceeding;
    Transport transport_;
    bool responded_ = false;
    TimerConfig config_;
    base::Duration retransmit_after_{};
    base::TimerSet<Timer, 4> timers_;
};

}  // namespace sip
