// Questions about records, answered by a thread of its own: neither a shard nor HTTP waits for a database.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/records/record_writer.hpp"

namespace server::records {

struct FoundRecords {
    std::vector<Record> records;
    std::string error;  // empty: none
};

class RecordReader {
public:
    static constexpr std::size_t max_waiting = 32;  // questions; one more is answered at once: too many

    explicit RecordReader(Connect connect);
    // Questions that wait are not answered.
    ~RecordReader();
    RecordReader(const RecordReader&) = delete;
    RecordReader& operator=(const RecordReader&) = delete;

    using Answer = std::function<void(FoundRecords)>;
    // From any thread; answered once, on the reader's thread.
    void find(RecordQuery query, Answer answer);
    void find(std::string id, Answer answer);

private:
    using Work = std::function<std::vector<Record>(const RecordTable&)>;
    struct Question {
        Work work;
        Answer answer;
    };
    void ask(Question question);
    void run();
    FoundRecords serve(const Work& work);

    const Connect connect_;
    std::unique_ptr<SqlConnection> connection_;  // of the thread alone
    std::optional<RecordTable> table_;           // the same
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Question> waiting_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace server::records
