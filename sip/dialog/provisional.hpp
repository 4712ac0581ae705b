// Provisional responses sent reliably: RFC 3262. The server's side numbers and repeats them until their PRACK comes,
// the client's side tells which of them are to be acknowledged. Pure. Leaves out: the PRACK transaction, and whether a
// response may carry an offer or an answer (§5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.hpp"
#include "base/timer_set.hpp"
#include "sip/message/message.hpp"
#include "sip/message/rack.hpp"
#include "sip/transaction/timer_config.hpp"

namespace sip {

// The number of a response that wants a PRACK: 101 to 199 with Require: 100rel and a good RSeq (§4).
std::optional<std::uint32_t> reliable_number(const Message& response);

// Ours to one INVITE of the peer. One at a time is on its way: §3 asks it of the first only, but so the peer can never
// have to discard one for its order.
class ReliableSender {
public:
    enum class Push : std::uint8_t { send, waits, refused };
    enum class Action : std::uint8_t { none, retransmit, give_up };

    static constexpr std::size_t max_waiting = 8;

    // `random`: any number; the first RSeq is made of it (§3: 1 to 2^31−1).
    ReliableSender(TimerConfig config, std::uint32_t invite_cseq, std::uint64_t random);

    // Adds Require: 100rel and RSeq. `send`: current() goes out now. `waits`: after those before it. `refused`: no
    // 101 to 199, a final response was sent, we gave up, or more than max_waiting wait.
    Push push(base::Instant now, Message response);
    // True: it acknowledges current(), answer 200 and send what take_next() then gives. False: 481.
    bool on_prack(const RAck& rack);
    // After a PRACK: true where the next one, now current(), goes out.
    bool take_next(base::Instant now);
    // Of retransmit: current() goes out again. Of give_up, after 64·T1 without PRACK: answer the INVITE with a 5xx.
    Action on_timeout(base::Instant now);
    base::Instant next_timeout() const { return timers_.next(); }

    // What was sent last and is not acknowledged; meaningless where nothing is.
    const Message& current() const { return current_; }
    // A 2xx has to wait while this holds and a description is on its way (§3).
    bool awaits_prack() const { return unacknowledged_.has_value() && !closed_; }
    // Nothing is repeated or newly sent any more; a PRACK on its way still matches (§3).
    void on_final_sent();

private:
    enum class Timer : std::uint8_t { retransmit, give_up };
    void send(base::Instant now, Message response);

    TimerConfig config_;
    std::uint32_t invite_cseq_;
    std::uint32_t next_rseq_;
    std::optional<std::uint32_t> unacknowledged_;
    Message current_;
    std::deque<Message> waiting_;
    base::TimerSet<Timer, 2> timers_;
    base::Duration interval_{};
    bool closed_ = false;
};

// The peer's to one INVITE of ours, in one early dialog.
class ReliableReceiver {
public:
    // Of a repetition nothing is done: its PRACK is repeated by its own transaction. Of what is out of order neither.
    enum class Verdict : std::uint8_t { acknowledge, repetition, out_of_order };

    // `rseq`: from reliable_number. `cseq`: of the INVITE; a higher one, sent after a challenge, begins anew.
    Verdict on_reliable(std::uint32_t rseq, std::uint32_t cseq);
    // For the PRACK of the response that was to be acknowledged last.
    RAck rack() const { return {last_, {cseq_, Method::invite, "INVITE"}}; }

private:
    std::uint32_t cseq_ = 0;
    std::uint32_t first_ = 0;  // 0: none yet
    std::uint32_t last_ = 0;
};

}  // namespace sip
