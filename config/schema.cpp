#include "config/schema.hpp"

#include "config/nearest.hpp"

namespace config {

const Section* Section::child(std::string_view segment) const {
    for (const auto& section : children) {
        if (section->name == segment) { return section.get(); }
    }
    return nullptr;
}

std::vector<std::string> Section::child_names() const {
    std::vector<std::string> names;
    for (const auto& section : children) { names.push_back(section->name); }
    return names;
}

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        if (path.starts_with('.')) { path.remove_prefix(1); }
        const auto end = path.starts_with('[') ? path.find(']') + 1 : path.find_first_of(".[");
        segments.emplace_back(path.substr(0, end));
        path = end == path.npos ? std::string_view{} : path.substr(end);
    }
    return segments;
}

Schema::Schema() : keys_{make_keys()}, groups_{make_groups()} {
    for (const Key& key : keys_) { at(key.path).key = &key; }
    for (const Group& group : groups_) { at(group.path).group = &group; }
}

Section& Schema::at(std::string_view path) {
    Section* section = &root_;
    for (std::string& segment : segments_of(path)) {
        Section* next = const_cast<Section*>(section->child(segment));
        if (!next) {
            next = section->children.emplace_back(std::make_unique<Section>()).get();
            next->name = std::move(segment);
        }
        section = next;
    }
    return *section;
}

std::string Schema::unknown_key(const Section& section, std::string_view name) const {
    const std::vector<std::string> names = section.child_names();
    if (const std::string near = nearest(name, names); !near.empty()) {
        return "unknown key; did you mean " + near + "?";
    }
    for (const Key& key : keys_) {
        if (segments_of(key.path).back() == name) { return "unknown key; did you mean " + key.path + "?"; }
    }
    return "unknown key, expected one of " + joined(names, ", ");
}

}  // namespace config
