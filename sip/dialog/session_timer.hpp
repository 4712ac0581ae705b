// Session timer of one dialog: RFC 4028. What our requests and 2xx say of it, what the peer's mean, when to refresh and
// when the session is over. Pure. Leaves out: the refresh itself (re-INVITE or UPDATE) and its retry after a failure,
// whose time the owner chooses; `Supported: timer`, which goes into every INVITE and UPDATE and their 2xx (§7.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "base/timer_set.hpp"
#include "sip/message/session_expires.hpp"

namespace sip {

struct SessionTimerConfig {
    std::chrono::seconds session_expires = std::chrono::minutes{30};  // §4: recommended
    std::chrono::seconds min_se{90};                                  // §5: the least there may be
};

// What an INVITE or UPDATE of the peer says.
struct SessionTimerRequest {
    std::optional<SessionExpires> session_expires;
    std::optional<std::chrono::seconds> min_se;
    bool supports_timer = false;  // `timer` in Supported or Require
};

// What its 2xx is to say; or, where the interval is too small, its 422 with Min-SE: min_se.
struct SessionTimerReply {
    bool too_small = false;
    std::chrono::seconds min_se{};
    SessionExpires session_expires;
    bool require_timer = false;  // `Require: timer`
};

class SessionTimer {
public:
    enum class Action : std::uint8_t { none, refresh, expired };

    explicit SessionTimer(SessionTimerConfig config) : config_{config} {}

    // As server. The timer is set by the 2xx, not by the request: until then it may still be refused.
    SessionTimerReply on_request(const SessionTimerRequest& request);
    void on_2xx_sent(base::Instant now, const SessionExpires& sent);

    // As client: for each INVITE and UPDATE of the dialog, whatever it is sent for.
    SessionExpires session_expires() const;
    // Nullopt: none goes in, and by that 90 s.
    std::optional<std::chrono::seconds> min_se() const;
    // Nullopt: the peer does not know timers, and we refresh for our own sake (§7.2).
    void on_2xx(base::Instant now, const std::optional<SessionExpires>& received);
    // 422. True: send the request again, with what session_expires() and min_se() are now. False: it has failed, for
    // the second time in a row or for no reason that we could mend.
    bool on_422(std::optional<std::chrono::seconds> min_se);
    // Any other failure of INVITE or UPDATE. True: the dialog is gone (408, 481; RFC 3261 §12.2.1.2), end it.
    bool on_failure(int status);
    // A refresh that failed is tried again at this time; when the session expires does not change.
    void refresh_at(base::Instant at);

    // refresh: send a request now. expired: BYE (§10).
    Action on_timeout(base::Instant now);
    base::Instant next_timeout() const { return timers_.next(); }
    bool is_running() const { return refresher_ != Refreshing::nobody; }
    bool we_refresh() const { return refresher_ == Refreshing::us; }
    void stop();  // the dialog ends: nothing sets the timer again, not even a 2xx that crossed the BYE

private:
    enum class Refreshing : std::uint8_t { nobody, us, peer };
    enum class Timer : std::uint8_t { refresh, expiry };

    std::chrono::seconds wanted() const;
    Refresher refresher_for(const SessionTimerRequest& request) const;
    void run(base::Instant now, std::chrono::seconds interval, Refreshing refresher);

    SessionTimerConfig config_;
    std::chrono::seconds interval_{};      // of the running session
    std::chrono::seconds peers_min_se_{};  // the largest that the peer or a proxy asked for (§7.4); 0: none did
    Refreshing refresher_ = Refreshing::nobody;
    bool raised_ = false;  // the request in hand follows a 422
    bool stopped_ = false;
    base::TimerSet<Timer, 2> timers_;
};

}  // namespace sip
