#include "server/shard_router.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "server/b2bua/call_id.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/replaces.hpp"

namespace server {

namespace {

struct FieldName {
    std::string_view full;  // in lower case
    char compact;           // 0: it has none
};

constexpr FieldName call_id_name{"call-id", 'i'};
constexpr FieldName to_name{"to", 't'};
constexpr FieldName from_name{"from", 'f'};
constexpr FieldName replaces_name{"replaces", 0};

bool is(const FieldName& name, std::string_view text) {
    return text.size() == 1 ? base::to_lower(text[0]) == name.compact : base::iequals(text, name.full);
}

std::string_view without_empty_lines(std::string_view message) {
    while (message.starts_with("\r\n")) { message.remove_prefix(2); }  // §7.5, as the parser does
    return message;
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

// Its value; empty: none. Of several the first, as the parser does.
std::string_view find_field(std::string_view message, const FieldName& name) {
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

}  // namespace

std::string_view find_call_id(std::string_view message) { return find_field(message, call_id_name); }

std::optional<unsigned> find_shard(std::string_view message, unsigned shards) {
    message = without_empty_lines(message);
    const std::string_view call_id = find_call_id(message);
    if (call_id.empty()) { return std::nullopt; }
    const bool is_response = message.starts_with("SIP/2.0");
    const std::string_view own_tag = sip::tag_of(find_field(message, is_response ? from_name : to_name));
    if (own_tag.empty() && message.starts_with("INVITE ")) {
        const auto replaces = sip::Replaces::parse(find_field(message, replaces_name));
        if (replaces) { return shard_of_dialog(replaces->call_id, replaces->to_tag, shards); }
    }
    return shard_of_dialog(call_id, own_tag, shards);
}

unsigned ShardRouter::owner_of(std::string_view message, unsigned here) const {
    if (shards_.size() == 1) { return here; }
    if (without_empty_lines(message).starts_with("REGISTER ")) { return registrar_shard; }
    return find_shard(message, size()).value_or(here);
}

}  // namespace server
