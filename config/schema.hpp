// The table of keys as a tree: what may stand below what. Loading and overrides walk it beside the document.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/groups.hpp"
#include "config/keys.hpp"

namespace config {

inline constexpr std::string_view any_name = "NAME";
inline constexpr std::string_view any_item = "[]";

struct Section {
    std::string name;                                // last segment of the path
    const Key* key = nullptr;                        // a leaf
    const Group* group = nullptr;                    // made anew for each name or item
    std::vector<std::unique_ptr<Section>> children;  // in the order of the table

    const Section* child(std::string_view segment) const;
    std::vector<std::string> child_names() const;
};

class Schema {
public:
    Schema();
    Schema(const Schema&) = delete;
    Schema& operator=(const Schema&) = delete;

    const Section& root() const { return root_; }
    const std::vector<Key>& keys() const { return keys_; }

    // What to say of `name`, which `section` does not have: a key spelled like it, else the same name elsewhere, else
    // what there is.
    std::string unknown_key(const Section& section, std::string_view name) const;

private:
    Section& at(std::string_view path);

    std::vector<Key> keys_;
    std::vector<Group> groups_;
    Section root_;
};

// "trunks.NAME.peers[].uri" → trunks, NAME, peers, [], uri.
std::vector<std::string> segments_of(std::string_view path);

}  // namespace config
