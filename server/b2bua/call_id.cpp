#include "server/b2bua/call_id.hpp"

#include "base/text.hpp"

namespace server {

// "hf3-k2m9…": the number is the shard. A peer that makes up such a Call-ID only chooses its own shard.
std::string make_call_id(unsigned shard, base::Random& random) {
    return "hf" + std::to_string(shard) + "-" + random.token(24);
}

unsigned shard_of_call_id(std::string_view call_id, unsigned shards) {
    if (call_id.starts_with("hf")) {
        const auto dash = call_id.find('-');
        const auto shard = base::parse_number<unsigned>(call_id.substr(2, dash == call_id.npos ? 0 : dash - 2));
        if (shard && *shard < shards) { return *shard; }
    }
    std::uint64_t hash = 14695981039346656037U;  // FNV-1a: the same on every shard and in every process
    for (const char character : call_id) { hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211U; }
    return static_cast<unsigned>(hash % shards);
}

}  // namespace server
