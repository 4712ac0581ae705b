#include "server/b2bua/call_id.hpp"

#include <optional>

#include "base/text.hpp"

namespace server {
namespace {

// "hf3-": the number is the shard.
std::string mark_of(unsigned shard) { return "hf" + std::to_string(shard) + "-"; }

std::optional<unsigned> marked_shard(std::string_view text, unsigned shards) {
    if (!text.starts_with("hf")) { return std::nullopt; }
    const auto dash = text.find('-');
    const auto shard = base::parse_number<unsigned>(text.substr(2, dash == text.npos ? 0 : dash - 2));
    return shard && *shard < shards ? shard : std::nullopt;
}

}  // namespace

// "hf3-k2m9…": the number is the shard. A peer that makes up such a Call-ID only chooses its own shard.
std::string make_call_id(unsigned shard, base::Random& random) { return mark_of(shard) + random.token(24); }

std::string make_tag(unsigned shard, base::Random& random) { return mark_of(shard) + random.token(12); }

unsigned shard_of_call_id(std::string_view call_id, unsigned shards) {
    if (const auto shard = marked_shard(call_id, shards)) { return *shard; }
    std::uint64_t hash = 14695981039346656037U;  // FNV-1a: the same on every shard and in every process
    for (const char character : call_id) { hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211U; }
    return static_cast<unsigned>(hash % shards);
}

unsigned shard_of_dialog(std::string_view call_id, std::string_view own_tag, unsigned shards) {
    if (const auto shard = marked_shard(own_tag, shards)) { return *shard; }
    return shard_of_call_id(call_id, shards);
}

}  // namespace server
