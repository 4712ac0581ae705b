// The process's environment as a value: read once in main, handed on from there.
#pragma once

#include "config/load.hpp"

namespace server::cli {

config::Environment process_environment();

}  // namespace server::cli
