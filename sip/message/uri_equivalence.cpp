// RFC 3261 §19.1.4 for sip and sips, RFC 3966 §4 for tel; other schemes compare as text.
#include <algorithm>
#include <utility>
#include <vector>

#include "base/ip.hpp"
#include "base/text.hpp"
#include "sip/message/chars.hpp"
#include "sip/message/parameters.hpp"
#include "sip/message/uri.hpp"

namespace sip {
namespace {

using Pair = std::pair<std::string, std::string>;

// Escapes that stand for themselves are undone; those of the reserved set and of "%" stay, as they mean something else.
std::string canonical(std::string_view text) {
    constexpr std::string_view kept = ";/?:@&=+$,%";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const int high = text[at] == '%' && text.size() - at > 2 ? chars::hex_value(text[at + 1]) : -1;
        const int low = high >= 0 ? chars::hex_value(text[at + 2]) : -1;
        if (low < 0) {
            result += text[at];
            continue;
        }
        const char byte = static_cast<char>(high << 4 | low);
        at += 2;
        if (kept.find(byte) == kept.npos) {
            result += byte;
        } else {
            result.append(1, '%').append(1, digits[static_cast<std::size_t>(high)]);
            result.append(1, digits[static_cast<std::size_t>(low)]);
        }
    }
    return result;
}

std::string canonical_lower(std::string_view text) { return base::lower(canonical(text)); }

std::vector<Pair> sorted_parameters(std::string_view text) {
    std::vector<Pair> pairs;
    ParameterReader reader{text};
    while (const auto parameter = reader.next()) {
        pairs.emplace_back(canonical_lower(parameter->name), canonical_lower(parameter->value));
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
}

std::vector<std::string> sorted_headers(std::string_view text) {
    std::vector<std::string> headers;
    while (!text.empty()) {
        text.remove_prefix(1);  // the question mark or ampersand
        const auto end = std::min(text.find('&'), text.size());
        headers.push_back(canonical_lower(text.substr(0, end)));
        text.remove_prefix(end);
    }
    std::sort(headers.begin(), headers.end());
    return headers;
}

// "user", "ttl", "method" and "maddr" by the rule, "transport" by the examples ("can resolve to different transports").
bool must_be_in_both(std::string_view name) {
    return name == "user" || name == "ttl" || name == "method" || name == "maddr" || name == "transport";
}

// Those in both must match; those in one must be of the kind that is ignored then. Both are walked in order of names.
bool parameters_agree(std::string_view a_text, std::string_view b_text) {
    if (a_text == b_text) { return true; }
    const auto a = sorted_parameters(a_text);
    const auto b = sorted_parameters(b_text);
    auto left = a.begin();
    auto right = b.begin();
    while (left != a.end() || right != b.end()) {
        if (right == b.end() || (left != a.end() && left->first < right->first)) {
            if (must_be_in_both(left++->first)) { return false; }
        } else if (left == a.end() || right->first < left->first) {
            if (must_be_in_both(right++->first)) { return false; }
        } else if (left++->second != right++->second) {
            return false;
        }
    }
    return true;
}

bool same_host(const Uri& a, const Uri& b) {
    if (a.host_is_v6 != b.host_is_v6) { return false; }
    if (!a.host_is_v6) { return base::iequals(a.host, b.host); }
    return base::IpAddress::parse(a.host) == base::IpAddress::parse(b.host);
}

// RFC 3966 §4: visual separators are nothing; all parameters count.
std::string digits_of(std::string_view number) {
    std::string digits = base::lower(number);
    std::erase_if(digits, [](char c) { return c == '-' || c == '.' || c == '(' || c == ')'; });
    return digits;
}

}  // namespace

bool equivalent(const Uri& a, const Uri& b) {
    if (a.scheme != b.scheme) { return false; }
    if (a.scheme == Uri::Scheme::other) { return base::iequals(a.scheme_text, b.scheme_text) && a.user == b.user; }
    if (a.scheme == Uri::Scheme::tel) {
        return digits_of(a.user) == digits_of(b.user) &&
               sorted_parameters(a.parameters) == sorted_parameters(b.parameters);
    }
    if (a.has_user != b.has_user || a.has_password != b.has_password || a.port != b.port) { return false; }
    if (!same_host(a, b) || canonical(a.user) != canonical(b.user)) { return false; }
    if (canonical(a.password) != canonical(b.password)) { return false; }
    return parameters_agree(a.parameters, b.parameters) && sorted_headers(a.headers) == sorted_headers(b.headers);
}

}  // namespace sip
