// What the start is told of the machine: its addresses, and whether it is a container.
#pragma once

#include <filesystem>

#include "server/announcement.hpp"

namespace server {

// `root` stands where / does, for tests.
bool in_container(const std::filesystem::path& root);
Machine this_machine();

}  // namespace server
