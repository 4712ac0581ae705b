#include "media/bundle/transport.hpp"

#include <algorithm>

namespace media {
namespace {

TransportFailure reason_of(DtlsFailure failure) {
    switch (failure) {
        case DtlsFailure::none:
            return TransportFailure::none;
        case DtlsFailure::protocol:
        case DtlsFailure::too_much:
            return TransportFailure::handshake;
        case DtlsFailure::no_profile:
            return TransportFailure::profile;
        case DtlsFailure::fingerprint:
            return TransportFailure::fingerprint;
        case DtlsFailure::time:
            return TransportFailure::handshake_time;
    }
    return TransportFailure::handshake;
}

}  // namespace

BundleTransport::BundleTransport(const IceCredentials& ours, const DtlsContext* context, DtlsOutcomes* outcomes)
    : agent_{ours} {
    if (context != nullptr) { association_.emplace(*context, outcomes); }
}

void BundleTransport::describe(base::Instant now, const TransportDescription& description, Datagrams& out) {
    if (description.ours != agent_.credentials()) { agent_.restart(description.ours); }
    agent_.set_remote(description.their_ufrag);
    if (!dtls_) { give_up_at_ = now + set_up_limit; }
    dtls_ = description.dtls;
    associate(now, out);
    judge(now);
}

IceOutcome BundleTransport::on_check(base::Instant now, const TransportAddress& source,
                                     std::span<const std::byte> datagram, Datagrams& out) {
    IceOutcome outcome = agent_.on_datagram(now, source, datagram);
    if (outcome.result != IceResult::answered) { return outcome; }
    const bool is_first = !std::exchange(is_checked_, true);
    was_selected_ = was_selected_ || agent_.selected();
    if (is_first || outcome.is_new_selection) { associate(now, out); }
    judge(now);
    return outcome;
}

Drop BundleTransport::on_dtls(base::Instant now, std::span<const std::byte> datagram, Datagrams& out) {
    if (!association_ || !dtls_) { return Drop::dtls; }
    association_->on_datagram(now, datagram, out);
    take_keys(now);
    judge(now);
    return association_->failure() == DtlsFailure::none ? Drop::none : Drop::dtls;
}

void BundleTransport::on_timeout(base::Instant now, Datagrams& out) {
    agent_.on_timeout(now);
    if (association_ && now >= association_->next_timeout()) { association_->on_timeout(now, out); }
    judge(now);
}

base::Instant BundleTransport::next_timeout() const noexcept {
    return std::min({agent_.next_timeout(), give_up_at_, association_ ? association_->next_timeout() : base::never});
}

void BundleTransport::close(Datagrams& out) {
    if (association_) { association_->close(out); }
}

std::optional<TransportAddress> BundleTransport::target() const noexcept {
    return keyed_ ? agent_.selected() : std::nullopt;
}

IceState BundleTransport::ice_state() const noexcept {
    if (agent_.selected()) { return IceState::connected; }
    return was_selected_ ? IceState::disconnected : IceState::checking;
}

// Not before there is somebody to talk to: the time of a handshake is short, that of checks is not ours. Who begins it
// needs to know where to.
void BundleTransport::associate(base::Instant now, Datagrams& out) {
    if (!dtls_ || !association_) { return; }
    const bool may_begin = dtls_->role == DtlsRole::client ? agent_.selected().has_value() : is_checked_;
    if (!may_begin) { return; }
    association_->describe(now, *dtls_, out);
    take_keys(now);
}

// Where the library refuses keys, the transport stays mute.
void BundleTransport::take_keys(base::Instant now) {
    const auto keys = association_->take_keys();
    if (!keys) { return; }
    keyed_.reset();
    if (protection_.set_keys(now, *keys)) { keyed_ = dtls_->association; }
}

void BundleTransport::judge(base::Instant now) noexcept {
    if (target() && !std::exchange(was_up_, true)) {
        give_up_at_ = base::never;
        event_ = Event{EngineEvent::Kind::transport_up};
    }
    // Once it has brought its keys, what becomes of it is no matter of media.
    const bool is_open = association_ && dtls_ && keyed_ != dtls_->association;
    if (is_open) { fail(reason_of(association_->failure())); }
    if (now < give_up_at_) { return; }
    fail(agent_.selected() ? TransportFailure::handshake_time : TransportFailure::checks);
}

// Of each association once.
void BundleTransport::fail(TransportFailure failure) noexcept {
    const bool is_told = dtls_ && failed_ == dtls_->association;
    if (failure == TransportFailure::none || !dtls_ || is_told) { return; }
    failed_ = dtls_->association;
    give_up_at_ = base::never;
    event_ = Event{EngineEvent::Kind::transport_failed, failure};
}

}  // namespace media
