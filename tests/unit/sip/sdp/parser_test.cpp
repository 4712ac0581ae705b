#include "sip/sdp/parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "sdp_text.hpp"

namespace sip::sdp {
namespace {

using testing::below_head;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::head;
using testing::parsed;
using testing::refusal_of;
using testing::session_with;

std::string origin_line(std::string_view value) { return "v=0\r\no=" + std::string{value} + "\r\ns=-\r\nt=0 0\r\n"; }

TEST(SdpParser, ReadsAnAudioCall) {
    const auto session = parsed(
        "v=0\r\no=alice 2890844526 2890844527 IN IP4 host.example.com\r\ns=call\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
        "m=audio 49170 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n");
    EXPECT_EQ(session.origin, (Origin{"alice", 2890844526, 2890844527, false, "host.example.com"}));
    EXPECT_EQ(session.name, "call");
    EXPECT_EQ(session.connection, (Connection{false, "192.0.2.7"}));
    ASSERT_EQ(session.media.size(), 1U);
    EXPECT_EQ(session.media[0].kind, "audio");
    EXPECT_EQ(session.media[0].port, 49170);
    EXPECT_EQ(session.media[0].port_count, 1);
    EXPECT_EQ(session.media[0].protocol, "RTP/AVP");
    EXPECT_THAT(session.media[0].formats, ElementsAre("0", "8", "101"));
    EXPECT_THAT(session.media[0].attributes,
                ElementsAre(Attribute{"rtpmap", "101 telephone-event/8000"}, Attribute{"sendrecv", std::nullopt}));
}

TEST(SdpParser, KeepsWhatItDoesNotKnowInOrderAtBothLevels) {
    const auto session = session_with(
        "b=CT:128\r\ny=what\r\nk=clear:x\r\na=one\r\nm=audio 4000 RTP/AVP "
        "0\r\ni=title\r\nX=big\r\nb=AS:64\r\na=two:\r\n");
    EXPECT_THAT(session.others,
                ElementsAre(Line{'t', "0 0"}, Line{'b', "CT:128"}, Line{'y', "what"}, Line{'k', "clear:x"}));
    EXPECT_THAT(session.attributes, ElementsAre(Attribute{"one", std::nullopt}));
    EXPECT_THAT(session.media[0].others, ElementsAre(Line{'i', "title"}, Line{'X', "big"}, Line{'b', "AS:64"}));
    EXPECT_THAT(session.media[0].attributes, ElementsAre(Attribute{"two", ""}));
}

TEST(SdpParser, TakesBareLineFeedsBlankLinesAndAMissingLastLineEnd) {
    EXPECT_EQ(parsed("v=0\no=- 1 1 IN IP4 192.0.2.1\n\ns=-\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\r\na=x"),
              parsed("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=x\r\n"));
}

TEST(SdpParser, TakesAnyCaseAndAnyBlanksBetweenFields) {
    const auto session = parsed(
        "v=0 \r\no= -  1\t1 in ip6 ::1 \r\ns=-\r\nc=In Ip6  2001:db8::1 \r\nt=0 0\r\nm=Audio  4000 \trtp/avp 0  8 "
        "\r\n");
    EXPECT_EQ(session.origin, (Origin{"-", 1, 1, true, "::1"}));
    EXPECT_EQ(session.connection, (Connection{true, "2001:db8::1"}));
    EXPECT_EQ(session.media[0].kind, "Audio");
    EXPECT_THAT(session.media[0].formats, ElementsAre("0", "8"));
}

TEST(SdpParser, ReadsTheConnectionOfEachLevel) {
    const auto session = parsed(
        "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 host.example.com\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
        "m=video 4002/2 RTP/AVP 31\r\nc=IN IP6 2001:db8::5\r\nm=audio 4008 RTP/AVP 0\r\nc=IN IP4 233.252.0.1/127\r\n");
    EXPECT_EQ(connection_of(session, session.media[0])->address, "host.example.com");
    EXPECT_EQ(connection_of(session, session.media[0])->ip(), std::nullopt);
    EXPECT_EQ(connection_of(session, session.media[1])->ip(), base::IpAddress::parse("2001:db8::5"));
    EXPECT_EQ(session.media[1].port_count, 2);
    EXPECT_EQ(connection_of(session, session.media[2])->ip(), base::IpAddress::parse("233.252.0.1"));
}

TEST(SdpParser, KeepsFurtherConnectionLinesOfLayeredMulticastAsText) {
    const auto session =
        session_with("m=video 4000 RTP/AVP 31\r\nc=IN IP4 233.252.0.1/127\r\nc=IN IP4 233.252.0.2/127\r\n");
    EXPECT_EQ(session.media[0].connection->address, "233.252.0.1/127");
    EXPECT_THAT(session.media[0].others, ElementsAre(Line{'c', "IN IP4 233.252.0.2/127"}));
}

TEST(SdpParser, ReadsOriginNumbersOf64Bits) {
    const auto session = parsed(origin_line("- 18446744069414584320 18446744073709551615 IN IP4 127.0.0.1"));
    EXPECT_EQ(session.origin.session_id, 18446744069414584320U);
    EXPECT_EQ(session.origin.version, 18446744073709551615U);
}

TEST(SdpParser, TakesAnOriginNumberBeyond64BitsAsTheLargest) {
    const auto session = parsed(origin_line("- 99999999999999999999999999 18446744073709551616 IN IP4 127.0.0.1"));
    EXPECT_EQ(session.origin.session_id, std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(session.origin.version, std::numeric_limits<std::uint64_t>::max());
}

TEST(SdpParser, TakesAUserNameWithBlanksInTheOrigin) {
    EXPECT_EQ(parsed(origin_line("Front Desk 7 8 IN IP4 192.0.2.1")).origin,
              (Origin{"Front Desk", 7, 8, false, "192.0.2.1"}));
}

TEST(SdpParser, AddsTheTimeLineWhereItIsMissing) {
    EXPECT_THAT(parsed("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nb=AS:1\r\n").others,
                ElementsAre(Line{'b', "AS:1"}, Line{'t', "0 0"}));
}

TEST(SdpParser, TakesAMissingAndAnEmptySessionName) {
    EXPECT_EQ(parsed("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nt=0 0\r\n").name, "-");
    EXPECT_EQ(parsed("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=\r\nt=0 0\r\n").name, "");
}

TEST(SdpParser, TakesARejectedLineWithoutFormats) {
    EXPECT_TRUE(session_with("m=video 0 RTP/AVP\r\n").media[0].is_disabled());
}

TEST(SdpParser, NamesTheLineAndWhatIsWrongWithIt) {
    EXPECT_EQ(refusal_of(""), "line 0: the text ends before v=0");
    EXPECT_EQ(refusal_of("INVITE sip:x SIP/2.0\r\n"), "line 1: not of the form x=value");
    EXPECT_EQ(refusal_of("o=- 1 1 IN IP4 h\r\n"), "line 1: v=0 must come first");
    EXPECT_EQ(refusal_of("v=1\r\n"), "line 1: v= is not 0");
    EXPECT_EQ(refusal_of("v=0\r\nv=0\r\n"), "line 2: a second v=");
    EXPECT_EQ(refusal_of("v=0\r\ns=-\r\n"), "line 2: the text ends and there was no o=");
    EXPECT_EQ(refusal_of(below_head("o=- 1 1 IN IP4 h\r\n")), "line 6: a second o=");
    EXPECT_EQ(refusal_of(below_head("s=again\r\n")), "line 6: a second s=");
    EXPECT_EQ(refusal_of(below_head("m=audio 1 RTP/AVP 0\r\nv=0\r\n")), "line 7: a second v=");
    EXPECT_EQ(refusal_of("v=0\r\nm=audio 1 RTP/AVP 0\r\no=- 1 1 IN IP4 h\r\n"), "line 3: o= after the first m=");
    EXPECT_EQ(refusal_of("v=0\r\nm=audio 1 RTP/AVP 0\r\ns=-\r\n"), "line 3: s= after the first m=");
    EXPECT_EQ(refusal_of(below_head("=x\r\n")), "line 6: not of the form x=value");
    EXPECT_EQ(refusal_of(below_head("a\r\n")), "line 6: not of the form x=value");
}

TEST(SdpParser, NamesWhatIsWrongWithAnOrigin) {
    EXPECT_EQ(refusal_of(origin_line("1 1 IN IP4 192.0.2.1")), "line 2: o= needs six fields");
    EXPECT_EQ(refusal_of(origin_line("- -1 1 IN IP4 h")), "line 2: the session id in o= is not a number");
    EXPECT_EQ(refusal_of(origin_line("- 1 1a IN IP4 h")), "line 2: the version in o= is not a number");
    EXPECT_EQ(refusal_of(origin_line("- 1 1 ATM IP4 h")), "line 2: o= names a network that is not IN");
    EXPECT_EQ(refusal_of(origin_line("- 1 1 IN IP5 h")), "line 2: o= names an address family that is not IP4 or IP6");
}

TEST(SdpParser, NamesWhatIsWrongWithAConnection) {
    EXPECT_EQ(refusal_of(below_head("m=audio 1 RTP/AVP 0\r\nc=IN IP4\r\n")), "line 7: c= needs three fields");
    EXPECT_EQ(refusal_of(below_head("m=audio 1 RTP/AVP 0\r\nc=IN IP4 h x\r\n")), "line 7: c= needs three fields");
    EXPECT_EQ(refusal_of(below_head("m=audio 1 RTP/AVP 0\r\nc=TN RFC2543 +1\r\n")),
              "line 7: c= names a network that is not IN");
}

TEST(SdpParser, GivesTheWarningCodeThatFits) {
    EXPECT_EQ(parse(origin_line("- 1 1 ATM IP4 h")).error().warning_code, 300);
    EXPECT_EQ(parse(origin_line("- 1 1 IN IP5 h")).error().warning_code, 301);
    EXPECT_EQ(parse("x").error().warning_code, 307);
    EXPECT_EQ(parse("x").error().status, 400);
    EXPECT_EQ(parse("x").error().rule, "sdp_syntax");
}

TEST(SdpParser, NamesWhatIsWrongWithAMediaLine) {
    const auto refusal = [](std::string_view line) {
        return refusal_of(below_head("m=" + std::string{line} + "\r\n"));
    };
    EXPECT_EQ(refusal("audio"), "line 6: m= needs a kind, a port, a protocol and formats");
    EXPECT_EQ(refusal("audio 4000"), "line 6: m= needs a kind, a port, a protocol and formats");
    EXPECT_EQ(refusal("audio 4000 RTP/AVP"), "line 6: m= names no format");
    EXPECT_EQ(refusal("audio 65535 RTP/AVP 0"), "accepted");
    EXPECT_EQ(refusal("audio 65536 RTP/AVP 0"), "line 6: the port in m= is not a number from 0 to 65535");
    EXPECT_EQ(refusal("audio -1 RTP/AVP 0"), "line 6: the port in m= is not a number from 0 to 65535");
    EXPECT_EQ(refusal("audio 4000/ RTP/AVP 0"), "line 6: the number of ports in m= is not one from 1 to 65535");
    EXPECT_EQ(refusal("audio 4000/0 RTP/AVP 0"), "line 6: the number of ports in m= is not one from 1 to 65535");
}

TEST(SdpParser, RefusesNulAndCarriageReturnWithinALine) {
    EXPECT_EQ(refusal_of(below_head("a=x\ra=y\r\n")), "line 6: CR within the line");
    EXPECT_EQ(refusal_of(below_head(std::string_view{"a=x\0y\r\n", 7})), "line 6: NUL within the line");
}

TEST(SdpParser, TakesAsManyBytesAsTheLimitAndNotOneMore) {
    const std::string text = below_head("a=x\r\n");
    EXPECT_EQ(refusal_of(text, {.text = text.size()}), "accepted");
    EXPECT_THAT(refusal_of(text, {.text = text.size() - 1}), HasSubstr("the description is longer than"));
    EXPECT_EQ(parse(text, {.text = text.size() - 1}).error().rule, "sdp_limit");
    EXPECT_EQ(Limits{}.text, 32U * 1024U);
}

TEST(SdpParser, TakesAsManyLinesAsTheLimitAndNotOneMore) {
    const auto with_lines = [](std::size_t lines) {
        std::string body;
        for (std::size_t i = 5; i < lines; ++i) { body += "a=x\r\n"; }
        return below_head(body);
    };
    EXPECT_EQ(refusal_of(with_lines(Limits{}.lines)), "accepted");
    EXPECT_EQ(refusal_of(with_lines(Limits{}.lines + 1)), "line 1001: more than 1000 lines");
}

TEST(SdpParser, TakesALineAsLongAsTheLimitAndNotOneByteMore) {
    const auto with_length = [](std::size_t length) {
        return below_head("a=" + std::string(length - 2, 'x') + "\r\n");
    };
    EXPECT_EQ(refusal_of(with_length(Limits{}.line)), "accepted");
    EXPECT_EQ(refusal_of(with_length(Limits{}.line + 1)), "line 6: longer than 4096 bytes");
}

TEST(SdpParser, TakesAsManyMediaLinesAsTheLimitAndNotOneMore) {
    const auto with_media = [](std::size_t count) {
        std::string body;
        for (std::size_t i = 0; i < count; ++i) { body += "m=audio 4000 RTP/AVP 0\r\n"; }
        return below_head(body);
    };
    EXPECT_EQ(parsed(with_media(Limits{}.media)).media.size(), Limits{}.media);
    EXPECT_EQ(refusal_of(with_media(Limits{}.media + 1)), "line 38: more than 32 m= lines");
}

TEST(SdpParser, TakesAsManyFormatsAsTheLimitAndNotOneMore) {
    const auto with_formats = [](std::size_t count) {
        std::string body = "m=audio 4000 RTP/AVP";
        for (std::size_t i = 0; i < count; ++i) { body += " " + std::to_string(i); }
        return below_head(body + "\r\n");
    };
    EXPECT_EQ(parsed(with_formats(Limits{}.formats)).media[0].formats.size(), Limits{}.formats);
    EXPECT_EQ(refusal_of(with_formats(Limits{}.formats + 1)), "line 6: more than 64 formats in m=");
}

}  // namespace
}  // namespace sip::sdp
