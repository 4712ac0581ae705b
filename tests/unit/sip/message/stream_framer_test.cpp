// RFC 3261 §18.3, RFC 5626 §3.5.1.
#include "sip/message/stream_framer.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "parser_samples.hpp"

namespace sip {
namespace {

using Kind = StreamFramer::Frame::Kind;

struct Got {
    Kind kind;
    std::string text;
    std::string reason;
    friend bool operator==(const Got&, const Got&) = default;
};

void drain(StreamFramer& framer, std::vector<Got>& out) {
    while (auto frame = framer.next()) { out.push_back({frame->kind, frame->text, std::string{frame->reason}}); }
}

std::vector<Got> frames(std::string_view stream, const Limits& limits = {}) {
    StreamFramer framer{limits};
    std::vector<Got> out;
    framer.push(stream);
    drain(framer, out);
    return out;
}

std::string message(std::string_view body = {}) { return options_with("", body); }

TEST(StreamFramer, CutsMessagesByContentLength) {
    const auto got = frames(message("hello") + message() + message("x"));
    ASSERT_EQ(got.size(), 3u);
    EXPECT_EQ(got[0].text, message("hello"));
    EXPECT_EQ(got[1].text, message());
    EXPECT_EQ(got[2].text, message("x"));
}

TEST(StreamFramer, WaitsForTheRest) {
    StreamFramer framer;
    const auto text = message("hello");
    framer.push(text.substr(0, text.size() - 1));
    EXPECT_FALSE(framer.next());
    EXPECT_TRUE(framer.has_partial_message());
    framer.push(text.substr(text.size() - 1));
    EXPECT_EQ(framer.next()->text, text);
    EXPECT_FALSE(framer.has_partial_message());
}

TEST(StreamFramer, ReadsTheCompactFormAndFolds) {
    EXPECT_EQ(frames(options_head() + "l : 3\r\n\r\nabc")[0].kind, Kind::message);
    EXPECT_EQ(frames(options_head() + "CONTENT-LENGTH:\r\n  3\r\n\r\nabc")[0].kind, Kind::message);
}

TEST(StreamFramer, ToldAPingAnswersIt) {
    const auto got = frames("\r\n\r\n" + message() + "\r\n\r\n\r\n\r\n");
    ASSERT_EQ(got.size(), 4u);
    EXPECT_EQ(got[0].kind, Kind::ping);
    EXPECT_EQ(got[1].text, message());
    EXPECT_EQ(got[2].kind, Kind::ping);
    EXPECT_EQ(got[3].kind, Kind::ping);
}

TEST(StreamFramer, SkipsASingleLineEndBetweenMessages) {
    StreamFramer framer;
    framer.push("\r\n");
    EXPECT_FALSE(framer.next());
    EXPECT_FALSE(framer.has_partial_message());
    framer.push(message());
    EXPECT_EQ(framer.next()->text, message());
}

TEST(StreamFramer, BreaksOffWhereTheLengthCannotBeTold) {
    const auto reason = [](std::string_view fields) {
        const auto got = frames(options_head() + std::string{fields} + "\r\n" + message());
        EXPECT_EQ(got.size(), 1u);
        EXPECT_EQ(got[0].kind, Kind::broken);
        EXPECT_EQ(got[0].text, options_head() + std::string{fields} + "\r\n");
        return got[0].reason;
    };
    EXPECT_EQ(reason(""), "missing Content-Length");
    EXPECT_EQ(reason("Content-Length: -1\r\n"), "malformed Content-Length");
    EXPECT_EQ(reason("Content-Length: 99999999999999999999\r\n"), "malformed Content-Length");
    EXPECT_EQ(reason("Content-Length: 4294967296\r\n"), "message too large");
    EXPECT_EQ(reason("Content-Length: 18446744073709551615\r\n"), "message too large");
    EXPECT_EQ(reason("Content-Length: 5\r\nl: 5\r\n"), "duplicate Content-Length");
    EXPECT_EQ(reason("Content-Length: 5\r\nContent-Length: 9\r\n"), "duplicate Content-Length");
    EXPECT_EQ(reason("X: a\nContent-Length: 5\r\n"), "malformed header line");
}

TEST(StreamFramer, TheBrokenHeadCanBeAnswered) {
    const auto got = frames(options_head() + "Content-Length: -1\r\n\r\n");
    const auto parsed = parse_message(got.at(0).text, true);
    ASSERT_TRUE(parsed.error);
    EXPECT_TRUE(parsed.answerable);
    EXPECT_TRUE(parsed.error->close_stream);
}

TEST(StreamFramer, SaysNothingMoreOnceBroken) {
    StreamFramer framer;
    framer.push(options_head() + "\r\n");
    EXPECT_EQ(framer.next()->kind, Kind::broken);
    framer.push(message());
    EXPECT_FALSE(framer.next());
    EXPECT_FALSE(framer.has_partial_message());
}

TEST(StreamFramer, LimitsTheHead) {
    const auto text = message();
    const Limits at_limit{.message = text.size()};
    const Limits below{.message = text.size() - 1};
    EXPECT_EQ(frames(text, at_limit)[0].kind, Kind::message);
    const auto got = frames(text, below);
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].reason, "head too large");
    EXPECT_EQ(got[0].text, text.substr(0, text.size() - 1));
}

TEST(StreamFramer, LimitsTheWholeMessage) {
    const auto text = message("hello");
    EXPECT_EQ(frames(text, Limits{.message = text.size()})[0].kind, Kind::message);
    EXPECT_EQ(frames(text, Limits{.message = text.size() - 1})[0].reason, "message too large");
}

TEST(StreamFramer, GivesUpOnRubbishWithoutLineEnds) {
    StreamFramer framer{Limits{.message = 1000}};
    framer.push(std::string(1000, 'x'));
    EXPECT_FALSE(framer.next());
    framer.push("x");
    EXPECT_EQ(framer.next()->kind, Kind::broken);
}

TEST(StreamFramer, GivesUpOnABareCarriageReturnInFront) {
    EXPECT_EQ(frames("\rX\r\n\r\n").at(0).kind, Kind::broken);
    EXPECT_EQ(frames("\r\n\rX\r\n\r\n").at(0).kind, Kind::broken);
    EXPECT_EQ(frames("\nX\r\n\r\n").at(0).kind, Kind::broken);
}

TEST(StreamFramer, GivesTheSameFramesHoweverTheStreamIsCut) {
    const std::string stream = "\r\n\r\n" + message("hello") + "\r\n" + message() + "\r\n\r\n" +
                               message("\r\n\r\n\r\n") + "\r\n\r\n\r\n\r\n\r\n" + message("x") +
                               "SIP ;cause\r\nl: 5\r\nl: 5\r\n\r\nrest";
    const auto whole = frames(stream);
    ASSERT_EQ(whole.size(), 9u);
    std::mt19937 random{7};
    for (int round = 0; round < 300; ++round) {
        const std::size_t longest = round == 0 ? 1 : 1 + random() % 200;
        StreamFramer framer;
        std::vector<Got> got;
        for (std::size_t at = 0; at < stream.size();) {
            const auto size = std::min<std::size_t>(1 + random() % longest, stream.size() - at);
            framer.push(std::string_view{stream}.substr(at, size));
            at += size;
            drain(framer, got);
        }
        ASSERT_EQ(got, whole) << "round " << round;
    }
}

TEST(StreamFramer, TakesManyPingsInOnePushInLinearTime) {
    std::string stream;
    for (int i = 0; i < 100'000; ++i) { stream += "\r\n\r\n"; }
    EXPECT_EQ(frames(stream).size(), 100'000u);  // quadratic would take minutes
}

}  // namespace
}  // namespace sip
