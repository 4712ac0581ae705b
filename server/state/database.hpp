// SQLite, as far as it is needed: a file in WAL mode, statements prepared once, versions of what is in it. Whatever
// goes wrong is a DatabaseError that says where.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace server::state {

struct DatabaseError : std::runtime_error {
    explicit DatabaseError(const std::string& message, bool of_values = false)
        : std::runtime_error{message}, is_of_values{of_values} {}
    bool is_of_values;  // it is there, and does not take what a statement was given
};

class Statement {
public:
    // Parameters are counted from 1, columns from 0.
    void bind(int parameter, std::int64_t value);
    void bind(int parameter, std::string_view value);
    void bind_null(int parameter);
    // True: there is a row.
    bool step();
    std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
    std::string text(int column) const;  // of a number, as it is written
    bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
    int columns() const { return sqlite3_column_count(statement_.get()); }
    // To be bound and stepped through again.
    void reset() { sqlite3_reset(statement_.get()); }

private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    explicit Statement(sqlite3_stmt* statement) : statement_{statement} {}
    void check(int result) const;

    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
public:
    // Made where it is not there; its folder has to be.
    explicit Database(const std::string& path);

    void execute(const char* sql);
    Statement prepare(const char* sql);
    // Statements that are not done by then fail.
    void set_deadline(std::chrono::steady_clock::time_point deadline);
    // What `part` of the file is written as; 0: not yet. Parts of the program share the file and change by themselves.
    std::int64_t version_of(std::string_view part);
    void set_version(std::string_view part, std::int64_t version);

private:
    struct Close {
        void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
    };
    std::unique_ptr<std::chrono::steady_clock::time_point> deadline_;  // SQLite holds its address
    std::unique_ptr<sqlite3, Close> database_;
};

// All or nothing: what is not committed when it goes is undone.
class Transaction {
public:
    explicit Transaction(Database& database) : database_{database} { database_.execute("BEGIN IMMEDIATE"); }
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool committed_ = false;
};

}  // namespace server::state
