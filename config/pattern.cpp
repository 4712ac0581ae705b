#include "config/pattern.hpp"

#include <boost/regex.hpp>

namespace config {

// Boost.Regex rather than std::regex: it keeps its stack on the heap and stops with an error where std::regex would go
// on for exponential time (`(a+)+$`), and its Perl dialect is a superset of ECMAScript's.
struct Pattern::Compiled {
    boost::regex expression;
};

std::optional<Pattern> Pattern::compile(std::string_view text, std::string& error) {
    if (text.size() > max_pattern_length) {
        error = "longer than " + std::to_string(max_pattern_length) + " characters";
        return std::nullopt;
    }
    try {
        boost::regex expression{text.begin(), text.end(), boost::regex::ECMAScript};
        return Pattern{std::make_shared<const Compiled>(Compiled{std::move(expression)})};
    } catch (const boost::regex_error& failure) {
        const auto at = std::max<std::ptrdiff_t>(failure.position(), 0);
        std::string what = failure.what();
        what = what.substr(0, what.find_first_of(".\n"));
        const auto verbose = what.find("  The error occurred");
        error = what.substr(0, verbose) + " at character " + std::to_string(at + 1);
        return std::nullopt;
    }
}

namespace {

bool search(const boost::regex& expression, std::string_view text, boost::cmatch& groups) {
    if (text.size() > max_matched_length) { return false; }
    try {
        return boost::regex_search(text.data(), text.data() + text.size(), groups, expression);
    } catch (const std::runtime_error&) {
        return false;  // too complex for this text: the bound on states was reached
    }
}

}  // namespace

bool Pattern::matches(std::string_view text) const {
    boost::cmatch groups;
    return search(compiled_->expression, text, groups);
}

std::optional<std::string> Pattern::replace(std::string_view text, std::string_view replacement) const {
    boost::cmatch groups;
    if (!search(compiled_->expression, text, groups)) { return std::nullopt; }
    std::string result{groups.prefix().first, groups.prefix().second};
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        const bool escape = replacement[i] == '\\' && i + 1 < replacement.size();
        if (!escape) {
            result += replacement[i];
            continue;
        }
        const char next = replacement[++i];
        if (next >= '0' && next <= '9') {
            result += groups.str(next - '0');
        } else {
            result += next;
        }
    }
    result.append(groups.suffix().first, groups.suffix().second);
    return result;
}

std::size_t Pattern::groups() const { return compiled_->expression.mark_count(); }

}  // namespace config
