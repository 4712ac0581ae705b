// Which call of a shard: a number that is never used again.
#pragma once

#include "base/strong_id.hpp"

namespace server {

using CallKey = base::StrongId<struct CallTag>;

}  // namespace server
