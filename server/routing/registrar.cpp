#include "server/routing/registrar.hpp"

#include <algorithm>

#include "base/ip.hpp"
#include "base/text.hpp"
#include "sip/message/uri.hpp"
#include "sip/transaction/layer.hpp"

namespace server {
namespace {

sip::Message refuse(const sip::Message& request, const Refusal& refusal, std::string_view to_tag) {
    sip::Message response = sip::make_response(request, refusal.status, to_tag);
    for (const auto& [name, value] : refusal.fields) { response.add(name, value); }
    if (!refusal.warning.empty()) { response.add(sip::HeaderId::warning, "399 holdfast \"" + refusal.warning + "\""); }
    return response;
}

// With the time that is left of it, in whole seconds.
std::string contact_value(base::Instant now, const Binding& binding) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(binding.expires - now);
    return "<" + binding.uri + ">" + binding.parameters + ";expires=" + std::to_string(left.count());
}

// The public GRUU of a device: the address of record and which instance is meant (RFC 5627 §3.1, §5.3). Nothing, where
// the name of the instance cannot stand in a URI.
std::string pub_gruu(const RegisterRequest& read, const Binding& binding) {
    if (!read.supports_gruu || binding.instance.empty()) { return {}; }
    sip::Uri gruu = read.address;
    gruu.set_parameter("gr", binding.instance);
    const std::string text = gruu.to_string();
    const auto again = sip::Uri::parse(text);
    const bool is_whole = again && again->parameter("gr") == binding.instance && text.find('"') == text.npos;
    return is_whole ? ";pub-gruu=\"" + text + "\"" : std::string{};
}

std::string host_of(std::string_view uri) {
    const auto parsed = sip::Uri::parse(uri);
    return parsed ? base::lower(parsed->host) : std::string{};
}

}  // namespace

std::vector<std::string> Registrar::replace(RegistrarSettings settings,
                                            const std::map<std::string, config::User>& users) {
    settings_ = std::move(settings);
    bindings_.set(settings_.bindings);
    std::vector<std::string> gone;
    for (const std::string& user : bindings_.users()) {
        if (users.contains(user)) { continue; }
        bindings_.drop_user(user);
        gone.push_back(user);
    }
    return gone;
}

sip::Message Registrar::respond(base::Instant now, const sip::Message& request, const sip::Flow& flow,
                                const std::string& user, std::string_view to_tag) {
    RegisterRequest read;
    const auto outcome = carry_out(now, request, flow, user, read);
    if (const auto* const refusal = std::get_if<Refusal>(&outcome)) { return refuse(request, *refusal, to_tag); }
    sip::Message response = sip::make_response(request, 200, to_tag);
    for (const Binding& binding : std::get<std::vector<Binding>>(outcome)) {
        response.add(sip::HeaderId::contact, contact_value(now, binding) + pub_gruu(read, binding));
        sweep_at(binding.expires);
    }
    const auto is_flow = [](const ContactChange& change) { return change.reg_id != 0 && change.expires.count() != 0; };
    if (read.supports_outbound && std::ranges::any_of(read.contacts, is_flow)) {
        response.add(sip::HeaderId::require, "outbound");  // RFC 5626 §6
    }
    return response;
}

std::variant<std::vector<Binding>, Refusal> Registrar::carry_out(base::Instant now, const sip::Message& request,
                                                                 const sip::Flow& flow, const std::string& user,
                                                                 RegisterRequest& read) {
    auto asked = read_register(request, settings_.rules);
    if (const auto* const refusal = std::get_if<Refusal>(&asked)) { return *refusal; }
    read = std::move(std::get<RegisterRequest>(asked));
    if (!is_ours(host_of(request.request_uri())) || !is_ours(read.host)) {
        return Refusal{404, "no such domain here (RFC 3261 10.3)"};
    }
    if (read.user != user) { return Refusal{403, "another user's address of record"}; }
    if (auto refusal = bindings_.apply(now, read, flow)) { return *refusal; }
    return bindings_.of_user(now, read.user);
}

// An address by which a request has come here is nobody else's domain.
bool Registrar::is_ours(const std::string& host) const {
    const auto is_it = [&host](const std::string& domain) { return base::iequals(domain, host); };
    return settings_.domains.empty() || base::IpAddress::parse(host) || std::ranges::any_of(settings_.domains, is_it);
}

// A clock that was set back meanwhile does not make them last longer than they may.
void Registrar::restore(base::Instant now, const UserBindings& kept) {
    std::vector<Binding> bindings = *kept.bindings;
    for (Binding& binding : bindings) {
        binding.expires = std::min(binding.expires, now + settings_.rules.max_expires);
    }
    bindings_.restore(now, {kept.user, std::make_shared<const std::vector<Binding>>(std::move(bindings))});
    sweep_at(bindings_.next_timeout());
}

std::vector<std::string> Registrar::on_connection_lost(base::Instant now, std::uint64_t connection) {
    auto changed = bindings_.on_connection_lost(now, connection);
    if (!changed.empty()) { sweep_at(now + settings_.bindings.grace); }
    return changed;
}

std::vector<std::string> Registrar::on_timeout(base::Instant now) {
    if (now < next_sweep_) { return {}; }
    auto changed = bindings_.drop_expired(now);
    next_sweep_ = std::max(bindings_.next_timeout(), now + sweep_interval);
    return changed;
}

}  // namespace server
