// The server in the foreground: from a configuration to calls, until it is told to leave.
#pragma once

#include "config/load.hpp"

namespace server {

// Exit codes: 0 it left as it was told to, 1 it could not run (a busy port), 2 the configuration is bad.
// SIGTERM and SIGINT drain, a second one leaves at once, SIGHUP reloads. Takes over these signals and SIGPIPE.
int serve(const config::Source& source);

}  // namespace server
