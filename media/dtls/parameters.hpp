// What the agreed descriptions say of a leg's DTLS-SRTP association (RFC 5763, RFC 8842).
#pragma once

#include <cstdint>
#include <vector>

#include "media/dtls/certificate.hpp"

namespace media {

enum class DtlsRole : std::uint8_t { server, client };  // RFC 5763 §5: passive is the server

struct DtlsParameters {
    std::uint32_t association = 0;  // another number: another association
    DtlsRole role = DtlsRole::server;
    std::vector<CertificateFingerprint> fingerprints;  // the peer's; any one that fits is enough
    friend bool operator==(const DtlsParameters&, const DtlsParameters&) = default;
};

}  // namespace media
