// What was found wrong, and where: collects errors and warnings of one load, in the order of the sources and their
// lines.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/tree.hpp"

namespace config {

class Report {
public:
    // Returns the index for Mark::source; `name` opens the message.
    std::size_t add_source(std::string name);
    const std::string& source(Mark mark) const { return sources_[mark.source]; }

    void error(Mark mark, std::string_view key, std::string_view what);
    void warn(Mark mark, std::string_view key, std::string_view what);

    // Remembers where `key` was written, for checks that look at several keys after all were read.
    void place(const std::string& key, Mark mark) { places_.insert_or_assign(key, mark); }
    // Where `key` was written, else where what it is part of was.
    Mark mark_of(std::string_view key) const;
    // Nothing where an error of this key was reported already: it would be the consequence.
    void error_at(std::string_view key, std::string_view what);
    void warn_at(std::string_view key, std::string_view what) { warn(mark_of(key), key, what); }

    std::vector<std::string> errors() const { return lines(errors_); }
    std::vector<std::string> warnings() const { return lines(warnings_); }

private:
    struct Finding {
        Mark mark;
        std::string text;
    };
    Finding finding(Mark mark, std::string_view key, std::string_view what) const;
    static std::vector<std::string> lines(std::vector<Finding> findings);

    std::vector<std::string> sources_;
    std::vector<Finding> errors_;
    std::vector<Finding> warnings_;
    std::map<std::string, Mark, std::less<>> places_;
    std::set<std::string, std::less<>> wrong_;
};

// One value on its way into the configuration: where complaints about it go.
struct Place {
    Report& report;
    std::string key;

    // `what` and what is expected instead.
    void error(const Node& node, std::string_view what, std::string_view expected) const;
};

// For messages: in quotes, as written (what stands behind ${…} is never shown), shortened, without control characters.
std::string in_quotes(std::string_view text);
// "a list", "nothing", or the text in quotes.
std::string shown(const Node& node);

}  // namespace config
