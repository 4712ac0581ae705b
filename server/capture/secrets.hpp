// What nobody who reads a capture may learn: what proves who somebody is (Authorization, Proxy-Authorization and their
// challenges, RFC 3261 §22.4: response, nonce and whatever else is not a name), and keys of media (a=crypto of RFC
// 4568, a=ice-pwd of RFC 8839, a=key-mgmt of RFC 4567, k= of RFC 4566). Pure; each secret is written over, so that
// lengths stay true.
#pragma once

#include <span>

namespace server::capture {

inline constexpr char blank = '*';

// In place, whatever the text is: what cannot be read is taken for the worst.
void blank_secrets(std::span<char> message);

}  // namespace server::capture
