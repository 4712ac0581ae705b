// Records that wait on the disk while the database is away: a file that is appended to, a record a line, and read from
// its start once the database is back. A line that was not written to its end, because the machine or the process
// died, is left out; all before it are kept. A file that the disk does not give back is left as it is, for who can read
// it: nothing is taken or read any more until the next start.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "server/records/record.hpp"

namespace server::records {

class Spool {
public:
    static constexpr std::uint64_t max_bytes = 1ULL << 30;  // about a million calls

    using ReadAt = ssize_t (*)(int file, void* to, std::size_t most, off_t at);  // as pread(2)

    // `path`: made with the first record. What is there and is no file of ours is left alone, and nothing is taken.
    explicit Spool(std::string path, std::uint64_t limit = max_bytes, ReadAt read_at = &::pread);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    // All of them, and they are on the disk (fdatasync); or false, and none is: full, or the disk fails.
    [[nodiscard]] bool append(std::span<const Record> records);
    // The next ones, at most `most`, in the order of append(); they stay until drop().
    std::vector<Record> peek(std::size_t most);
    // What peek() gave last. Once all are, the file is empty again. Where it gave nothing though there should be more,
    // the rest is given up as unreadable.
    void drop();

    std::size_t waiting() const { return lines_; }
    bool empty() const { return lines_ == 0; }
    // Lines that were none of ours, or are not there any more.
    std::uint64_t unreadable() const { return unreadable_; }
    // The disk did not give it back.
    bool failed() const { return failed_; }

private:
    void open();
    void close();
    void count_lines();
    void look_again();
    void give_up();
    void remove();

    const std::string path_;
    const std::uint64_t limit_;
    const ReadAt read_at_;
    int file_ = -1;
    std::uint64_t size_ = 0;    // whole lines
    std::uint64_t read_ = 0;    // of it, up to here it is in the database
    std::uint64_t peeked_ = 0;  // and up to here it was given out
    std::size_t lines_ = 0;     // from read_ on
    std::size_t peeked_lines_ = 0;
    bool failed_ = false;
    std::uint64_t unreadable_ = 0;
};

}  // namespace server::records
