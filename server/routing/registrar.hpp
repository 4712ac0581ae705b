// The registrar of all shards (RFC 3261 §10.3): each step of it, from a REGISTER to its response. Any thread may call
// it; each call is short.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "server/routing/bindings.hpp"
#include "server/routing/refusal.hpp"
#include "server/routing/register_request.hpp"
#include "server/routing/user_authority.hpp"
#include "sip/message/message.hpp"

namespace server {

struct RegistrarSettings {
    sip::DigestServerConfig digest = {};
    FailureLimit::Settings failures = {};
    RegisterRules rules = {};
    Bindings::Settings bindings = {};
    std::vector<std::string> domains = {};  // of the addresses of record; empty: any host
};

class Registrar {
public:
    Registrar(RegistrarSettings settings, base::Random& random);

    // At the start, and with each new configuration; who is no user any more loses its bindings.
    void set_users(base::Instant now, const std::map<std::string, config::User>& users);
    // The final response to a REGISTER, without its To tag. `way`: how it came, and how its contacts are reached.
    sip::Message respond(base::Instant now, const sip::Message& request, const UserFlow& way);
    // Of another request: who sent it, or how to refuse it.
    std::variant<std::string, Refusal> prove(base::Instant now, const sip::Message& request,
                                             const base::IpAddress& source, UserAuthority::Challenge challenge);
    std::vector<Binding> find(base::Instant now, std::string_view user) const { return bindings_.of_user(now, user); }
    void on_connection_lost(base::Instant now, const UserFlow& way) { bindings_.on_connection_lost(now, way); }
    // What is over goes. Returns when to come again.
    base::Instant on_timeout(base::Instant now);

    std::size_t size() const { return bindings_.size(); }
    const std::map<std::string, std::uint64_t, std::less<>>& failures() const { return authority_.failures(); }

private:
    std::variant<std::vector<Binding>, Refusal> carry_out(base::Instant now, const sip::Message& request,
                                                          const UserFlow& way, RegisterRequest& read);
    bool is_ours(const std::string& host) const;

    RegistrarSettings settings_;
    UserAuthority authority_;
    Bindings bindings_;
};

}  // namespace server
