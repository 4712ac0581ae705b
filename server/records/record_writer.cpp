#include "server/records/record_writer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace server::records {

RecordWriter::RecordWriter(Connect connect, const std::string& spool_path, Log& log, Settings settings)
    : connect_{std::move(connect)},
      spool_{spool_path},
      refused_{spool_path + ".refused"},
      log_{log},
      settings_{settings},
      spooled_{spool_.waiting()},
      thread_{[this] { run(); }} {}

RecordWriter::~RecordWriter() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void RecordWriter::put(Record record) {
    {
        const std::lock_guard lock{mutex_};
        if (waiting_.size() + in_hand_ >= settings_.queue) {
            ++dropped_queue_;
            return;
        }
        waiting_.push_back(std::move(record));
    }
    changed_.notify_one();
}

RecordReport RecordWriter::report() const {
    RecordReport report;
    {
        const std::lock_guard lock{mutex_};
        report.waiting = waiting_.size();
    }
    report.wanted = true;
    report.up = is_up_;
    report.written = written_;
    report.spooled = spooled_;
    report.write_failures = write_failures_;
    report.dropped["queue_full"] = dropped_queue_;
    report.dropped["refused"] = dropped_refused_;
    return report;
}

// A record that comes is written at once, and with it all that have come meanwhile; while the database is away, and
// where records grow too old, the clock wakes it.
void RecordWriter::run() {
    connect();
    std::unique_lock lock{mutex_};
    while (true) {
        const auto until = failing_ ? next_try_ : next_tidy_;
        changed_.wait_until(lock, until, [this] { return ending_ || (!waiting_.empty() && spooling_); });
        const bool last = ending_;
        std::vector<Record> batch = std::exchange(waiting_, {});
        in_hand_ = batch.size();
        lock.unlock();
        take_over(std::move(batch));
        if (!last) { tidy_up(); }
        lock.lock();
        in_hand_ = 0;
        if (last) { return; }
    }
}

void RecordWriter::take_over(std::vector<Record> batch) {
    if (failing_ && Clock::now() >= next_try_) { connect(); }
    while (!batch.empty()) {
        const std::size_t count = std::min(settings_.batch, batch.size());
        if (failing_ || !write_batch(std::span{batch}.first(count))) { return spool_batch(std::move(batch)); }
        batch.erase(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(count));
    }
}

bool RecordWriter::write_batch(std::span<const Record> batch) {
    try {
        table_->insert(batch);
        written_ += batch.size();
        return true;
    } catch (const SqlError& error) {
        if (error.cause == SqlError::Cause::away) {
            on_failure(error);
            return false;
        }
        return write_apart(batch, error);
    }
}

// One of them is not taken: halves of halves, until it stands alone.
bool RecordWriter::write_apart(std::span<const Record> batch, const SqlError& refusal) {
    if (batch.size() == 1) {
        set_aside(batch.front(), refusal);
        return true;
    }
    const std::size_t half = batch.size() / 2;
    return write_batch(batch.first(half)) && write_batch(batch.subspan(half));
}

void RecordWriter::set_aside(const Record& record, const SqlError& refusal) {
    ++dropped_refused_;
    const bool kept = refused_.append(std::span{&record, 1});
    log_.error("records.refused", {{"call", record.id}, {"why", refusal.what()}, {"kept", kept ? "yes" : "no"}});
}

// Where the disk is of no use either they wait in memory, as many as there is room for.
void RecordWriter::spool_batch(std::vector<Record> batch) {
    const bool kept = spool_.append(batch);
    if (std::exchange(spooling_, kept) != kept) {
        if (kept) { log_.info("records.spooled_again"); }
        if (!kept) { log_.error("records.not_spooled", {{"then", "they wait in memory"}}); }
    }
    spooled_ = spool_.waiting();
    if (kept) { return; }
    const std::lock_guard lock{mutex_};
    in_hand_ = 0;
    waiting_.insert(waiting_.begin(), std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
}

bool RecordWriter::connect() {
    try {
        connection_ = connect_();
        table_.emplace(*connection_);
    } catch (const SqlError& error) {
        on_failure(error);
        return false;
    }
    if (!replay()) { return false; }
    if (std::exchange(failing_, false)) { log_.info("records.written_again"); }
    is_up_ = true;
    return true;
}

bool RecordWriter::replay() {
    while (!spool_.empty()) {
        const std::vector<Record> batch = spool_.peek(settings_.batch);
        if (!write_batch(batch)) { return false; }
        spool_.drop();
        spooled_ = spool_.waiting();
    }
    if (const auto lines = spool_.unreadable(); lines != 0) {
        log_.warn("records.unreadable", {{"lines", std::to_string(lines)}});
    }
    if (spool_.failed()) {
        log_.error("records.spool_not_read", {{"then", "it is left as it is until the next start"}});
    }
    spooling_ = true;
    return true;
}

// Too much at once would hold up what comes.
void RecordWriter::tidy_up() {
    constexpr std::size_t most = 1000;
    const auto now = Clock::now();
    if (failing_ || now < next_tidy_) { return; }
    next_tidy_ = now + settings_.tidy;
    if (settings_.retention.count() == 0) { return; }
    try {
        const auto limit = std::chrono::system_clock::now() - settings_.retention;
        const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(limit.time_since_epoch());
        if (table_->remove_before(milliseconds.count(), most) == most) { next_tidy_ = now; }
    } catch (const SqlError& error) { on_failure(error); }
}

// Says when it begins to fail and when it is over, not each time.
void RecordWriter::on_failure(const SqlError& error) {
    ++write_failures_;
    is_up_ = false;
    next_try_ = Clock::now() + settings_.retry;
    if (!std::exchange(failing_, true)) { log_.error("records.not_written", {{"why", error.what()}}); }
}

}  // namespace server::records
