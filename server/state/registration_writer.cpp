#include "server/state/registration_writer.hpp"

#include <utility>

namespace server::state {

RegistrationWriter::RegistrationWriter(RegistrationTable table, Log& log, Settings settings)
    : table_{std::move(table)}, log_{log}, settings_{settings}, thread_{[this] { run(); }} {}

RegistrationWriter::~RegistrationWriter() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void RegistrationWriter::put(const UserBindings& told) {
    {
        const std::lock_guard lock{mutex_};
        if (waiting_.size() >= settings_.users && !waiting_.contains(told.user)) {
            ++dropped_;
            return;
        }
        waiting_[told.user] = told.bindings;
    }
    changed_.notify_one();
}

StoreReport RegistrationWriter::report() const { return {write_failures_, dropped_, !failing_}; }

void RegistrationWriter::run() {
    std::unique_lock lock{mutex_};
    while (true) {
        if (failing_) {
            changed_.wait_for(lock, settings_.retry, [this] { return ending_; });
        } else {
            changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        }
        const bool last = ending_;
        Waiting batch = std::exchange(waiting_, {});
        lock.unlock();
        const bool written = write(batch);
        lock.lock();
        if (last) { return; }
        if (!written) { put_back(std::move(batch)); }
    }
}

// Says when it begins to fail and when it is over, not each time.
bool RegistrationWriter::write(const Waiting& batch) {
    if (batch.empty()) { return true; }
    try {
        table_.replace(batch, Moment::now());
        if (failing_.exchange(false)) { log_.info("registrations.kept_again", {}); }
        return true;
    } catch (const DatabaseError& error) {
        ++write_failures_;
        if (!failing_.exchange(true)) { log_.error("registrations.not_kept", {{"why", error.what()}}); }
        return false;
    }
}

// What has come meanwhile is newer.
void RegistrationWriter::put_back(Waiting batch) {
    for (auto& [user, bindings] : batch) {
        if (waiting_.size() >= settings_.users && !waiting_.contains(user)) {
            ++dropped_;
            continue;
        }
        waiting_.try_emplace(user, std::move(bindings));
    }
}

}  // namespace server::state
