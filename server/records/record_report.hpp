// What the records' writer has to tell: for metrics and status.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace server {

struct RecordReport {
    bool wanted = false;        // by the configuration
    bool up = false;            // the database took what it was given last
    std::uint64_t written = 0;  // calls
    std::size_t waiting = 0;    // in memory
    std::size_t spooled = 0;    // on the disk, for the database to come back
    std::uint64_t write_failures = 0;
    std::map<std::string, std::uint64_t> dropped;  // reason
};

}  // namespace server
