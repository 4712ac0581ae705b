#include "sip/dialog/session_timer.hpp"

#include <algorithm>

namespace sip {
namespace {

using std::chrono::seconds;

constexpr seconds default_min_se{90};  // §5: what a request without Min-SE means
constexpr base::Duration longest_margin = seconds{32};

// §10: the BYE leaves before the session expires for whoever else counts.
base::Duration life(base::Duration interval) { return interval - std::min(longest_margin, interval / 3); }

}  // namespace

SessionTimerReply SessionTimer::on_request(const SessionTimerRequest& request) {
    peers_min_se_ = std::max(peers_min_se_, request.min_se.value_or(seconds{}));
    const auto& asked = request.session_expires;
    SessionTimerReply reply;
    reply.min_se = config_.min_se;
    // §9: only who knows the extension understands a 422.
    reply.too_small = asked && request.supports_timer && asked->interval < config_.min_se;
    if (reply.too_small) { return reply; }
    // §9: may become shorter, down to the request's Min-SE, and never longer.
    const auto longest = std::max({config_.session_expires, config_.min_se, peers_min_se_});
    reply.session_expires.interval = asked ? std::min(asked->interval, longest) : wanted();
    reply.session_expires.refresher = refresher_for(request);
    // §9: MUST for a client that refreshes, SHOULD for one that is to end what is no longer refreshed.
    reply.require_timer = request.supports_timer;
    return reply;
}

// §9, table 2. A client that does not know the extension cannot refresh, whatever was put into its request. Where we
// may choose, the role stays where it is, and is ours at first.
Refresher SessionTimer::refresher_for(const SessionTimerRequest& request) const {
    if (!request.supports_timer) { return Refresher::uas; }
    const auto asked = request.session_expires ? request.session_expires->refresher : Refresher::none;
    if (asked != Refresher::none) { return asked; }
    return refresher_ == Refreshing::peer ? Refresher::uac : Refresher::uas;
}

void SessionTimer::on_2xx_sent(base::Instant now, const SessionExpires& sent) {
    run(now, sent.interval, sent.refresher == Refresher::uac ? Refreshing::peer : Refreshing::us);
}

SessionExpires SessionTimer::session_expires() const {
    switch (refresher_) {
        case Refreshing::us:
            return {wanted(), Refresher::uac};
        case Refreshing::peer:
            return {wanted(), Refresher::uas};
        case Refreshing::nobody:
            break;
    }
    return {wanted(), Refresher::none};  // §7.1: the server chooses
}

std::optional<seconds> SessionTimer::min_se() const {
    if (peers_min_se_ == seconds{} && config_.min_se <= default_min_se) { return std::nullopt; }
    return std::max(peers_min_se_, config_.min_se);
}

// §7.4: the present interval, raised to Min-SE.
seconds SessionTimer::wanted() const {
    const auto interval = is_running() ? interval_ : config_.session_expires;
    return std::max(interval, min_se().value_or(seconds{}));
}

void SessionTimer::on_2xx(base::Instant now, const std::optional<SessionExpires>& received) {
    raised_ = false;
    if (!received) { return run(now, wanted(), Refreshing::us); }
    run(now, received->interval, received->refresher == Refresher::uas ? Refreshing::peer : Refreshing::us);
}

bool SessionTimer::on_422(std::optional<seconds> min_se) {
    const bool can_be_mended = !raised_ && min_se && *min_se > wanted();
    raised_ = can_be_mended;
    if (can_be_mended) { peers_min_se_ = *min_se; }
    return can_be_mended;
}

bool SessionTimer::on_failure(int status) {
    const bool challenged = status == 401 || status == 407;
    if (!challenged) { raised_ = false; }
    return status == 408 || status == 481;
}

void SessionTimer::refresh_at(base::Instant at) {
    if (we_refresh()) { timers_.arm(Timer::refresh, at); }
}

// A peer may have written any number: no clock of ours runs faster than the least interval there may be, or the one
// configured where that is shorter still.
void SessionTimer::run(base::Instant now, seconds interval, Refreshing refresher) {
    if (stopped_) { return; }
    interval_ = std::max(interval, std::min(default_min_se, config_.min_se));
    refresher_ = refresher;
    timers_.disarm_all();
    timers_.arm(Timer::expiry, now + life(interval_));
    if (we_refresh()) { timers_.arm(Timer::refresh, now + base::Duration{interval_} / 2); }
}

SessionTimer::Action SessionTimer::on_timeout(base::Instant now) {
    const auto timer = timers_.pop_due(now);
    if (!timer) { return Action::none; }
    if (*timer == Timer::refresh) { return Action::refresh; }
    stop();
    return Action::expired;
}

void SessionTimer::stop() {
    stopped_ = true;
    refresher_ = Refreshing::nobody;
    timers_.disarm_all();
}

}  // namespace sip
