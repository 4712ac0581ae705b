// Records that wait on the disk while the database is away: a file that is appended to, a record a line, and read from
// its start once the database is back. A line that was not written to its end, because the machine or the process
// died, is left out; all before it are kept.
#pragma once

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

    // `path`: made with the first record. What is there and is no file of ours is left alone, and nothing is taken.
    explicit Spool(std::string path, std::uint64_t limit = max_bytes);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    // All of them, and they are on the disk (fdatasync); or false, and none is: full, or the disk fails.
    [[nodiscard]] bool append(std::span<const Record> records);
    // The next ones, at most `most`, in the order of append(); they stay until drop().
    std::vector<Record> peek(std::size_t most);
    // What peek() gave last. Once all are, the file is empty again.
    void drop();

    std::size_t waiting() const { return lines_; }
    bool empty() const { return lines_ == 0; }
    // Lines that were none of ours.
    std::uint64_t unreadable() const { return unreadable_; }

private:
    void open();
    void close();
    void count_lines();

    const std::string path_;
    const std::uint64_t limit_;
    int file_ = -1;
    std::uint64_t size_ = 0;    // whole lines
    std::uint64_t read_ = 0;    // of it, up to here it is in the database
    std::uint64_t peeked_ = 0;  // and up to here it was given out
    std::size_t lines_ = 0;     // from read_ on
    std::size_t peeked_lines_ = 0;
    std::uint64_t unreadable_ = 0;
};

}  // namespace server::records
