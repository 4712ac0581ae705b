#include "sip/dialog/provisional.hpp"

#include <string>
#include <utility>

#include "sip/message/values.hpp"

namespace sip {
namespace {

constexpr std::uint32_t first_rseq_bound = 0x8000'0000;  // §3

bool is_provisional(int status) { return status > 100 && status < 200; }

}  // namespace

std::optional<std::uint32_t> reliable_number(const Message& response) {
    const auto rseq = response.first(HeaderId::rseq);
    const bool reliable = is_provisional(response.status()) && has_token(response, HeaderId::require, "100rel");
    return reliable && rseq ? parse_rseq(*rseq) : std::nullopt;
}

ReliableSender::ReliableSender(TimerConfig config, std::uint32_t invite_cseq, std::uint64_t random)
    : config_{config},
      invite_cseq_{invite_cseq},
      next_rseq_{static_cast<std::uint32_t>(1 + random % (first_rseq_bound - 1))} {}

ReliableSender::Push ReliableSender::push(base::Instant now, Message response) {
    if (closed_ || !is_provisional(response.status())) { return Push::refused; }
    if (unacknowledged_ || !waiting_.empty()) {
        if (waiting_.size() == max_waiting) { return Push::refused; }
        waiting_.push_back(std::move(response));
        return Push::waits;
    }
    send(now, std::move(response));
    return Push::send;
}

void ReliableSender::send(base::Instant now, Message response) {
    current_ = std::move(response);
    if (!has_token(current_, HeaderId::require, "100rel")) { current_.add(HeaderId::require, "100rel"); }
    current_.set(HeaderId::rseq, std::to_string(next_rseq_));
    unacknowledged_ = next_rseq_++;
    interval_ = config_.t1;
    timers_.arm(Timer::retransmit, now + interval_);
    timers_.arm(Timer::give_up, now + config_.give_up());
}

bool ReliableSender::on_prack(const RAck& rack) {
    const bool of_invite = rack.cseq.number == invite_cseq_ && rack.cseq.method == Method::invite;
    if (!of_invite || unacknowledged_ != rack.rseq) { return false; }
    unacknowledged_.reset();
    timers_.disarm_all();
    return true;
}

bool ReliableSender::take_next(base::Instant now) {
    if (unacknowledged_ || waiting_.empty()) { return false; }
    Message next = std::move(waiting_.front());
    waiting_.pop_front();
    send(now, std::move(next));
    return true;
}

ReliableSender::Action ReliableSender::on_timeout(base::Instant now) {
    const auto timer = timers_.pop_due(now);
    if (!timer) { return Action::none; }
    if (*timer == Timer::give_up) {
        on_final_sent();
        return Action::give_up;
    }
    interval_ *= 2;  // without the bound of T2 that a 2xx has
    timers_.arm(Timer::retransmit, now + interval_);
    return Action::retransmit;
}

void ReliableSender::on_final_sent() {
    closed_ = true;
    waiting_.clear();
    timers_.disarm_all();
}

ReliableReceiver::Verdict ReliableReceiver::on_reliable(std::uint32_t rseq, std::uint32_t cseq) {
    const bool none_yet = first_ == 0;
    if (none_yet || cseq > cseq_) {
        cseq_ = cseq;
        first_ = last_ = rseq;
        return Verdict::acknowledge;
    }
    if (cseq < cseq_) { return Verdict::out_of_order; }
    if (rseq >= first_ && rseq <= last_) { return Verdict::repetition; }
    if (rseq - 1 != last_) { return Verdict::out_of_order; }
    last_ = rseq;
    return Verdict::acknowledge;
}

}  // namespace sip
