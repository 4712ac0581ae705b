// Registrations in the database: those that mean something to the next server, for they hang on no connection. Times
// are of the calendar there, for the steady clock begins anew with the machine.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "base/time.hpp"
#include "server/routing/bindings.hpp"
#include "server/state/database.hpp"
#include "server/state/moment.hpp"

namespace server::state {

// Where a binding is reached without a connection that is open; none: nowhere. Over UDP where it came from; over TCP
// what its Contact names, if that is the address that it came from: with a NAT between, nobody can connect there. A
// flow of RFC 5626 over a stream is that stream alone.
std::optional<base::Endpoint> lasting_way(const Binding& binding);

class RegistrationTable {
public:
    // Throws DatabaseError, also where a newer program has written it.
    explicit RegistrationTable(const std::string& path);

    // Rows that cannot be read are left out and counted.
    std::vector<UserBindings> load(const Moment& now);
    std::size_t unreadable() const { return unreadable_; }
    // All of these users, or nothing.
    void replace(const std::map<std::string, std::shared_ptr<const std::vector<Binding>>>& users, const Moment& now);

private:
    void insert(const std::string& user, const Binding& binding, const Moment& now);

    std::unique_ptr<Database> database_;
    Statement remove_;
    Statement insert_;
    std::size_t unreadable_ = 0;
};

}  // namespace server::state
