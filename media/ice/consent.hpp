// Consent to send (RFC 7675) as a lite agent knows it: it asks nothing itself, so each authenticated check of the pair
// in use is the peer's word that it still wants the media; 30 s without one end that (§5.1). What is over stays over
// until ICE restarts.
#pragma once

#include "base/time.hpp"

namespace media {

class IceConsent {
public:
    static constexpr base::Duration lifetime = std::chrono::seconds{30};

    // A pair was selected.
    void start(base::Instant now) noexcept { expires_at_ = now + lifetime; }
    void on_check(base::Instant now) noexcept {
        if (is_given(now)) { expires_at_ = now + lifetime; }
    }
    // Never before it started.
    bool is_given(base::Instant now) const noexcept { return expires_at_ != base::never && now < expires_at_; }
    base::Instant next_timeout() const noexcept { return expires_at_; }

private:
    base::Instant expires_at_ = base::never;
};

}  // namespace media
