#include "server/records/record_line.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "server/records/record_columns.hpp"

namespace server::records {
namespace {

namespace json = boost::json;

json::value to_json(const SqlValue& value) {
    if (!value) { return nullptr; }
    return json::value(*value);
}

void append(json::array& line, const SqlRow& row) {
    for (const SqlValue& value : row) { line.push_back(to_json(value)); }
}

// Lines of the first version end their call with what was healed.
std::optional<SqlRow> columns_of(const json::array& list) {
    const std::size_t size = call_columns.size() + 2 * leg_columns.size();
    if (list.size() != size && list.size() + 1 != size) { return std::nullopt; }
    SqlRow row;
    for (const json::value& column : list) {
        const json::string* const text = column.if_string();
        if (text == nullptr && !column.is_null()) { return std::nullopt; }
        row.push_back(text == nullptr ? SqlValue{} : SqlValue{std::string{text->data(), text->size()}});
    }
    if (row.size() != size) { row.insert(row.begin() + static_cast<std::ptrdiff_t>(call_columns.size()) - 1, "0"); }
    return row;
}

}  // namespace

// The columns of the call, of leg a and of leg b, as the database is asked for them.
std::string to_line(const Record& record) {
    json::array line;
    append(line, call_row(record));
    append(line, leg_row(record, 'a', record.a));
    append(line, record.b ? leg_row(record, 'b', *record.b) : SqlRow(leg_columns.size()));
    return json::serialize(line);
}

std::optional<Record> parse_line(std::string_view line) {
    boost::system::error_code error;
    const json::value value = json::parse(json::string_view{line.data(), line.size()}, error);
    const json::array* const list = error ? nullptr : value.if_array();
    const auto row = list == nullptr ? std::nullopt : columns_of(*list);
    if (!row) { return std::nullopt; }
    try {
        return read_record(*row);
    } catch (const SqlError&) { return std::nullopt; }
}

}  // namespace server::records
