#include "tests/simulation/world/openssl_clock.hpp"

#include <sys/time.h>

#include <chrono>

namespace {

const simulation::EventQueue* current = nullptr;

// OpenSSL takes a time of zero for none.
constexpr std::chrono::seconds beginning{1'000'000'000};

std::chrono::microseconds time_of_day() {
    if (current == nullptr) {
        return std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::system_clock::now().time_since_epoch());
    }
    return beginning + std::chrono::duration_cast<std::chrono::microseconds>(current->now().time_since_epoch());
}

}  // namespace

// Instead of the C library's, for this program and the libraries that it loads.
extern "C" int gettimeofday(timeval* time, void* /*zone*/) noexcept {
    const auto now = time_of_day();
    time->tv_sec = static_cast<time_t>(now.count() / 1'000'000);
    time->tv_usec = static_cast<suseconds_t>(now.count() % 1'000'000);
    return 0;
}

namespace simulation {

OpensslClock::OpensslClock(const EventQueue& clock) { current = &clock; }

OpensslClock::~OpensslClock() { current = nullptr; }

}  // namespace simulation
