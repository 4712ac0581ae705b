#include "server/shard_router.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "server/b2bua/call_id.hpp"

namespace server {

namespace {

bool is_call_id_name(std::string_view name) {
    return name.size() == 1 ? base::to_lower(name[0]) == 'i' : base::iequals(name, "call-id");
}

// The line that begins `text`, folded continuation lines (RFC 3261 §7.3.1) and its end included.
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

std::string_view find_call_id(std::string_view message) {
    while (message.starts_with("\r\n")) { message.remove_prefix(2); }  // §7.5, as the parser does
    const std::size_t start_line_end = message.find('\n');
    if (start_line_end == message.npos) { return {}; }
    message.remove_prefix(start_line_end + 1);
    while (!message.empty() && message.front() != '\r' && message.front() != '\n') {
        const char first = base::to_lower(message.front());
        if (first != 'c' && first != 'i') {
            message.remove_prefix(std::min(message.find('\n'), message.size() - 1) + 1);
            continue;
        }
        const std::string_view line = first_line(message);
        const std::size_t colon = line.find(':');
        if (colon != line.npos && is_call_id_name(base::trim(line.substr(0, colon)))) {
            return base::trim(line.substr(colon + 1));
        }
        message.remove_prefix(line.size());
    }
    return {};
}

unsigned ShardRouter::owner_of(std::string_view message, unsigned here) const {
    if (shards_.size() == 1) { return here; }
    const std::string_view call_id = find_call_id(message);
    return call_id.empty() ? here : shard_of_call_id(call_id, size());
}

}  // namespace server
