// Call-IDs of the dialogs that we open. They carry the shard, so that whoever receives a message of such a dialog knows
// whose it is without a table; a peer's own Call-ID is spread by its hash.
#pragma once

#include <string>
#include <string_view>

#include "base/random.hpp"

namespace server {

std::string make_call_id(unsigned shard, base::Random& random);
// A tag of ours for a dialog whose Call-ID need not say whose it is: one that takes the place of another (RFC 3891)
// goes to that one's shard.
std::string make_tag(unsigned shard, base::Random& random);
// The shard that owns the call of this Call-ID, below `shards`.
unsigned shard_of_call_id(std::string_view call_id, unsigned shards);
// The same of a dialog with this tag of ours, which may be empty.
unsigned shard_of_dialog(std::string_view call_id, std::string_view own_tag, unsigned shards);

}  // namespace server
