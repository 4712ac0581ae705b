// Keys whose values are more than one plain member: listeners, addresses, port ranges, subnets, headers to add.
#pragma once

#include "config/kinds.hpp"

namespace config {

Kind workers();
Kind listeners();
Kind media_addresses();
Kind media_ports();
Kind allowed_sources();
Kind added_headers();
Kind admin_endpoint();
Kind metrics_endpoint();
Kind auth_user();
Kind auth_password();

}  // namespace config
