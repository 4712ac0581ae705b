#include "media/ice/credentials.hpp"

namespace media {

// RFC 8445 §5.3: 24 and 128 bits of randomness at least; five of them are in a character.
IceCredentials IceCredentials::make(base::Random& random) {
    constexpr std::size_t ufrag_size = 8;
    constexpr std::size_t pwd_size = 32;
    IceCredentials made;
    made.ufrag = random.token(ufrag_size);
    made.pwd = random.token(pwd_size);
    return made;
}

}  // namespace media
