#include "media/relay/latch.hpp"

namespace media {

void Latch::describe(base::Instant now, const base::Endpoint& described) noexcept {
    muted_ = described.port == 0 || described.address.is_unspecified();
    if (muted_) { return; }
    described_at_ = now;
    const bool heard = settled_ || anchored_;
    settled_ = false;
    anchored_ = heard && known_ && described == described_;
    if (known_ && described == described_) {
        preferred_ = target_;
        return;
    }
    has_old_ = known_;
    old_ = target_;
    known_ = true;
    described_ = described;
    preferred_ = described;
    target_ = described;
}

void Latch::bar(const base::Endpoint& source, base::Instant until) noexcept {
    barred_ = source;
    barred_until_ = until;
}

bool Latch::accept(base::Instant now, const base::Endpoint& source, bool worthy) noexcept {
    if (!known_) { return false; }
    const bool deciding = !settled_ || is_open(now);
    if (source == target_ || (deciding && (source == described_ || source == preferred_))) {
        settle(source);
        return true;
    }
    if (has_old_ && source == old_) { return !settled_ && is_open(now); }
    const bool barred = source == barred_ && now < barred_until_;
    const bool another_host = anchored_ && source.address != preferred_.address;
    if (settled_ || !learn_ || !worthy || barred || another_host) { return false; }
    settle(source);
    return true;
}

std::optional<base::Endpoint> Latch::target() const noexcept {
    if (!known_ || muted_) { return std::nullopt; }
    return target_;
}

void Latch::settle(const base::Endpoint& source) noexcept {
    target_ = source;
    settled_ = true;
}

}  // namespace media
