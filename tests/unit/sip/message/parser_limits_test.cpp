// Each limit of the parser at the limit and one past it, and that time grows no faster than the text.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

#include "parser_samples.hpp"
#include "sip/message/parser.hpp"

namespace sip {
namespace {

std::optional<int> status_of(const std::string& text, const Limits& limits = {}) {
    const auto parsed = parse_message(text, false, limits);
    return parsed.error ? std::optional{parsed.error->status} : std::nullopt;
}

std::string of_size(std::size_t size) {
    const auto head = options_with("", std::string(10000, 'x')).size() - 10000;
    auto text = options_with("", std::string(size - head, 'x'));
    return text.size() == size ? text : options_with("", std::string(size - head - (text.size() - size), 'x'));
}

TEST(ParserLimits, Message) {
    const Limits limits;
    ASSERT_EQ(of_size(limits.message).size(), limits.message);
    EXPECT_EQ(status_of(of_size(limits.message)), std::nullopt);
    EXPECT_EQ(status_of(of_size(limits.message + 1)), 513);
    EXPECT_TRUE(parse_message(of_size(limits.message + 1)).answerable);
}

TEST(ParserLimits, HeaderFields) {
    const Limits limits;
    const auto with_fields = [](std::size_t count) {
        std::string fields;
        for (std::size_t i = 6; i < count; ++i) { fields += "Y: z\r\n"; }
        return options_with(fields);
    };
    EXPECT_EQ(parse_message(with_fields(limits.header_fields)).message.header_count(), limits.header_fields);
    EXPECT_EQ(status_of(with_fields(limits.header_fields)), std::nullopt);
    EXPECT_EQ(status_of(with_fields(limits.header_fields + 1)), 513);
}

TEST(ParserLimits, HeaderFieldsCountElementsOfLists) {
    const Limits limits;
    std::string list = "Allow: A";
    for (std::size_t i = 7; i < limits.header_fields; ++i) { list += ",A"; }
    EXPECT_EQ(status_of(options_with(list + "\r\n")), std::nullopt);
    EXPECT_EQ(status_of(options_with(list + ",A\r\n")), 513);
}

TEST(ParserLimits, HeaderValue) {
    const Limits limits;
    EXPECT_EQ(status_of(options_with("Y: " + std::string(limits.header_value, 'y') + "\r\n")), std::nullopt);
    EXPECT_EQ(status_of(options_with("Y: " + std::string(limits.header_value + 1, 'y') + "\r\n")), 513);
    EXPECT_EQ(status_of(options_with(std::string(limits.header_value, 'Y') + ": z\r\n")), std::nullopt);
    EXPECT_EQ(status_of(options_with(std::string(limits.header_value + 1, 'Y') + ": z\r\n")), 513);
}

TEST(ParserLimits, RequestUri) {
    const Limits limits;
    const auto with_uri = [](std::size_t size) {
        return with_start_line("OPTIONS sip:" + std::string(size - 6, 'u') + "@h SIP/2.0");
    };
    EXPECT_EQ(status_of(with_uri(limits.uri)), std::nullopt);
    EXPECT_EQ(status_of(with_uri(limits.uri + 1)), 414);
}

TEST(ParserLimits, AreThoseGiven) {
    EXPECT_EQ(status_of(options_with(""), Limits{.message = 64}), 513);
    EXPECT_EQ(status_of(options_with(""), Limits{.header_fields = 5}), 513);
    EXPECT_EQ(status_of(options_with(""), Limits{.header_value = 8}), 513);
    EXPECT_EQ(status_of(options_with(""), Limits{.uri = 18}), 414);
}

// Processor time of parsing `size` bytes of `unit` behind `front`, the least of several tries: noise only ever adds.
double seconds(std::string_view front, std::string_view unit, std::size_t size) {
    std::string text = options_head() + std::string{front};
    while (text.size() < size) { text += unit; }
    text += "\r\n\r\n";
    const Limits open{1 << 20, 1 << 20, 1 << 20, 1 << 20};
    double least = 1e9;
    for (int i = 0; i < 15; ++i) {
        const std::clock_t begin = std::clock();
        for (int repeat = 0; repeat < 4; ++repeat) { (void)parse_message(text, false, open); }
        least = std::min(least, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
    }
    return least;
}

void expect_linear(std::string_view front, std::string_view unit) {
    constexpr int attempts = 3;  // somebody else may have the caches meanwhile
    double half = 0;
    double whole = 0;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        half = seconds(front, unit, 32 * 1024);
        whole = seconds(front, unit, 64 * 1024);
        if (whole <= 3 * half + 0.0005) { return; }
    }
    ADD_FAILURE() << front << unit << ": " << half << " s, " << whole << " s";
}

TEST(ParserTime, IsLinearInLists) {
    expect_linear("Supported: a", ",");
    expect_linear("Supported: a", ",a");
    expect_linear("Contact: <sip:a@b>", ",<sip:a@b>");
    expect_linear("Contact: <sip:a@b>", ",");
}

TEST(ParserTime, IsLinearInParameters) {
    expect_linear("Contact: <sip:a@b>", ";");
    expect_linear("Contact: <sip:a@b>", ";a");
    expect_linear("Contact: <sip:a@b>;a=\"", ";\\\"");
    expect_linear("Contact: <sip:a@b", ";a");
}

TEST(ParserTime, IsLinearInVias) {
    expect_linear("Via: SIP/2.0/UDP h", ",SIP/2.0/UDP h");
    expect_linear("Via: SIP/2.0/UDP h", "\r\nv:SIP/2.0/UDP h");
}

TEST(ParserTime, IsLinearInFolds) {
    expect_linear("Subject: x", "\r\n ");
    expect_linear("Subject: x", " \r\n y");
    expect_linear("Subject: x", " ");
}

TEST(ParserTime, IsLinearInQuotesAndEscapes) {
    expect_linear("Contact: \"", "\\\"");
    expect_linear("Contact: \"", "\\");
    expect_linear("Contact: ", "\"");
    expect_linear("Contact: ", "<");
    expect_linear("Contact: sip:", "%41");
    expect_linear("Subject: ", std::string_view{"\\\0", 2});
}

TEST(ParserTime, IsLinearInLinesWithoutAName) {
    expect_linear("X: y", "\r\n:");
    expect_linear("X: y", "\r\na");
}

}  // namespace
}  // namespace sip
