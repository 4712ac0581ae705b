#include "server/records/record_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

#include "server/records/record_reader.hpp"
#include "server/records/sqlite_connection.hpp"
#include "tests/unit/server/records/sample.hpp"

namespace server::records {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::SizeIs;

// A database that can be taken away, in the middle of a statement too.
struct Away {
    std::atomic<bool> is{false};
    std::atomic<int> connections{0};
    std::atomic<bool> is_slow{false};
    std::counting_semaphore<> batches{0};  // that it takes while it is slow
    std::atomic<int> begun{0};             // batches
};

class Interrupted final : public SqlConnection {
public:
    Interrupted(const std::string& path, Away& away) : inner_{path}, away_{away} { refuse(); }
    std::vector<SqlRow> ask(const std::string& sql, const SqlRow& values) override {
        refuse();
        if (sql.starts_with("INSERT INTO cdr_calls")) {
            ++away_.begun;
            if (away_.is_slow) { away_.batches.acquire(); }
        }
        return inner_.ask(sql, values);
    }
    void begin() override { ask("BEGIN IMMEDIATE", {}); }
    void lock_schema() override {}

private:
    void refuse() const {
        if (away_.is) { throw SqlError{"the database is away"}; }
    }
    SqliteConnection inner_;
    Away& away_;
};

class RecordWriterTest : public testing::Test {
protected:
    RecordWriter::Settings quick() const {
        RecordWriter::Settings settings;
        settings.retry = 5ms;
        settings.tidy = 1min;
        return settings;
    }
    std::unique_ptr<RecordWriter> make(RecordWriter::Settings settings) {
        Connect connect = [this]() -> std::unique_ptr<SqlConnection> {
            ++away_.connections;
            return std::make_unique<Interrupted>(database(), away_);
        };
        return std::make_unique<RecordWriter>(connect, spool(), log_, settings);
    }
    std::string database() const { return folder_.file("holdfast.db"); }
    std::string spool() const { return folder_.file("cdr.spool"); }
    std::vector<Record> kept() const {
        SqliteConnection connection{database()};
        RecordQuery all;
        all.limit = RecordQuery::max_limit;
        return RecordTable{connection}.find(all);
    }
    // In the order in which they were written.
    std::vector<std::string> order_kept() const {
        std::vector<std::string> order;
        for (const SqlRow& row : SqliteConnection{database()}.ask("SELECT id FROM cdr_calls ORDER BY rowid", {})) {
            order.push_back(row[0].value());
        }
        return order;
    }
    template <class Condition>
    static void await(const Condition& condition) {
        const auto limit = std::chrono::steady_clock::now() + 20s;
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), limit) << "it should come to pass";
            std::this_thread::yield();
        }
    }

    Folder folder_;
    Away away_;
    Log log_{config::LogLevel::error, config::LogFormat::text};
};

TEST_F(RecordWriterTest, WritesWhatItIsGiven) {
    const auto writer = make(quick());
    for (const Record& record : samples(0, 3)) { writer->put(record); }
    await([&] { return writer->report().written == 3; });
    EXPECT_TRUE(writer->report().up);
    EXPECT_THAT(kept(), SizeIs(3));
}

TEST_F(RecordWriterTest, WritesWhatWaitsAtTheEnd) {
    auto writer = make(quick());
    for (const Record& record : samples(0, 700)) { writer->put(record); }
    writer.reset();
    EXPECT_THAT(kept(), SizeIs(700));
}

TEST_F(RecordWriterTest, LosesNothingWhileTheDatabaseIsAway) {
    const auto writer = make(quick());
    writer->put(sample(0));
    await([&] { return writer->report().written == 1; });
    away_.is = true;
    for (const Record& record : samples(1, 40)) { writer->put(record); }
    await([&] { return writer->report().spooled == 40; });
    EXPECT_FALSE(writer->report().up);
    EXPECT_GT(writer->report().write_failures, 0U);
    away_.is = false;
    await([&] { return writer->report().up; });
    EXPECT_EQ(writer->report().written, 41U);
    EXPECT_EQ(writer->report().spooled, 0U);
    EXPECT_THAT(kept(), SizeIs(41));
}

TEST_F(RecordWriterTest, WaitsForADatabaseThatIsNotThereAtTheStart) {
    away_.is = true;
    const auto writer = make(quick());
    for (const Record& record : samples(0, 5)) { writer->put(record); }
    await([&] { return writer->report().spooled == 5; });
    away_.is = false;
    await([&] { return writer->report().written == 5; });
    EXPECT_THAT(kept(), SizeIs(5));
}

TEST_F(RecordWriterTest, LeavesToTheNextStartWhatTheDatabaseDidNotTake) {
    away_.is = true;
    auto writer = make(quick());
    for (const Record& record : samples(0, 5)) { writer->put(record); }
    writer.reset();
    away_.is = false;
    writer = make(quick());
    await([&] { return writer->report().written == 5; });
    EXPECT_EQ(kept().back(), sample(0));
}

TEST_F(RecordWriterTest, HoldsInMemoryWhatNothingTakes) {
    away_.is = true;
    std::filesystem::create_directory(spool());  // where the file should be
    RecordWriter::Settings settings = quick();
    settings.queue = 10;
    const auto writer = make(settings);
    for (const Record& record : samples(0, 10)) { writer->put(record); }
    await([&] { return away_.connections > 3; });
    EXPECT_EQ(writer->report().dropped.at("queue_full"), 0U);
    for (const Record& record : samples(10, 30)) { writer->put(record); }
    await([&] { return writer->report().dropped.at("queue_full") >= 20; });
    away_.is = false;
    await([&] { return writer->report().written >= 10; });
    EXPECT_THAT(kept(), testing::Contains(sample(0))) << "what came first is kept";
}

// After a long time without it: the disk has more than memory holds.
TEST_F(RecordWriterTest, SpoolsWhatComesWhileItWritesWhatWasSpooled) {
    away_.is = true;
    RecordWriter::Settings settings = quick();
    settings.queue = 10;
    settings.batch = 5;
    const auto writer = make(settings);
    const auto put = [&](int first) {
        for (const Record& record : samples(first, 10)) { writer->put(record); }
    };
    put(0);
    await([&] { return writer->report().spooled == 10 && writer->report().waiting == 0; });
    put(10);
    await([&] { return writer->report().spooled == 20 && writer->report().waiting == 0; });
    away_.is_slow = true;
    away_.is = false;
    await([&] { return away_.begun == 1; });
    put(20);
    away_.batches.release();
    await([&] { return away_.begun == 2; });
    EXPECT_EQ(writer->report().spooled, 25U);
    EXPECT_EQ(writer->report().waiting, 0U);
    put(30);
    away_.batches.release(100);
    await([&] { return writer->report().written == 40; });
    EXPECT_EQ(writer->report().dropped.at("queue_full"), 0U);
    EXPECT_EQ(order_kept(), ids(samples(0, 40)));
}

TEST_F(RecordWriterTest, LeavesWithoutWritingAllThatWasSpooled) {
    constexpr int count = 2000;
    ASSERT_TRUE(Spool{spool()}.append(samples(0, count)));
    away_.is = true;
    RecordWriter::Settings settings = quick();
    settings.batch = 1;
    auto writer = make(settings);
    for (const Record& record : samples(count, 3)) { writer->put(record); }
    away_.is = false;
    await([&] { return away_.begun != 0; });
    for (const Record& record : samples(count + 3, 3)) { writer->put(record); }
    writer.reset();
    EXPECT_LT(away_.begun, count);
    const auto left = ids(Spool{spool()}.peek(count + 6));
    ASSERT_FALSE(left.empty());
    EXPECT_EQ(left.back(), sample(count + 5).id);
    writer = make(quick());
    await([&] { return writer->report().up; });
    EXPECT_EQ(order_kept(), ids(samples(0, count + 6))) << "each once, in the order in which they came";
}

// Whatever the database has against it, a record does not hold up those behind it.
TEST_F(RecordWriterTest, SetsAsideWhatTheDatabaseDoesNotTake) {
    const auto writer = make(quick());
    writer->put(sample(0));
    await([&] { return writer->report().written == 1; });
    SqliteConnection rules{database()};
    rules.ask(
        "CREATE TRIGGER picky BEFORE INSERT ON cdr_calls WHEN new.id IN ('call1003', 'call1005') "
        "BEGIN SELECT RAISE(ABORT, 'not this one'); END",
        {});
    for (const Record& record : samples(1, 8)) { writer->put(record); }
    await([&] { return writer->report().written == 7; });
    EXPECT_TRUE(writer->report().up);
    EXPECT_EQ(writer->report().spooled, 0U);
    EXPECT_EQ(writer->report().dropped.at("refused"), 2U);
    EXPECT_THAT(kept(), SizeIs(7));
    Spool aside{spool() + ".refused"};
    EXPECT_THAT(ids(aside.peek(10)), testing::ElementsAre("call1003", "call1005"));
}

TEST_F(RecordWriterTest, SetsAsideWhatTheDatabaseDoesNotTakeOfTheSpool) {
    const auto writer = make(quick());
    writer->put(sample(0));
    await([&] { return writer->report().written == 1; });
    SqliteConnection rules{database()};
    rules.ask(
        "CREATE TRIGGER picky BEFORE INSERT ON cdr_calls WHEN new.id = 'call1002' "
        "BEGIN SELECT RAISE(ABORT, 'not this one'); END",
        {});
    away_.is = true;
    for (const Record& record : samples(1, 4)) { writer->put(record); }
    await([&] { return writer->report().spooled == 4; });
    away_.is = false;
    await([&] { return writer->report().up; });
    EXPECT_EQ(writer->report().spooled, 0U);
    EXPECT_THAT(ids(kept()), testing::UnorderedElementsAre("call1000", "call1001", "call1003", "call1004"));
}

// An operator who empties it while the server runs.
TEST_F(RecordWriterTest, GoesOnWhereSomebodyEmptiesTheSpool) {
    away_.is = true;
    auto writer = make(quick());
    for (const Record& record : samples(0, 3)) { writer->put(record); }
    await([&] { return writer->report().spooled == 3; });
    std::filesystem::resize_file(spool(), 0);
    away_.is = false;
    await([&] { return writer->report().up; });
    writer->put(sample(3));
    writer.reset();
    EXPECT_EQ(order_kept(), ids(samples(3, 1)));
}

TEST_F(RecordWriterTest, RemovesWhatIsTooOld) {
    RecordWriter::Settings settings = quick();
    settings.retention = std::chrono::hours{24};
    {
        const auto writer = make(quick());
        Record old = sample(0);
        old.started = 0;
        writer->put(old);
        Record fresh = sample(1);
        fresh.started =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
                .count();
        writer->put(fresh);
    }
    const auto writer = make(settings);
    await([&] { return kept().size() == 1; });
    EXPECT_EQ(kept()[0].id, sample(1).id);
}

// All would be too old: it is put right within a day, or it was right.
TEST_F(RecordWriterTest, RemovesNothingForADayAfterTheClockHasJumped) {
    std::atomic<int> hours_passed{1};
    std::atomic<int> hours_jumped{0};
    std::atomic<int> looks{0};
    RecordWriter::Settings settings = quick();
    settings.retention = 24h;
    settings.tidy = 1ms;
    settings.now = [&] {
        const std::chrono::hours passed{hours_passed};
        const std::chrono::system_clock::time_point start{std::chrono::milliseconds{noon}};
        ++looks;
        return state::Moment{base::Instant{passed}, start + passed + std::chrono::hours{hours_jumped}};
    };
    const auto await_looks = [&] {
        const int before = looks;
        await([&] { return looks > before + 2; });  // the one before the last had what was set until now
    };
    { make(quick())->put(sample(0)); }
    const auto writer = make(settings);
    await_looks();
    hours_jumped = 48;
    await_looks();
    EXPECT_THAT(kept(), SizeIs(1));
    hours_passed = 24;
    await_looks();
    EXPECT_THAT(kept(), SizeIs(1));
    hours_passed = 26;
    await([&] { return kept().empty(); });
}

TEST_F(RecordWriterTest, DoesNotMakeACallWait) {
    away_.is = true;
    const auto writer = make(quick());
    std::vector<Record> records = samples(0, 10'000);
    const auto begin = std::chrono::steady_clock::now();
    for (Record& record : records) { writer->put(std::move(record)); }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

TEST_F(RecordWriterTest, IsReadWhileItWrites) {
    const auto writer = make(quick());
    for (const Record& record : samples(0, 3)) { writer->put(record); }
    await([&] { return writer->report().written == 3; });
    RecordReader reader{[this] { return std::make_unique<SqliteConnection>(database()); }};
    std::promise<FoundRecords> found;
    reader.find(RecordQuery{}, [&](FoundRecords records) { found.set_value(std::move(records)); });
    EXPECT_THAT(found.get_future().get().records, SizeIs(3));
    std::promise<FoundRecords> one;
    reader.find("call1001", [&](FoundRecords records) { one.set_value(std::move(records)); });
    EXPECT_THAT(one.get_future().get().records, testing::ElementsAre(sample(1)));
}

TEST(RecordReader, SaysWhyItFoundNothing) {
    RecordReader reader{[]() -> std::unique_ptr<SqlConnection> { throw SqlError{"the database is away"}; }};
    std::promise<FoundRecords> found;
    reader.find(RecordQuery{}, [&](FoundRecords records) { found.set_value(std::move(records)); });
    EXPECT_EQ(found.get_future().get().error, "the database is away");
}

TEST(RecordReader, TakesSoManyQuestionsAndNoMore) {
    std::atomic<int> refused{0};
    std::atomic<int> answered{0};
    std::promise<void> go;
    auto gate = go.get_future().share();
    RecordReader reader{[gate]() -> std::unique_ptr<SqlConnection> {
        gate.wait();
        throw SqlError{"away"};
    }};
    constexpr int more = 5;
    for (std::size_t i = 0; i < RecordReader::max_waiting + 1 + more; ++i) {
        reader.find(RecordQuery{}, [&](const FoundRecords& found) { ++(found.error == "away" ? answered : refused); });
    }
    EXPECT_GE(refused, more - 1);  // one may be in the reader's hands already, or not yet
    EXPECT_EQ(answered, 0);
    go.set_value();
}

}  // namespace
}  // namespace server::records
