// Where each user is, as a shard knows it. The registrar tells all shards after each change, one user at a time; what
// it tells is shared and never changed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "server/routing/bindings.hpp"

namespace server {

class ReachableUsers {
public:
    struct Move {  // of one device, from a connection to another way
        std::uint64_t from;
        sip::Flow to;
    };
    std::vector<Move> take(const UserBindings& told);
    // Those that live.
    std::vector<Binding> find(base::Instant now, std::string_view user) const;

private:
    std::map<std::string, std::shared_ptr<const std::vector<Binding>>, std::less<>> by_user_;
};

}  // namespace server
