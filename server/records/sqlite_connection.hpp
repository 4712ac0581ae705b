// SQLite for the records: a file that the program's other parts may share.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "server/records/sql.hpp"
#include "server/state/database.hpp"

namespace server::records {

class SqliteConnection final : public SqlConnection {
public:
    // Throws SqlError. A statement that takes longer than `patience` fails; 0: none does.
    explicit SqliteConnection(const std::string& path, std::chrono::milliseconds patience = {});

    std::vector<SqlRow> ask(const std::string& sql, const SqlRow& values) override;
    void begin() override { ask("BEGIN IMMEDIATE", {}); }  // which locks all of it
    void lock_schema() override {}

private:
    static constexpr std::size_t max_kept = 32;  // statements that are prepared
    state::Statement& prepared(const std::string& sql);

    const std::chrono::milliseconds patience_;
    std::unique_ptr<state::Database> database_;
    std::map<std::string, state::Statement> statements_;
};

}  // namespace server::records
