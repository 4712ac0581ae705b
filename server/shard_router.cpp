#include "server/shard_router.hpp"

#include "server/b2bua/call_id.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/raw_field.hpp"
#include "sip/message/replaces.hpp"

namespace server {

std::string_view find_call_id(std::string_view message) { return sip::find_raw_field(message, sip::raw_call_id); }

std::optional<unsigned> find_shard(std::string_view message, unsigned shards) {
    message = sip::without_empty_lines(message);
    const std::string_view call_id = find_call_id(message);
    if (call_id.empty()) { return std::nullopt; }
    const bool is_response = message.starts_with("SIP/2.0");
    const std::string_view own_tag =
        sip::tag_of(sip::find_raw_field(message, is_response ? sip::raw_from : sip::raw_to));
    if (own_tag.empty() && message.starts_with("INVITE ")) {
        const auto replaces = sip::Replaces::parse(sip::find_raw_field(message, sip::raw_replaces));
        if (replaces) { return shard_of_dialog(replaces->call_id, replaces->to_tag, shards); }
    }
    return shard_of_dialog(call_id, own_tag, shards);
}

unsigned ShardRouter::owner_of(std::string_view message, unsigned here) const {
    if (shards_.size() == 1) { return here; }
    if (sip::without_empty_lines(message).starts_with("REGISTER ")) { return registrar_shard; }
    return find_shard(message, size()).value_or(here);
}

}  // namespace server
