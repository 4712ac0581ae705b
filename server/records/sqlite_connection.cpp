#include "server/records/sqlite_connection.hpp"

namespace server::records {

SqliteConnection::SqliteConnection(const std::string& path, std::chrono::milliseconds patience) : patience_{patience} {
    try {
        database_ = std::make_unique<state::Database>(path);
    } catch (const state::DatabaseError& error) { throw SqlError{error.what()}; }
}

std::vector<SqlRow> SqliteConnection::ask(const std::string& sql, const SqlRow& values) {
    try {
        if (patience_.count() != 0) { database_->set_deadline(std::chrono::steady_clock::now() + patience_); }
        state::Statement& statement = prepared(sql);
        statement.reset();
        int parameter = 0;
        for (const SqlValue& value : values) {
            value ? statement.bind(++parameter, *value) : statement.bind_null(++parameter);
        }
        std::vector<SqlRow> rows;
        while (statement.step()) {
            SqlRow& row = rows.emplace_back();
            for (int column = 0; column < statement.columns(); ++column) {
                row.push_back(statement.is_null(column) ? SqlValue{} : SqlValue{statement.text(column)});
            }
        }
        statement.reset();
        return rows;
    } catch (const state::DatabaseError& error) {
        throw SqlError{error.what(), error.is_of_values ? SqlError::Cause::values : SqlError::Cause::away};
    }
}

state::Statement& SqliteConnection::prepared(const std::string& sql) {
    const auto known = statements_.find(sql);
    if (known != statements_.end()) { return known->second; }
    if (statements_.size() == max_kept) { statements_.clear(); }
    return statements_.emplace(sql, database_->prepare(sql.c_str())).first->second;
}

}  // namespace server::records
