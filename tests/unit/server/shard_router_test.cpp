#include "server/shard_router.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

std::string_view found_in(const std::string& fields) {
    static std::string message;
    message = "OPTIONS sip:a@b SIP/2.0\r\n" + fields + "\r\n";
    return find_call_id(message);
}

TEST(FindCallId, FindsTheLongAndTheCompactNameInAnyCase) {
    EXPECT_EQ(found_in("Via: x\r\nCall-ID: one@host\r\nCSeq: 1 OPTIONS\r\n"), "one@host");
    EXPECT_EQ(found_in("Via: x\r\nCALL-id:two\r\n"), "two");
    EXPECT_EQ(found_in("Via: x\r\ni: three\r\n"), "three");
    EXPECT_EQ(found_in("I \t:  four  \r\n"), "four");
}

TEST(FindCallId, ReadsAFoldedValue) { EXPECT_EQ(found_in("Call-ID:\r\n  folded\r\nCSeq: 1 A\r\n"), "folded"); }

TEST(FindCallId, TakesTheFirstOfSeveral) { EXPECT_EQ(found_in("i: one\r\nCall-ID: two\r\n"), "one"); }

TEST(FindCallId, IgnoresEmptyLinesInFrontOfTheStartLine) {
    const std::string message = "OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\nCall-ID: one\r\n\r\n";
    EXPECT_EQ(find_call_id("\r\n" + message), "one");
    EXPECT_EQ(find_call_id("\r\n\r\n" + message), "one");
}

TEST(FindCallId, IsNotDeceivedByOtherFieldsOrTheBody) {
    EXPECT_EQ(found_in("Contact: <sip:i:x@y>\r\nCall-Info: <i: no>\r\n\r\nCall-ID: body\r\n"), "");
    EXPECT_EQ(found_in("Subject: x\r\n Call-ID: continued\r\n"), "");
}

TEST(FindCallId, FindsNothingInWhatIsNoMessage) {
    EXPECT_EQ(find_call_id(""), "");
    EXPECT_EQ(find_call_id("Call-ID: in the start line\r\n"), "");
    EXPECT_EQ(find_call_id("x\nCall-ID"), "");
    EXPECT_EQ(find_call_id("x\nCall-ID: cut"), "cut");
    EXPECT_EQ(find_call_id("x\nCall-ID:"), "");
    EXPECT_EQ(find_call_id(std::string(1000, '\n')), "");
    EXPECT_EQ(find_call_id("\r\n\r\n"), "");
    EXPECT_EQ(find_call_id("\r\n\r\nCall-ID: in the start line\r\n"), "");
}

}  // namespace
}  // namespace server
