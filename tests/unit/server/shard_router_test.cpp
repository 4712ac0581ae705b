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

// The shard of a message among 64, or 99: it has none.
unsigned shard_of(const std::string& start, const std::string& fields) {
    return find_shard(start + "\r\nVia: x\r\n" + fields + "\r\n", 64).value_or(99);
}

const char* const invite = "INVITE sip:a@b SIP/2.0";

TEST(FindShard, IsWhatTheCallIdSays) {
    EXPECT_EQ(shard_of(invite, "From: <sip:a@b>;tag=x\r\nTo: <sip:b@b>\r\nCall-ID: hf17-abc\r\n"), 17U);
    EXPECT_EQ(shard_of(invite, "i: foreign\r\n"), shard_of("SIP/2.0 200 OK", "Call-ID: foreign\r\n"));
    EXPECT_EQ(shard_of(invite, "To: <sip:b@b>\r\n"), 99U);
}

TEST(FindShard, OfOurOwnTagComesFirst) {
    const std::string from_us = "From: <sip:a@b>;tag=hf9-abc\r\nTo: <sip:b@b>;tag=hf5-x\r\nCall-ID: hf17-abc\r\n";
    EXPECT_EQ(shard_of("SIP/2.0 200 OK", from_us), 9U);
    EXPECT_EQ(shard_of("\r\nSIP/2.0 200 OK", from_us), 9U);
    EXPECT_EQ(shard_of("BYE sip:a@b SIP/2.0", from_us), 5U);
    EXPECT_EQ(shard_of("BYE sip:a@b SIP/2.0", "t: <sip:b@b>;tag=hf5-x\r\nf: \"hf1-\" <sip:a@b>;tag=y\r\ni: z\r\n"), 5U);
    EXPECT_EQ(shard_of("BYE sip:a@b SIP/2.0", "To: <sip:b@b>;tag=hf64-x\r\nCall-ID: hf17-abc\r\n"), 17U);
    EXPECT_EQ(shard_of("BYE sip:a@b SIP/2.0", "To: <sip:b@b;tag=hf5-x>\r\nCall-ID: hf17-abc\r\n"), 17U);
}

TEST(FindShard, OfAnInviteWithReplacesIsThatOfTheDialogItNames) {
    const std::string fields = "To: <sip:b@b>\r\nCall-ID: hf17-abc\r\n";
    EXPECT_EQ(shard_of(invite, fields + "Replaces: hf3-x;to-tag=1;from-tag=2\r\n"), 3U);
    EXPECT_EQ(shard_of(invite, "REPLACES : hf3-x;to-tag=hf4-y;from-tag=hf5-z\r\n" + fields), 4U);
    EXPECT_EQ(shard_of(invite, fields + "Replaces: foreign;to-tag=1;from-tag=2\r\n"),
              shard_of(invite, "i: foreign\r\n"));
    EXPECT_EQ(shard_of(invite, fields + "Replaces: hf3-x;to-tag=1\r\n"), 17U) << "refused, by whomever";
    EXPECT_EQ(shard_of("INFO sip:a@b SIP/2.0", fields + "Replaces: hf3-x;to-tag=1;from-tag=2\r\n"), 17U);
}

TEST(FindShard, OfAReinviteIsThatOfItsOwnDialog) {
    EXPECT_EQ(shard_of(invite, "To: <sip:b@b>;tag=t\r\nCall-ID: hf17-abc\r\nReplaces: hf3-x;to-tag=1;from-tag=2\r\n"),
              17U);
}

}  // namespace
}  // namespace server
