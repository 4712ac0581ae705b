#include "sip/auth/auth_parameters.hpp"

#include "base/text.hpp"

namespace sip {
namespace {

constexpr std::string_view scheme = "Digest";

// Takes a value off the front of `rest`, quoted or not. False for an unclosed quote.
bool take_value(std::string_view& rest, std::string_view& value) {
    if (!rest.starts_with('"')) {
        value = base::trim(rest.substr(0, rest.find(',')));
        rest.remove_prefix(std::min(rest.find(','), rest.size()));
        return !value.empty();
    }
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '\\') {
            ++i;
        } else if (rest[i] == '"') {
            value = rest.substr(1, i - 1);
            rest.remove_prefix(i + 1);
            return true;
        }
    }
    return false;
}

}  // namespace

std::optional<AuthParameters> AuthParameters::parse_digest(std::string_view value) {
    value = base::trim(value);
    const bool is_digest = value.size() > scheme.size() && base::iequals(value.substr(0, scheme.size()), scheme) &&
                           (base::is_blank(value[scheme.size()]) || value[scheme.size()] == '\r');
    if (!is_digest) { return std::nullopt; }
    AuthParameters parameters;
    std::string_view rest = base::trim(value.substr(scheme.size()));
    while (!rest.empty()) {
        if (!parameters.take_one(rest)) { return std::nullopt; }
    }
    return parameters;
}

bool AuthParameters::take_one(std::string_view& rest) {
    const auto equals = rest.find('=');
    if (equals == rest.npos || list_.size() == limit) { return false; }
    const auto name = base::trim(rest.substr(0, equals));
    if (name.empty() || name.find_first_of(",\" \t") != name.npos || find(name)) { return false; }
    rest = base::trim(rest.substr(equals + 1));
    std::string_view value;
    if (!take_value(rest, value)) { return false; }
    list_.emplace_back(name, value);
    rest = base::trim(rest);
    if (rest.empty()) { return true; }
    if (rest.front() != ',') { return false; }
    rest = base::trim(rest.substr(1));
    return !rest.empty();
}

std::optional<std::string_view> AuthParameters::find(std::string_view name) const {
    for (const auto& [known, value] : list_) {
        if (base::iequals(known, name)) { return value; }
    }
    return std::nullopt;
}

}  // namespace sip
