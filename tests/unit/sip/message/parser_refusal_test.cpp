// What the parser refuses, with which answer: RFC 3261 §8.2, §18.3, §21.4, §21.5; RFC 4475.
#include <gtest/gtest.h>

#include "parser_samples.hpp"
#include "sip/message/parser.hpp"

namespace sip {
namespace {

using namespace std::string_view_literals;

struct Refusal {
    ParseFault fault;
    int status;
    bool answerable;
    bool close_stream;
    friend bool operator==(const Refusal&, const Refusal&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Refusal& it) {
        return out << to_text(it.fault) << ' ' << it.status << (it.answerable ? " answerable" : "")
                   << (it.close_stream ? " closes" : "");
    }
};

std::optional<Refusal> refusal(std::string_view text, bool from_stream = false) {
    const auto parsed = parse_message(text, from_stream);
    if (!parsed.error) { return std::nullopt; }
    EXPECT_FALSE(parsed.error->detail.empty());
    return Refusal{parsed.error->fault, parsed.error->status, parsed.answerable, parsed.error->close_stream};
}

constexpr Refusal start_line{ParseFault::start_line, 400, true, false};
constexpr Refusal version{ParseFault::version, 505, true, false};
constexpr Refusal bad_value{ParseFault::bad_value, 400, true, false};
constexpr Refusal duplicate{ParseFault::duplicate_header, 400, true, false};
constexpr Refusal mismatch{ParseFault::method_mismatch, 400, true, false};
constexpr Refusal length{ParseFault::content_length, 400, true, true};
constexpr Refusal syntax{ParseFault::header_syntax, 400, true, true};

Refusal mute(Refusal it) {
    it.answerable = false;
    return it;
}

TEST(ParserRefusal, OfBrokenRequestLines) {
    EXPECT_EQ(refusal(with_start_line("OPTIONS")), start_line);
    EXPECT_EQ(refusal(with_start_line("OPTIONS sip:a@b")), start_line);
    EXPECT_EQ(refusal(with_start_line("OPTIONS  SIP/2.0")), start_line);
    EXPECT_EQ(refusal(with_start_line("OPTIONS sip:a@b HTTP/1.1")), start_line);
    EXPECT_EQ(refusal(with_start_line("OPTIONS sip:a@b SIP/2.0 ")), start_line);
    EXPECT_EQ(refusal(with_start_line(" OPTIONS sip:a@b SIP/2.0")), start_line);
    EXPECT_EQ(refusal(with_start_line("OPT(IONS sip:a@b SIP/2.0")), start_line);
    EXPECT_EQ(refusal(with_start_line("OPTIONS  sip:a@b SIP/2.0")), bad_value);
    EXPECT_EQ(refusal(with_start_line("OPTIONS sip:a@b\tSIP/2.0")), start_line);
}

TEST(ParserRefusal, OfOtherVersions) {
    EXPECT_EQ(refusal(with_start_line("OPTIONS sip:a@b SIP/7.0")), version);
    EXPECT_EQ(refusal(with_start_line("OPTIONS sip:a@b SIP/2.0.1")), version);
    EXPECT_EQ(refusal(response("SIP/3.0 200 OK")), mute(version));
}

TEST(ParserRefusal, OfRequestUris) {
    EXPECT_EQ(refusal(with_start_line("OPTIONS <sip:a@b> SIP/2.0")), bad_value);
    EXPECT_EQ(refusal(with_start_line("OPTIONS sip:a@b; lr SIP/2.0")), bad_value);
    EXPECT_EQ(refusal(with_start_line("OPTIONS sip:2001:db8::10 SIP/2.0")), bad_value);
    EXPECT_EQ(refusal(with_start_line("OPTIONS sip:a@b?Route=%3Csip:c%3E SIP/2.0")), bad_value);
    EXPECT_EQ(refusal(with_start_line("OPTIONS * SIP/2.0")), bad_value);
    EXPECT_EQ(refusal(with_start_line("OPTIONS unknown:scheme SIP/2.0")), std::nullopt);
}

TEST(ParserRefusal, OfStatusLines) {
    for (const std::string_view line : {"SIP/2.0 4294967301 x", "SIP/2.0 20 OK", "SIP/2.0 099 x", "SIP/2.0 700 x",
                                        "SIP/2.0 -20 x", "SIP/2.0", "SIP/2.0 ", "SIP/2.0  200 OK", "SIP/2.0 2x0 OK"}) {
        EXPECT_EQ(refusal(response(line)), mute(start_line)) << line;
        EXPECT_EQ(parse_message(response(line)).message.status(), -1) << line;
    }
    EXPECT_EQ(refusal(response("SIP/2.0 200 O\0K"sv)), mute(start_line));
}

TEST(ParserRefusal, OfMissingFields) {
    for (const std::string_view name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
        const bool answerable = name != "Via" && name != "CSeq";
        EXPECT_EQ(refusal(options_replacing(name, "")), (Refusal{ParseFault::missing_header, 400, answerable, false}))
            << name;
    }
    EXPECT_EQ(refusal(options_replacing("Max-Forwards", "")), std::nullopt);
}

TEST(ParserRefusal, OfDuplicateFields) {
    for (const std::string_view line : {"From: <sip:e@f>;tag=2", "To: <sip:e@f>", "i: c2", "CSeq: 1 OPTIONS",
                                        "Max-Forwards: 1", "Content-Type: a/b\r\nc: a/b", "Expires: 1\r\nExpires: 1"}) {
        EXPECT_EQ(refusal(options_replacing("Max-Forwards", "Max-Forwards: 70\r\n" + std::string{line} + "\r\n")),
                  duplicate)
            << line;
    }
}

TEST(ParserRefusal, OfMalformedValues) {
    EXPECT_EQ(refusal(options_replacing("Via", "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n")), mute(bad_value));
    EXPECT_EQ(refusal(options_replacing("Via", "Via: SIP/2.0/UDP h;branch=z9hG4bK1,\r\n")), bad_value);
    EXPECT_EQ(refusal(options_replacing("To", "To: \"Mr. J. User <sip:j.user@example.com>\r\n")), bad_value);
    EXPECT_EQ(refusal(options_replacing("To", "To: *\r\n")), bad_value);
    EXPECT_EQ(refusal(options_replacing("To", "To: \"W\" < sip:t.watson@example.org >\r\n")), bad_value);
    EXPECT_EQ(refusal(options_replacing("From", "From: <>;tag=1\r\n")), bad_value);
    EXPECT_EQ(refusal(options_replacing("Call-ID", "Call-ID:\r\n")), bad_value);
    EXPECT_EQ(refusal(options_with("Contact: \"Joe\" <sip:joe@example.org>;;;;\r\n")), bad_value);
    EXPECT_EQ(refusal(options_with("Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\r\n")), bad_value);
    EXPECT_EQ(refusal(options_with("Contact: <sip:a@b>,,<sip:c@d>\r\n")), bad_value);
    EXPECT_EQ(refusal(options_with("Route: sip:a@b\r\n")), bad_value);
    EXPECT_EQ(refusal(options_with("Record-Route: <sip:a@b\r\n")), bad_value);
}

TEST(ParserRefusal, OfNumbersThatDoNotFit) {
    EXPECT_EQ(refusal(options_replacing("CSeq", "CSeq: 36893488147419103232 OPTIONS\r\n")), bad_value);
    EXPECT_EQ(refusal(options_replacing("CSeq", "CSeq: 2147483648 OPTIONS\r\n")), bad_value);
    EXPECT_EQ(refusal(options_replacing("CSeq", "CSeq: 2147483647 OPTIONS\r\n")), std::nullopt);
    EXPECT_EQ(refusal(options_replacing("Max-Forwards", "Max-Forwards: 255\r\n")), std::nullopt);
    EXPECT_EQ(refusal(options_replacing("Max-Forwards", "Max-Forwards: 256\r\n")), bad_value);
    EXPECT_EQ(refusal(options_replacing("Max-Forwards", "Max-Forwards: -1\r\n")), bad_value);
    EXPECT_EQ(refusal(options_replacing("Max-Forwards", "Max-Forwards:\r\n")), bad_value);
    EXPECT_EQ(refusal(options_with("Expires: 4294967295\r\n")), std::nullopt);
    EXPECT_EQ(refusal(options_with("Expires: 4294967296\r\n")), bad_value);
}

TEST(ParserRefusal, OfAMethodThatDiffersFromCSeq) {
    EXPECT_EQ(refusal(options_replacing("CSeq", "CSeq: 1 INVITE\r\n")), mismatch);
    EXPECT_EQ(refusal(options_replacing("CSeq", "CSeq: 1 options\r\n")), mismatch);
    EXPECT_EQ(refusal(with_start_line("NEWMETHOD sip:a@b SIP/2.0", "INVITE")), mismatch);
    EXPECT_EQ(refusal(with_start_line("NEWMETHOD sip:a@b SIP/2.0", "OTHERMETHOD")), mismatch);
}

TEST(ParserRefusal, OfContentLengths) {
    for (const std::string_view value :
         {"-999", "+0", "0x0", "", "0 0", "0,0", "18446744073709551616", "4294967296", "1"}) {
        const auto text = options_head() + "Content-Length: " + std::string{value} + "\r\n\r\n";
        EXPECT_EQ(refusal(text), length) << value;
        EXPECT_EQ(refusal(text, true), length) << value;
    }
}

TEST(ParserRefusal, OfTwoContentLengthsEvenIfEqual) {
    EXPECT_EQ(refusal(options_with("Content-Length: 0\r\n")), length);
    EXPECT_EQ(refusal(options_with("l: 0\r\n"), true), length);
}

TEST(ParserRefusal, OfStreamMessagesWithoutExactLength) {
    EXPECT_EQ(refusal(options_head() + "\r\n", true), length);
    EXPECT_EQ(refusal(options_with("", "hello") + "x", true), length);
}

TEST(ParserRefusal, OfBareLineEndsAndControls) {
    // A proxy in front may have taken the same bytes for one field: RFC 3261 §25.1 knows CRLF only.
    EXPECT_EQ(refusal(options_with("Subject: a\nRoute: <sip:evil>\r\n")), syntax);
    EXPECT_EQ(refusal(options_with("Subject: a\rRoute: <sip:evil>\r\n")), syntax);
    EXPECT_EQ(refusal(options_with("Subject: a\0b\r\n"sv)), syntax);
    EXPECT_EQ(refusal(options_with("Subject: a\\\\\0b\r\n"sv)), syntax);
    EXPECT_EQ(refusal(options_with("Sub\0ject: a\r\n"sv)), syntax);
}

TEST(ParserRefusal, OfHeadsWithoutEnd) {
    EXPECT_EQ(refusal(options_head()), syntax);
    EXPECT_EQ(refusal(options_head() + "Subject: x"), syntax);
    EXPECT_EQ(refusal("OPTIONS sip:a@b SIP/2.0\r\n"), mute(syntax));
    EXPECT_EQ(refusal("OPTIONS sip:a@b SIP/2.0"), mute(start_line));
    EXPECT_EQ(refusal(""), mute(start_line));
    EXPECT_EQ(refusal("\r\n\r\n"), mute(start_line));
}

TEST(ParserRefusal, OfAContinuationOfNothing) {
    EXPECT_EQ(refusal("OPTIONS sip:a@b SIP/2.0\r\n Via: x\r\n\r\n"), mute(syntax));
}

TEST(ParserRefusal, KeepsWhatAnAnswerNeeds) {
    const auto parsed = parse_message(options_replacing("CSeq", "CSeq: 99999999999 OPTIONS\r\n"));
    EXPECT_TRUE(parsed.answerable);
    EXPECT_EQ(parsed.message.first(HeaderId::via), "SIP/2.0/UDP h.example.com;branch=z9hG4bK1");
    EXPECT_EQ(parsed.message.first(HeaderId::cseq), "99999999999 OPTIONS");
}

TEST(ParserRefusal, AResponseIsForgivenWhatDoesNotMatchIt) {
    auto text = response("SIP/2.0 200 OK");
    text.insert(text.find("Content-Length"), "Expires: 1\r\nExpires: 99999999999\r\nMax-Forwards: 999\r\n");
    EXPECT_EQ(refusal(text), std::nullopt);
}

TEST(ParseFault, HasALabelEach) {
    EXPECT_EQ(to_text(ParseFault::start_line), "start_line");
    EXPECT_EQ(to_text(ParseFault::uri_too_long), "uri_too_long");
}

}  // namespace
}  // namespace sip
