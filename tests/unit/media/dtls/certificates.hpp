// Certificates and contexts of the parties in tests of DTLS, made once for all of them. By custom 0 is the server.
#pragma once

#include <array>

#include "media/dtls/certificate.hpp"
#include "media/dtls/session.hpp"

namespace media::test {

inline const Certificate& certificate_of(int who) {
    static const std::array<Certificate, 3> certificates{Certificate{std::chrono::system_clock::now()},
                                                         Certificate{std::chrono::system_clock::now()},
                                                         Certificate{std::chrono::system_clock::now()}};
    return certificates[static_cast<std::size_t>(who)];
}

inline const DtlsContext& context_of(int who) {
    static const std::array<DtlsContext, 3> contexts{DtlsContext{certificate_of(0)}, DtlsContext{certificate_of(1)},
                                                     DtlsContext{certificate_of(2)}};
    return contexts[static_cast<std::size_t>(who)];
}

}  // namespace media::test
