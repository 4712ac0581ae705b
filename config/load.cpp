#include "config/load.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "config/check.hpp"
#include "config/embedded.hpp"
#include "config/expand.hpp"
#include "config/override.hpp"
#include "config/schema.hpp"

namespace config {

namespace {

constexpr std::size_t max_name = 64;

bool is_item_name(std::string_view name) {
    constexpr std::string_view marks = "-_.+";
    return !name.empty() && name.size() <= max_name && std::all_of(name.begin(), name.end(), [&](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || marks.find(c) != marks.npos;
    });
}

std::string joined_path(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + '.' + name;
}

// Walks the document and the schema side by side and sets what it finds.
class Reader {
public:
    Reader(const Schema& schema, Report& report) : schema_{schema}, report_{report} {}

    void read(const Section& section, const Node& node, const std::string& path, const Scope& scope) {
        if (!path.empty()) { report_.place(path, node.mark); }
        if (node.broken) { return; }
        if (section.key) {
            if (node.type != Node::Type::null) { section.key->kind.read(scope, node, Place{report_, path}); }
            return;
        }
        if (const Section* const item = section.child(any_item)) {
            read_items(*item, node, path, scope);
            return;
        }
        const bool short_form = section.group && !section.group->short_form.empty();
        if (short_form && node.type == Node::Type::text) {
            const std::string& name = section.group->short_form;
            read(*section.child(name), node, joined_path(path, name), scope);
            return;
        }
        if (node.type == Node::Type::map || node.type == Node::Type::null) {
            read_mapping(section, node, path, scope);
            return;
        }
        Place{report_, path}.error(node, shown(node) + " does not fit", "a mapping with " + what_is_in(section));
    }

private:
    static std::string what_is_in(const Section& section) {
        return section.child(any_name) ? "names of your own" : joined(section.child_names(), ", ");
    }

    void read_items(const Section& item, const Node& node, const std::string& path, const Scope& scope) {
        if (node.type == Node::Type::null) { return; }
        if (node.type != Node::Type::list) {  // one is a list of one
            read(item, node, path + "[0]", item.group->enter(scope, {}));
            return;
        }
        for (std::size_t i = 0; i < node.entries.size(); ++i) {
            read(item, node.entries[i].value, path + '[' + std::to_string(i) + ']', item.group->enter(scope, {}));
        }
    }

    void read_mapping(const Section& section, const Node& node, const std::string& path, const Scope& scope) {
        struct Found {
            std::size_t order;
            const Section* child;
            const Entry* entry;
        };
        std::vector<Found> found;
        std::set<std::string_view> seen;
        for (const Entry& entry : node.entries) {
            const std::string key = joined_path(path, entry.key);
            const Section* const child = child_for(section, entry, key);
            if (!child) { continue; }
            if (!seen.insert(entry.key).second) {
                report_.error(entry.key_mark, key, "given twice, expected once");
                continue;
            }
            const auto order = std::find_if(section.children.begin(), section.children.end(),
                                            [&](const auto& other) { return other.get() == child; });
            found.push_back({static_cast<std::size_t>(order - section.children.begin()), child, &entry});
        }
        std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.order < b.order; });
        for (const auto& [order, child, entry] : found) {
            const Scope inner = child->group ? child->group->enter(scope, entry->key) : scope;
            read(*child, entry->value, joined_path(path, entry->key), inner);
        }
        require(section, node, path);
    }

    const Section* child_for(const Section& section, const Entry& entry, const std::string& key) {
        if (const Section* const named = section.child(any_name)) {
            if (is_item_name(entry.key)) { return named; }
            report_.error(entry.key_mark, key,
                          in_quotes(entry.key) + " is no name, expected 1 to " + std::to_string(max_name) +
                              " letters, digits, -, _, . and +");
            return nullptr;
        }
        const Section* const child = section.child(entry.key);
        if (!child) { report_.error(entry.key_mark, key, schema_.unknown_key(section, entry.key)); }
        return child;
    }

    void require(const Section& section, const Node& node, const std::string& path) {
        for (const auto& child : section.children) {
            if (!child->key || !child->key->required) { continue; }
            const Node* const value = node.find(child->name);
            if (value && value->type != Node::Type::null) { continue; }
            report_.error(node.mark, joined_path(path, child->name), "is missing, expected " + child->key->kind.type);
        }
    }

    const Schema& schema_;
    Report& report_;
};

// Nullopt with `why` set. Reads no more than the limit and one byte, whatever the file says of its size.
std::optional<std::string> read_file(const std::string& path, std::string& why) {
    std::error_code failure;
    if (std::filesystem::is_directory(path, failure)) {
        why = "is a folder, expected a file";
        return std::nullopt;
    }
    errno = 0;
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        why = std::string{"cannot be read: "} + std::strerror(errno);
        return std::nullopt;
    }
    std::string content;
    char block[16 * 1024];
    while (file && content.size() <= max_file_size) {
        file.read(block, sizeof block);
        content.append(block, static_cast<std::size_t>(file.gcount()));
    }
    return content;
}

const std::string* body_of(const Environment& environment) {
    for (const auto& [name, value] : environment) {
        if (name == "HOLDFAST_CONFIG_BODY" && !value.empty()) { return &value; }
    }
    return nullptr;
}

// Everybody knows the password of the embedded users: variables may change it, or keep them on loopback.
void refuse_demo_in_public(Loaded& loaded) {
    const auto& listen = loaded.config.sip.listen;
    const bool is_private = std::all_of(
        listen.begin(), listen.end(), [](const Listener& listener) { return listener.endpoint.address.is_loopback(); });
    if (is_private) { return; }
    for (const auto& [name, user] : loaded.config.users) {
        if (user.password != embedded_password) { continue; }
        loaded.errors.push_back("(embedded defaults):1:1: users." + name +
                                ".password: is for loopback only, expected one of your own where sip.listen is not on "
                                "loopback, or a configuration of your own");
    }
}

}  // namespace

Loaded load_text(std::string_view yaml, const std::string& name, const Source& source) {
    Report report;
    Loaded loaded;
    SyntaxError error;
    auto root = parse_tree(yaml, report.add_source(name), error);
    if (!root) {
        report.error(error.mark, "", error.what);
        loaded.errors = report.errors();
        return loaded;
    }
    const Schema schema;
    apply_environment(*root, schema, source.environment, report);
    apply_settings(*root, schema, source.set, report);
    expand(*root, "", source.environment, report);
    Scope scope;
    scope.config = &loaded.config;
    Reader{schema, report}.read(schema.root(), *root, "", scope);
    fill_in(loaded.config);
    check(loaded.config, report);
    loaded.errors = report.errors();
    loaded.warnings = report.warnings();
    return loaded;
}

Loaded load(const Source& source) {
    if (source.file) {
        std::string why;
        if (const auto text = read_file(*source.file, why)) { return load_text(*text, *source.file, source); }
        Loaded failed;
        failed.errors.push_back(*source.file + ":1:1: " + why);
        return failed;
    }
    if (const std::string* const body = body_of(source.environment)) {
        return load_text(*body, "HOLDFAST_CONFIG_BODY", source);
    }
    Loaded loaded = load_text(embedded_yaml(), "(embedded defaults)", source);
    loaded.config.embedded_defaults = true;
    refuse_demo_in_public(loaded);
    return loaded;
}

Config embedded_defaults() { return load(Source{}).config; }

}  // namespace config
