// What an INVITE adds to a dialog beyond its transaction: the 2xx repeated until its ACK comes (RFC 3261 §13.3.1.4),
// and the ACK repeated for each repetition of the peer's 2xx (§13.2.2.4). One object a dialog; INVITEs follow one
// another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "base/timer_set.hpp"
#include "sip/transaction/timer_config.hpp"

namespace sip {

// Our 2xx to the peer's INVITE.
class SentAnswer {
public:
    enum class Action : std::uint8_t { none, retransmit, give_up };

    explicit SentAnswer(TimerConfig config) : config_{config} {}

    // `margin`: gives up this much before 64·T1. The answer that comes with this ACK may be due elsewhere by then.
    void on_2xx_sent(base::Instant now, std::uint32_t cseq, base::Duration margin = {});
    // True for the first ACK of this INVITE; its body counts. False: a repetition, or of another INVITE.
    bool on_ack(std::uint32_t cseq);
    Action on_timeout(base::Instant now);  // give_up: no ACK for 64·T1
    base::Instant next_timeout() const { return timers_.next(); }
    bool awaits_ack() const { return timers_.is_armed(Timer::give_up); }
    void stop() { timers_.disarm_all(); }

private:
    enum class Timer : std::uint8_t { retransmit, give_up };
    TimerConfig config_;
    base::TimerSet<Timer, 2> timers_;
    base::Duration interval_{};
    std::uint32_t cseq_ = 0;
};

// The peer's 2xx to our INVITE: what we acknowledged last.
class SentAck {
public:
    void on_ack_sent(std::uint32_t cseq, std::string body_type, std::string body);
    // Was the INVITE of this number acknowledged already? Then its 2xx is a repetition: send the same ACK again.
    bool acknowledged(std::uint32_t cseq) const { return sent_ && cseq_ == cseq; }
    const std::string& body_type() const { return body_type_; }
    const std::string& body() const { return body_; }

private:
    bool sent_ = false;
    std::uint32_t cseq_ = 0;
    std::string body_type_;
    std::string body_;
};

}  // namespace sip
