// A binding as operators see it. Copied out of a shard, never shared.
#pragma once

#include <string>

#include "server/routing/bindings.hpp"

namespace server {

struct RegistrationView {
    std::string user;
    Binding binding;
};

}  // namespace server
