// Which shard a message belongs to. Every message of a call has its Call-ID; ours name their shard, the others are
// spread by hash (b2bua/call_id). An INVITE with Replaces goes where the dialog is that it names (RFC 3891); the dialog
// that it makes there may have any Call-ID, so our tag of it names the shard.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace server {

class Shard;

inline constexpr unsigned registrar_shard = 0;  // all REGISTERs are its

// The value of Call-ID (RFC 3261 §8.1.1.4, compact form i), found without parsing the rest; empty: none. Of several
// the first, as the parser does.
std::string_view find_call_id(std::string_view message);
// The shard, below `shards`; nullopt: the message has no Call-ID.
std::optional<unsigned> find_shard(std::string_view message, unsigned shards);

// All shards, by index. Filled before the first of them starts, and only read from then on.
class ShardRouter {
public:
    void add(Shard& shard) { shards_.push_back(&shard); }
    unsigned size() const { return static_cast<unsigned>(shards_.size()); }
    Shard& at(unsigned index) const { return *shards_[index]; }
    // `here` for a message without Call-ID: whoever read it answers it.
    unsigned owner_of(std::string_view message, unsigned here) const;

private:
    std::vector<Shard*> shards_;
};

}  // namespace server
