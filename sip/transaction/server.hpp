// Server transaction of every request but INVITE and ACK: RFC 3261 §17.2.2. Pure.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "base/timer_set.hpp"
#include "sip/transaction/actions.hpp"
#include "sip/transaction/timer_config.hpp"
#include "sip/transport.hpp"

namespace sip {

//           request received
//                │              1xx
//             trying ───────────────────► proceeding      error: terminated
//                └───── 200–699 ─────────────┘
//                           completed ── J ──► terminated
class NonInviteServer {
public:
    enum class State : std::uint8_t { trying, proceeding, completed, terminated };
    using Action = ServerAction;
    using Actions = ServerActions;

    NonInviteServer(Transport transport, TimerConfig config) : transport_{transport}, config_{config} {}

    void on_request(Actions& out);                                  // the request, repeated
    void on_response(base::Instant now, int status, Actions& out);  // from the user
    void on_timeout(base::Instant now, Actions& out);               // asks for nothing
    void on_send_error(Actions& out);

    State state() const { return state_; }
    bool is_terminated() const { return state_ == State::terminated; }
    base::Instant next_timeout() const { return timers_.next(); }

private:
    enum class Timer : std::uint8_t { j };

    State state_ = State::trying;
    Transport transport_;
    TimerConfig config_;
    base::TimerSet<Timer, 1> timers_;
};

}  // namespace sip
