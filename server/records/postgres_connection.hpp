// PostgreSQL for the records, by libpq. Nothing waits for a server for longer than the limits here.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>

#include "server/records/sql.hpp"

namespace server::records {

class PostgresConnection final : public SqlConnection {
public:
    static constexpr std::chrono::seconds connect_limit{3};
    static constexpr std::chrono::seconds answer_limit{5};  // of a statement: by the server, or else by us

    // `url`: a connection URI (postgresql://…). Throws SqlError, which says no password.
    explicit PostgresConnection(const std::string& url);

    std::vector<SqlRow> ask(const std::string& sql, const SqlRow& values) override;
    void begin() override { ask("BEGIN", {}); }
    void lock_schema() override;

private:
    struct Finish {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };
    struct Clear {
        void operator()(PGresult* result) const { PQclear(result); }
    };
    using Result = std::unique_ptr<PGresult, Clear>;
    void open(const std::string& url);
    // Until the socket can be read, or written while there is something to send.
    void wait(bool writing, std::chrono::steady_clock::time_point deadline) const;
    Result result();
    [[noreturn]] void fail() const;

    std::unique_ptr<PGconn, Finish> connection_;
};

}  // namespace server::records
