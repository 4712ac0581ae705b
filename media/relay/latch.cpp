#include "media/relay/latch.hpp"

#include <algorithm>

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

void Latch::shut_out(const base::Endpoint& stranger) {
    if (stranger == described_) { return; }
    if (!is_stranger(stranger)) { strangers_.push_back(stranger); }
    if (has_old_ && old_ == stranger) { has_old_ = false; }
    if (target_ != stranger) { return; }
    target_ = described_;
    preferred_ = described_;
    settled_ = false;
    anchored_ = false;
}

bool Latch::is_stranger(const base::Endpoint& source) const noexcept {
    return std::find(strangers_.begin(), strangers_.end(), source) != strangers_.end();
}

bool Latch::accept(base::Instant now, const base::Endpoint& source, bool worthy) noexcept {
    const Verdict found = verdict(now, source, worthy);
    if (found == Verdict::settled) { settle(source); }
    return found != Verdict::refused;
}

Latch::Verdict Latch::verdict(base::Instant now, const base::Endpoint& source, bool worthy) const noexcept {
    if (!known_) { return Verdict::refused; }
    const bool deciding = !settled_ || is_open(now);
    if (source == target_ || (deciding && (source == described_ || source == preferred_))) { return Verdict::settled; }
    if (has_old_ && source == old_) { return !settled_ && is_open(now) ? Verdict::taken : Verdict::refused; }
    const bool barred = source == barred_ && now < barred_until_;
    const bool another_host = anchored_ && source.address != preferred_.address;
    const bool learnable = learn_ && worthy && !barred && !another_host && !is_stranger(source);
    return !settled_ && learnable ? Verdict::settled : Verdict::refused;
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
