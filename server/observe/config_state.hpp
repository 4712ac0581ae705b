// What the latest reloads came to: told by the thread that reloads, asked by whoever scrapes.
#pragma once

#include <chrono>
#include <mutex>

#include "server/observe/report.hpp"

namespace server {

class ConfigState {
public:
    using Time = std::chrono::system_clock::time_point;

    void taken(Time now, std::map<std::string, double> certificates) {
        const std::lock_guard lock{mutex_};
        state_ = {true, std::chrono::duration<double>{now.time_since_epoch()}.count(), std::move(certificates)};
    }
    void refused() {
        const std::lock_guard lock{mutex_};
        state_.last_reload_successful = false;
    }
    ConfigReport report() const {
        const std::lock_guard lock{mutex_};
        return state_;
    }

private:
    mutable std::mutex mutex_;
    ConfigReport state_;
};

}  // namespace server
