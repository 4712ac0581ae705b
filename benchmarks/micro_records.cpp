// Records of calls a second: from the queue to the database (SQLite, WAL, as the server has it) and to the spool, which
// takes them while the database is away.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <thread>

#include "server/records/record_writer.hpp"
#include "server/records/sqlite_connection.hpp"
#include "tests/unit/server/records/sample.hpp"

namespace {

using namespace server;
using namespace server::records;

std::unique_ptr<SqlConnection> nobody() { throw SqlError{"away"}; }

// Until all are where they belong, which the end of the writer waits for.
void write(benchmark::State& state, const std::function<Connect(const test::Folder&)>& connect_in) {
    const auto count = static_cast<int>(state.range(0));
    const std::vector<Record> records = test::samples(0, count);
    Log log{config::LogLevel::error, config::LogFormat::text};
    for ([[maybe_unused]] const auto one : state) {
        state.PauseTiming();
        const test::Folder folder;
        std::vector<Record> copies = records;
        state.ResumeTiming();
        RecordWriter writer{connect_in(folder), folder.file("cdr.spool"), log, {}};
        for (Record& record : copies) { writer.put(std::move(record)); }
    }
    state.counters["records"] =
        benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsIterationInvariantRate);
}

void to_sqlite(benchmark::State& state) {
    write(state, [](const test::Folder& folder) -> Connect {
        return [path = folder.file("holdfast.db")] { return std::make_unique<SqliteConnection>(path); };
    });
}
BENCHMARK(to_sqlite)->Arg(20'000)->UseRealTime()->Unit(benchmark::kMillisecond);

void to_spool(benchmark::State& state) {
    write(state, [](const test::Folder&) -> Connect { return nobody; });
}
BENCHMARK(to_spool)->Arg(20'000)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
