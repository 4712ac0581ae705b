// What the parser takes, and how it hands it on: RFC 3261 §7.
#include "sip/message/parser.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "parser_samples.hpp"

namespace sip {
namespace {

using namespace std::string_view_literals;

Message accepted(std::string_view text) {
    auto parsed = parse_message(text);
    EXPECT_FALSE(parsed.error) << parsed.error->detail << '\n' << text;
    return std::move(parsed.message);
}

std::vector<std::string> values(const Message& message, HeaderId id) {
    std::vector<std::string> found;
    message.for_each(id, [&](std::string_view value) { found.emplace_back(value); });
    return found;
}

TEST(Parser, ReadsARequest) {
    const auto parsed = parse_message(options_with("X-Thing: y\r\n", "hello"));
    ASSERT_FALSE(parsed.error);
    EXPECT_TRUE(parsed.answerable);
    EXPECT_TRUE(parsed.message.is_request());
    EXPECT_EQ(parsed.message.method(), Method::options);
    EXPECT_EQ(parsed.message.request_uri(), "sip:bob@example.com");
    EXPECT_EQ(parsed.message.first("x-thing"), "y");
    EXPECT_EQ(parsed.message.body(), "hello");
}

TEST(Parser, ReadsAResponse) {
    const auto parsed = parse_message(response("SIP/2.0 183 Session \xd0\x9f"));
    ASSERT_FALSE(parsed.error);
    EXPECT_FALSE(parsed.answerable);
    EXPECT_EQ(parsed.message.status(), 183);
    EXPECT_EQ(parsed.message.reason(), "Session \xd0\x9f");
    EXPECT_EQ(parsed.message.method(), Method::invite);
}

TEST(Parser, ReadsAResponseWithoutAPhrase) {
    EXPECT_EQ(accepted(response("SIP/2.0 100 ")).reason(), "");
    EXPECT_EQ(accepted(response("SIP/2.0 100")).status(), 100);
}

TEST(Parser, ReadsTheVersionInAnyCase) {  // §7.1
    EXPECT_EQ(accepted(response("sip/2.0 200 OK")).status(), 200);
}

TEST(Parser, SkipsLineEndsInFrontOfTheStartLine) {  // §7.5
    EXPECT_EQ(accepted("\r\n\r\n" + options_with("")).method(), Method::options);
}

TEST(Parser, UnfoldsEachFoldToOneBlank) {  // §7.3.1
    const Message message = accepted(options_with("Subject: I know  \r\n \t you're there,\r\n\tpick up\r\n  \r\n"));
    EXPECT_EQ(message.first(HeaderId::subject), "I know you're there, pick up");
}

TEST(Parser, AFieldMayBeginOnItsSecondLine) {
    EXPECT_EQ(accepted(options_with("Subject:\r\n lunch\r\n")).first(HeaderId::subject), "lunch");
}

TEST(Parser, TakesBlanksAroundTheColon) {
    EXPECT_EQ(accepted(options_with("Subject  \t:   lunch  \r\n")).first(HeaderId::subject), "lunch");
    EXPECT_EQ(accepted(options_with("Subject:lunch\r\n")).first(HeaderId::subject), "lunch");
    EXPECT_EQ(accepted(options_with("Subject:\r\n")).first(HeaderId::subject), "");
}

TEST(Parser, SplitsCommaListsOutsideOfQuotes) {
    const Message message =
        accepted(options_with("Allow: INVITE,ACK ,, BYE,\r\nWarning: 399 h \"a, b\", 399 h \"c\"\r\n"));
    EXPECT_EQ(values(message, HeaderId::warning), (std::vector<std::string>{"399 h \"a, b\"", "399 h \"c\""}));
    EXPECT_EQ(values(message, HeaderId::allow), (std::vector<std::string>{"INVITE", "ACK", "BYE"}));
}

TEST(Parser, SplitsContactsAndRoutes) {
    const Message message =
        accepted(options_with("m: \"a, \\\"b\" <sip:a,b@c>,<sip:d@e>;q=1 , sip:f@g\r\nRoute: "
                              "<sip:r1;lr>,<sip:r2;lr>\r\nRoute: <sip:r3>\r\n"));
    EXPECT_EQ(values(message, HeaderId::contact),
              (std::vector<std::string>{"\"a, \\\"b\" <sip:a,b@c>", "<sip:d@e>;q=1", "sip:f@g"}));
    EXPECT_EQ(values(message, HeaderId::route), (std::vector<std::string>{"<sip:r1;lr>", "<sip:r2;lr>", "<sip:r3>"}));
}

TEST(Parser, SplitsVias) {
    const Message message = accepted(options_with("v: SIP/2.0/TCP h2;branch=2, SIP/2.0/UDP h3\r\n"));
    EXPECT_EQ(message.count(HeaderId::via), 3u);
}

TEST(Parser, LeavesCommasWhereTheySeparateNothing) {
    const Message message =
        accepted(options_with("Authorization: Digest username=\"a\", realm=\"b\"\r\nDate: Sat, 13 Nov 2010 23:29:00 "
                              "GMT\r\nX-List: a, b\r\n"));
    EXPECT_EQ(message.count(HeaderId::authorization), 1u);
    EXPECT_EQ(message.first(HeaderId::date), "Sat, 13 Nov 2010 23:29:00 GMT");
    EXPECT_EQ(message.first("X-List"), "a, b");
}

TEST(Parser, AnEmptyTokenListIsAFieldWithoutValue) {
    const Message message = accepted(options_with("Supported:\r\nAccept: \r\n"));
    EXPECT_EQ(message.first(HeaderId::supported), "");
    EXPECT_EQ(message.first(HeaderId::accept), "");
}

TEST(Parser, KeepsNamesPlaceAndOrderOfUnknownFields) {
    const Message message = accepted(options_with("X-b: 1\r\nx-A: ;;,,;\r\nX-b: 3\r\n"));
    const auto text = message.to_string();
    EXPECT_NE(text.find("\r\nX-b: 1\r\nx-A: ;;,,;\r\nX-b: 3\r\n"), std::string::npos);
}

TEST(Parser, DropsWhatFollowsTheBodyInADatagram) {  // §18.3
    EXPECT_EQ(accepted(options_with("", "hello") + "INVITE sip:x SIP/2.0\r\n").body(), "hello");
}

TEST(Parser, WithoutContentLengthTheBodyIsTheRestOfTheDatagram) {
    EXPECT_EQ(accepted(options_head() + "\r\nhello").body(), "hello");
    EXPECT_EQ(accepted(options_head() + "\r\n").body(), "");
}

TEST(Parser, TakesLeadingZerosInNumbers) {
    const Message message = accepted(options_head() + "Content-Length: 005\r\n\r\nhello");
    EXPECT_EQ(message.body(), "hello");
}

TEST(Parser, ToleratesALineWithoutAName) {  // BYE of SIP.js 0.9.1
    const Message message =
        accepted(options_with("SIP ;cause=488 ;text=\"Not Acceptable Here\"\r\n: x\r\nnonsense\r\nSubject: s\r\n"));
    EXPECT_EQ(message.first(HeaderId::subject), "s");
    EXPECT_EQ(message.to_string().find("cause"), std::string::npos);
}

TEST(Parser, KeepsAQuotedPairOfNul) {  // RFC 4475 §3.1.1.2
    const auto text = options_with("Contact: \"BEL:\\\a NUL:\\\0 DEL:\\\x7f\" <sip:a@b>\r\n"sv);
    EXPECT_EQ(accepted(text).first(HeaderId::contact), "\"BEL:\\\a NUL:\\\0 DEL:\\\x7f\" <sip:a@b>"sv);
}

TEST(Parser, TakesADateOfOldInExpires) {  // RFC 2543 §6.20
    EXPECT_TRUE(accepted(options_with("Expires: Thu, 01 Dec 1994 16:00:00 GMT\r\n")).first(HeaderId::expires));
}

TEST(Parser, ReadsItsOwnWriting) {
    const auto once =
        accepted(options_with("Allow: A,B\r\nk: a\r\nSupported: b, \"c\r\nSupported:\r\nY: \r\n  y\r\n", "b"))
            .to_string();
    EXPECT_EQ(accepted(once).to_string(), once);
}

TEST(Parser, ReadsItsOwnWritingOfAnUnclosedQuoteInAList) {  // found by fuzz_sip_message
    const Message message =
        accepted(options_with("Allow: A, B\"C, D\r\nAllow: E, F\r\nAccept: <a, b\r\nAccept: c\r\n"));
    const Message again = accepted(message.to_string());
    EXPECT_EQ(values(again, HeaderId::allow), (std::vector<std::string>{"A", "B\"C, D", "E", "F"}));
    EXPECT_EQ(values(again, HeaderId::accept), (std::vector<std::string>{"<a, b", "c"}));
}

TEST(Parser, AcceptsAStreamMessageThatIsExact) { EXPECT_FALSE(parse_message(options_with("", "hello"), true).error); }

}  // namespace
}  // namespace sip
