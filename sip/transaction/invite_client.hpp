// INVITE client transaction: RFC 3261 §17.1.1, with the Accepted state of RFC 6026 §7.2, and the patience of §9.1 for
// a cancelled INVITE. Pure: feed it events; carry out the actions it appends to `out`.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "base/timer_set.hpp"
#include "sip/transaction/actions.hpp"
#include "sip/transaction/timer_config.hpp"
#include "sip/transport.hpp"

namespace sip {

//            INVITE sent
//                 │        A: send again       1xx
//             calling ─────────────────► proceeding      B, error, or no final 64·T1 after CANCEL: terminated
//   300–699: ACK  ├──────────────────────────┤  2xx
//             completed ── D ─► terminated ◄─ M ── accepted
class InviteClient {
public:
    enum class State : std::uint8_t { calling, proceeding, completed, accepted, terminated };
    using Action = ClientAction;
    using Actions = ClientActions;

    // The INVITE has just been sent.
    InviteClient(base::Instant now, Transport transport, TimerConfig config);

    void on_response(base::Instant now, int status, Actions& out);
    void on_cancel_sent(base::Instant now);
    void on_timeout(base::Instant now, Actions& out);
    void on_send_error(Actions& out);

    State state() const { return state_; }
    bool is_terminated() const { return state_ == State::terminated; }
    base::Instant next_timeout() const { return timers_.next(); }

private:
    enum class Timer : std::uint8_t { a, b, d, m, cancelled };

    void on_final(base::Instant now, int status, Actions& out);
    void on_timer(Timer timer, base::Instant now, Actions& out);
    void enter(State next);

    State state_ = State::calling;
    Transport transport_;
    TimerConfig config_;
    base::Duration retransmit_after_;
    base::TimerSet<Timer, 5> timers_;
};

}  // namespace sip
