#include "tests/support/places.hpp"

#include <cstdlib>

namespace support {

std::filesystem::path source_dir() { return HOLDFAST_SOURCE_DIR; }

std::filesystem::path test_data() {
    const char* const chosen = std::getenv("HOLDFAST_TEST_DATA");
    return chosen != nullptr ? std::filesystem::path{chosen} : source_dir() / "../shared/data";
}

}  // namespace support
