#include "sip/dialog/invite_usage.hpp"

#include <algorithm>
#include <utility>

namespace sip {

void SentAnswer::on_2xx_sent(base::Instant now, std::uint32_t cseq, base::Duration margin) {
    cseq_ = cseq;
    interval_ = config_.t1;
    timers_.arm(Timer::retransmit, now + interval_);
    timers_.arm(Timer::give_up, now + config_.give_up() - margin);
}

bool SentAnswer::on_ack(std::uint32_t cseq) {
    if (!awaits_ack() || cseq != cseq_) { return false; }
    timers_.disarm_all();
    return true;
}

SentAnswer::Action SentAnswer::on_timeout(base::Instant now) {
    const auto timer = timers_.pop_due(now);
    if (!timer) { return Action::none; }
    if (*timer == Timer::give_up) {
        timers_.disarm_all();
        return Action::give_up;
    }
    interval_ = std::min(interval_ * 2, config_.t2);  // on every transport: proxies may lose it (§13.3.1.4)
    timers_.arm(Timer::retransmit, now + interval_);
    return Action::retransmit;
}

void SentAck::on_ack_sent(std::uint32_t cseq, std::string body_type, std::string body) {
    sent_ = true;
    cseq_ = cseq;
    body_type_ = std::move(body_type);
    body_ = std::move(body);
}

}  // namespace sip
