#include "config/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/keys.hpp"
#include "support.hpp"
#include "tests/support/places.hpp"

namespace config {
namespace {

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(Reference, IsWhatTheDocumentationHolds) {
    EXPECT_EQ(content_of(support::source_dir() / "docs/configuration.md"), reference())
        << "holdfast config-reference > docs/configuration.md";
}

TEST(Reference, NamesEveryKey) {
    const std::string page = reference();
    for (const Key& key : make_keys()) { EXPECT_THAT(page, testing::HasSubstr("| `" + key.path + "` | ")); }
}

TEST(Examples, AllLoad) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{support::source_dir() / "docs/examples"}) {
        if (entry.path().extension() != ".yaml") { continue; }
        ++count;
        const Environment environment{
            {"ALICE_PASSWORD", "a"}, {"CARRIER_PASSWORD", "c"}, {"HOLDFAST_ADMIN_TOKEN", "t"}};
        EXPECT_THAT(load({entry.path().string(), {}, environment}).errors, testing::IsEmpty()) << entry.path();
    }
    EXPECT_GE(count, 3U);
}

}  // namespace
}  // namespace config
