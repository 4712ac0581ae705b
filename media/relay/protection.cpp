#include "media/relay/protection.hpp"

#include <algorithm>

namespace media {

namespace {

Drop reason_of(SrtpDrop drop) noexcept {
    switch (drop) {
        case SrtpDrop::none:
            return Drop::none;
        case SrtpDrop::malformed:
        case SrtpDrop::no_room:
            return Drop::malformed;
        case SrtpDrop::replayed:
            return Drop::replay;
        case SrtpDrop::too_many_sources:
            return Drop::unknown_source;
        case SrtpDrop::bad_tag:
        case SrtpDrop::no_key:
        case SrtpDrop::exhausted:
            break;
    }
    return Drop::auth;
}

}  // namespace

bool Protection::set_keys(base::Instant now, const SrtpKeys& keys) {
    if (!outbound_) {
        outbound_ = SrtpSession::make(SrtpSession::Direction::outbound, keys.ours);
    } else if (!(outbound_->key() == keys.ours) && !outbound_->change_key(keys.ours)) {
        outbound_.reset();
    }
    return inbound_.set_key(now, keys.theirs) && outbound_;
}

Drop Protection::open(base::Instant now, Kind kind, std::span<std::byte>& datagram) noexcept {
    std::size_t size = datagram.size();
    const SrtpDrop drop =
        kind == Kind::rtp ? inbound_.unprotect_rtp(now, datagram, size) : inbound_.unprotect_rtcp(now, datagram, size);
    datagram = datagram.first(size);
    return reason_of(drop);
}

std::span<const std::byte> Protection::seal(Kind kind, std::span<const std::byte> datagram, Buffer& buffer) noexcept {
    if (!outbound_ || datagram.size() > max_datagram) { return {}; }
    std::copy(datagram.begin(), datagram.end(), buffer.bytes_.begin());
    std::size_t size = datagram.size();
    const SrtpDrop drop =
        kind == Kind::rtp ? outbound_->protect_rtp(buffer.bytes_, size) : outbound_->protect_rtcp(buffer.bytes_, size);
    if (drop != SrtpDrop::none) { return {}; }
    return std::span{buffer.bytes_}.first(size);
}

}  // namespace media
