#include "server/observe/process.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace server {

namespace {

// Fields of proc(5) stat after the command, which may hold blanks and parentheses; the first is field 3.
constexpr int user_ticks_field = 14;
constexpr int system_ticks_field = 15;
constexpr int start_ticks_field = 22;
constexpr int virtual_bytes_field = 23;
constexpr int resident_pages_field = 24;

double seconds_of(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// By the clocks: systemd's ProcSubset=pid hides /proc/stat, which says it too. Taken once: a clock that is set later
// would make one start look like several.
double boot_time_seconds() {
    static const double boot = seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME);
    return boot;
}

std::size_t count_by_listing(const char* folder) {
    DIR* const listing = opendir(folder);
    if (listing == nullptr) { return 0; }
    std::size_t count = 0;
    while (const dirent* const entry = readdir(listing)) { count += entry->d_name[0] != '.' ? 1 : 0; }
    closedir(listing);
    return count == 0 ? 0 : count - 1;  // without the one that this looking took
}

// Since Linux 6.2 the size of the folder is their number; to list 40,000 takes tens of milliseconds.
std::size_t count_open_fds() {
    static constexpr const char* folder = "/proc/self/fd";
    struct stat status {};
    if (stat(folder, &status) == 0 && status.st_size > 0) { return static_cast<std::size_t>(status.st_size); }
    return count_by_listing(folder);
}

}  // namespace

ProcessFacts read_process_facts() {
    ProcessFacts facts;
    std::ifstream file{"/proc/self/stat"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto command_end = text.rfind(')');
    if (command_end == text.npos) { return facts; }
    std::istringstream fields{text.substr(command_end + 1)};
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    std::string state;
    fields >> state;
    double value = 0;
    for (int field = 4; field <= resident_pages_field && fields >> value; ++field) {
        if (field == user_ticks_field || field == system_ticks_field) { facts.cpu_seconds += value / ticks; }
        if (field == start_ticks_field) { facts.start_time_seconds = boot_time_seconds() + value / ticks; }
        if (field == virtual_bytes_field) { facts.virtual_bytes = static_cast<std::size_t>(value); }
        if (field == resident_pages_field) { facts.resident_bytes = static_cast<std::size_t>(value) * page; }
    }
    facts.open_fds = count_open_fds();
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) { facts.max_fds = limit.rlim_cur; }
    return facts;
}

}  // namespace server
