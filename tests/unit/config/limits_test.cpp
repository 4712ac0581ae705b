#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/expand.hpp"
#include "config/pattern.hpp"
#include "config/tree.hpp"
#include "support.hpp"

namespace config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string complaint(const std::string& yaml) {
    SyntaxError error;
    return parse_tree(yaml, 0, error) ? "" : error.what;
}

TEST(Limits, HoldForTheSizeOfAFile) {
    EXPECT_EQ(complaint("#" + std::string(max_file_size - 1, ' ')), "");
    EXPECT_EQ(complaint("#" + std::string(max_file_size, ' ')), "larger than 4194304 bytes");
}

TEST(Limits, HoldForTheDepthOfNesting) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(complaint(nested(max_depth)), "");
    EXPECT_EQ(complaint(nested(max_depth + 1)), "nested deeper than 16 levels");
    EXPECT_NE(complaint(std::string(100'000, '[')), "");
}

TEST(Limits, HoldForTheNumberOfValues) {
    const auto list = [](std::size_t count) {
        std::string yaml = "[";
        for (std::size_t i = 0; i < count; ++i) { yaml += "1,"; }
        return yaml + "]";
    };
    EXPECT_EQ(complaint(list(max_nodes - 1)), "");
    EXPECT_EQ(complaint(list(max_nodes)), "more than 200000 values");
}

TEST(Limits, CountAnAliasAsOftenAsItIsUsed) {
    std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
    for (char name = 'b'; name < 'm'; ++name) {
        const std::string before(1, static_cast<char>(name - 1));
        bomb += std::string(1, name) + ": &" + name + " [*" + before;
        for (int i = 0; i < 9; ++i) { bomb += ",*" + before; }
        bomb += "]\n";
    }
    EXPECT_EQ(complaint(bomb), "more than 200000 values");
}

TEST(Limits, HoldForTheLengthOfAnExpression) {
    std::string why;
    EXPECT_TRUE(Pattern::compile(std::string(max_pattern_length, 'a'), why));
    EXPECT_FALSE(Pattern::compile(std::string(max_pattern_length + 1, 'a'), why));
    EXPECT_EQ(why, "longer than 1024 characters");
}

TEST(Limits, HoldForTheTextThatIsMatched) {
    std::string why;
    const auto pattern = Pattern::compile("a", why);
    EXPECT_TRUE(pattern->matches(std::string(max_matched_length, 'a')));
    EXPECT_FALSE(pattern->matches(std::string(max_matched_length + 1, 'a')));
}

TEST(Limits, LetNoExpressionTakeExponentialTime) {
    std::string why;
    for (const char* text : {"(a+)+$", "(a|aa)*b$", "(a*)*c", "(.*)(.*)(.*)(.*)(.*)x"}) {
        const auto pattern = Pattern::compile(text, why);
        ASSERT_TRUE(pattern) << text;
        EXPECT_FALSE(pattern->matches(std::string(max_matched_length - 1, 'a') + "!")) << text;
    }
}

TEST(Limits, HoldForTheLengthOfNames) {
    EXPECT_THAT(errors_of("users: { " + std::string(64, 'a') + ": { password: x } }"), IsEmpty());
    EXPECT_EQ(errors_of("users: { " + std::string(65, 'a') + ": { password: x } }").size(), 1U);
}

TEST(Limits, HoldForASecretThatNeverEnds) {
    EXPECT_THAT(errors_of("users: { a: { password: '${file:/dev/zero}' } }"),
                ElementsAre("f.yaml:1:25: users.a.password: /dev/zero is larger than 65536 bytes"));
}

TEST(Limits, HoldForAFileThatNeverEnds) {
    EXPECT_THAT(load({"/dev/zero", {}, {}}).errors, ElementsAre("/dev/zero:1:1: larger than 4194304 bytes"));
}

}  // namespace
}  // namespace config
