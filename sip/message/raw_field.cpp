#include "sip/message/raw_field.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sip {
namespace {

bool is(const RawName& name, std::string_view text) {
    return text.size() == 1 ? base::to_lower(text[0]) == name.compact : base::iequals(text, name.full);
}

// The line that begins `text`, folded continuation lines and its end included.
std::string_view first_line(std::string_view text) {
    std::size_t end = 0;
    do {
        end = text.find('\n', end);
        if (end == text.npos) { return text; }
        ++end;
    } while (end < text.size() && base::is_blank(text[end]));
    return text.substr(0, end);
}

}  // namespace

std::string_view without_empty_lines(std::string_view message) {
    while (message.starts_with("\r\n")) { message.remove_prefix(2); }  // as the parser does
    return message;
}

std::string_view find_raw_field(std::string_view message, const RawName& name) {
    message = without_empty_lines(message);
    const std::size_t start_line_end = message.find('\n');
    if (start_line_end == message.npos) { return {}; }
    message.remove_prefix(start_line_end + 1);
    while (!message.empty() && message.front() != '\r' && message.front() != '\n') {
        const char first = base::to_lower(message.front());
        if (first != name.full[0] && first != name.compact) {
            message.remove_prefix(std::min(message.find('\n'), message.size() - 1) + 1);
            continue;
        }
        const std::string_view line = first_line(message);
        const std::size_t colon = line.find(':');
        if (colon != line.npos && is(name, base::trim(line.substr(0, colon)))) {
            return base::trim(line.substr(colon + 1));
        }
        message.remove_prefix(line.size());
    }
    return {};
}

}  // namespace sip
