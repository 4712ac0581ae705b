#include "server/http/target.hpp"

#include <gtest/gtest.h>

namespace server::http {
namespace {

using Path = std::vector<std::string>;

TEST(Target, IsCutIntoPathAndQuery) {
    const auto target = Target::parse("/api/v1/calls?limit=10&after=a%2fb&flag");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, (Path{"api", "v1", "calls"}));
    EXPECT_EQ(target->query, (std::map<std::string, std::string>{{"limit", "10"}, {"after", "a/b"}, {"flag", ""}}));
}

TEST(Target, KeepsAnEscapedSlashInsideItsSegment) {
    EXPECT_EQ(Target::parse("/calls/a%2Fb")->path, (Path{"calls", "a/b"}));
    EXPECT_EQ(Target::parse("/")->path, Path{});
    EXPECT_EQ(Target::parse("/?")->path, Path{});
    EXPECT_EQ(Target::parse("/a//b")->path, (Path{"a", "", "b"}));
}

TEST(Target, RefusesWhatItCannotRead) {
    for (const char* text :
         {"", "calls", "http://x/", "/%", "/%4", "/%zz", "/%+1", "/a%00b", "/x?a=1&a=2", "/x?%g=1"}) {
        EXPECT_FALSE(Target::parse(text)) << text;
    }
}

}  // namespace
}  // namespace server::http
