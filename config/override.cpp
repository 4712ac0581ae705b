#include "config/override.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace config {

namespace {

constexpr std::string_view prefix = "HOLDFAST_";
constexpr std::string_view of_file = "_file";  // of a variable whose value is the path of a file with the key's value

struct Override {
    std::vector<std::string> path;
    std::string value;
    std::string source;  // for messages
    bool loose = false;  // names as environment variables spell them
};

std::vector<std::string> split(std::string_view text, std::string_view separator) {
    std::vector<std::string> parts;
    while (true) {
        const auto cut = text.find(separator);
        parts.emplace_back(text.substr(0, cut));
        if (cut == text.npos) { return parts; }
        text.remove_prefix(cut + separator.size());
    }
}

std::string folded(std::string_view name) {
    std::string result = base::lower(name);
    std::replace(result.begin(), result.end(), '-', '_');
    return result;
}

// By name, but routes[2] before routes[10]: items are appended in this order.
bool before(const Override& a, const Override& b) {
    const auto less = [](const std::string& x, const std::string& y) {
        const auto left = base::parse_number<std::size_t>(x);
        const auto right = base::parse_number<std::size_t>(y);
        return left && right ? *left < *right : x < y;
    };
    return std::lexicographical_compare(a.path.begin(), a.path.end(), b.path.begin(), b.path.end(), less);
}

class Walker {
public:
    Walker(const Schema& schema, const Override& change, Report& report)
        : schema_{schema}, change_{change}, report_{report}, mark_{report.add_source(change.source), 1, 1} {}

    void apply(Node& root) {
        Node* node = &root;
        const Section* section = &schema_.root();
        for (std::size_t i = 0; i < change_.path.size(); ++i) {
            std::string segment = change_.path[i];
            is_file_ = i + 1 == change_.path.size() && names_file(*section, segment);
            if (is_file_) { segment.resize(segment.size() - of_file.size()); }
            const bool entered =
                section->child(any_item) ? enter_item(section, node, segment) : enter_key(section, node, segment);
            if (!entered) { return; }
        }
        if (is_file_) {
            read_later(*node);
        } else if (auto value = parse_value(*section)) {
            *node = std::move(*value);
        }
    }

private:
    // HOLDFAST_ADMIN__TOKEN_FILE: of a key that is no name of somebody's own.
    bool names_file(const Section& section, const std::string& segment) const {
        if (!change_.loose || !segment.ends_with(of_file) || section.child(any_name) || section.child(any_item)) {
            return false;
        }
        const Section* const key = section.child(segment.substr(0, segment.size() - of_file.size()));
        return key && key->key && !section.child(segment);
    }

    // As if ${file:PATH} had been written.
    void read_later(Node& node) {
        const std::string path{base::trim(change_.value)};
        if (path.empty() || path.find('}') != path.npos) {
            report_.error(mark_, path_, "expected the path of a file, without }");
        } else if (node.mark.source != mark_.source && report_.source(node.mark) + "_FILE" == change_.source) {
            report_.error(mark_, path_, "given twice, also by " + report_.source(node.mark) + ", expected once");
        } else {
            node = make_text("${file:" + path + '}', mark_);
        }
    }

    bool fail(std::string_view segment, std::string_view what) {
        const std::string key = path_.empty() ? std::string{segment} : path_ + '.' + std::string{segment};
        report_.error(mark_, key, what);
        return false;
    }

    bool enter_item(const Section*& section, Node*& node, const std::string& segment) {
        section = section->child(any_item);
        if (node->type != Node::Type::list) {  // one is a list of one
            Node list;
            list.type = Node::Type::list;
            list.mark = mark_;
            if (node->type != Node::Type::null) { list.entries.push_back({{}, node->mark, std::move(*node)}); }
            *node = std::move(list);
        }
        const auto index = base::parse_number<std::size_t>(segment);
        const std::size_t count = node->entries.size();
        if (!index || *index > count) {
            return fail(segment, "no such item, expected a number from 0 to " + std::to_string(count));
        }
        if (*index == count) { node->entries.push_back({{}, mark_, null_here()}); }
        node = &node->entries[*index].value;
        path_ += '[' + segment + ']';
        return true;
    }

    bool enter_key(const Section*& section, Node*& node, const std::string& segment) {
        const std::string wanted = change_.loose ? base::lower(segment) : segment;
        const bool named = section->child(any_name) != nullptr;
        const Section* const next = section->child(named ? any_name : std::string_view{wanted});
        if (!next) { return fail(wanted, schema_.unknown_key(*section, wanted)); }
        make_mapping(*section, *node);
        const std::string name = named ? existing_name(*node, wanted) : wanted;
        Node* child = node->find(name);
        if (!child) {
            node->entries.push_back({name, mark_, null_here()});
            child = &node->entries.back().value;
        }
        section = next;
        node = child;
        path_ += (path_.empty() ? "" : ".") + name;
        return true;
    }

    // A name that the file spells carrier-a is CARRIER_A in a variable.
    std::string existing_name(const Node& node, const std::string& wanted) const {
        if (!change_.loose) { return wanted; }
        for (const Entry& entry : node.entries) {
            if (folded(entry.key) == folded(wanted)) { return entry.key; }
        }
        return wanted;
    }

    void make_mapping(const Section& section, Node& node) const {
        if (node.type == Node::Type::map) { return; }
        Node map;
        map.type = Node::Type::map;
        map.mark = mark_;
        const bool short_form = section.group && !section.group->short_form.empty() && node.type == Node::Type::text;
        if (short_form) { map.entries.push_back({section.group->short_form, node.mark, std::move(node)}); }
        node = std::move(map);
    }

    Node null_here() const {
        Node node;
        node.mark = mark_;
        return node;
    }

    // A plain value is taken as it is, whatever characters it has; lists and mappings are read as YAML.
    std::optional<Node> parse_value(const Section& section) {
        const std::string_view value = base::trim(change_.value);
        const bool structured = value.starts_with('[') || value.starts_with('{');
        if (section.key && !(section.key->kind.compound && structured)) { return make_text(change_.value, mark_); }
        SyntaxError error;
        auto node = parse_tree(change_.value, mark_.source, error);
        if (!node) { report_.error(error.mark, path_, error.what); }
        return node;
    }

    const Schema& schema_;
    const Override& change_;
    Report& report_;
    Mark mark_;
    std::string path_;
    bool is_file_ = false;
};

}  // namespace

void apply_environment(Node& root, const Schema& schema, const Environment& environment, Report& report) {
    std::vector<Override> changes;
    for (const auto& [name, value] : environment) {
        const std::string_view rest = std::string_view{name}.substr(std::min(prefix.size(), name.size()));
        if (!name.starts_with(prefix) || rest.find("__") == rest.npos) { continue; }
        Override change{split(rest, "__"), value, name, true};
        for (std::string& segment : change.path) { segment = base::lower(segment); }
        changes.push_back(std::move(change));
    }
    std::sort(changes.begin(), changes.end(), &before);
    for (const Override& change : changes) { Walker{schema, change, report}.apply(root); }
}

void apply_settings(Node& root, const Schema& schema, const std::vector<std::string>& settings, Report& report) {
    for (const std::string& setting : settings) {
        const auto equals = setting.find('=');
        if (equals == setting.npos || equals == 0) {
            report.error({report.add_source("--set"), 1, 1}, "",
                         in_quotes(setting) + " does not fit, expected KEY=VALUE");
            continue;
        }
        const std::string key = setting.substr(0, equals);
        Walker{schema, {split(key, "."), setting.substr(equals + 1), "--set " + key, false}, report}.apply(root);
    }
}

}  // namespace config
