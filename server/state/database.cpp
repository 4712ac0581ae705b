#include "server/state/database.hpp"

namespace server::state {
namespace {

constexpr int patience_milliseconds = 2000;  // with another process that has the file

DatabaseError error_of(sqlite3* database, std::string_view what) {
    constexpr std::size_t shown = 60;  // of a statement
    const char* const path = sqlite3_db_filename(database, "main");
    std::string message{path == nullptr ? "" : path};
    message.append(message.empty() ? "" : ": ")
        .append(what.substr(0, shown))
        .append(": ")
        .append(sqlite3_errmsg(database));
    const int code = sqlite3_errcode(database);
    return DatabaseError{message, code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH || code == SQLITE_TOOBIG};
}

}  // namespace

void Statement::check(int result) const {
    if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW) { return; }
    sqlite3* const database = sqlite3_db_handle(statement_.get());
    const DatabaseError error = error_of(database, sqlite3_sql(statement_.get()));
    sqlite3_reset(statement_.get());
    throw error;
}

void Statement::bind(int parameter, std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), parameter, value));
}

void Statement::bind(int parameter, std::string_view value) {
    check(sqlite3_bind_text64(statement_.get(), parameter, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

bool Statement::step() {
    const int result = sqlite3_step(statement_.get());
    check(result);
    return result == SQLITE_ROW;
}

void Statement::bind_null(int parameter) { check(sqlite3_bind_null(statement_.get(), parameter)); }

std::string Statement::text(int column) const {
    const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return bytes == nullptr ? std::string{} : std::string{bytes, static_cast<std::size_t>(size)};
}

Database::Database(const std::string& path) {
    sqlite3* opened = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    database_.reset(opened);
    if (result != SQLITE_OK) { throw DatabaseError{path + ": " + sqlite3_errstr(result)}; }
    sqlite3_busy_timeout(opened, patience_milliseconds);
    execute("PRAGMA journal_mode = WAL");
    execute("PRAGMA synchronous = NORMAL");  // a crash of the machine may cost the last moments, never the file
    execute("CREATE TABLE IF NOT EXISTS schema_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL)");
}

void Database::execute(const char* sql) {
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw error_of(database_.get(), sql);
    }
}

void Database::set_deadline(std::chrono::steady_clock::time_point deadline) {
    if (deadline_) {
        *deadline_ = deadline;
        return;
    }
    constexpr int steps = 10'000;  // of its machine, between two looks at the clock: about a millisecond
    const auto is_over = [](void* at) {
        return std::chrono::steady_clock::now() > *static_cast<std::chrono::steady_clock::time_point*>(at) ? 1 : 0;
    };
    deadline_ = std::make_unique<std::chrono::steady_clock::time_point>(deadline);
    sqlite3_progress_handler(database_.get(), steps, is_over, deadline_.get());
}

Statement Database::prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    const int result = sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) { throw error_of(database_.get(), sql); }
    return Statement{statement};
}

std::int64_t Database::version_of(std::string_view part) {
    Statement statement = prepare("SELECT version FROM schema_versions WHERE part = ?");
    statement.bind(1, part);
    return statement.step() ? statement.integer(0) : 0;
}

void Database::set_version(std::string_view part, std::int64_t version) {
    Statement statement = prepare("INSERT OR REPLACE INTO schema_versions (part, version) VALUES (?, ?)");
    statement.bind(1, part);
    statement.bind(2, version);
    statement.step();
}

// Where the commit failed SQLite may have undone it by itself.
Transaction::~Transaction() {
    if (committed_) { return; }
    try {
        database_.execute("ROLLBACK");
    } catch (const DatabaseError&) { return; }
}

void Transaction::commit() {
    database_.execute("COMMIT");
    committed_ = true;
}

}  // namespace server::state
