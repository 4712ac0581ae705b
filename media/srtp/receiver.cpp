#include "media/srtp/receiver.hpp"

#include <algorithm>

namespace media {

bool SrtpReceiver::set_key(base::Instant now, const SrtpKey& key) {
    if (newest_ && *newest_ == key) { return true; }
    if (current_ && current_->key() == key) {  // back to the one of before, which knows what it has seen
        newest_ = key;
        continuing_.reset();
        beginning_.reset();
        return true;
    }
    auto beginning = SrtpSession::make(SrtpSession::Direction::inbound, key);
    if (!beginning) { return false; }
    std::optional<SrtpSession> continuing;
    if (current_ && current_->has_rolled_over()) {
        continuing = SrtpSession::make(SrtpSession::Direction::inbound, key);
        if (!continuing || !continuing->continue_from(*current_)) { return false; }
    }
    newest_ = key;
    beginning_ = std::move(beginning);
    continuing_ = std::move(continuing);
    grace_end_ = now + grace;
    return true;
}

SrtpDrop SrtpReceiver::unprotect_rtp(base::Instant now, std::span<std::byte> storage, std::size_t& size) noexcept {
    return unprotect(now, &SrtpSession::unprotect_rtp, storage, size);
}

SrtpDrop SrtpReceiver::unprotect_rtcp(base::Instant now, std::span<std::byte> storage, std::size_t& size) noexcept {
    return unprotect(now, &SrtpSession::unprotect_rtcp, storage, size);
}

SrtpDrop SrtpReceiver::unprotect(base::Instant now, Unprotect function, std::span<std::byte> storage,
                                 std::size_t& size) noexcept {
    SrtpDrop drop = SrtpDrop::no_key;
    if (size > max_datagram) {
        drop = SrtpDrop::malformed;
    } else if (beginning_) {
        drop = try_changed(now, function, storage, size);
    } else if (current_) {
        drop = ((*current_).*function)(storage, size);
    }
    ++drops_[static_cast<std::size_t>(drop)];
    return drop;
}

// Each attempt on the packet as it came: a failed one may leave anything in the buffer.
SrtpDrop SrtpReceiver::try_changed(base::Instant now, Unprotect function, std::span<std::byte> storage,
                                   std::size_t& size) noexcept {
    std::array<std::byte, max_datagram> copy;
    std::copy_n(storage.begin(), size, copy.begin());
    SrtpDrop drop = SrtpDrop::none;
    for (std::optional<SrtpSession>* const candidate : {&continuing_, &beginning_}) {
        if (!*candidate) { continue; }
        drop = ((**candidate).*function)(storage, size);
        if (drop == SrtpDrop::none) {
            settle(*candidate);
            return drop;
        }
        std::copy_n(copy.begin(), size, storage.begin());
    }
    if (now >= grace_end_) { current_.reset(); }
    return !current_ ? drop : ((*current_).*function)(storage, size);
}

void SrtpReceiver::settle(std::optional<SrtpSession>& winner) noexcept {
    current_ = std::move(winner);
    continuing_.reset();
    beginning_.reset();
}

}  // namespace media
