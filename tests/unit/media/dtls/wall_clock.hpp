// The time of day as OpenSSL sees it in this program: it asks gettimeofday() when to repeat a flight of DTLS, and the
// file beside this one answers. So tests of DTLS run on virtual time like all others.
#pragma once

#include "base/time.hpp"

namespace media::test {

// Until the object goes, it is as late as `now` says.
class WallClock {
public:
    explicit WallClock(base::Instant now) { set(now); }
    WallClock(const WallClock&) = delete;
    WallClock& operator=(const WallClock&) = delete;
    ~WallClock();
    void set(base::Instant now);
};

}  // namespace media::test
