#include "server/observe/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
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

double boot_time_seconds() {
    std::ifstream stat{"/proc/stat"};
    std::string word;
    double value = 0;
    while (stat >> word) {
        if (word == "btime" && stat >> value) { return value; }
    }
    return 0;
}

std::size_t count_open_fds() {
    std::error_code error;
    std::size_t count = 0;
    for (std::filesystem::directory_iterator entry{"/proc/self/fd", error}, end; !error && entry != end;
         entry.increment(error)) {
        ++count;
    }
    return count == 0 ? 0 : count - 1;  // without the one that this looking took
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
