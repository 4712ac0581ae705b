#include "config/kinds.hpp"

#include "base/text.hpp"
#include "config/nearest.hpp"

namespace config {

namespace {

// The text of a scalar; anything else is reported as not being what is expected.
const std::string* scalar(const Node& node, const Place& place, std::string_view expected) {
    if (node.type == Node::Type::text && !node.broken) { return &node.text; }
    place.error(node, shown(node) + " does not fit", expected);
    return nullptr;
}

// Whether text may stand in a YAML list without quotes.
bool is_plain_item(std::string_view text) {
    return !text.empty() && text.find_first_of("[]{},#\"' ") == text.npos && text.find_first_of(":*&!|>%@`-?") != 0;
}

}  // namespace

std::optional<std::string> read_text(const Node& node, const Place& place, const Check& check, bool secret) {
    const std::string* const value = scalar(node, place, check.expected);
    if (!value) { return std::nullopt; }
    if (has_control(*value)) {
        place.error(node, "holds control characters", "printable text");
        return std::nullopt;
    }
    if (check.good && !check.good(*value)) {
        place.error(node, secret ? "does not fit" : shown(node) + " does not fit", check.expected);
        return std::nullopt;
    }
    return *value;
}

std::optional<std::vector<std::string>> read_texts(const Node& node, const Place& place, const Check& check) {
    if (node.type != Node::Type::list) {  // one is a list of one
        auto single = read_text(node, place, check);
        if (!single) { return std::nullopt; }
        return std::vector<std::string>{std::move(*single)};
    }
    std::vector<std::string> result;
    for (std::size_t i = 0; i < node.entries.size(); ++i) {
        const Node& item = node.entries[i].value;
        const Place here{place.report, place.key + '[' + std::to_string(i) + ']'};
        here.report.place(here.key, item.mark);
        if (auto value = read_text(item, here, check)) { result.push_back(std::move(*value)); }
    }
    return result.size() == node.entries.size() ? std::optional{std::move(result)} : std::nullopt;
}

std::optional<base::Duration> read_duration(const Node& node, const Place& place, base::Duration min,
                                            base::Duration max) {
    const std::string expected =
        "a duration such as 500ms, 5s, 10m or 1h, from " + format_duration(min) + " to " + format_duration(max);
    const std::string* const value = scalar(node, place, expected);
    if (!value) { return std::nullopt; }
    const auto parsed = parse_duration(*value);
    if (parsed && *parsed >= min && *parsed <= max) { return parsed; }
    place.error(node, shown(node) + (parsed ? " is out of range" : " is no duration"), expected);
    return std::nullopt;
}

std::optional<std::size_t> read_size(const Node& node, const Place& place, std::size_t min, std::size_t max) {
    const std::string expected = "a size such as 65536 or 64KiB, from " + format_size(min) + " to " + format_size(max);
    const std::string* const value = scalar(node, place, expected);
    if (!value) { return std::nullopt; }
    const auto parsed = parse_size(*value);
    if (parsed && *parsed >= min && *parsed <= max) { return parsed; }
    place.error(node, shown(node) + (parsed ? " is out of range" : " is no size"), expected);
    return std::nullopt;
}

std::optional<std::size_t> read_count(const Node& node, const Place& place, std::size_t min, std::size_t max) {
    const std::string expected = "a number from " + std::to_string(min) + " to " + std::to_string(max);
    const std::string* const value = scalar(node, place, expected);
    if (!value) { return std::nullopt; }
    const auto parsed = base::parse_number<std::size_t>(*value);
    if (parsed && *parsed >= min && *parsed <= max) { return parsed; }
    place.error(node, shown(node) + (parsed ? " is out of range" : " is no number"), expected);
    return std::nullopt;
}

std::optional<bool> read_flag(const Node& node, const Place& place) {
    const std::string* const value = scalar(node, place, "true or false");
    if (!value) { return std::nullopt; }
    const auto parsed = parse_flag(*value);
    if (!parsed) { place.error(node, shown(node) + " does not fit", "true or false"); }
    return parsed;
}

std::optional<std::size_t> read_choice(const Node& node, const Place& place, const std::vector<std::string>& names) {
    const std::string expected = "one of " + joined(names, ", ");
    const std::string* const value = scalar(node, place, expected);
    if (!value) { return std::nullopt; }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == *value) { return i; }
    }
    place.error(node, shown(node) + " does not fit", expected + suggestion(*value, names));
    return std::nullopt;
}

std::string joined(const std::vector<std::string>& names, std::string_view separator) {
    std::string result;
    for (const std::string& name : names) {
        if (!result.empty()) { result += separator; }
        result += name;
    }
    return result;
}

std::string show_text(const std::string& text) { return text.empty() ? "\"\"" : text; }

std::string show_texts(const std::vector<std::string>& texts) {
    std::vector<std::string> items;
    for (const std::string& text : texts) { items.push_back(is_plain_item(text) ? text : '"' + text + '"'); }
    return "[" + joined(items, ", ") + "]";
}

}  // namespace config
