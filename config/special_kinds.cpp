#include "config/special_kinds.hpp"

#include <array>

#include "base/text.hpp"

namespace config {

namespace {

constexpr std::size_t max_workers = 256;
const std::string endpoint_expected = "ADDRESS:PORT, such as 127.0.0.1:9060 or [::1]:9060";

// Reads a list of items (or one) with `parse`; nothing is kept where one of them is wrong.
template <class Item>
std::optional<std::vector<Item>> read_items(const Node& node, const Place& place, const std::string& expected,
                                            std::optional<Item> (*parse)(std::string_view)) {
    const auto words = read_texts(node, place, {nullptr, expected});
    if (!words) { return std::nullopt; }
    std::vector<Item> result;
    for (std::size_t i = 0; i < words->size(); ++i) {
        if (const auto item = parse((*words)[i])) {
            result.push_back(*item);
            continue;
        }
        const bool listed = node.type == Node::Type::list;
        const Node& wrong = listed ? node.entries[i].value : node;
        const std::string key = listed ? place.key + '[' + std::to_string(i) + ']' : place.key;
        Place{place.report, key}.error(wrong, shown(wrong) + " does not fit", expected);
    }
    return result.size() == words->size() ? std::optional{std::move(result)} : std::nullopt;
}

std::string show_listeners(const std::vector<Listener>& listeners) {
    std::vector<std::string> words;
    for (const Listener& listener : listeners) {
        words.push_back(listener.transport + "://" + listener.endpoint.to_string());
    }
    return show_texts(words);
}

template <class Item>
std::string show_items(const std::vector<Item>& items) {
    std::vector<std::string> words;
    for (const Item& item : items) { words.push_back(item.to_string()); }
    return show_texts(words);
}

std::optional<base::Endpoint> read_endpoint(const Node& node, const Place& place, const std::string& expected) {
    const auto value = read_text(node, place, {nullptr, expected});
    if (!value) { return std::nullopt; }
    const auto endpoint = base::Endpoint::parse(*value);
    if (!endpoint) { place.error(node, shown(node) + " does not fit", expected); }
    return endpoint;
}

// Headers that the program writes itself; an operator's copy would break the dialog or the framing.
bool is_reserved_header(std::string_view name) {
    constexpr std::array reserved{"Via",
                                  "v",
                                  "From",
                                  "f",
                                  "To",
                                  "t",
                                  "Call-ID",
                                  "i",
                                  "CSeq",
                                  "Contact",
                                  "m",
                                  "Route",
                                  "Record-Route",
                                  "l",
                                  "Max-Forwards",
                                  "Content-Length",
                                  "Content-Type",
                                  "c",
                                  "Content-Encoding",
                                  "e",
                                  "Require",
                                  "Proxy-Require",
                                  "Supported",
                                  "k",
                                  "RSeq",
                                  "RAck",
                                  "Authorization",
                                  "Proxy-Authorization"};
    for (const std::string_view other : reserved) {
        if (base::iequals(name, other)) { return true; }
    }
    return false;
}

void read_added_headers(const Scope& scope, const Node& node, const Place& place) {
    if (node.type != Node::Type::map) {
        place.error(node, shown(node) + " does not fit", "a mapping from header names to values");
        return;
    }
    for (const Entry& entry : node.entries) {
        const Place here{place.report, place.key + '.' + entry.key};
        if (!is_header_name(entry.key)) {
            place.report.error(entry.key_mark, here.key, in_quotes(entry.key) + " is no header name, expected a token");
        } else if (is_reserved_header(entry.key)) {
            place.report.error(entry.key_mark, here.key,
                               entry.key + " is written by the program itself, expected another header");
        } else if (auto value = read_text(entry.value, here, {})) {
            scope.trunk->headers_add.insert_or_assign(entry.key, std::move(*value));
        }
    }
}

std::string show_added_headers(const Scope& scope) {
    std::vector<std::string> words;
    for (const auto& [name, value] : scope.trunk->headers_add) { words.push_back(name + ": " + value); }
    return "{" + joined(words, ", ") + "}";
}

Credentials& auth_of(const Scope& scope) {
    return scope.trunk->auth ? *scope.trunk->auth : scope.trunk->auth.emplace();
}

}  // namespace

Kind workers() {
    const std::string type = "`auto` or number from 1 to " + std::to_string(max_workers);
    return {type, "threads", false,
            [](const Scope& scope) {
                const unsigned count = scope.config->server.workers;
                return count == 0 ? "auto" : std::to_string(count);
            },
            [](const Scope& scope, const Node& node, const Place& place) {
                if (node.type == Node::Type::text && node.text == "auto") {
                    scope.config->server.workers = 0;
                } else if (const auto value = read_count(node, place, 1, max_workers)) {
                    scope.config->server.workers = static_cast<unsigned>(*value);
                }
            }};
}

Kind listeners() {
    return {"list of `udp://`, `tcp://`, `tls://`, `ws://`, `wss://ADDRESS:PORT`", "", true,
            [](const Scope& scope) { return show_listeners(scope.config->sip.listen); },
            [](const Scope& scope, const Node& node, const Place& place) {
                const std::string expected =
                    "udp://, tcp://, tls://, ws:// or wss://ADDRESS:PORT, such as udp://0.0.0.0:5060";
                if (auto value = read_items(node, place, expected, &parse_listener)) {
                    scope.config->sip.listen = std::move(*value);
                }
            }};
}

Kind media_addresses() {
    return {"list of addresses", "", true, [](const Scope& scope) { return show_items(scope.config->media.listen); },
            [](const Scope& scope, const Node& node, const Place& place) {
                if (auto value = read_items(node, place, "an IPv4 or IPv6 address", &base::IpAddress::parse)) {
                    scope.config->media.listen = std::move(*value);
                }
            }};
}

Kind media_ports() {
    return {"range FIRST-LAST, the first even", "UDP ports", false,
            [](const Scope& scope) {
                const PortRange& ports = scope.config->media.ports;
                return std::to_string(ports.first) + "-" + std::to_string(ports.last);
            },
            [](const Scope& scope, const Node& node, const Place& place) {
                const std::string expected = "FIRST-LAST from 1024 to 65535 with an even FIRST and at least 4 ports";
                const auto value = read_text(node, place, {nullptr, expected});
                if (!value) { return; }
                const auto range = parse_port_range(*value);
                const bool fits = range && range->first >= 1024 && range->first % 2 == 0 &&
                                  range->last > range->first && range->last - range->first >= 3;
                if (fits) { scope.config->media.ports = *range; }
                if (!fits) { place.error(node, shown(node) + " does not fit", expected); }
            }};
}

Kind allowed_sources() {
    return {"list of addresses and networks", "", true,
            [](const Scope& scope) { return show_items(scope.trunk->allow); },
            [](const Scope& scope, const Node& node, const Place& place) {
                const std::string expected = "an address or network, such as 198.51.100.0/24";
                if (auto value = read_items(node, place, expected, &base::Subnet::parse)) {
                    scope.trunk->allow = std::move(*value);
                }
            }};
}

Kind added_headers() { return {"mapping of names to values", "", true, &show_added_headers, &read_added_headers}; }

Kind admin_endpoint() {
    return {"ADDRESS:PORT", "", false, [](const Scope& scope) { return scope.config->admin.listen.to_string(); },
            [](const Scope& scope, const Node& node, const Place& place) {
                if (const auto value = read_endpoint(node, place, endpoint_expected)) {
                    scope.config->admin.listen = *value;
                }
            }};
}

Kind metrics_endpoint() {
    return {"ADDRESS:PORT or `same`", "", false,
            [](const Scope& scope) {
                const Metrics& metrics = scope.config->metrics;
                return metrics.same ? std::string{"same"} : metrics.listen.to_string();
            },
            [](const Scope& scope, const Node& node, const Place& place) {
                Metrics& metrics = scope.config->metrics;
                metrics.same = node.type == Node::Type::text && node.text == "same";
                if (metrics.same) { return; }
                if (const auto value = read_endpoint(node, place, endpoint_expected + ", or same")) {
                    metrics.listen = *value;
                }
            }};
}

Kind auth_user() {
    return text([](const Scope& scope) -> std::string& { return auth_of(scope).user; }, {});
}

Kind auth_password() {
    return secret([](const Scope& scope) -> std::string& { return auth_of(scope).password; });
}

}  // namespace config
