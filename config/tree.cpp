#include "config/tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <istream>
#include <map>
#include <streambuf>
#include <utility>

#include "config/load.hpp"

namespace config {

const Node* Node::find(std::string_view key) const {
    for (const Entry& entry : entries) {
        if (entry.key == key) { return &entry.value; }
    }
    return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

Node make_text(std::string text, Mark mark) {
    Node node;
    node.type = Node::Type::text;
    node.mark = mark;
    node.written = text;
    node.text = std::move(text);
    return node;
}

namespace {

constexpr std::string_view core_tags = "tag:yaml.org,2002:";

class TreeBuilder final : public YAML::EventHandler {
public:
    explicit TreeBuilder(std::size_t source) : source_{source} {}

    Node take_root() { return std::move(root_); }
    // The innermost list or mapping that has begun and not ended.
    std::optional<Mark> unclosed() const {
        return stack_.empty() ? std::nullopt : std::optional{stack_.back().node.mark};
    }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node node;
        node.mark = ours(mark);
        add(std::move(node), anchor, mark);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_unknown_tag(mark, tag);
        add(make_text(value, ours(mark)), anchor, mark);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) { throw YAML::ParserException(mark, "an alias within what it stands for"); }
        count(found->second.size, mark);
        place(Node{found->second}, mark);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Type::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Type::map, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct Open {
        Node node;
        YAML::anchor_t anchor;
        YAML::Mark mark;
        std::optional<Entry> key;  // of a mapping: the key whose value comes next
    };

    Mark ours(const YAML::Mark& mark) const { return {source_, mark.line + 1, mark.column + 1}; }

    static void refuse_unknown_tag(const YAML::Mark& mark, const std::string& tag) {
        const bool plain = tag.empty() || tag == "?" || tag == "!" || tag.starts_with(core_tags);
        if (!plain) { throw YAML::ParserException(mark, "the tag " + tag + " means nothing here"); }
    }
    void count(std::size_t nodes, const YAML::Mark& mark) {
        nodes_ += nodes;
        if (nodes_ > max_nodes) {
            throw YAML::ParserException(mark, "more than " + std::to_string(max_nodes) + " values");
        }
    }
    void open(Node::Type type, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        refuse_unknown_tag(mark, tag);
        if (stack_.size() == max_depth) {
            throw YAML::ParserException(mark, "nested deeper than " + std::to_string(max_depth) + " levels");
        }
        count(1, mark);
        Node node;
        node.type = type;
        node.mark = ours(mark);
        stack_.push_back(Open{std::move(node), anchor, mark, std::nullopt});
    }
    void close() {
        Open done = std::move(stack_.back());
        stack_.pop_back();
        remember(done.node, done.anchor);
        place(std::move(done.node), done.mark);
    }
    void add(Node node, YAML::anchor_t anchor, const YAML::Mark& mark) {
        count(1, mark);
        remember(node, anchor);
        place(std::move(node), mark);
    }
    void remember(const Node& node, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) { anchors_[anchor] = node; }
    }
    void place(Node node, const YAML::Mark& mark) {
        if (stack_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = stack_.back();
        if (parent.node.type == Node::Type::map && !parent.key) {
            if (node.type != Node::Type::text) { throw YAML::ParserException(mark, "a key must be text"); }
            parent.key = Entry{std::move(node.text), ours(mark), {}};
            return;
        }
        Entry entry = parent.key ? *std::exchange(parent.key, std::nullopt) : Entry{{}, node.mark, {}};
        // "key:" with nothing behind it: yaml-cpp gives the place of whatever comes next
        if (node.type == Node::Type::null) { node.mark = entry.key_mark; }
        parent.node.size += node.size;
        entry.value = std::move(node);
        parent.node.entries.push_back(std::move(entry));
    }

    std::size_t source_;
    std::size_t nodes_ = 0;
    Node root_;
    std::vector<Open> stack_;
    std::map<YAML::anchor_t, Node> anchors_;
};

class ViewBuffer final : public std::streambuf {
public:
    explicit ViewBuffer(std::string_view text) {
        char* const begin = const_cast<char*>(text.data());
        setg(begin, begin, begin + text.size());
    }
};

// The place of a tab that indents the line, which yaml-cpp calls many things.
std::optional<Mark> indenting_tab(std::string_view yaml, Mark at) {
    for (int line = 1; line < at.line; ++line) { yaml.remove_prefix(std::min(yaml.find('\n'), yaml.size() - 1) + 1); }
    const auto tab = yaml.find_first_not_of(' ');
    if (tab == yaml.npos || yaml[tab] != '\t') { return std::nullopt; }
    return Mark{at.source, at.line, static_cast<int>(tab) + 1};
}

SyntaxError explain(const YAML::Exception& failure, std::size_t source, std::string_view yaml,
                    const std::optional<Mark>& unclosed) {
    const bool placed = !failure.mark.is_null() && (failure.mark.line > 0 || failure.mark.column > 0);
    Mark mark{source, 1, 1};
    if (placed) { mark = {source, failure.mark.line + 1, failure.mark.column + 1}; }
    if (!placed && unclosed) { mark = *unclosed; }  // at the end of its input yaml-cpp does not know where it is
    if (const auto tab = indenting_tab(yaml, mark)) { return {*tab, "a tab indents the line, expected spaces"}; }
    return {mark, failure.msg};
}

}  // namespace

std::optional<Node> parse_tree(std::string_view yaml, std::size_t source, SyntaxError& error) {
    if (yaml.size() > max_file_size) {
        error = {{source, 1, 1}, "larger than " + std::to_string(max_file_size) + " bytes"};
        return std::nullopt;
    }
    TreeBuilder builder{source};
    try {
        ViewBuffer buffer{yaml};
        std::istream stream{&buffer};
        YAML::Parser parser{stream};
        parser.HandleNextDocument(builder);
        TreeBuilder second{source};
        if (parser && parser.HandleNextDocument(second)) {
            error = {second.take_root().mark, "a second document begins; one is expected"};
            return std::nullopt;
        }
        return builder.take_root();
    } catch (const YAML::Exception& failure) {
        error = explain(failure, source, yaml, builder.unclosed());
        return std::nullopt;
    }
}

}  // namespace config
