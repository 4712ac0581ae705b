#include "server/records/record_table.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"
#include "server/records/record_columns.hpp"

namespace server::records {
namespace {

constexpr std::string_view part = "cdrs";

// What brings the schema from each version to the next.
const std::array<std::vector<std::string>, RecordTable::version> steps{{
    {"CREATE TABLE cdr_calls (id TEXT PRIMARY KEY, started BIGINT NOT NULL, answered BIGINT, ended BIGINT NOT NULL, "
     "setup_ms BIGINT NOT NULL, duration_ms BIGINT NOT NULL, from_uri TEXT NOT NULL, to_uri TEXT NOT NULL, "
     "route TEXT NOT NULL, outcome TEXT NOT NULL, code INTEGER NOT NULL, cause TEXT NOT NULL, ended_by TEXT NOT NULL, "
     "renegotiations BIGINT NOT NULL, healed BIGINT NOT NULL)",
     "CREATE INDEX cdr_calls_by_start ON cdr_calls (started, id)",
     "CREATE TABLE cdr_legs (call TEXT NOT NULL, leg TEXT NOT NULL, call_id TEXT NOT NULL, trunk TEXT NOT NULL, "
     "username TEXT NOT NULL, transport TEXT NOT NULL, remote TEXT NOT NULL, uri TEXT NOT NULL, codecs TEXT NOT NULL, "
     "srtp TEXT NOT NULL, hold_ms BIGINT NOT NULL, music_ms BIGINT NOT NULL, packets_in BIGINT NOT NULL, "
     "packets_out BIGINT NOT NULL, lost BIGINT NOT NULL, jitter_ms DOUBLE PRECISION, rtt_ms DOUBLE PRECISION, mos "
     "DOUBLE PRECISION, "
     "PRIMARY KEY (call, leg))",
     "CREATE INDEX cdr_legs_by_call_id ON cdr_legs (call_id)"},
    {"ALTER TABLE cdr_calls ADD COLUMN originated INTEGER NOT NULL DEFAULT 0"},
}};

void migrate(SqlConnection& connection) {
    SqlTransaction transaction{connection};
    connection.lock_schema();
    connection.ask("CREATE TABLE IF NOT EXISTS schema_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL)");
    const auto rows = connection.ask("SELECT version FROM schema_versions WHERE part = $1", {std::string{part}});
    const std::int64_t found = rows.empty() ? 0 : std::stoll(rows[0].at(0).value_or("0"));
    if (found > RecordTable::version) {
        throw SqlError{"records of version " + std::to_string(found) +
                       ", written by a newer program; this one knows version " + std::to_string(RecordTable::version)};
    }
    for (auto step = static_cast<std::size_t>(found); step < steps.size(); ++step) {
        for (const std::string& sql : steps[step]) { connection.ask(sql); }
    }
    if (found != RecordTable::version) {
        connection.ask(
            "INSERT INTO schema_versions (part, version) VALUES ($1, $2) "
            "ON CONFLICT (part) DO UPDATE SET version = excluded.version",
            {std::string{part}, std::to_string(RecordTable::version)});
    }
    transaction.commit();
}

std::string joined(std::span<const char* const> columns, const std::string& prefix = {}) {
    std::string all;
    for (const char* const column : columns) { all += (all.empty() ? "" : ", ") + prefix + column; }
    return all;
}

std::string insertion(const std::string& table, std::span<const char* const> columns, std::size_t rows) {
    std::string sql = "INSERT INTO " + table + " (" + joined(columns) + ") VALUES ";
    std::size_t parameter = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        sql += row == 0 ? "(" : ", (";
        for (std::size_t column = 0; column < columns.size(); ++column) {
            sql += (column == 0 ? "$" : ", $") + std::to_string(++parameter);
        }
        sql += ')';
    }
    return sql + " ON CONFLICT DO NOTHING";
}

// So many of them at once, that a batch is few questions.
void insert_rows(SqlConnection& connection, const std::string& table, std::span<const char* const> columns,
                 const std::vector<SqlRow>& rows) {
    constexpr std::size_t most = 50;
    for (std::size_t first = 0; first < rows.size(); first += most) {
        const std::size_t count = std::min(most, rows.size() - first);
        SqlRow values;
        for (std::size_t row = first; row < first + count; ++row) {
            values.insert(values.end(), rows[row].begin(), rows[row].end());
        }
        connection.ask(insertion(table, columns, count), values);
    }
}

// % and _ are plain letters in what is looked for.
std::string containing(const std::string& text) {
    std::string pattern = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') { pattern += '\\'; }
        pattern += c;
    }
    return pattern + '%';
}

class Condition {
public:
    // Each ? is the next of the values.
    void add(std::string_view sql, const std::vector<std::string>& values) {
        sql_ += sql_.empty() ? " WHERE " : " AND ";
        auto value = values.begin();
        for (const char c : sql) {
            if (c != '?') {
                sql_ += c;
                continue;
            }
            values_.push_back(*value++);
            sql_ += '$' + std::to_string(values_.size());
        }
    }
    const std::string& sql() const { return sql_; }
    const SqlRow& values() const { return values_; }

private:
    std::string sql_;
    SqlRow values_;
};

Condition condition_of(const RecordQuery& query) {
    Condition condition;
    const auto either = [&](std::string_view sql, const std::string& value) {
        if (!value.empty()) { condition.add(sql, {value, value}); }
    };
    if (query.from) { condition.add("c.started >= ?", {std::to_string(*query.from)}); }
    if (query.to) { condition.add("c.started < ?", {std::to_string(*query.to)}); }
    if (!query.outcome.empty()) { condition.add("c.outcome = ?", {stored_text(query.outcome)}); }
    either("(a.trunk = ? OR b.trunk = ?)", stored_text(query.trunk));
    either("(a.username = ? OR b.username = ?)", stored_text(query.user));
    either("(a.call_id = ? OR b.call_id = ?)", stored_call_id(query.call_id));
    const std::string number = stored_text(query.number);
    either("(c.from_uri LIKE ? ESCAPE '\\' OR c.to_uri LIKE ? ESCAPE '\\')",
           number.empty() ? number : containing(number));
    if (const auto dash = query.after.find('-'); dash != query.after.npos) {
        condition.add("(c.started, c.id) < (?, ?)",
                      {query.after.substr(0, dash), stored_text(query.after.substr(dash + 1))});
    }
    return condition;
}

}  // namespace

RecordTable::RecordTable(SqlConnection& connection) : connection_{connection} { migrate(connection_); }

void RecordTable::insert(std::span<const Record> records) {
    std::vector<SqlRow> calls;
    std::vector<SqlRow> legs;
    for (const Record& record : records) {
        calls.push_back(call_row(record));
        legs.push_back(leg_row(record, 'a', record.a));
        if (record.b) { legs.push_back(leg_row(record, 'b', *record.b)); }
    }
    SqlTransaction transaction{connection_};
    insert_rows(connection_, "cdr_calls", call_columns, calls);
    insert_rows(connection_, "cdr_legs", leg_columns, legs);
    transaction.commit();
}

std::vector<Record> RecordTable::find(const RecordQuery& query) const {
    const Condition condition = condition_of(query);
    const std::size_t limit = std::min(query.limit, RecordQuery::max_limit);
    const std::string sql = condition.sql() + " ORDER BY c.started DESC, c.id DESC LIMIT " + std::to_string(limit);
    return read(sql, condition.values());
}

std::optional<Record> RecordTable::find(const std::string& id) const {
    std::vector<Record> found = read(" WHERE c.id = $1", {stored_text(id)});
    return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
}

std::optional<std::int64_t> RecordTable::latest_start() const {
    const auto rows = connection_.ask("SELECT max(started) FROM cdr_calls");
    const SqlValue& latest = rows.at(0).at(0);
    return latest ? base::parse_number<std::int64_t>(*latest) : std::nullopt;
}

std::vector<Record> RecordTable::read(const std::string& condition, const SqlRow& values) const {
    const std::string sql = "SELECT " + joined(call_columns, "c.") + ", " + joined(leg_columns, "a.") + ", " +
                            joined(leg_columns, "b.") +
                            " FROM cdr_calls c JOIN cdr_legs a ON a.call = c.id AND a.leg = 'a'"
                            " LEFT JOIN cdr_legs b ON b.call = c.id AND b.leg = 'b'" +
                            condition;
    std::vector<Record> records;
    for (const SqlRow& row : connection_.ask(sql, values)) { records.push_back(read_record(row)); }
    return records;
}

std::size_t RecordTable::remove_before(std::int64_t limit, std::size_t most) {
    SqlTransaction transaction{connection_};
    const auto old =
        connection_.ask("SELECT id FROM cdr_calls WHERE started < $1 ORDER BY started LIMIT " + std::to_string(most),
                        {std::to_string(limit)});
    for (const SqlRow& row : old) {
        connection_.ask("DELETE FROM cdr_legs WHERE call = $1", row);
        connection_.ask("DELETE FROM cdr_calls WHERE id = $1", row);
    }
    transaction.commit();
    return old.size();
}

}  // namespace server::records
