#include "sip/message/field_lines.hpp"

#include "base/text.hpp"
#include "sip/message/chars.hpp"

namespace sip {
namespace {

bool is_blank_at(std::string_view text, std::size_t at) { return at < text.size() && base::is_blank(text[at]); }

// A line whose name or colon is missing. It may be skipped if it is text; control bytes are no slip of a pen.
FieldLine odd_line(std::string_view line) {
    for (const char c : line) {
        if (!chars::is(c, chars::printable) && c != '\r' && c != '\n') { return {FieldLine::Kind::broken, {}, {}}; }
    }
    return {FieldLine::Kind::odd, {}, {}};
}

FieldLine split_line(std::string_view line, bool folded) {
    std::size_t name_end = 0;
    while (name_end < line.size() && chars::is(line[name_end], chars::token)) { ++name_end; }
    std::size_t colon = name_end;
    while (is_blank_at(line, colon)) { ++colon; }
    if (name_end == 0 || colon == line.size() || line[colon] != ':') { return odd_line(line); }
    return {FieldLine::Kind::field, line.substr(0, name_end), line.substr(colon + 1), folded};
}

}  // namespace

std::size_t end_of_line(std::string_view text, std::size_t at) {
    const auto end = text.find('\n', at);
    if (end == text.npos || end == at || text[end - 1] != '\r') { return text.npos; }
    return text.find('\r', at) == end - 1 ? end - 1 : text.npos;
}

FieldLine FieldLineReader::next() {
    const auto begin = at_;
    auto end = end_of_line(text_, begin);
    if (end == text_.npos || is_blank_at(text_, begin)) { return {FieldLine::Kind::broken, {}, {}}; }
    at_ = end + 2;
    if (end == begin) { return {FieldLine::Kind::end, {}, {}}; }
    bool folded = false;
    while (is_blank_at(text_, at_)) {
        folded = true;
        end = end_of_line(text_, at_);
        if (end == text_.npos) { return {FieldLine::Kind::broken, {}, {}}; }
        at_ = end + 2;
    }
    return split_line(text_.substr(begin, end - begin), folded);
}

std::optional<std::size_t> parse_content_length(std::string_view value) {
    return base::parse_number<std::size_t>(base::trim(value));
}

}  // namespace sip
