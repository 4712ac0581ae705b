// How often operator new ran in this program. The file beside it replaces the operator for all tests of the room.
#pragma once

#include <cstddef>

namespace media::test {

std::size_t allocations();

}  // namespace media::test
