#include "server/b2bua/header_policy.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "sip/message/name_addr.hpp"

namespace server {
namespace {

bool is_extension(std::string_view name) { return name.size() > 2 && base::iequals(name.substr(0, 2), "X-"); }

bool is_removed(std::string_view name, const std::vector<std::string>& patterns) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        if (!pattern.ends_with('*')) { return base::iequals(name, pattern); }
        const std::string_view stem = std::string_view{pattern}.substr(0, pattern.size() - 1);
        return name.size() >= stem.size() && base::iequals(name.substr(0, stem.size()), stem);
    });
}

// "Alice" <sip:+49301@10.0.0.1:5060;user=phone> keeps its name and number and loses its host and parameters of place.
void pass_party(sip::HeaderId id, std::string_view value, sip::Message& to, const std::string& own_host) {
    auto party = sip::NameAddr::parse(value);
    if (!party) { return; }
    if (party->uri.scheme == sip::Uri::Scheme::sip || party->uri.scheme == sip::Uri::Scheme::sips) {
        party->uri.host = own_host;
        party->uri.host_is_v6 = own_host.find(':') != own_host.npos;
        party->uri.port = 0;
        const bool phone = party->uri.has_parameter("user");
        party->uri.parameters = phone ? ";user=phone" : "";
        party->uri.headers.clear();
    }
    to.add(id, party->to_string());
}

bool is_plain(sip::HeaderId id) { return id == sip::HeaderId::subject || id == sip::HeaderId::reason; }

bool names_party(sip::HeaderId id, bool identity) {
    if (id == sip::HeaderId::diversion || id == sip::HeaderId::history_info) { return true; }
    return identity && (id == sip::HeaderId::p_asserted_identity);
}

}  // namespace

void pass_headers(const sip::Message& from, sip::Message& to, const HeaderPolicy& policy) {
    pass_dialog_headers(from, to, policy);
    for (std::size_t i = 0; i < from.header_count(); ++i) {
        const auto field = from.header(i);
        if (is_removed(field.name, policy.remove)) { continue; }
        if (names_party(field.id, policy.pass_identity)) { pass_party(field.id, field.value, to, policy.own_host); }
        const bool plain =
            field.id == sip::HeaderId::priority || (policy.pass_identity && field.id == sip::HeaderId::privacy);
        if (plain) { to.add(field.id, field.value); }
    }
    for (const auto& [name, value] : policy.add) { to.add(name, value); }
}

void pass_dialog_headers(const sip::Message& from, sip::Message& to, const HeaderPolicy& policy) {
    for (std::size_t i = 0; i < from.header_count(); ++i) {
        const auto field = from.header(i);
        if (is_removed(field.name, policy.remove)) { continue; }
        if (is_plain(field.id)) { to.add(field.id, field.value); }
        if (field.id == sip::HeaderId::other && is_extension(field.name)) { to.add(field.name, field.value); }
    }
}

}  // namespace server
