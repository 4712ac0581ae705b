// A YAML document as our own tree: text, lists and mappings, each with the place it was written at. Unlike yaml-cpp's
// nodes an alias is a copy and counts as such, so that a bomb of aliases meets a limit; text stays text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

// Line and column count from 1; `source` is an index into the names that a Report knows.
struct Mark {
    std::size_t source = 0;
    int line = 1;
    int column = 1;
};

struct Entry;

struct Node {
    enum class Type : std::uint8_t { null, text, list, map };
    Type type = Type::null;
    Mark mark;
    std::string text;            // after ${…} was replaced
    std::string written;         // as it stands in the file
    std::vector<Entry> entries;  // of a list or mapping, in order
    std::size_t size = 1;        // nodes in this subtree
    bool broken = false;         // already reported: say no more about it

    const Node* find(std::string_view key) const;
    Node* find(std::string_view key);
};

struct Entry {
    std::string key;  // empty in a list
    Mark key_mark;
    Node value;
};

Node make_text(std::string text, Mark mark);

struct SyntaxError {
    Mark mark;
    std::string what;
};

// One document; an empty one is a null node. Nullopt with `error` set for bad YAML and for anything past the limits of
// config/load.hpp.
std::optional<Node> parse_tree(std::string_view yaml, std::size_t source, SyntaxError& error);

}  // namespace config
