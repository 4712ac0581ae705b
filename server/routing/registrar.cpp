#include "server/routing/registrar.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "sip/message/uri.hpp"
#include "sip/transaction/layer.hpp"

namespace server {
namespace {

sip::Message refuse(const sip::Message& request, const Refusal& refusal) {
    sip::Message response = sip::make_response(request, refusal.status, {});
    for (const auto& [name, value] : refusal.fields) { response.add(name, value); }
    if (!refusal.warning.empty()) { response.add(sip::HeaderId::warning, "399 holdfast \"" + refusal.warning + "\""); }
    return response;
}

// With the time that is left of it, in whole seconds.
std::string contact_value(base::Instant now, const Binding& binding) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(binding.expires - now);
    return "<" + binding.uri + ">" + binding.parameters + ";expires=" + std::to_string(left.count());
}

std::string host_of(std::string_view uri) {
    const auto parsed = sip::Uri::parse(uri);
    return parsed ? base::lower(parsed->host) : std::string{};
}

}  // namespace

Registrar::Registrar(RegistrarSettings settings, base::Random& random)
    : settings_{std::move(settings)},
      authority_{settings_.digest, settings_.failures, random},
      bindings_{settings_.bindings} {}

void Registrar::set_users(base::Instant now, const std::map<std::string, config::User>& users) {
    authority_.set_users(users);
    bindings_.drop_expired(now);
    for (const std::string& user : bindings_.users()) {
        if (!users.contains(user)) { bindings_.drop_user(user); }
    }
}

sip::Message Registrar::respond(base::Instant now, const sip::Message& request, const UserFlow& way) {
    RegisterRequest read;
    const auto outcome = carry_out(now, request, way, read);
    if (const auto* const refusal = std::get_if<Refusal>(&outcome)) { return refuse(request, *refusal); }
    sip::Message response = sip::make_response(request, 200, {});
    for (const Binding& binding : std::get<std::vector<Binding>>(outcome)) {
        response.add(sip::HeaderId::contact, contact_value(now, binding));
    }
    const auto is_flow = [](const ContactChange& change) { return change.reg_id != 0 && change.expires.count() != 0; };
    if (read.supports_outbound && std::ranges::any_of(read.contacts, is_flow)) {
        response.add(sip::HeaderId::require, "outbound");  // RFC 5626 §6
    }
    return response;
}

// Who asks comes before what is asked: strangers learn nothing of who is here and what is wrong with their request.
std::variant<std::vector<Binding>, Refusal> Registrar::carry_out(base::Instant now, const sip::Message& request,
                                                                 const UserFlow& way, RegisterRequest& read) {
    const auto proved = authority_.prove(now, request, way.flow.remote.address, UserAuthority::Challenge::www);
    if (const auto* const refusal = std::get_if<Refusal>(&proved)) { return *refusal; }
    auto asked = read_register(request, settings_.rules);
    if (const auto* const refusal = std::get_if<Refusal>(&asked)) { return *refusal; }
    read = std::move(std::get<RegisterRequest>(asked));
    if (!is_ours(host_of(request.request_uri())) || !is_ours(read.host)) {
        return Refusal{404, "no such domain here (RFC 3261 10.3)"};
    }
    if (read.user != std::get<std::string>(proved)) { return Refusal{403, "another user's address of record"}; }
    if (auto refusal = bindings_.apply(now, read, way)) { return *refusal; }
    return bindings_.of_user(now, read.user);
}

bool Registrar::is_ours(const std::string& host) const {
    const auto is_it = [&host](const std::string& domain) { return base::iequals(domain, host); };
    return settings_.domains.empty() || std::ranges::any_of(settings_.domains, is_it);
}

std::variant<std::string, Refusal> Registrar::prove(base::Instant now, const sip::Message& request,
                                                    const base::IpAddress& source, UserAuthority::Challenge challenge) {
    return authority_.prove(now, request, source, challenge);
}

base::Instant Registrar::on_timeout(base::Instant now) {
    bindings_.drop_expired(now);
    return bindings_.next_timeout();
}

}  // namespace server
