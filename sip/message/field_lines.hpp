// The lines of a message head, shared by parser and stream framer: both must see the same fields at the same places,
// or a message could be smuggled past one of them (RFC 3261 §7.3, §25.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sip {

struct FieldLine {
    enum class Kind : std::uint8_t {
        field,
        odd,    // printable, but without a name or a colon: SIP.js 0.9.1 writes "SIP ;cause=488"; to be skipped
        end,    // the empty line
        broken  // bare CR or LF, a control byte in the name, a continuation of nothing, or no end of line
    };
    Kind kind;
    std::string_view name;
    std::string_view value;  // as it came: blanks and folds included
    bool folded = false;
};

class FieldLineReader {
public:
    // `text` from the first byte behind the start line.
    explicit FieldLineReader(std::string_view text) : text_{text} {}

    FieldLine next();
    std::size_t offset() const { return at_; }  // behind the line read last

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

// The end of the line that begins at `at`, before its CRLF; npos for a bare CR or LF and for none.
std::size_t end_of_line(std::string_view text, std::size_t at);

// The one number of a Content-Length value: digits and nothing else.
std::optional<std::size_t> parse_content_length(std::string_view value);

}  // namespace sip
