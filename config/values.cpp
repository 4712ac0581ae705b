#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/text.hpp"

namespace config {

namespace {

using std::chrono::milliseconds;
constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> duration_units{
    {{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<std::pair<std::string_view, std::size_t>, 3> size_units{
    {{"GiB", std::size_t{1} << 30}, {"MiB", std::size_t{1} << 20}, {"KiB", std::size_t{1} << 10}}};
constexpr std::int64_t max_duration_ms = std::int64_t{1'000'000} * 3'600'000;

std::size_t digits(std::string_view text) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), base::is_digit) - text.begin());
}

bool is_alnum(char c) { return base::is_digit(c) || (base::to_lower(c) >= 'a' && base::to_lower(c) <= 'z'); }

// RFC 3261 §25.1 domainlabel, with the underscore that real names have.
bool is_label(std::string_view label) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') { return false; }
    return std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
}

// Splits "host", "host:port", "[v6]" and "[v6]:port"; port 0 for none. Nullopt where either is bad.
std::optional<std::pair<std::string_view, std::uint16_t>> split_host_port(std::string_view text) {
    std::string_view host = text;
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == text.npos) { return std::nullopt; }
        host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
        if (host.find(':') == host.npos) { return std::nullopt; }
    } else if (const auto colon = text.find(':'); colon != text.npos) {
        host = text.substr(0, colon);
        rest = text.substr(colon);
    }
    if (rest.empty()) { return std::pair{host, std::uint16_t{0}}; }
    const auto port = base::parse_number<std::uint16_t>(rest.substr(1));
    if (rest.front() != ':' || !port) { return std::nullopt; }
    return std::pair{host, *port};
}

// "sip:" or "sips:"; empty for anything else.
std::string_view scheme_of(std::string_view uri) {
    for (const std::string_view scheme : {"sip:", "sips:"}) {
        if (base::iequals(uri.substr(0, scheme.size()), scheme)) { return scheme; }
    }
    return {};
}

// The value of the URI's parameter, in small letters; empty where there is none.
std::string transport_in(std::string_view uri) {
    constexpr std::string_view name = ";transport=";
    const std::string parameters = base::lower(uri.substr(std::min(uri.find(';'), uri.size())));
    const auto at = parameters.find(name);
    if (at == parameters.npos) { return {}; }
    const std::string value = parameters.substr(at + name.size());
    return value.substr(0, value.find(';'));
}

}  // namespace

std::optional<base::Duration> parse_duration(std::string_view text) {
    const std::size_t length = digits(text);
    const auto number = base::parse_number<std::int64_t>(text.substr(0, length));
    if (!number) { return std::nullopt; }
    if (*number == 0 && length == text.size()) { return base::Duration::zero(); }
    for (const auto& [unit, factor] : duration_units) {
        if (text.substr(length) != unit) { continue; }
        if (*number > max_duration_ms / factor) { return std::nullopt; }
        return milliseconds{*number * factor};
    }
    return std::nullopt;
}

std::string format_duration(base::Duration duration) {
    const std::int64_t count = std::chrono::duration_cast<milliseconds>(duration).count();
    if (count == 0) { return "0s"; }
    for (const auto& [unit, factor] : duration_units) {
        if (count % factor == 0) { return std::to_string(count / factor).append(unit); }
    }
    return {};
}

std::optional<std::size_t> parse_size(std::string_view text) {
    const std::size_t length = digits(text);
    const auto number = base::parse_number<std::size_t>(text.substr(0, length));
    if (!number) { return std::nullopt; }
    if (length == text.size()) { return number; }
    for (const auto& [unit, factor] : size_units) {
        if (text.substr(length) != unit) { continue; }
        if (*number > std::numeric_limits<std::size_t>::max() / factor) { return std::nullopt; }
        return *number * factor;
    }
    return std::nullopt;
}

std::string format_size(std::size_t bytes) {
    for (const auto& [unit, factor] : size_units) {
        if (bytes != 0 && bytes % factor == 0) { return std::to_string(bytes / factor).append(unit); }
    }
    return std::to_string(bytes);
}

std::optional<bool> parse_flag(std::string_view text) {
    for (const std::string_view yes : {"true", "yes", "on"}) {
        if (base::iequals(text, yes)) { return true; }
    }
    for (const std::string_view no : {"false", "no", "off"}) {
        if (base::iequals(text, no)) { return false; }
    }
    return std::nullopt;
}

std::optional<PortRange> parse_port_range(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == text.npos) { return std::nullopt; }
    const auto first = base::parse_number<std::uint16_t>(text.substr(0, dash));
    const auto last = base::parse_number<std::uint16_t>(text.substr(dash + 1));
    if (!first || !last) { return std::nullopt; }
    return PortRange{*first, *last};
}

std::optional<Listener> parse_listener(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::uint16_t>, 5> default_ports{
        {{"udp", 5060}, {"tcp", 5060}, {"tls", 5061}, {"ws", 80}, {"wss", 443}}};
    constexpr std::string_view separator = "://";
    const auto at = text.find(separator);
    if (at == text.npos) { return std::nullopt; }
    const std::string transport = base::lower(text.substr(0, at));
    const auto known = std::ranges::find(default_ports, transport, &decltype(default_ports)::value_type::first);
    if (known == default_ports.end()) { return std::nullopt; }
    const std::string_view rest = text.substr(at + separator.size());
    if (const auto endpoint = base::Endpoint::parse(rest)) { return Listener{transport, *endpoint}; }
    const auto host = split_host_port(rest);
    const auto address = host ? base::IpAddress::parse(host->first) : std::nullopt;
    if (!address || host->second != 0) { return std::nullopt; }
    return Listener{transport, {*address, known->second}};
}

bool is_host(std::string_view text) {
    if (base::IpAddress::parse(text)) { return true; }
    if (text.empty() || text.size() > 253) { return false; }
    bool alphabetic = false;  // the last label of a name is no number: 300.1.1.1 is a mistyped address
    while (!text.empty()) {
        const auto dot = text.find('.');
        const std::string_view label = text.substr(0, dot);
        if (!is_label(label)) { return false; }
        alphabetic = digits(label) != label.size();
        text = dot == text.npos ? std::string_view{} : text.substr(dot + 1);
    }
    return alphabetic;
}

bool is_sip_uri(std::string_view text) {
    const std::string_view scheme = scheme_of(text);
    if (scheme.empty() || text.size() == scheme.size()) { return false; }
    if (has_control(text) || text.find_first_of(" <>\"?") != text.npos) { return false; }
    std::string_view rest = text.substr(scheme.size());
    if (const auto at = rest.find('@'); at != rest.npos) {
        if (at == 0) { return false; }
        rest = rest.substr(at + 1);
    }
    const auto host = split_host_port(rest.substr(0, rest.find(';')));
    if (!host || !is_host(host->first)) { return false; }
    const std::string transport = transport_in(rest);
    if (transport.empty() || transport == "tcp") { return true; }
    return transport == "tls" || (transport == "udp" && scheme == "sip:");  // RFC 3261 §26.2.2
}

bool is_secure_uri(std::string_view text) {
    return is_sip_uri(text) && (scheme_of(text) == "sips:" || transport_in(text) == "tls");
}

bool is_origin(std::string_view text) {
    const auto at = text.find("://");
    if (at == text.npos || (text.substr(0, at) != "https" && text.substr(0, at) != "http")) { return false; }
    const auto host = split_host_port(text.substr(at + 3));
    return host && is_host(host->first);
}

std::optional<std::pair<std::string, std::uint16_t>> parse_udp_url(std::string_view text) {
    constexpr std::string_view scheme = "udp://";
    if (!text.starts_with(scheme)) { return std::nullopt; }
    const auto host = split_host_port(text.substr(scheme.size()));
    if (!host || host->second == 0 || !is_host(host->first)) { return std::nullopt; }
    return std::pair{std::string{host->first}, host->second};
}

bool is_header_name(std::string_view text) {
    constexpr std::string_view marks = "-.!%*_+`'~";
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [&](char c) { return is_alnum(c) || marks.find(c) != marks.npos; });
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

}  // namespace config
