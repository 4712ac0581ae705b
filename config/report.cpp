#include "config/report.hpp"

#include <algorithm>
#include <tuple>

#include "config/load.hpp"

namespace config {

namespace {
constexpr std::size_t max_shown = 60;
}

std::size_t Report::add_source(std::string name) {
    sources_.push_back(std::move(name));
    return sources_.size() - 1;
}

Report::Finding Report::finding(Mark mark, std::string_view key, std::string_view what) const {
    std::string text = mark.source < sources_.size() ? sources_[mark.source] : std::string{};
    text += ':' + std::to_string(mark.line) + ':' + std::to_string(mark.column) + ": ";
    if (!key.empty()) { text.append(key).append(": "); }
    return {mark, text.append(what)};
}

void Report::error(Mark mark, std::string_view key, std::string_view what) {
    errors_.push_back(finding(mark, key, what));
    wrong_.emplace(key);
}

void Report::error_at(std::string_view key, std::string_view what) {
    if (!wrong_.contains(key)) { error(mark_of(key), key, what); }
}

void Report::warn(Mark mark, std::string_view key, std::string_view what) {
    warnings_.push_back(finding(mark, key, what));
}

Mark Report::mark_of(std::string_view key) const {
    while (!key.empty()) {
        if (const auto found = places_.find(key); found != places_.end()) { return found->second; }
        const auto cut = key.find_last_of(".[");
        key = key.substr(0, cut == key.npos ? 0 : cut);
    }
    return {};
}

std::vector<std::string> Report::lines(std::vector<Finding> findings) {
    const auto order = [](const Finding& finding) {
        return std::tuple{finding.mark.source, finding.mark.line, finding.mark.column};
    };
    std::stable_sort(findings.begin(), findings.end(),
                     [&](const Finding& a, const Finding& b) { return order(a) < order(b); });
    std::vector<std::string> result;
    for (Finding& finding : findings) {
        if (result.size() == max_errors) {
            result.push_back("… and " + std::to_string(findings.size() - max_errors) + " more");
            break;
        }
        result.push_back(std::move(finding.text));
    }
    return result;
}

void Place::error(const Node& node, std::string_view what, std::string_view expected) const {
    if (node.broken) { return; }
    std::string text{what};
    if (!expected.empty()) { text.append(", expected ").append(expected); }
    report.error(node.mark, key, text);
}

std::string in_quotes(std::string_view text) {
    std::string result = "\"";
    for (const char c : text.substr(0, max_shown)) {
        const auto byte = static_cast<unsigned char>(c);
        result += byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    return result + (text.size() > max_shown ? "…\"" : "\"");
}

std::string shown(const Node& node) {
    switch (node.type) {
        case Node::Type::null:
            return "nothing";
        case Node::Type::list:
            return "a list";
        case Node::Type::map:
            return "a mapping";
        case Node::Type::text:
            break;
    }
    return in_quotes(node.written);
}

}  // namespace config
