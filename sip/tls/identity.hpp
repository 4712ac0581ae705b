// Whose certificate is it? The SIP domains that a certificate speaks for (RFC 5922 §7.1): its URIs "sip:domain", else
// its DNS names. Never by a wildcard (§7.2), nor by the common name.
#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace sip {

// In the order of the certificate, as they are written there.
std::vector<std::string> identities_of(const X509& certificate);
// `domain`: a host name or the text of an address. Letters of any case are the same (RFC 5922 §7.2).
bool speaks_for(const X509& certificate, std::string_view domain);

}  // namespace sip
