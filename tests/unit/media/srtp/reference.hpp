// SRTP once more, from the text of RFC 3711 and RFC 7714, slow and plain: what the vectors of the RFCs are checked
// with, since they give session keys and our library takes master keys only; and what the library is compared with.
#pragma once

#include "media/srtp/keys.hpp"
#include "tests/unit/media/support/hex.hpp"

namespace media::test {

struct SrtpSessionKeys {
    Bytes cipher;
    Bytes salt;
    Bytes authentication;
};

// RFC 3711 §4.3. `first_label`: 0 for RTP, 3 for RTCP.
SrtpSessionKeys derive(const SrtpKey& master, std::uint8_t first_label);

// RFC 3711 §4.1.1 and §4.2: `packet` with its body behind `header_size` encrypted. `authenticated` goes into the tag
// behind it: the rollover counter of RTP, or the word with the index of RTCP, which `is_rtcp` puts before the tag.
struct Protection {
    std::size_t header_size;
    std::uint32_t ssrc;
    std::uint64_t index;
    std::size_t tag_size;
    bool is_rtcp;
};
Bytes protect_counter_mode(const SrtpSessionKeys& keys, const Bytes& packet, const Protection& how);
// RFC 7714 §8 and §9.
Bytes protect_gcm(const SrtpSessionKeys& keys, const Bytes& packet, const Protection& how);

// AES in counter mode from `counter`, over zeros.
Bytes key_stream(const Bytes& key, const Bytes& counter, std::size_t size);

}  // namespace media::test
