// RFC 3261 §20.10, §20.20, §25.1.
#include "sip/message/name_addr.hpp"

#include <gtest/gtest.h>

namespace sip {
namespace {

using namespace std::string_view_literals;

NameAddr address(std::string_view text) {
    const auto parsed = NameAddr::parse(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(NameAddr{});
}

TEST(NameAddr, HasDisplayNameUriAndParameters) {
    const NameAddr it = address("\"Bob\" <sip:bob@biloxi.com;lr>;tag=a6c85cf;q=0.5");
    EXPECT_EQ(it.display, "Bob");
    EXPECT_EQ(it.uri.to_string(), "sip:bob@biloxi.com;lr");
    EXPECT_EQ(it.parameters, ";tag=a6c85cf;q=0.5");
    EXPECT_EQ(it.tag(), "a6c85cf");
    EXPECT_EQ(it.parameter("Q"), "0.5");
}

TEST(NameAddr, WithoutBracketsParametersBelongToTheHeader) {
    const NameAddr it = address("sip:bob@biloxi.com;tag=1");
    EXPECT_EQ(it.uri.parameters, "");
    EXPECT_EQ(it.tag(), "1");
}

TEST(NameAddr, WithoutBracketsTheUriHoldsNoQuestionMarkAndNoComma) {  // §20.10
    EXPECT_FALSE(NameAddr::parse("sip:user@example.com?Route=%3Csip:sip.example.com%3E"));
    EXPECT_FALSE(NameAddr::parse("sip:a,b@example.com"));
    EXPECT_TRUE(NameAddr::parse("<sip:a,b@example.com?Route=%3Csip:sip.example.com%3E>"));
}

TEST(NameAddr, UndoesEscapesInTheDisplayName) {
    EXPECT_EQ(address("\"J Rosenberg \\\\\\\"\" <sip:j@a>").display, "J Rosenberg \\\"");
    EXPECT_EQ(address("\"a>b;c,<d\" <sip:j@a>").display, "a>b;c,<d");
    EXPECT_EQ(address("\"NUL:\\\0\" <sip:j@a>"sv).display, "NUL:\0"sv);
}

TEST(NameAddr, WritesADisplayNameThatReadsBackTheSame) {
    for (const std::string_view name :
         {"Bob"sv, "a \"b\" \\c"sv, "\\"sv, "NUL:\0 DEL:\x7f BEL:\a"sv, "J\xc3\xbcrgen"sv}) {
        NameAddr it;
        it.display = name;
        it.uri = *Uri::parse("sip:a@b");
        EXPECT_EQ(address(it.to_string()).display, name);
    }
}

TEST(NameAddr, NeverWritesALineEnd) {
    NameAddr it;
    it.display = "a\r\nEvil: 1";
    it.uri = *Uri::parse("sip:a@b");
    EXPECT_EQ(it.to_string(), "\"a  Evil: 1\" <sip:a@b>");
}

TEST(NameAddr, ReadsUnquotedNamesOfSeveralWords) {
    EXPECT_EQ(address("Bob the Builder <sip:b@c>").display, "Bob the Builder");
    EXPECT_EQ(address("caller<sip:caller@example.com>;tag=323").display, "caller");
    EXPECT_EQ(address("Bell, Alexander <sip:a.g.bell@example.com>;tag=43").display, "Bell, Alexander");
}

TEST(NameAddr, ToleratesBlanksAroundParameters) {
    const NameAddr it = address("\"Quoted \\\"\\\"\" <sip:j@e.com> ; newparam = newvalue ; secondparam ; q = 0.33");
    EXPECT_EQ(it.parameter("newparam"), "newvalue");
    EXPECT_EQ(it.parameter("secondparam"), "");
    EXPECT_EQ(it.parameter("q"), "0.33");
    EXPECT_EQ(address("sip:v@c ;   tag    = 1918181833n").tag(), "1918181833n");
}

TEST(NameAddr, KnowsTheWildcard) {
    EXPECT_TRUE(address("*").wildcard);
    EXPECT_TRUE(address(" * ").wildcard);
    EXPECT_EQ(address("*").to_string(), "*");
    EXPECT_FALSE(NameAddr::parse("*;q=1"));
}

TEST(NameAddr, RefusesWhatIsNone) {
    for (const std::string_view text :
         {"", "<>", "Bob", "\"Mr. J. User <sip:j.user@example.com>", "\"a\"", "\"a\" sip:a@b", "<sip:a@b", "sip:a@b>",
          "\"a\"b <sip:a@b>", "a\"b\" <sip:a@b>", "<sip:a@b>;;", "<sip:a@b>;", "<sip:a@b>x", "<sip:a@b>;tag=\"x",
          "< sip:a@b >", "<<sip:a@b>>", "<sip:a@b>;a=<b>", "sip:a@b c", "<sip:a@b>;a=\"b\"c"}) {
        EXPECT_FALSE(NameAddr::parse(text)) << text;
    }
}

TEST(NameAddr, ParametersAreSetAndRemoved) {
    NameAddr it = address("<sip:a@b>;x=\"1;2\"");
    it.set_parameter("tag", "t1");
    EXPECT_EQ(it.to_string(), "<sip:a@b>;x=\"1;2\";tag=t1");
    it.set_parameter("tag", "t2");
    it.remove_parameter("x");
    EXPECT_EQ(it.to_string(), "<sip:a@b>;tag=t2");
    EXPECT_EQ(it.tag(), "t2");
}

TEST(TagOf, FindsTheTagAndNothingElse) {
    EXPECT_EQ(tag_of("\"a;tag=no\" <sip:b;tag=no@c;tag=no>;x=1;TAG=yes"), "yes");
    EXPECT_EQ(tag_of("sip:a@b;tag=yes"), "yes");
    EXPECT_EQ(tag_of("<sip:a@b>"), "");
    EXPECT_EQ(tag_of("\"a <sip:a@b>;tag=x"), "");
    EXPECT_EQ(tag_of(""), "");
}

TEST(FindParameter, IsNotFooledByQuotes) {
    EXPECT_EQ(find_parameter(";a=\"x;b=1\";b=2", "b"), "2");
    EXPECT_EQ(find_parameter(";a=\"x\\\";b=1\";c", "a"), "\"x\\\";b=1\"");
    EXPECT_EQ(find_parameter(";a=\"x", "b"), std::nullopt);
    EXPECT_EQ(find_parameter("", "a"), std::nullopt);
}

}  // namespace
}  // namespace sip
