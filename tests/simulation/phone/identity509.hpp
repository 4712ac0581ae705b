// Certificates of phones, made once for all worlds: it takes a while, and nothing depends on them.
#pragma once

#include "media/dtls/session.hpp"

namespace simulation {

struct Identity509 {
    media::Certificate certificate{std::chrono::system_clock::now()};
    media::DtlsContext context{certificate};
};

const Identity509& identity_of(std::size_t certificate);  // of two

}  // namespace simulation
