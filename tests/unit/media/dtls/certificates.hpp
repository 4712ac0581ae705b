// Certificates of the parties in tests of DTLS, made once for all of them.
#pragma once

#include <array>

#include "media/dtls/certificate.hpp"

namespace media::test {

inline const Certificate& certificate_of(int who) {
    static const std::array<Certificate, 3> certificates{Certificate{std::chrono::system_clock::now()},
                                                         Certificate{std::chrono::system_clock::now()},
                                                         Certificate{std::chrono::system_clock::now()}};
    return certificates[static_cast<std::size_t>(who)];
}

}  // namespace media::test
