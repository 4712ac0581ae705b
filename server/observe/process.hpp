// What the operating system knows of this process, for the usual process_* metrics. Zero where it does not tell.
#pragma once

#include <cstddef>

namespace server {

struct ProcessFacts {
    double cpu_seconds = 0;
    double start_time_seconds = 0;  // since the epoch
    std::size_t resident_bytes = 0;
    std::size_t virtual_bytes = 0;
    std::size_t open_fds = 0;
    std::size_t max_fds = 0;
};

ProcessFacts read_process_facts();

}  // namespace server
