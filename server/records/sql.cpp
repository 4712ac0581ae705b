#include "server/records/sql.hpp"

namespace server::records {

// Where the commit failed, or the connection is lost, it is undone already.
SqlTransaction::~SqlTransaction() {
    if (committed_) { return; }
    try {
        connection_.ask("ROLLBACK");
    } catch (const SqlError&) { return; }
}

void SqlTransaction::commit() {
    connection_.ask("COMMIT");
    committed_ = true;
}

}  // namespace server::records
