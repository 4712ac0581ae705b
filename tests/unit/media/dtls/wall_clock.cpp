#include "tests/unit/media/dtls/wall_clock.hpp"

#include <sys/time.h>

#include <atomic>
#include <chrono>

namespace {

std::atomic<std::int64_t> virtual_us{0};  // 0: it is as late as it is

std::int64_t real_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

extern "C" int gettimeofday(timeval* time, void*) noexcept {
    constexpr std::int64_t second = 1'000'000;
    const std::int64_t chosen = virtual_us.load();
    const std::int64_t now = chosen != 0 ? chosen : real_us();
    time->tv_sec = now / second;
    time->tv_usec = now % second;
    return 0;
}

namespace media::test {

WallClock::~WallClock() { virtual_us = 0; }

void WallClock::set(base::Instant now) {
    virtual_us = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
}

}  // namespace media::test
