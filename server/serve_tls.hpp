// The certificates that a configuration names, as TLS wants them: for who connects to us, and where we connect.
#pragma once

#include <map>
#include <string>

#include "config/config.hpp"
#include "sip/tls/context.hpp"

namespace server {

// Empty where nothing listens under TLS. Throws std::runtime_error: which file cannot be used, and why.
sip::TlsContexts load_tls(const config::Config& config);
// When the certificates end that they show: seconds since the epoch by name.
std::map<std::string, double> certificate_ends(const sip::TlsContexts& tls);

}  // namespace server
