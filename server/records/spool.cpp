#include "server/records/spool.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "server/records/record_line.hpp"

namespace server::records {
namespace {

constexpr std::size_t block = 64 * 1024;

// False: not to its end.
bool write_all(int file, std::string_view text, std::uint64_t at) {
    while (!text.empty()) {
        const ssize_t written = pwrite(file, text.data(), text.size(), static_cast<off_t>(at));
        if (written < 0 && errno == EINTR) { continue; }
        if (written <= 0) { return false; }
        text.remove_prefix(static_cast<std::size_t>(written));
        at += static_cast<std::uint64_t>(written);
    }
    return true;
}

// Calls `line` for each whole line from `at` on, until that says false or there are no more. False: the disk fails.
template <class Line>
bool each_line(Spool::ReadAt read_at, int file, std::uint64_t at, const Line& line) {
    std::string text;
    std::array<char, block> buffer{};
    while (true) {
        const ssize_t count = read_at(file, buffer.data(), buffer.size(), static_cast<off_t>(at));
        if (count < 0 && errno == EINTR) { continue; }
        if (count <= 0) { return count == 0; }
        at += static_cast<std::uint64_t>(count);
        text.append(buffer.data(), static_cast<std::size_t>(count));
        std::size_t begin = 0;
        for (auto end = text.find('\n'); end != text.npos; end = text.find('\n', begin)) {
            if (!line(std::string_view{text}.substr(begin, end - begin))) { return true; }
            begin = end + 1;
        }
        text.erase(0, begin);
    }
}

}  // namespace

Spool::Spool(std::string path, std::uint64_t limit, ReadAt read_at)
    : path_{std::move(path)}, limit_{limit}, read_at_{read_at} {
    file_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    struct stat found {};
    const bool is_file = file_ >= 0 && fstat(file_, &found) == 0 && S_ISREG(found.st_mode);
    is_file ? count_lines() : close();
}

Spool::~Spool() { close(); }

void Spool::close() {
    if (file_ >= 0) { ::close(std::exchange(file_, -1)); }
}

void Spool::open() {
    if (file_ < 0) { file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); }
}

// What stands behind the last line is part of one, and would begin the next; but only if it is known to be the last.
void Spool::count_lines() {
    const bool read = each_line(read_at_, file_, 0, [this](std::string_view line) {
        ++lines_;
        size_ += line.size() + 1;
        return true;
    });
    failed_ = !read || ftruncate(file_, static_cast<off_t>(size_)) != 0;
    if (failed_) { give_up(); }
}

// Where an operator has emptied it, or left less in it: what is written behind its end would stand behind a hole.
void Spool::look_again() {
    struct stat found {};
    if (file_ < 0 || fstat(file_, &found) != 0 || static_cast<std::uint64_t>(found.st_size) >= size_) { return; }
    const std::size_t before = std::exchange(lines_, 0);
    size_ = read_ = peeked_ = 0;
    peeked_lines_ = 0;
    count_lines();
    unreadable_ += before - std::min(before, lines_);
}

void Spool::give_up() {
    unreadable_ += std::exchange(lines_, 0);
    remove();
}

void Spool::remove() {
    close();
    if (!failed_) { ::unlink(path_.c_str()); }
    size_ = read_ = peeked_ = 0;
    peeked_lines_ = 0;
}

bool Spool::append(std::span<const Record> records) {
    std::string text;
    for (const Record& record : records) { text += to_line(record) + '\n'; }
    look_again();
    if (failed_ || size_ + text.size() > limit_) { return false; }
    open();
    if (file_ < 0) { return false; }
    if (!write_all(file_, text, size_) || fdatasync(file_) != 0) {
        // What of it was written would be taken for records.
        return ftruncate(file_, static_cast<off_t>(size_)) == 0 && false;
    }
    size_ += text.size();
    lines_ += records.size();
    return true;
}

std::vector<Record> Spool::peek(std::size_t most) {
    std::vector<Record> records;
    look_again();
    peeked_ = read_;
    peeked_lines_ = 0;
    if (lines_ == 0) { return records; }
    failed_ = !each_line(read_at_, file_, read_, [&](std::string_view line) {
        peeked_ += line.size() + 1;
        ++peeked_lines_;
        if (auto record = parse_line(line)) {
            records.push_back(std::move(*record));
        } else {
            ++unreadable_;
        }
        return records.size() < most && peeked_lines_ < lines_;
    });
    return records;
}

void Spool::drop() {
    if (peeked_lines_ == 0) { return give_up(); }
    read_ = peeked_;
    lines_ -= std::exchange(peeked_lines_, 0);
    if (lines_ == 0) { remove(); }
}

}  // namespace server::records
