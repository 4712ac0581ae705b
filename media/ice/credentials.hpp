// A user name fragment and a password of ICE (RFC 8445 §5.3): who knows both may check.
#pragma once

#include <string>

#include "base/random.hpp"

namespace media {

struct IceCredentials {
    std::string ufrag;
    std::string pwd;  // a secret
    static IceCredentials make(base::Random& random);
    friend bool operator==(const IceCredentials&, const IceCredentials&) = default;
};

}  // namespace media
