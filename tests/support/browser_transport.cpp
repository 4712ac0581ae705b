#include "tests/support/browser_transport.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "media/dtls/is_dtls.hpp"
#include "media/rtcp/rtcp_view.hpp"

namespace media::test {

BrowserTransport::BrowserTransport(const DtlsContext& context, base::Random& random)
    : random_{&random}, ours_{IceCredentials::make(random)}, association_{context} {}

void BrowserTransport::restart() { ours_ = IceCredentials::make(*random_); }

void BrowserTransport::describe(base::Instant now, const Remote& remote) {
    if (remote_ == remote) { return; }
    const bool is_other_peer = !remote_ || remote_->ice != remote.ice;
    remote_ = remote;
    if (is_other_peer) {
        is_connected_ = false;
        check_at_ = now;
        check(now);
    } else {
        associate(now);
    }
}

// RFC 8445 §7.2.2: its peer's name first.
void BrowserTransport::check(base::Instant now) {
    if (!remote_) { return; }
    check_at_ = now + (is_connected_ ? consent_interval : check_interval);
    if (!checks) { return; }
    for (std::size_t i = 0; i < transaction_.size(); i += 4) {
        base::write_u32(transaction_, i, static_cast<std::uint32_t>(random_->next()));
    }
    constexpr std::uint32_t priority = 1853817087;  // of a peer-reflexive candidate
    StunWriter request{StunClass::request, transaction_};
    request.text(StunAttribute::username, remote_->ice.ufrag + ":" + ours_.ufrag)
        .number(StunAttribute::priority, priority)
        .number(StunAttribute::ice_controlling, std::uint64_t{7});
    if (nominates) { request.flag(StunAttribute::use_candidate); }
    request.integrity(remote_->ice.pwd).fingerprint();
    output_.emplace_back(request.bytes().begin(), request.bytes().end());
}

std::optional<BrowserTransport::Packet> BrowserTransport::on_datagram(base::Instant now,
                                                                      std::span<const std::byte> datagram) {
    if (is_dtls(datagram)) {
        on_handshake(now, datagram);
        return std::nullopt;
    }
    if (!datagram.empty() && datagram.front() < std::byte{4}) {
        on_check_answer(now, datagram);
        return std::nullopt;
    }
    return on_media(now, datagram);
}

void BrowserTransport::on_check_answer(base::Instant now, std::span<const std::byte> datagram) {
    const auto answer = StunView::parse(datagram);
    const bool fits = answer && remote_ && answer->message_class() == StunClass::success &&
                      answer->transaction() == transaction_ && answer->is_authentic(remote_->ice.pwd);
    if (!fits || is_connected_) { return; }
    is_connected_ = true;
    check_at_ = now + consent_interval;
    associate(now);
}

// As long as the description says the same association, nothing happens.
void BrowserTransport::associate(base::Instant now) {
    if (!is_connected_) { return; }
    LegAssociation::Datagrams out;
    association_.describe(now, remote_->dtls, out);
    if (out.empty()) { return; }
    hello_ = out;
    hello_at_ = now + check_interval;
    std::ranges::move(out, std::back_inserter(output_));
}

void BrowserTransport::on_handshake(base::Instant now, std::span<const std::byte> datagram) {
    hello_at_ = base::never;
    LegAssociation::Datagrams out;
    association_.on_datagram(now, datagram, out);
    std::ranges::move(out, std::back_inserter(output_));
    if (const auto keys = association_.take_keys()) {
        ++handshakes_;
        is_keyed_ = protection_.set_keys(now, *keys);
    }
}

std::optional<BrowserTransport::Packet> BrowserTransport::on_media(base::Instant now,
                                                                   std::span<const std::byte> datagram) {
    const Kind kind = is_rtcp(datagram) ? Kind::rtcp : Kind::rtp;
    Bytes bytes(datagram.begin(), datagram.end());
    std::span<std::byte> packet{bytes};
    last_drop_ = protection_.open(now, kind, packet);
    if (last_drop_ != Drop::none) { return std::nullopt; }
    bytes.resize(packet.size());
    return Packet{kind, std::move(bytes)};
}

void BrowserTransport::on_timeout(base::Instant now) {
    if (now >= check_at_) { check(now); }
    if (now >= association_.next_timeout()) { association_.on_timeout(now, output_); }
    if (now < hello_at_) { return; }
    hello_at_ = now + check_interval;
    output_.insert(output_.end(), hello_.begin(), hello_.end());
}

base::Instant BrowserTransport::next_timeout() const {
    return std::min({check_at_, hello_at_, association_.next_timeout()});
}

BrowserTransport::Bytes BrowserTransport::seal(Kind kind, std::span<const std::byte> packet) {
    if (!is_up()) { return {}; }
    Protection::Buffer buffer;
    const auto sealed = protection_.seal(kind, packet, buffer);
    return Bytes(sealed.begin(), sealed.end());
}

}  // namespace media::test
