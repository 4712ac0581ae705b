// What the sender of HEP has to tell: for metrics.
#pragma once

#include <cstdint>

namespace server {

struct HepReport {
    std::uint64_t sent = 0;
    std::uint64_t dropped = 0;  // found no place to wait
    std::uint64_t failed = 0;   // the name of the target is not known, or the network did not take it
};

}  // namespace server
