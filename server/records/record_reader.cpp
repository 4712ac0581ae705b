#include "server/records/record_reader.hpp"

#include <utility>

namespace server::records {

RecordReader::RecordReader(Connect connect) : connect_{std::move(connect)}, thread_{[this] { run(); }} {}

RecordReader::~RecordReader() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void RecordReader::find(RecordQuery query, Answer answer) {
    ask({[query = std::move(query)](const RecordTable& table) { return table.find(query); }, std::move(answer)});
}

void RecordReader::find(std::string id, Answer answer) {
    auto one = [id = std::move(id)](const RecordTable& table) {
        auto found = table.find(id);
        return found ? std::vector<Record>{std::move(*found)} : std::vector<Record>{};
    };
    ask({std::move(one), std::move(answer)});
}

void RecordReader::ask(Question question) {
    {
        const std::lock_guard lock{mutex_};
        if (waiting_.size() < max_waiting) {
            waiting_.push_back(std::move(question));
            changed_.notify_one();
            return;
        }
    }
    question.answer({{}, "too many questions about records wait already"});
}

void RecordReader::run() {
    std::unique_lock lock{mutex_};
    while (true) {
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (ending_) { return; }
        const Question question = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        question.answer(serve(question.work));
        lock.lock();
    }
}

// A connection that failed is made anew for the next question.
FoundRecords RecordReader::serve(const Work& work) {
    try {
        if (!table_) {
            connection_ = connect_();
            table_.emplace(*connection_);
        }
        return {work(*table_), {}};
    } catch (const SqlError& error) {
        table_.reset();
        return {{}, error.what()};
    }
}

}  // namespace server::records
