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
        report.waiting = waiting_.size() + in_hand_;
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
    for (bool last = false; !last;) {
        wait(failing_ ? next_try_ : next_tidy_);
        last = take();
        // At the end nobody waits for a database while the disk takes what there is.
        const bool may_connect = !last || !spooling_;
        if (failing_ && may_connect && Clock::now() >= next_try_) { connect(); }
        hand_over();
        if (!last) { tidy_up(); }
    }
}

void RecordWriter::wait(Clock::time_point until) {
    std::unique_lock lock{mutex_};
    changed_.wait_until(lock, until, [this] { return ending_ || (!waiting_.empty() && spooling_); });
}

// What has come, behind what is held already. Calls that put() wait for no more than a swap. True: it is time to leave.
bool RecordWriter::take() {
    std::vector<Record> fresh;
    bool is_last = false;
    {
        const std::lock_guard lock{mutex_};
        fresh.swap(waiting_);
        in_hand_ = held_.size() + fresh.size();
        is_last = ending_;
    }
    held_.insert(held_.end(), std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
    return is_last;
}

// Behind what is on the disk, where something still is.
void RecordWriter::hand_over() {
    std::size_t done = 0;
    while (!failing_ && spool_.empty() && done != held_.size()) {
        const std::size_t count = std::min(settings_.batch, held_.size() - done);
        if (write_batch(std::span{held_}.subspan(done, count))) { done += count; }
    }
    let_go(done);
    spool_held();
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

// Where the disk is of no use either they stay in memory, as many as there is room for.
void RecordWriter::spool_held() {
    if (held_.empty()) { return; }
    const bool kept = spool_.append(held_);
    if (std::exchange(spooling_, kept) != kept) {
        if (kept) { log_.info("records.spooled_again"); }
        if (!kept) { log_.error("records.not_spooled", {{"then", "they wait in memory"}}); }
    }
    spooled_ = spool_.waiting();
    if (kept) { let_go(held_.size()); }
}

// The first of them are where they belong.
void RecordWriter::let_go(std::size_t count) {
    if (count == 0) { return; }
    const auto first = held_.begin() + static_cast<std::ptrdiff_t>(count);
    held_ = std::vector<Record>{std::make_move_iterator(first), std::make_move_iterator(held_.end())};
    const std::lock_guard lock{mutex_};
    in_hand_ = held_.size();
}

void RecordWriter::connect() {
    try {
        connection_ = connect_();
        table_.emplace(*connection_);
        if (!trust_) { trust_.emplace(settings_.now(), table_->latest_start()); }
    } catch (const SqlError& error) { return on_failure(error); }
    if (!replay()) { return; }
    if (std::exchange(failing_, false)) { log_.info("records.written_again"); }
    is_up_ = true;
}

// It may take minutes: what comes meanwhile goes behind it, for memory holds less than the disk, and the end of the
// program does not wait for it. False: something is left.
bool RecordWriter::replay() {
    while (!spool_.empty()) {
        const bool is_last = take();
        if (spooling_) { spool_held(); }
        if (is_last) { return false; }
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
    const state::Moment today = settings_.now();
    if (settings_.retention.count() == 0 || !may_remove(today)) { return; }
    try {
        const std::int64_t limit = today.to_calendar(today.steady - settings_.retention);
        if (table_->remove_before(limit, most) == most) { next_tidy_ = now; }
    } catch (const SqlError& error) { on_failure(error); }
}

bool RecordWriter::may_remove(const state::Moment& now) {
    if (const auto jump = trust_->look(now)) {
        const std::string seconds = std::to_string(jump->count());
        log_.warn("records.clock_jumped", {{"seconds", seconds}, {"then", "nothing is removed for a day"}});
    }
    return trust_->is_believed();
}

// Says when it begins to fail and when it is over, not each time.
void RecordWriter::on_failure(const SqlError& error) {
    ++write_failures_;
    is_up_ = false;
    next_try_ = Clock::now() + settings_.retry;
    if (!std::exchange(failing_, true)) { log_.error("records.not_written", {{"why", error.what()}}); }
}

}  // namespace server::records
