// The phone's DTLS-SRTP (RFC 5763): offers both roles, answers as the client, which begins. On networks that lose
// nothing: the library repeats by the clock on the wall.
#include <array>

#include "tests/simulation/phone/identity509.hpp"
#include "tests/simulation/phone/phone.hpp"

namespace simulation {

const Identity509& identity_of(std::size_t certificate) {
    static const std::array<Identity509, 2> all;
    return all.at(certificate);
}

namespace {

using sip::sdp::Setup;

// The answer says it.
bool is_client(const View& own, const View& theirs) {
    return own.setup == Setup::active || (own.setup == Setup::actpass && theirs.setup == Setup::passive);
}

}  // namespace

// Whoever has a role keeps it while the certificates stay.
std::string Phone::dtls_lines(const View* offer) const {
    const auto& fingerprint = identity_of(security.certificate).certificate.fingerprint();
    const auto line = [](const sip::sdp::Attribute& attribute) {
        return "a=" + attribute.name + ":" + attribute.value.value_or("") + "\r\n";
    };
    Setup setup = Setup::actpass;
    if (offer != nullptr) {
        const bool stays = (association_ || transport_) && shown_certificate_ == security.certificate;
        const bool is_server = stays && agreed_dtls_.role == media::DtlsRole::server;
        setup = offer->setup == Setup::active || is_server ? Setup::passive : Setup::active;
    }
    return line(sip::sdp::to_attribute(sip::sdp::Fingerprint{fingerprint.hash, fingerprint.digest})) +
           line(sip::sdp::to_attribute(setup));
}

// A description was agreed: another certificate of either side is another association (RFC 8842 §4).
media::DtlsParameters Phone::agree_dtls(bool has_one) {
    media::DtlsParameters now;
    now.role = is_client(*belief_.local, *belief_.remote) ? media::DtlsRole::client : media::DtlsRole::server;
    for (const auto& each : belief_.remote->fingerprints) { now.fingerprints.push_back({each.hash, each.digest}); }
    now.association = agreed_dtls_.association;
    const bool stays = has_one && shown_certificate_ == security.certificate && now == agreed_dtls_;
    if (!stays) { ++now.association; }
    shown_certificate_ = security.certificate;
    agreed_dtls_ = now;
    return now;
}

void Phone::associate() {
    if (!belief_.local || !belief_.remote || belief_.remote->fingerprints.empty()) { return; }
    const std::uint32_t before = agreed_dtls_.association;
    const media::DtlsParameters now = agree_dtls(association_ != nullptr);
    if (now.association != before) {
        association_ = std::make_unique<media::LegAssociation>(identity_of(security.certificate).context);
    }
    constexpr Duration for_the_description = 20ms;  // to be there before the first packet, which is not repeated
    ground_.clock.after(for_the_description, [this, now] {
        if (now != agreed_dtls_) { return; }
        media::LegAssociation::Datagrams out;
        association_->describe(ground_.clock.now(), now, out);
        send_handshake(out);
    });
}

void Phone::on_handshake(const Datagram& datagram) {
    if (!association_) { return complain("a handshake where one was agreed (RFC 5763 §5)", identity_.name); }
    media::LegAssociation::Datagrams out;
    association_->on_datagram(ground_.clock.now(), std::as_bytes(std::span{datagram.bytes}), out);
    send_handshake(out);
    if (const auto keys = association_->take_keys()) {
        ++handshakes_;
        if (!protection_) { protection_.emplace(); }
        if (!protection_->set_keys(ground_.clock.now(), *keys)) { complain("keys that SRTP takes", "refused"); }
    }
}

void Phone::send_handshake(const media::LegAssociation::Datagrams& datagrams) {
    for (const auto& bytes : datagrams) {
        Datagram datagram;
        datagram.kind = Datagram::Kind::media;
        datagram.from = rtp_;
        datagram.to = belief_.remote->rtp;
        datagram.bytes.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        ground_.network.send(std::move(datagram));
    }
}

}  // namespace simulation
