// Where each user is: the bindings of the registrar (RFC 3261 §10.3), by contact or by instance and flow (RFC 5626 §6).
// A binding lives until it expires, is removed, or its connection has been lost for longer than `grace`: a browser that
// comes back in time takes its place again. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "server/routing/refusal.hpp"
#include "server/routing/register_request.hpp"
#include "sip/transport.hpp"

namespace server {

struct Binding {
    std::string uri;         // the Request-URI to reach it, verbatim
    std::string parameters;  // of its Contact, as written, without expires
    std::string instance;
    std::uint32_t reg_id = 0;
    unsigned priority = 1000;
    std::string call_id;
    std::uint32_t cseq = 0;
    std::string user_agent;
    sip::Flow flow;  // the way that its REGISTER came, which is the way back
    base::Instant refreshed{};
    base::Instant expires{};
    bool is_lost = false;  // its connection is, and no other one has come yet
};

// All of one user, as they are told and kept: shared, never changed.
struct UserBindings {
    std::string user;
    std::shared_ptr<const std::vector<Binding>> bindings;  // in the order in which they are to be tried
};

class Bindings {
public:
    struct Settings {
        std::size_t per_user = 10;  // past it, the one refreshed longest ago goes
        base::Duration grace = std::chrono::seconds{30};
    };

    explicit Bindings(Settings settings) : settings_{settings} {}
    void set(Settings settings) { settings_ = settings; }

    // All of the request or nothing (RFC 3261 §10.3 step 7).
    std::optional<Refusal> apply(base::Instant now, const RegisterRequest& request, const sip::Flow& flow);
    // Of a server that ran before. What has expired since is not taken.
    void restore(base::Instant now, const UserBindings& kept);
    // Those of a user that live, in the order in which they are to be tried: by priority, the lost ones last, then by
    // who was heard of last.
    std::vector<Binding> of_user(base::Instant now, std::string_view user) const;
    // The stream has ended. Returns whose bindings that changes.
    std::vector<std::string> on_connection_lost(base::Instant now, std::uint64_t connection);
    // Those that have expired go; to be called now and then. Returns whose.
    std::vector<std::string> drop_expired(base::Instant now);
    void drop_user(std::string_view user);
    base::Instant next_timeout() const;  // of drop_expired
    std::size_t size() const;
    std::vector<std::string> users() const;

private:
    using OfUser = std::vector<Binding>;
    static bool is_same(const Binding& binding, const ContactChange& change);
    static bool is_old_news(const Binding& binding, const RegisterRequest& request);
    void put(base::Instant now, OfUser& bindings, const ContactChange& change, const RegisterRequest& request,
             const sip::Flow& flow) const;

    Settings settings_;
    std::map<std::string, OfUser, std::less<>> by_user_;
    std::unordered_map<std::uint64_t, std::set<std::string>>
        users_of_;  // who registered over a connection that is open
};

}  // namespace server
