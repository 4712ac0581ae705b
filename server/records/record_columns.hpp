// A record as rows of its two tables, and back. Columns are named here alone.
#pragma once

#include <span>
#include <string>

#include "server/records/record.hpp"
#include "server/records/sql.hpp"

namespace server::records {

extern const std::span<const char* const> call_columns;
extern const std::span<const char* const> leg_columns;  // the first two: whose leg it is, and which

// As a column holds what peers sent: UTF-8 without NUL, which is all that PostgreSQL takes. What is looked for is
// written the same way, else it would be refused, or not found.
std::string stored_text(const std::string& peers);
// Of a Call-ID its beginning: the column has an index, of which PostgreSQL takes no entry above a third of a page.
std::string stored_call_id(const std::string& call_id);

SqlRow call_row(const Record& record);
SqlRow leg_row(const Record& record, char side, const LegRecord& leg);

// Of a row that holds the columns of a call and of its legs a and b, in this order; those of b are NULL where there is
// none. Throws SqlError for what cannot have been written here.
Record read_record(const SqlRow& row);

}  // namespace server::records
