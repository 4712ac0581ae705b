// Where tests find the sources and the shared test data. Only places.cpp depends on where the checkout lies, so that a
// compiler cache serves all checkouts.
#pragma once

#include <filesystem>

namespace support {

std::filesystem::path source_dir();
// HOLDFAST_TEST_DATA, else ../shared/data beside the checkout. May not exist: then the test says so and skips.
std::filesystem::path test_data();

}  // namespace support
