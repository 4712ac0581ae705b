#include "server/routing/register_request.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/text.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/list_fields.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/name_addr_view.hpp"
#include "sip/message/parameters.hpp"

namespace server {
namespace {

// What is malformed counts as not written (RFC 3261 §20.19); what is too long for a number is very long.
std::optional<std::chrono::seconds> read_seconds(std::optional<std::string_view> text) {
    if (!text || text->empty() || text->find_first_not_of("0123456789") != text->npos) { return std::nullopt; }
    const auto number = base::parse_number<std::uint32_t>(*text);
    return std::chrono::seconds{number.value_or(std::numeric_limits<std::uint32_t>::max())};
}

// qvalue (RFC 3261 §25.1): "0.7" is 700.
std::optional<unsigned> read_priority(std::string_view text) {
    const auto dot = text.find('.');
    const std::string_view whole = text.substr(0, dot);
    std::string digits{dot == text.npos ? std::string_view{} : text.substr(dot + 1)};
    constexpr std::size_t places = 3;
    if ((whole != "0" && whole != "1") || digits.size() > places) { return std::nullopt; }
    digits.resize(places, '0');
    const auto thousandths = base::parse_number<unsigned>(digits);
    const bool is_one = whole == "1";
    if (!thousandths || (is_one && *thousandths != 0)) { return std::nullopt; }
    return is_one ? 1000 : *thousandths;
}

// "<urn:uuid:…>" in quotes (RFC 5626 §4.1).
std::string read_instance(const sip::NameAddr& contact) {
    std::string_view value = contact.parameter("+sip.instance").value_or("");
    const bool is_wrapped = value.size() > 4 && value.starts_with("\"<") && value.ends_with(">\"");
    return is_wrapped ? std::string{value.substr(2, value.size() - 4)} : std::string{};
}

bool lists(const sip::Message& request, sip::HeaderId id, std::string_view option) {
    bool found = false;
    request.for_each(id, [&](std::string_view value) {
        sip::ListReader list{value};
        while (const auto element = list.next()) { found = found || base::iequals(*element, option); }
    });
    return found;
}

Refusal bad_request(std::string warning) { return {400, std::move(warning)}; }

std::optional<Refusal> check_expires(std::chrono::seconds& expires, const RegisterRules& rules) {
    expires = std::min(expires, rules.max_expires);
    if (expires.count() == 0 || expires >= rules.min_expires) { return std::nullopt; }
    return Refusal{423, "", {{"Min-Expires", std::to_string(rules.min_expires.count())}}};
}

std::variant<ContactChange, Refusal> read_contact(std::string_view value, std::chrono::seconds otherwise,
                                                  const RegisterRules& rules) {
    auto contact = sip::NameAddr::parse(value);
    const bool is_sip = contact && !contact->wildcard &&
                        (contact->uri.scheme == sip::Uri::Scheme::sip || contact->uri.scheme == sip::Uri::Scheme::sips);
    if (!is_sip) { return bad_request("Contact is no SIP URI (RFC 3261 10.3)"); }
    ContactChange change;
    change.uri = sip::NameAddrView::read(value)->uri_text;  // which NameAddr has read, too
    change.instance = read_instance(*contact);
    if (!change.instance.empty()) {
        change.reg_id = base::parse_number<std::uint32_t>(contact->parameter("reg-id").value_or("")).value_or(0);
    }
    change.priority = read_priority(contact->parameter("q").value_or("1")).value_or(change.priority);
    change.expires = read_seconds(contact->parameter("expires")).value_or(otherwise);
    if (auto refusal = check_expires(change.expires, rules)) { return *refusal; }
    contact->remove_parameter("expires");
    change.parameters = contact->parameters;
    return change;
}

// RFC 3261 §10.3 step 6; RFC 5626 §6: one flow a request.
std::optional<Refusal> check_contacts(const RegisterRequest& read, std::optional<std::chrono::seconds> expires,
                                      const RegisterRules& rules) {
    if (read.removes_all && (!read.contacts.empty() || expires != std::chrono::seconds{0})) {
        return bad_request("Contact: * stands alone, with Expires: 0 (RFC 3261 10.3)");
    }
    if (read.contacts.size() > rules.contacts) {
        return bad_request("at most " + std::to_string(rules.contacts) + " Contacts");
    }
    const auto has_flow = [](const ContactChange& change) { return change.reg_id != 0; };
    if (read.contacts.size() > 1 && std::ranges::any_of(read.contacts, has_flow)) {
        return bad_request("one Contact where it has reg-id (RFC 5626 6)");
    }
    return std::nullopt;
}

std::optional<Refusal> read_identity(const sip::Message& request, RegisterRequest& read) {
    const auto to = sip::NameAddr::parse(request.first(sip::HeaderId::to).value_or(""));
    const auto cseq = sip::CSeq::parse(request.first(sip::HeaderId::cseq).value_or(""));
    const auto user = to ? sip::unescape(to->uri.user) : std::nullopt;
    if (!user || user->empty() || !cseq) { return bad_request("To names no user (RFC 3261 10.2)"); }
    read.user = *user;
    read.host = base::lower(to->uri.host);
    read.address = to->uri;
    read.address.parameters.clear();
    read.address.headers.clear();
    read.call_id = request.first(sip::HeaderId::call_id).value_or("");
    read.cseq = cseq->number;
    read.user_agent = request.first(sip::HeaderId::user_agent).value_or("");
    read.supports_outbound = lists(request, sip::HeaderId::supported, "outbound");
    read.supports_gruu = lists(request, sip::HeaderId::supported, "gruu");
    return std::nullopt;
}

}  // namespace

std::variant<RegisterRequest, Refusal> read_register(const sip::Message& request, const RegisterRules& rules) {
    RegisterRequest read;
    if (auto refusal = read_identity(request, read)) { return *refusal; }
    const auto expires = read_seconds(request.first(sip::HeaderId::expires));
    std::optional<Refusal> refusal;
    request.for_each(sip::HeaderId::contact, [&](std::string_view value) {
        if (refusal || read.contacts.size() > rules.contacts) { return; }
        if (base::trim(value) == "*") {
            read.removes_all = true;
            return;
        }
        auto contact = read_contact(value, expires.value_or(rules.default_expires), rules);
        if (auto* const fault = std::get_if<Refusal>(&contact)) {
            refusal = std::move(*fault);
        } else {
            read.contacts.push_back(std::move(std::get<ContactChange>(contact)));
        }
    });
    if (!refusal) { refusal = check_contacts(read, expires, rules); }
    if (refusal) { return *refusal; }
    return read;
}

}  // namespace server
