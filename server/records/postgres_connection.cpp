#include "server/records/postgres_connection.hpp"

#include <poll.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.hpp"

namespace server::records {
namespace {

using Clock = std::chrono::steady_clock;

// Two programs that migrate at once: one waits. Any number will do that nobody else takes.
constexpr const char* lock_schema_once = "SELECT pg_advisory_xact_lock(7088, 3725)";

std::string one_line(std::string message) {
    for (char& c : message) {
        if (c == '\n' || c == '\t') { c = ' '; }
    }
    while (!message.empty() && message.back() == ' ') { message.pop_back(); }
    return "postgresql: " + message;
}

// One for each host, or one for all; empty: the usual one.
bool are_ports(std::string_view list) {
    const auto comma = list.find(',');
    const std::string_view port = list.substr(0, comma);
    if (!port.empty() && base::parse_number<std::uint16_t>(port).value_or(0) == 0) { return false; }
    return comma == list.npos || are_ports(list.substr(comma + 1));
}

struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// Where it is not written as it should be, parts of the password stand in other places, and libpq quotes them.
bool is_readable(const std::string& url) {
    const std::unique_ptr<PQconninfoOption, Free> options{PQconninfoParse(url.c_str(), nullptr)};
    if (!options) { return false; }
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        const bool is_port = std::string_view{option->keyword} == "port";
        if (is_port && option->val != nullptr && !are_ports(option->val)) { return false; }
    }
    return true;
}

// Data exceptions, violated constraints and what is larger than the program takes, such as an entry of an index, are of
// the values (PostgreSQL, appendix A: SQLSTATE classes 22, 23 and 54).
SqlError refusal_of(const PGresult* answer) {
    const char* const state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    const std::string_view kind = std::string_view{state == nullptr ? "" : state}.substr(0, 2);
    const bool is_of_values = kind == "22" || kind == "23" || kind == "54";
    return SqlError{one_line(PQresultErrorMessage(answer)),
                    is_of_values ? SqlError::Cause::values : SqlError::Cause::away};
}

}  // namespace

PostgresConnection::PostgresConnection(const std::string& url) {
    open(url);
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(answer_limit).count();
    ask("SET client_min_messages = warning", {});  // else each schema that is there already is a notice on stderr
    ask("SET statement_timeout = " + std::to_string(limit), {});
}

void PostgresConnection::open(const std::string& url) {
    if (!is_readable(url)) {
        throw SqlError{"postgresql: cdr.url cannot be read; % / ? # @ in its password have to be percent-encoded"};
    }
    const auto deadline = Clock::now() + connect_limit;
    connection_.reset(PQconnectStart(url.c_str()));
    if (!connection_) { throw SqlError{"postgresql: out of memory"}; }
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (PQstatus(connection_.get()) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) { fail(); }
        wait(state == PGRES_POLLING_WRITING, deadline);
        state = PQconnectPoll(connection_.get());
    }
    if (PQsetnonblocking(connection_.get(), 1) != 0) { fail(); }
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
}

void PostgresConnection::wait(bool writing, Clock::time_point deadline) const {
    pollfd socket{PQsocket(connection_.get()), static_cast<short>(writing ? POLLIN | POLLOUT : POLLIN), 0};
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) { throw SqlError{"postgresql: no answer in time"}; }
        const int ready = poll(&socket, 1, static_cast<int>(left));
        if (ready > 0) { return; }
        if (ready < 0 && errno != EINTR) { fail(); }
    }
}

std::vector<SqlRow> PostgresConnection::ask(const std::string& sql, const SqlRow& values) {
    std::vector<const char*> parameters;
    for (const SqlValue& value : values) { parameters.push_back(value ? value->c_str() : nullptr); }
    const int sent = PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(parameters.size()), nullptr,
                                       parameters.data(), nullptr, nullptr, 0);
    if (sent == 0) { fail(); }
    std::vector<SqlRow> rows;
    std::optional<SqlError> refusal;  // thrown once all is read: the connection is asked again
    while (const Result answer = result()) {
        const ExecStatusType status = PQresultStatus(answer.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
            if (!refusal) { refusal = refusal_of(answer.get()); }
            continue;
        }
        for (int row = 0; row < PQntuples(answer.get()); ++row) {
            SqlRow& columns = rows.emplace_back();
            for (int column = 0; column < PQnfields(answer.get()); ++column) {
                const bool null = PQgetisnull(answer.get(), row, column) != 0;
                columns.push_back(null ? SqlValue{} : SqlValue{PQgetvalue(answer.get(), row, column)});
            }
        }
    }
    if (refusal) { throw SqlError{*refusal}; }
    return rows;
}

// The next one of the question that was sent; null: that was all.
PostgresConnection::Result PostgresConnection::result() {
    const auto deadline = Clock::now() + answer_limit + std::chrono::seconds{1};
    PGconn* const connection = connection_.get();
    for (int left = PQflush(connection); left != 0; left = PQflush(connection)) {
        if (left < 0) { fail(); }
        wait(true, deadline);
        if (PQconsumeInput(connection) == 0) { fail(); }
    }
    while (PQisBusy(connection) != 0) {
        wait(false, deadline);
        if (PQconsumeInput(connection) == 0) { fail(); }
    }
    return Result{PQgetResult(connection)};
}

void PostgresConnection::lock_schema() { ask(lock_schema_once, {}); }

void PostgresConnection::fail() const { throw SqlError{one_line(PQerrorMessage(connection_.get()))}; }

}  // namespace server::records
