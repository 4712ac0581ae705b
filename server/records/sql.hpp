// A database as the records need it: statements with parameters $1, $2, …, each used once and in this order, which
// SQLite and PostgreSQL read alike. Values are texts; the types of the columns make of them what they are.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace server::records {

struct SqlError : std::runtime_error {
    enum class Cause { away, values };  // values: the database answers, and does not take what it was given
    explicit SqlError(const std::string& message, Cause why = Cause::away) : std::runtime_error{message}, cause{why} {}
    Cause cause;
};

using SqlValue = std::optional<std::string>;  // none: NULL
using SqlRow = std::vector<SqlValue>;

class SqlConnection {
public:
    virtual ~SqlConnection() = default;
    // Both throw SqlError, and then may be of no use any more.
    virtual std::vector<SqlRow> ask(const std::string& sql, const SqlRow& values = {}) = 0;
    virtual void begin() = 0;
    // Within a transaction: whoever else would change the schema waits for its end.
    virtual void lock_schema() = 0;
};

// All or nothing: what is not committed when it goes is undone.
class SqlTransaction {
public:
    explicit SqlTransaction(SqlConnection& connection) : connection_{connection} { connection_.begin(); }
    ~SqlTransaction();
    SqlTransaction(const SqlTransaction&) = delete;
    SqlTransaction& operator=(const SqlTransaction&) = delete;
    void commit();

private:
    SqlConnection& connection_;
    bool committed_ = false;
};

}  // namespace server::records
