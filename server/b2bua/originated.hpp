// What a call remembers that the operator has asked for: whom to call when `from`, who is leg B, has answered. Until
// then, and until that one answers, nobody sits at leg A.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "server/b2bua/attempts.hpp"
#include "server/b2bua/call.hpp"
#include "server/routing/party.hpp"

namespace server {

// One that is called, and by which route.
struct Originated {
    std::string shown;  // as the operator wrote it
    Dialled dialled;
    RouteResult route;
};

struct Call::Origination {
    Originated from;
    Originated to;
    std::string display;
    std::optional<base::Duration> no_answer;
};

}  // namespace server
