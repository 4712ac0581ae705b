// Copies of messages and reports on their way to Homer, sent by a thread of its own: no shard waits for a name to be
// looked up or for a network. What finds no room is dropped and counted.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "config/config.hpp"
#include "server/capture/clocks.hpp"
#include "server/capture/hep_packet.hpp"
#include "server/observe/hep_report.hpp"
#include "server/observe/log.hpp"

namespace server {

class HepSender {
public:
    static constexpr std::size_t max_waiting = 20'000;
    static constexpr std::size_t max_bytes = std::size_t{16} << 20;  // of payloads that wait
    // So often the name of the target is looked up anew, and so soon after a failure.
    static constexpr std::chrono::seconds look_up_again{60};
    static constexpr std::chrono::seconds look_up_retry{5};

    // `log` outlives the sender.
    HepSender(const config::Hep& target, Log& log);
    // What still waits is sent, once.
    ~HepSender();
    HepSender(const HepSender&) = delete;
    HepSender& operator=(const HepSender&) = delete;

    // What waits goes to the new target.
    void set_target(const config::Hep& target);
    // From any thread; never waits. `notes` is left empty.
    void put(std::vector<capture::HepNote>& notes);
    HepReport report() const;

private:
    using Clock = std::chrono::steady_clock;
    struct Batch {
        std::vector<capture::HepNote> notes;
        config::Hep target;
        bool is_last = false;  // no name is looked up any more: that may take long
    };

    void run();
    bool take(Batch& batch);
    void send(const Batch& batch);
    bool send_one(const std::string& packet) const;
    bool connect(const Batch& batch);
    bool open(const Batch& batch, std::string& why);
    void disconnect();

    Log& log_;

    // Of the thread alone.
    int socket_ = -1;
    std::string connected_to_;
    bool failing_ = false;
    Clock::time_point next_look_up_{};

    std::mutex mutex_;
    std::condition_variable ready_;
    std::vector<capture::HepNote> waiting_;
    std::size_t waiting_bytes_ = 0;
    config::Hep target_;
    bool ending_ = false;

    std::atomic<std::uint64_t> sent_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<std::uint64_t> failed_{0};
    std::thread thread_;
};

}  // namespace server
