// The torture messages of RFC 4475 and RFC 5118 in the shared test data, for the tests beside this file.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include "tests/support/places.hpp"

namespace torture {

inline std::filesystem::path folder() { return support::test_data() / "torture"; }

inline std::string read(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

// "wsinv" of RFC 4475 or "ipv6-good" of RFC 5118.
inline std::string message(const std::string& name) {
    const auto old = folder() / "rfc4475" / (name + ".dat");
    return read(std::filesystem::exists(old) ? old : folder() / "rfc5118" / name);
}

}  // namespace torture

// Says so plainly where the data is missing.
#define SKIP_WITHOUT_TORTURE_DATA() \
    if (!std::filesystem::exists(torture::folder())) { GTEST_SKIP() << "no torture messages in " << torture::folder(); }
