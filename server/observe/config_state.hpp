// What the latest reloads came to: told by the thread that reloads, asked by whoever scrapes or wants the status.
#pragma once

#include <chrono>
#include <mutex>

#include "server/observe/report.hpp"

namespace server {

class ConfigState {
public:
    using Time = std::chrono::system_clock::time_point;
    static constexpr std::size_t max_errors = 100;  // kept of a reload that is refused

    // Empty: there is no file.
    explicit ConfigState(std::string file) { state_.file = std::move(file); }

    void taken(Time now, std::map<std::string, double> certificates) {
        const std::lock_guard lock{mutex_};
        state_.loaded = now;
        state_.refused.reset();
        state_.certificates = std::move(certificates);
    }
    void refused(Time now, std::vector<std::string> errors) {
        if (errors.size() > max_errors) { errors.resize(max_errors); }
        const std::lock_guard lock{mutex_};
        state_.refused = RefusedReload{now, std::move(errors)};
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
