// What became of a call in a turn, told by how a list shows it before and after.
#pragma once

#include <memory>
#include <vector>

#include "server/b2bua/event.hpp"

namespace server {

// Is it over, as far as anybody who watches is concerned? Its last transactions may go on for a while.
bool is_over(const CallBrief& call);
// `before`: null for a call that has just begun. `end` counts where the call is over now and was not before; after that
// nothing more is told of it.
void append_events(const CallBrief* before, const std::shared_ptr<const CallBrief>& after, base::Instant now,
                   const CallEnd& end, std::vector<Event>& out);

}  // namespace server
