#include "config/expand.hpp"

#include <fstream>
#include <iterator>
#include <optional>

namespace config {

namespace {

constexpr std::string_view open = "${";
constexpr std::string_view escaped_open = "$${";

const std::string* variable(const Environment& environment, std::string_view name) {
    for (const auto& [key, value] : environment) {
        if (key == name) { return &value; }
    }
    return nullptr;
}

// The file without its last line ending. Nullopt with `why` set.
std::optional<std::string> secret_from(const std::string& path, std::string& why) {
    std::ifstream file{path, std::ios::binary};
    std::string content;
    char block[4096];
    while (file && content.size() <= max_secret_file_size) {
        file.read(block, sizeof block);
        content.append(block, static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad() || (!file.eof() && content.empty())) {
        why = path + " cannot be read, expected a file with the secret";
        return std::nullopt;
    }
    if (content.size() > max_secret_file_size) {
        why = path + " is larger than " + std::to_string(max_secret_file_size) + " bytes";
        return std::nullopt;
    }
    if (content.ends_with('\n')) { content.pop_back(); }
    if (content.ends_with('\r')) { content.pop_back(); }
    return content;
}

std::optional<std::string> resolve(std::string_view inside, const Environment& environment, std::string& why) {
    constexpr std::string_view file = "file:";
    if (inside.starts_with(file)) { return secret_from(std::string{inside.substr(file.size())}, why); }
    const auto fallback = inside.find(":-");
    const std::string_view name = inside.substr(0, fallback);
    const std::string* const value = variable(environment, name);
    if (value && (!value->empty() || fallback == inside.npos)) { return *value; }
    if (fallback != inside.npos) { return std::string{inside.substr(fallback + 2)}; }
    why = "the environment variable " + std::string{name} + " is not set, expected it or ${" + std::string{name} +
          ":-default}";
    return std::nullopt;
}

std::optional<std::string> expanded(std::string_view text, const Environment& environment, std::string& why) {
    std::string result;
    while (!text.empty()) {
        if (text.starts_with(escaped_open)) {
            result += open;
            text.remove_prefix(escaped_open.size());
            continue;
        }
        if (!text.starts_with(open)) {
            result += text.front();
            text.remove_prefix(1);
            continue;
        }
        const auto end = text.find('}');
        if (end == text.npos) {
            why = "${ is not closed, expected }";
            return std::nullopt;
        }
        const auto value = resolve(text.substr(open.size(), end - open.size()), environment, why);
        if (!value) { return std::nullopt; }
        result += *value;
        text.remove_prefix(end + 1);
    }
    return result;
}

std::string below(const std::string& key, const Node& parent, std::size_t index) {
    if (parent.type == Node::Type::list) { return key + '[' + std::to_string(index) + ']'; }
    return key.empty() ? parent.entries[index].key : key + '.' + parent.entries[index].key;
}

}  // namespace

void expand(Node& node, const std::string& key, const Environment& environment, Report& report) {
    for (std::size_t i = 0; i < node.entries.size(); ++i) {
        expand(node.entries[i].value, below(key, node, i), environment, report);
    }
    if (node.type != Node::Type::text || node.text.find(open) == std::string::npos) { return; }
    std::string why;
    if (auto text = expanded(node.text, environment, why)) {
        node.text = std::move(*text);
        return;
    }
    report.error(node.mark, key, why);
    node.broken = true;
}

}  // namespace config
