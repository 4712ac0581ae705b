// Records on their way to the database, written behind by a thread of its own: no call ever waits for a database. While
// it is away they go to the spool, and from there to the database once it is back, in the order in which the calls
// ended. One that the database does not take, whatever others it takes, is set aside in a file of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "server/observe/log.hpp"
#include "server/records/calendar_trust.hpp"
#include "server/records/record_report.hpp"
#include "server/records/record_table.hpp"
#include "server/records/spool.hpp"

namespace server::records {

// Throws SqlError where the database cannot be reached.
using Connect = std::function<std::unique_ptr<SqlConnection>()>;

class RecordWriter {
public:
    struct Settings {
        std::size_t queue = 50'000;  // that wait in memory at most; one more is dropped and counted
        std::size_t batch = 500;     // written together
        std::chrono::milliseconds retry{5000};
        base::Duration retention{0};                               // 0: for good
        std::chrono::milliseconds tidy{std::chrono::minutes{10}};  // between two looks at what is too old
        std::function<state::Moment()> now = &state::Moment::now;  // by which it is too old
    };

    // `log` outlives the writer.
    RecordWriter(Connect connect, const std::string& spool_path, Log& log, Settings settings);
    // Writes or spools what still waits, once.
    ~RecordWriter();
    RecordWriter(const RecordWriter&) = delete;
    RecordWriter& operator=(const RecordWriter&) = delete;

    // From any thread; never waits.
    void put(Record record);
    RecordReport report() const;

private:
    using Clock = std::chrono::steady_clock;

    void run();
    void wait(Clock::time_point until);
    bool take();
    void hand_over();
    bool write_batch(std::span<const Record> batch);
    bool write_apart(std::span<const Record> batch, const SqlError& refusal);
    void set_aside(const Record& record, const SqlError& refusal);
    void spool_held();
    void let_go(std::size_t count);
    void connect();
    bool replay();
    void tidy_up();
    bool may_remove(const state::Moment& now);
    void on_failure(const SqlError& error);

    const Connect connect_;
    Spool spool_;
    Spool refused_;  // never read by us
    Log& log_;
    const Settings settings_;

    // Of the thread alone.
    std::unique_ptr<SqlConnection> connection_;
    std::optional<RecordTable> table_;
    std::optional<CalendarTrust> trust_;  // from the first connection on
    std::vector<Record> held_;            // taken from those that wait, and neither in the database nor on the disk yet
    bool failing_ = false;
    bool spooling_ = true;  // the spool takes what it is given
    Clock::time_point next_try_{};
    Clock::time_point next_tidy_{};

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Record> waiting_;
    std::size_t in_hand_ = 0;  // how many the thread holds
    bool ending_ = false;

    std::atomic<bool> is_up_{false};
    std::atomic<std::uint64_t> written_{0};
    std::atomic<std::uint64_t> write_failures_{0};
    std::atomic<std::uint64_t> dropped_queue_{0};
    std::atomic<std::uint64_t> dropped_refused_{0};
    std::atomic<std::uint64_t> spooled_{0};
    std::thread thread_;
};

}  // namespace server::records
