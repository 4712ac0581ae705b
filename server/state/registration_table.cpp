#include "server/state/registration_table.hpp"

#include <cstdint>
#include <utility>

#include "base/text.hpp"
#include "sip/message/uri.hpp"
#include "sip/transport.hpp"

namespace server::state {
namespace {

constexpr std::string_view part = "registrations";
constexpr std::int64_t version = 1;

constexpr const char* schema = R"(
CREATE TABLE registrations (
    user TEXT NOT NULL, uri TEXT NOT NULL, parameters TEXT NOT NULL, instance TEXT NOT NULL, reg_id INTEGER NOT NULL,
    priority INTEGER NOT NULL, call_id TEXT NOT NULL, cseq INTEGER NOT NULL, user_agent TEXT NOT NULL,
    transport TEXT NOT NULL, local TEXT NOT NULL, remote TEXT NOT NULL,
    refreshed INTEGER NOT NULL, expires INTEGER NOT NULL);
CREATE INDEX registrations_by_user ON registrations (user);
)";
constexpr const char* insert_one =
    "INSERT INTO registrations (user, uri, parameters, instance, reg_id, priority, call_id, cseq, user_agent, "
    "transport, local, remote, refreshed, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* remove_user = "DELETE FROM registrations WHERE user = ?";
constexpr const char* select_all =
    "SELECT user, uri, parameters, instance, reg_id, priority, call_id, cseq, user_agent, transport, local, remote, "
    "refreshed, expires FROM registrations ORDER BY user, priority DESC, refreshed DESC";

std::unique_ptr<Database> open(const std::string& path) {
    auto database = std::make_unique<Database>(path);
    Transaction transaction{*database};
    const std::int64_t found = database->version_of(part);
    if (found > version) {
        throw DatabaseError{path + ": registrations of version " + std::to_string(found) +
                            ", written by a newer program; this one knows version " + std::to_string(version)};
    }
    if (found == 0) {
        database->execute(schema);
        database->set_version(part, version);
    }
    transaction.commit();
    return database;
}

std::optional<Binding> read(const Statement& row, const Moment& now) {
    const auto transport = sip::parse_transport(row.text(9));
    const auto local = base::Endpoint::parse(row.text(10));
    const auto remote = base::Endpoint::parse(row.text(11));
    if (!transport || !local || !remote) { return std::nullopt; }
    Binding binding;
    binding.uri = row.text(1);
    binding.parameters = row.text(2);
    binding.instance = row.text(3);
    binding.reg_id = static_cast<std::uint32_t>(row.integer(4));
    binding.priority = static_cast<unsigned>(row.integer(5));
    binding.call_id = row.text(6);
    binding.cseq = static_cast<std::uint32_t>(row.integer(7));
    binding.user_agent = row.text(8);
    binding.flow.transport = *transport;
    binding.flow.local = *local;
    binding.flow.remote = *remote;
    binding.refreshed = now.from_calendar(row.integer(12));
    binding.expires = now.from_calendar(row.integer(13));
    return binding;
}

}  // namespace

std::optional<base::Endpoint> lasting_way(const Binding& binding) {
    const sip::Flow& flow = binding.flow;
    if (flow.transport == sip::Transport::udp) { return flow.remote; }
    if (flow.transport != sip::Transport::tcp || binding.reg_id != 0) { return std::nullopt; }
    const auto contact = sip::Uri::parse(binding.uri);
    if (!contact || contact->scheme != sip::Uri::Scheme::sip) { return std::nullopt; }
    const auto transport = contact->parameter("transport");
    if (!transport || !base::iequals(*transport, "tcp")) { return std::nullopt; }
    if (base::IpAddress::parse(contact->host) != flow.remote.address) { return std::nullopt; }
    const std::uint16_t port = contact->port != 0 ? contact->port : sip::default_port(flow.transport);
    return base::Endpoint{flow.remote.address, port};
}

RegistrationTable::RegistrationTable(const std::string& path)
    : database_{open(path)}, remove_{database_->prepare(remove_user)}, insert_{database_->prepare(insert_one)} {}

std::vector<UserBindings> RegistrationTable::load(const Moment& now) {
    std::map<std::string, std::vector<Binding>> by_user;
    Statement rows = database_->prepare(select_all);
    while (rows.step()) {
        if (auto binding = read(rows, now)) {
            by_user[rows.text(0)].push_back(std::move(*binding));
        } else {
            ++unreadable_;
        }
    }
    std::vector<UserBindings> kept;
    for (auto& [user, bindings] : by_user) {
        kept.push_back({user, std::make_shared<const std::vector<Binding>>(std::move(bindings))});
    }
    return kept;
}

void RegistrationTable::replace(const std::map<std::string, std::shared_ptr<const std::vector<Binding>>>& users,
                                const Moment& now) {
    Transaction transaction{*database_};
    for (const auto& [user, bindings] : users) {
        remove_.reset();
        remove_.bind(1, user);
        remove_.step();
        for (const Binding& binding : *bindings) { insert(user, binding, now); }
    }
    transaction.commit();
}

void RegistrationTable::insert(const std::string& user, const Binding& binding, const Moment& now) {
    const auto way = lasting_way(binding);
    if (!way) { return; }
    insert_.reset();
    int column = 0;
    insert_.bind(++column, user);
    insert_.bind(++column, binding.uri);
    insert_.bind(++column, binding.parameters);
    insert_.bind(++column, binding.instance);
    insert_.bind(++column, std::int64_t{binding.reg_id});
    insert_.bind(++column, std::int64_t{binding.priority});
    insert_.bind(++column, binding.call_id);
    insert_.bind(++column, std::int64_t{binding.cseq});
    insert_.bind(++column, binding.user_agent);
    insert_.bind(++column, sip::to_text(binding.flow.transport));
    insert_.bind(++column, binding.flow.local.to_string());
    insert_.bind(++column, way->to_string());
    insert_.bind(++column, now.to_calendar(binding.refreshed));
    insert_.bind(++column, now.to_calendar(binding.expires));
    insert_.step();
}

}  // namespace server::state
