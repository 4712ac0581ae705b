// DTLS-SRTP of a leg's audio line (RFC 5763, RFC 8842): what our descriptions say of it, and which association an
// agreed pair of descriptions means. Pure functions: like the keys of SDES, the association in force is that of the
// agreed pair, so that it is committed and rolled back with it. Another number of it is another handshake; the old keys
// count until that is done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/dtls/certificate.hpp"
#include "media/dtls/session.hpp"
#include "sip/sdp/security_attributes.hpp"
#include "sip/sdp/session.hpp"

namespace server {

struct DtlsAgreement {
    media::DtlsRole role = media::DtlsRole::server;           // ours
    std::vector<media::CertificateFingerprint> fingerprints;  // one of which the peer's certificate must have
    std::uint32_t association = 0;
    // As they were said, but with the role that each side has.
    sip::sdp::DtlsDescription ours;
    sip::sdp::DtlsDescription theirs;
};

// What we say of ourselves.
struct OwnDtls {
    media::CertificateFingerprint certificate;
    std::string tls_id;                       // of the leg (RFC 8842 §5.3)
    const DtlsAgreement* in_force = nullptr;  // on it
};

// A line of one side with the session that it stands in, whose attributes count where the line has none.
struct DescribedLine {
    const sip::sdp::Session& session;
    const sip::sdp::Media& line;
};

bool is_dtls(const sip::sdp::Media& line);  // UDP/TLS/RTP/SAVP or SAVPF (RFC 5764 §8)

// May this line of a peer's have an association? With a fingerprint of a hash that we know, and a role or the choice.
bool may_have_association(const DescribedLine& line);

// Into our line of an offer: profile, fingerprint, a=tls-id, RTCP on the port of RTP, for which there is no handshake
// of its own, and both roles to choose from: who has one keeps it (RFC 8842 §5.2).
void dtls_offer(sip::sdp::Media& line, const OwnDtls& own);
// The same of an answer to `offered`, with our role: the one in force where the association stays, else that of the
// server: the peer's first packet then opens the way through whatever is between.
void dtls_answer(sip::sdp::Media& line, const OwnDtls& own, const DescribedLine& offered);

// What the pair means. Nullopt: no association can come of it. `in_force`: what the pair before it meant.
std::optional<DtlsAgreement> agreed_association(const DescribedLine& ours, const DescribedLine& theirs, bool we_offered,
                                                const DtlsAgreement* in_force);

}  // namespace server
