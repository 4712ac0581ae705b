// Users: who they are by the configuration, and where, by their REGISTERs (RFC 3261 §10.3). All of these reach the core
// of one shard, which tells the others.
#include <memory>
#include <utility>

#include "server/b2bua/call.hpp"
#include "server/b2bua/core_state.hpp"

namespace server {
namespace {

RegistrarSettings registrar_settings(const config::Config& config) {
    RegistrarSettings settings;
    settings.rules.max_expires = std::chrono::duration_cast<std::chrono::seconds>(config.registrar.max_expires);
    settings.rules.default_expires = settings.rules.max_expires;
    settings.bindings.grace = config.sip.websocket_grace;
    settings.domains = config.sip.domains;
    return settings;
}

sip::DigestServerConfig digest_of(const config::Config& config) {
    sip::DigestServerConfig digest;
    digest.realm = config.sip.domains.empty() ? config.server.name : config.sip.domains.front();
    digest.algorithms.clear();
    for (const std::string& name : config.registrar.digest) {
        if (const auto algorithm = sip::parse_digest_algorithm(name)) { digest.algorithms.push_back(*algorithm); }
    }
    return digest;
}

}  // namespace

// Of the snapshot. Returns who is no user any more.
std::vector<std::string> Core::State::learn_users() {
    const config::Config& config = snapshot->config;
    if (!config.registrar.enabled || config.users.empty()) {
        authority.reset();
        return registrar.replace(registrar_settings(config), {});
    }
    if (!authority) { authority.emplace(digest_of(config), SourceLimit::Settings{}, random); }
    authority->set_digest(digest_of(config));
    authority->set_users(config.users);
    return registrar.replace(registrar_settings(config), config.users);
}

void Core::State::on_register(Turn& turn, const sip::TransactionEvent& event) {
    const std::string& user = turn.sender.user->name;
    const std::size_t before = registrar.find(turn.now, user).size();
    const sip::Message response =
        registrar.respond(turn.now, event.message, event.flow, user, random.token(response_tag_length));
    ++counters.responses_out[{sip::Method::register_, response.status()}];
    layer.respond(turn.now, event.transaction, response, turn.sip);
    if (response.status() >= 300) { return; }
    publish(turn.now, {user}, turn.out);
    const std::size_t after = registrar.find(turn.now, user).size();
    const auto level = before == after ? config::LogLevel::debug : config::LogLevel::info;
    turn.out.log.push_back({level,
                            after < before ? "user.unregistered" : "user.registered",
                            {},
                            {{"user", user},
                             {"from", event.flow.remote.to_string()},
                             {"transport", std::string{sip::to_text(event.flow.transport)}},
                             {"bindings", std::to_string(after)}}});
}

// The calls of a device that has come back over another connection go on over that: requests to it would find the old
// one gone.
void Core::State::learn_bindings(const UserBindings& told) {
    for (const ReachableUsers::Move& move : users.take(told)) {
        for (const auto& [key, call] : table.all()) { call->follow(told.user, move.from, move.to); }
    }
}

void Core::State::publish(base::Instant now, const std::vector<std::string>& changed, CoreOutput& out) {
    for (const std::string& user : changed) {
        UserBindings told{user, std::make_shared<const std::vector<Binding>>(registrar.find(now, user))};
        learn_bindings(told);
        out.bindings.push_back(std::move(told));
    }
}

void Core::on_connection_lost(base::Instant now, std::uint64_t connection, CoreOutput& out) {
    state_->publish(now, state_->registrar.on_connection_lost(now, connection), out);
}

void Core::restore(base::Instant now, const std::vector<UserBindings>& kept, CoreOutput& out) {
    for (const UserBindings& of_user : kept) {
        const bool is_user = state_->authority && state_->snapshot->config.users.contains(of_user.user);
        if (is_user) { state_->registrar.restore(now, of_user); }
        state_->publish(now, {of_user.user}, out);
    }
}

void Core::take_bindings(const UserBindings& told) { state_->learn_bindings(told); }

std::vector<RegistrationView> Core::registrations(base::Instant now, std::size_t limit) const {
    std::vector<RegistrationView> views;
    for (const std::string& user : state_->registrar.users()) {
        for (Binding& binding : state_->registrar.find(now, user)) {
            if (views.size() == limit) { return views; }
            views.push_back({user, std::move(binding)});
        }
    }
    return views;
}

// Who is no user any more is reached no more.
void Core::replace(base::Instant now, std::shared_ptr<const Snapshot> snapshot, CoreOutput& out) {
    state_->snapshot = std::move(snapshot);
    state_->publish(now, state_->learn_users(), out);
    state_->learn_trunks(now);
    state_->learn_capture();
}

}  // namespace server
