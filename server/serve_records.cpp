#include "server/serve_records.hpp"

#include <filesystem>
#include <system_error>

#include "server/records/postgres_connection.hpp"
#include "server/records/sqlite_connection.hpp"

namespace server {
namespace {

constexpr std::chrono::seconds question_limit{5};  // of SQLite; PostgreSQL has its own

// `patience`: 0 where it writes.
records::Connect connect_to(const config::Config& config, std::chrono::milliseconds patience) {
    if (config.cdr.store == config::RecordStore::postgresql) {
        return [url = config.cdr.url] { return std::make_unique<records::PostgresConnection>(url); };
    }
    return [path = config.server.state_dir + "/holdfast.db", patience] {
        return std::make_unique<records::SqliteConnection>(path, patience);
    };
}

}  // namespace

RecordKeeping keep_records(const config::Config& config, Log& log) {
    if (config.cdr.store == config::RecordStore::none) { return {}; }
    std::error_code ignored;  // where it is not there then, opening the files says so
    std::filesystem::create_directory(config.server.state_dir, ignored);
    records::RecordWriter::Settings settings;
    settings.retention = config.cdr.retention;
    RecordKeeping keeping;
    keeping.writer = std::make_unique<records::RecordWriter>(connect_to(config, {}),
                                                             config.server.state_dir + "/cdr.spool", log, settings);
    keeping.reader = std::make_unique<records::RecordReader>(connect_to(config, question_limit));
    return keeping;
}

}  // namespace server
