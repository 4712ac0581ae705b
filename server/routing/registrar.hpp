// The registrar (RFC 3261 §10.3), from a REGISTER of somebody who has proved to be a user to its response. One for all
// shards, on one of them; the others are told where its users are (reachable_users).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "server/routing/bindings.hpp"
#include "server/routing/refusal.hpp"
#include "server/routing/register_request.hpp"
#include "sip/message/message.hpp"

namespace server {

struct RegistrarSettings {
    RegisterRules rules = {};
    Bindings::Settings bindings = {};
    std::vector<std::string> domains = {};  // of the addresses of record; empty: any host
};

class Registrar {
public:
    // A sweep looks at all bindings: those that expire shortly after one another go together. Nobody is found by one
    // that has expired.
    static constexpr base::Duration sweep_interval = std::chrono::seconds{1};

    explicit Registrar(RegistrarSettings settings) : settings_{std::move(settings)}, bindings_{settings_.bindings} {}

    // With each new configuration. Who is no user any more loses its bindings: returns whom that befell.
    std::vector<std::string> replace(RegistrarSettings settings, const std::map<std::string, config::User>& users);
    // The final response to a REGISTER that `user` sent, which came by `flow`: so its contacts are reached.
    sip::Message respond(base::Instant now, const sip::Message& request, const sip::Flow& flow, const std::string& user,
                         std::string_view to_tag);
    // What a server that ran before knew of one of the users.
    void restore(base::Instant now, const UserBindings& kept);
    std::vector<Binding> find(base::Instant now, std::string_view user) const { return bindings_.of_user(now, user); }
    // Both return whose bindings have changed.
    std::vector<std::string> on_connection_lost(base::Instant now, std::uint64_t connection);
    std::vector<std::string> on_timeout(base::Instant now);
    base::Instant next_timeout() const { return next_sweep_; }

    std::size_t size() const { return bindings_.size(); }
    std::vector<std::string> users() const { return bindings_.users(); }

private:
    std::variant<std::vector<Binding>, Refusal> carry_out(base::Instant now, const sip::Message& request,
                                                          const sip::Flow& flow, const std::string& user,
                                                          RegisterRequest& read);
    bool is_ours(const std::string& host) const;
    void sweep_at(base::Instant when) { next_sweep_ = std::min(next_sweep_, when); }

    RegistrarSettings settings_;
    Bindings bindings_;
    base::Instant next_sweep_ = base::never;  // soon after the first binding expires
};

}  // namespace server
