#include "media/dtls/leg_association.hpp"

namespace media {

void LegAssociation::describe(base::Instant now, const DtlsParameters& parameters, Datagrams& out) {
    if (session_ && parameters.association == number_) {
        session_->expect(now, parameters.fingerprints, out);
        return count();
    }
    if (keyed_ == parameters.association) {
        session_.reset();
        return;
    }
    begin(now, parameters, out);
}

// The one before is not told: its peer has agreed to the next one, and what it sends under the old keys still counts.
void LegAssociation::begin(base::Instant now, const DtlsParameters& parameters, Datagrams& out) {
    number_ = parameters.association;
    session_ = DtlsSession::make(now, *context_, parameters.role);
    refused_ = !session_;
    is_counted_ = false;
    if (!session_) { return count(); }
    session_->expect(now, parameters.fingerprints, out);
    session_->start(now, out);
}

void LegAssociation::on_datagram(base::Instant now, std::span<const std::byte> datagram, Datagrams& out) {
    if (!session_) { return; }
    session_->on_datagram(now, datagram, out);
    count();
}

void LegAssociation::on_timeout(base::Instant now, Datagrams& out) {
    if (!session_) { return; }
    session_->on_timeout(now, out);
    count();
}

void LegAssociation::close(Datagrams& out) {
    if (session_) { session_->close(out); }
}

std::optional<SrtpKeys> LegAssociation::take_keys() {
    const bool is_new = session_ && session_->keys() && keyed_ != number_;
    if (!is_new) { return std::nullopt; }
    keyed_ = number_;
    return SrtpKeys{session_->keys()->send, session_->keys()->receive};
}

// What becomes of an association once it has brought its keys is no matter of its handshake.
void LegAssociation::count() noexcept {
    const bool is_done = session_ && session_->keys();
    if (outcomes_ == nullptr || is_counted_ || (!is_done && failure() == DtlsFailure::none)) { return; }
    is_counted_ = true;
    ++(*outcomes_)[static_cast<std::size_t>(failure())];
}

DtlsFailure LegAssociation::failure() const noexcept {
    if (refused_) { return DtlsFailure::protocol; }
    return session_ ? session_->failure() : DtlsFailure::none;
}

}  // namespace media
