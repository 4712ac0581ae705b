#include "server/observe/log_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace server {

namespace {

// How often a writer that finds no room looks whether it is to leave.
constexpr int glance_ms = 100;

// Whole lines as far as possible. A pipe that has any room takes PIPE_BUF at once (POSIX): such a write never waits,
// and the lines of others in the same pipe stay apart from ours.
std::string_view first_piece(std::string_view lines) {
    if (lines.size() <= PIPE_BUF) { return lines; }
    const auto end = lines.rfind('\n', PIPE_BUF - 1);
    return lines.substr(0, end == lines.npos ? PIPE_BUF : end + 1);
}

}  // namespace

LogWriter::LogWriter(int descriptor, Gap gap, const LogLimits& limits)
    : descriptor_{descriptor}, gap_{std::move(gap)}, limits_{limits}, thread_{[this] { run(); }} {}

LogWriter::~LogWriter() {
    {
        const std::lock_guard lock{mutex_};
        deadline_ = base::Clock::now() + limits_.farewell;
    }
    ready_.notify_one();
    thread_.join();
}

void LogWriter::write(std::string_view line) {
    {
        const std::lock_guard lock{mutex_};
        if (waiting_.size() + line.size() >= limits_.waiting) {
            ++dropped_;
            ++untold_;
            return;
        }
        (waiting_ += line) += '\n';
    }
    ready_.notify_one();
}

std::uint64_t LogWriter::dropped() const {
    const std::lock_guard lock{mutex_};
    return dropped_;
}

void LogWriter::run() {
    std::string batch;
    while (take(batch)) { put(batch); }
}

// Waits for lines; false: there will be none. The two buffers change places, so that neither grows anew each time.
bool LogWriter::take(std::string& batch) {
    batch.clear();
    std::uint64_t missing = 0;
    {
        std::unique_lock lock{mutex_};
        ready_.wait(lock, [this] { return !waiting_.empty() || deadline_ != base::never; });
        if (waiting_.empty()) { return false; }
        std::swap(batch, waiting_);
        missing = std::exchange(untold_, 0);
    }
    if (missing != 0) { (batch += gap_(missing)) += '\n'; }
    return true;
}

void LogWriter::put(std::string_view lines) {
    while (!lines.empty()) {
        if (!wait_for_room()) { return lose(lines); }
        const std::string_view piece = first_piece(lines);
        const ssize_t size = ::write(descriptor_, piece.data(), piece.size());
        if (size >= 0) {
            lines.remove_prefix(static_cast<std::size_t>(size));
        } else if (errno != EINTR && errno != EAGAIN) {
            return lose(lines);
        }
    }
}

// False: it is time to leave.
bool LogWriter::wait_for_room() {
    while (!is_late()) {
        pollfd room{descriptor_, POLLOUT, 0};
        const int ready = ::poll(&room, 1, glance_ms);
        if (ready > 0 || (ready < 0 && errno != EINTR)) { return true; }  // what is wrong, write() says
    }
    return false;
}

bool LogWriter::is_late() const {
    const std::lock_guard lock{mutex_};
    return deadline_ != base::never && base::Clock::now() >= deadline_;
}

void LogWriter::lose(std::string_view lines) {
    const auto count = static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
    const std::lock_guard lock{mutex_};
    dropped_ += count;
    untold_ += count;
}

}  // namespace server
