// Records in a database: one row a call, one a leg; versions of the schema. What is written twice is there once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "server/records/record.hpp"
#include "server/records/sql.hpp"

namespace server::records {

class RecordTable {
public:
    static constexpr std::int64_t version = 2;  // of the schema

    // Brings the schema up to this version. Throws SqlError, also where a newer program has written it. `connection`
    // outlives it.
    explicit RecordTable(SqlConnection& connection);

    // All of them, or none.
    void insert(std::span<const Record> records);
    std::vector<Record> find(const RecordQuery& query) const;
    std::optional<Record> find(const std::string& id) const;
    // When the latest call began; nullopt: there is none.
    std::optional<std::int64_t> latest_start() const;
    // Calls that began before `limit`, at most `most` of them; returns how many there were.
    std::size_t remove_before(std::int64_t limit, std::size_t most);

private:
    std::vector<Record> read(const std::string& condition, const SqlRow& values) const;

    SqlConnection& connection_;
};

}  // namespace server::records
