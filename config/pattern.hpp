// A regular expression of the configuration (ECMAScript), compiled once and safe to run on what strangers dial: the
// text has a length limit, matching neither recurses nor takes exponential time (it gives up, which counts as no
// match).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace config {

inline constexpr std::size_t max_pattern_length = 1024;
inline constexpr std::size_t max_matched_length = 256;  // longer text matches nothing

class Pattern {
public:
    // Nullopt where `text` is no regular expression; `error` then says why.
    static std::optional<Pattern> compile(std::string_view text, std::string& error);

    // Searched, not matched whole: write anchors.
    bool matches(std::string_view text) const;
    // `text` with its first match replaced; \0 is the whole match, \1 … \9 are groups, \\ a backslash. Nullopt: no
    // match.
    std::optional<std::string> replace(std::string_view text, std::string_view replacement) const;
    // How many groups the expression has.
    std::size_t groups() const;

private:
    struct Compiled;
    explicit Pattern(std::shared_ptr<const Compiled> compiled) : compiled_{std::move(compiled)} {}
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace config
