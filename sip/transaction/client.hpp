// Client transaction of every request but INVITE and ACK: RFC 3261 §17.1.2. Pure.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "base/timer_set.hpp"
#include "sip/transaction/actions.hpp"
#include "sip/transaction/timer_config.hpp"
#include "sip/transport.hpp"

namespace sip {

//           request sent
//                │       E: send again         1xx
//             trying ───────────────────► proceeding      F or error: terminated
//                └───── 200–699 ─────────────┘
//                           completed ── K ──► terminated
class NonInviteClient {
public:
    enum class State : std::uint8_t { trying, proceeding, completed, terminated };
    using Action = ClientAction;
    using Actions = ClientActions;

    // The request has just been sent.
    NonInviteClient(base::Instant now, Transport transport, TimerConfig config);

    void on_response(base::Instant now, int status, Actions& out);
    void on_timeout(base::Instant now, Actions& out);
    void on_send_error(Actions& out);

    State state() const { return state_; }
    bool is_terminated() const { return state_ == State::terminated; }
    base::Instant next_timeout() const { return timers_.next(); }

private:
    enum class Timer : std::uint8_t { e, f, k };

    void on_timer(Timer timer, base::Instant now, Actions& out);
    void enter(State next);

    State state_ = State::trying;
    Transport transport_;
    TimerConfig config_;
    base::Duration retransmit_after_;
    base::TimerSet<Timer, 3> timers_;
};

}  // namespace sip
