// What the registrar tells, on its way to the disk: written behind by a thread of its own, so that no shard ever waits
// for a disk. Of each user the latest is kept until it is written; while the store fails that is tried again now and
// then.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/observe/log.hpp"
#include "server/observe/report.hpp"
#include "server/routing/bindings.hpp"
#include "server/state/registration_table.hpp"

namespace server::state {

class RegistrationWriter {
public:
    struct Settings {
        std::size_t users = 100'000;  // that wait at most; what changes of one more is dropped and counted
        std::chrono::milliseconds retry{5000};
    };

    // `log` outlives the writer.
    RegistrationWriter(RegistrationTable table, Log& log) : RegistrationWriter{std::move(table), log, Settings{}} {}
    RegistrationWriter(RegistrationTable table, Log& log, Settings settings);
    // Writes what still waits, once.
    ~RegistrationWriter();
    RegistrationWriter(const RegistrationWriter&) = delete;
    RegistrationWriter& operator=(const RegistrationWriter&) = delete;

    // From any thread; never waits for the disk.
    void put(const UserBindings& told);
    StoreReport report() const;

private:
    using Waiting = std::map<std::string, std::shared_ptr<const std::vector<Binding>>>;

    void run();
    bool write(const Waiting& batch);
    void put_back(Waiting batch);

    RegistrationTable table_;
    Log& log_;
    const Settings settings_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Waiting waiting_;
    bool ending_ = false;
    std::atomic<bool> failing_{false};
    std::atomic<std::uint64_t> write_failures_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::thread thread_;
};

}  // namespace server::state
