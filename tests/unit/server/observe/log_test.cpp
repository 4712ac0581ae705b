// The log over real pipes: what waits for the other end is the writer's thread, never the test's.
#include "server/observe/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <future>
#include <memory>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

namespace server {
namespace {

using config::LogFormat;
using config::LogLevel;
using std::chrono::milliseconds;

constexpr std::chrono::seconds patience{10};

class Pipe {
public:
    Pipe() { EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0); }
    ~Pipe() {
        close(ends_[0]);
        close_writer();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    int writer() const { return ends_[1]; }
    void close_writer() {
        if (ends_[1] >= 0) { close(std::exchange(ends_[1], -1)); }
    }
    // Until it has room for nothing.
    void fill() const {
        const std::string junk(1024, '#');
        fcntl(writer(), F_SETFL, O_NONBLOCK);
        while (::write(writer(), junk.data(), junk.size()) > 0) {}
        fcntl(writer(), F_SETFL, 0);
    }
    // Everything until the writing end is closed.
    std::string read() const {
        std::string text;
        std::array<char, 4096> buffer;
        for (ssize_t size = 1; size > 0;) {
            size = ::read(ends_[0], buffer.data(), buffer.size());
            if (size > 0) { text.append(buffer.data(), static_cast<std::size_t>(size)); }
        }
        return text;
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

class LogOnAPipe : public ::testing::Test {
protected:
    void open(const LogLimits& limits = {}, LogLevel level = LogLevel::info) {
        log = std::make_unique<Log>(level, LogFormat::text, pipe.writer(), limits);
    }
    // What is read while the log ends.
    std::string end() {
        auto text = std::async(std::launch::async, [this] { return pipe.read(); });
        log.reset();
        pipe.close_writer();
        return text.get();
    }
    bool is_taken(const std::string& line) {
        const auto before = log->dropped();
        log->plain(line);
        return log->dropped() == before;
    }
    // The writer holds one line that the pipe has no room for, and another one waits behind it.
    void stall(const std::string& line) {
        pipe.fill();
        ASSERT_TRUE(is_taken(line));
        const auto deadline = base::Clock::now() + patience;
        while (!is_taken(line)) {
            ASSERT_LT(base::Clock::now(), deadline);
            std::this_thread::yield();
        }
    }

    Pipe pipe;
    std::unique_ptr<Log> log;
};

TEST_F(LogOnAPipe, WritesWhatItsLevelWantsAndChangesItWhileRunning) {
    open({}, LogLevel::warn);
    log->info("hidden");
    log->warn("seen");
    log->plain("as it is");
    log->set(LogLevel::info, LogFormat::json);
    log->info("now.seen");
    const std::string text = end();
    EXPECT_EQ(text.find("hidden"), text.npos);
    EXPECT_NE(text.find("warn seen\nas it is\n"), text.npos);
    EXPECT_NE(text.find("\"event\":\"now.seen\"}\n"), text.npos);
}

TEST_F(LogOnAPipe, SaysThatItsLevelIsAnotherWhereEitherLevelShowsIt) {
    open({}, LogLevel::warn);
    log->set_level(LogLevel::info);
    log->set_level(LogLevel::error);
    log->info("hidden");
    log->warn("hidden");
    log->set_level(LogLevel::error);
    EXPECT_EQ(log->level(), LogLevel::error);
    std::istringstream lines{end()};
    std::vector<std::string> seen;
    for (std::string line; std::getline(lines, line);) { seen.push_back(line.substr(line.find(' ') + 1)); }
    EXPECT_EQ(seen, (std::vector<std::string>{"info log.level level=info before=warn",
                                              "info log.level level=error before=info"}));
}

TEST_F(LogOnAPipe, WritesAllThatWaitsInOrderBeforeItEnds) {
    open();
    std::string expected;
    for (int i = 0; i < 50'000; ++i) {
        const std::string line = "line " + std::to_string(i) + std::string(static_cast<std::size_t>(i) % 50, '.');
        log->plain(line);
        expected += line + '\n';
    }
    EXPECT_EQ(log->dropped(), 0u);
    EXPECT_TRUE(end() == expected);
}

TEST_F(LogOnAPipe, KeepsTheOrderOfEachThreadThatWrites) {
    open();
    std::vector<std::thread> threads;
    for (int name = 0; name < 4; ++name) {
        threads.emplace_back([this, name] {
            for (int i = 0; i < 500; ++i) { log->plain(std::to_string(name) + ' ' + std::to_string(i)); }
        });
    }
    for (std::thread& thread : threads) { thread.join(); }
    std::istringstream lines{end()};
    std::array<int, 4> next{};
    for (int name = 0, number = 0; lines >> name >> number;) {
        EXPECT_EQ(number, next.at(static_cast<std::size_t>(name))++);
    }
    EXPECT_EQ(next, (std::array<int, 4>{500, 500, 500, 500}));
}

TEST_F(LogOnAPipe, NeverWaitsForAReaderAndSaysLaterHowManyLinesAreMissing) {
    LogLimits limits;
    limits.waiting = 64 * 1024;
    open(limits);
    constexpr int written = 50'000;
    for (int i = 0; i < written; ++i) { log->plain("line " + std::to_string(i)); }
    const auto dropped = log->dropped();
    EXPECT_GT(dropped, 0u);
    std::istringstream lines{end()};
    std::uint64_t told = 0;
    int seen = 0;
    int last = -1;
    for (std::string line; std::getline(lines, line);) {
        const auto gap = line.find(" warn log.dropped count=");
        if (gap != line.npos) {
            told += std::stoull(line.substr(line.rfind('=') + 1));
            continue;
        }
        const int number = std::stoi(line.substr(5));
        EXPECT_GT(number, last);
        last = number;
        ++seen;
    }
    EXPECT_EQ(told, dropped);
    EXPECT_EQ(seen + static_cast<int>(told), written);
}

TEST_F(LogOnAPipe, KeepsAsManyBytesAsItsLimitAndDropsTheLinePastIt) {
    LogLimits limits;
    limits.waiting = 20;
    limits.farewell = milliseconds{1};
    open(limits);
    stall("nineteen characters");
    EXPECT_FALSE(is_taken(""));
    log.reset();
    Pipe other;
    other.fill();
    log = std::make_unique<Log>(LogLevel::info, LogFormat::text, other.writer(), limits);
    EXPECT_FALSE(is_taken("and twenty with this"));
    EXPECT_TRUE(is_taken("nineteen characters"));
    log.reset();
}

TEST_F(LogOnAPipe, EndsInTimeThoughNobodyReads) {
    LogLimits limits;
    limits.farewell = milliseconds{30};
    open(limits);
    pipe.fill();
    log->error("nobody.hears");
    const base::Instant begun = base::Clock::now();
    log.reset();
    EXPECT_GE(base::Clock::now() - begun, limits.farewell);
    EXPECT_LT(base::Clock::now() - begun, patience);
}

TEST(Log, CountsTheLinesThatCannotBeWritten) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ASSERT_GE(full, 0);
    Log log{LogLevel::info, LogFormat::text, full};
    log.plain("one\ntwo");
    const auto deadline = base::Clock::now() + patience;
    while (log.dropped() < 2 && base::Clock::now() < deadline) { std::this_thread::yield(); }
    EXPECT_EQ(log.dropped(), 2u);
    close(full);
}

}  // namespace
}  // namespace server
