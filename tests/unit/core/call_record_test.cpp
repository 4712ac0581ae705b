#include "server/b2bua/call_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sip/transaction/layer.hpp"

namespace server {
namespace {

using media::Side;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::StartsWith;

constexpr base::Instant start{};

sip::Message request(sip::Method method, std::string_view sdp = {}) {
    auto message = sip::Message::request(method, "sip:bob@192.0.2.9");
    message.add(sip::HeaderId::cseq, "2 " + std::string{sip::to_text(method)});
    message.set_body("application/sdp", sdp);
    return message;
}

sip::Message response(int status, sip::Method method, std::string_view sdp = {}) {
    auto message = sip::make_response(request(method), status, "tag");
    message.set_body("application/sdp", sdp);
    return message;
}

constexpr std::string_view sdp =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

std::vector<std::string> descriptions(const CallRecord& record) {
    std::vector<std::string> all;
    for (const auto& entry : record.entries()) { all.emplace_back(entry.description()); }
    return all;
}

std::vector<std::string> texts(const CallRecord& record) {
    std::vector<std::string> all;
    for (const auto& entry : record.entries()) { all.emplace_back(entry.text()); }
    return all;
}

std::size_t memory(const CallRecord& record) {
    std::size_t bytes = sizeof record;
    for (const auto& entry : record.entries()) { bytes += sizeof entry + entry.words.capacity() + 1; }
    return bytes;
}

TEST(CallRecord, KeepsTheWordsOfAMessageApart) {
    CallRecord record;
    auto refusal = response(488, sip::Method::invite);
    refusal.add(sip::HeaderId::warning, "305 a \"b\"");
    record.note_sent(start, Side::b, refusal);
    const RecordEntry& entry = record.entries().front();
    EXPECT_EQ(entry.kind, RecordEntry::Kind::sent);
    EXPECT_EQ(entry.side, Side::b);
    EXPECT_EQ(entry.text(), "488 Not Acceptable Here");
    EXPECT_EQ(entry.cseq(), "2 INVITE");
    EXPECT_EQ(entry.description(), "");
    EXPECT_EQ(entry.why(), "Warning: 305 a \"b\"");
}

TEST(CallRecord, TellsAnOfferFromAnAnswer) {
    CallRecord record;
    record.note_received(start, Side::a, request(sip::Method::invite, sdp));
    record.note_sent(start, Side::b, request(sip::Method::invite));
    record.note_received(start, Side::b, response(180, sip::Method::invite));
    record.note_received(start, Side::b, response(200, sip::Method::invite, sdp));
    record.note_sent(start, Side::a, response(200, sip::Method::invite, sdp));
    record.note_received(start, Side::a, request(sip::Method::ack));
    record.note_sent(start, Side::b, request(sip::Method::ack, sdp));
    EXPECT_THAT(descriptions(record), ElementsAre("offer sendrecv PCMA", "no SDP", "", "offer sendrecv PCMA",
                                                  "answer sendrecv PCMA", "", "answer sendrecv PCMA"));
}

TEST(CallRecord, TellsWhichSideOfAnExchangeAsked) {
    CallRecord record;
    record.note_received(start, Side::a, request(sip::Method::invite, sdp));
    record.note_sent(start, Side::a, request(sip::Method::invite));
    record.note_sent(start, Side::a, response(200, sip::Method::invite, sdp));
    record.note_received(start, Side::a, response(200, sip::Method::invite, sdp));
    EXPECT_EQ(descriptions(record)[2], "answer sendrecv PCMA");
    EXPECT_EQ(descriptions(record)[3], "offer sendrecv PCMA");
}

TEST(CallRecord, MissesAnAnswerThatAnAckOwes) {
    CallRecord record;
    record.note_received(start, Side::a, request(sip::Method::invite));
    record.note_sent(start, Side::a, response(200, sip::Method::invite, sdp));
    record.note_received(start, Side::a, request(sip::Method::ack));
    EXPECT_THAT(descriptions(record), ElementsAre("no SDP", "offer sendrecv PCMA", "no SDP"));
}

TEST(CallRecord, TellsTheOfferInAReliableResponseFromTheAnswerInItsPrack) {
    CallRecord record;
    record.note_received(start, Side::b, request(sip::Method::invite));
    record.note_sent(start, Side::b, response(183, sip::Method::invite, sdp));
    record.note_received(start, Side::b, request(sip::Method::prack, sdp));
    record.note_sent(start, Side::b, response(200, sip::Method::prack));
    record.note_received(start, Side::b, request(sip::Method::prack, sdp));
    record.note_sent(start, Side::b, response(200, sip::Method::prack, sdp));
    EXPECT_THAT(descriptions(record), ElementsAre("no SDP", "offer sendrecv PCMA", "answer sendrecv PCMA", "",
                                                  "offer sendrecv PCMA", "answer sendrecv PCMA"));
}

TEST(CallRecord, TellsAMusicServerFromTheTargetOfATransfer) {
    CallRecord record;
    record.name_music_server(Side::music_b, "music@here");
    for (const char* call_id : {"music@here", "target@here"}) {
        auto invite = request(sip::Method::invite, sdp);
        invite.add(sip::HeaderId::call_id, call_id);
        record.note_sent(start, Side::music_b, invite);
        record.note_sent(start, Side::b, invite);
    }
    EXPECT_FALSE(record.entries()[0].of_target);
    EXPECT_TRUE(record.entries()[2].of_target);
    EXPECT_FALSE(record.entries()[3].of_target);
}

TEST(CallRecord, SaysWhenACancelMustWait) {
    CallRecord record;
    record.note_cancel(start, Side::b, "x", 3, true);
    record.note_cancel(start, Side::b, "x", 3, false);
    EXPECT_EQ(record.entries()[0].cseq(), "3 CANCEL");
    EXPECT_EQ(record.entries()[0].why(), "");
    EXPECT_EQ(record.entries()[1].why(), "as soon as there is a first response");
}

TEST(CallRecord, PutsWhatIsToldLateInItsPlace) {
    CallRecord record;
    record.note_decision(start, "first");
    record.note_decision(start + milliseconds{20}, "third");
    record.note_media(start, Side::b, "second");
    EXPECT_THAT(texts(record), ElementsAre("first", "second", "third"));
}

TEST(CallRecord, KeepsTheFirstAndTheLastAndCountsTheRest) {
    constexpr std::size_t limit = CallRecord::max_first + CallRecord::max_last;
    CallRecord record;
    for (std::size_t i = 1; i <= limit; ++i) { record.note_decision(start + milliseconds{i}, std::to_string(i)); }
    EXPECT_EQ(record.entries().size(), limit);
    EXPECT_EQ(record.left_out(), 0U);
    record.note_decision(start + milliseconds{limit + 1}, "one more");
    record.note_decision(start + milliseconds{limit + 2}, "another");
    const auto all = texts(record);
    ASSERT_EQ(all.size(), limit);
    EXPECT_EQ(record.left_out(), 2U);
    EXPECT_EQ(all.front(), "1");
    EXPECT_EQ(all[CallRecord::max_first - 1], std::to_string(CallRecord::max_first));
    EXPECT_EQ(all[CallRecord::max_first], std::to_string(CallRecord::max_first + 3));
    EXPECT_EQ(all.back(), "another");
}

TEST(CallRecord, CutsLongWordsBetweenCharacters) {
    CallRecord record;
    record.note_decision(start, std::string(CallRecord::max_words, 'x'));
    record.note_decision(start, std::string(CallRecord::max_words + 1, 'x'));
    std::string umlauts;
    for (std::size_t i = 0; i <= CallRecord::max_words / 2; ++i) { umlauts += "ü"; }
    record.note_decision(start, umlauts);
    EXPECT_EQ(record.entries()[0].words, std::string(CallRecord::max_words, 'x'));
    EXPECT_EQ(record.entries()[1].words, std::string(CallRecord::max_words - 3, 'x') + "…");
    EXPECT_LE(record.entries()[2].words.size(), CallRecord::max_words);
    EXPECT_THAT(record.entries()[2].words, EndsWith("üü…"));
}

TEST(CallRecord, StaysOneLineWhateverThePeerWrites) {
    CallRecord record;
    auto odd = sip::Message::request(std::string(100, 'X'), "sip:bob@192.0.2.9");
    odd.add(sip::HeaderId::warning, "399 a \"\x1b[2J" + std::string(1000, 'w') + '"');
    record.note_received(start, Side::a, odd);
    const RecordEntry& entry = record.entries().front();
    EXPECT_LE(entry.words.size(), CallRecord::max_words);
    EXPECT_THAT(std::string{entry.text()}, StartsWith("XXXX"));
    EXPECT_THAT(std::string{entry.why()}, StartsWith("Warning: 399 a \" [2Jwww"));
    record.note_decision(start, "one\r\ntwo");
    EXPECT_EQ(record.entries().back().text(), "one  two");
}

TEST(CallRecord, StaysSmallThroughAHundredThousandReInvites) {
    constexpr std::size_t budget = 64 * 1024;
    CallRecord record;
    auto refusal = response(488, sip::Method::invite);
    refusal.add(sip::HeaderId::warning, "399 a \"" + std::string(500, 'w') + '"');
    const auto invite = request(sip::Method::invite, sdp);
    const std::string words(500, 'd');
    for (int i = 0; i < 100'000; ++i) {
        const base::Instant now = start + milliseconds{i};
        record.note_received(now, Side::a, invite);
        record.note_decision(now, words);
        record.note_sent(now, Side::a, refusal);
        if (i % 1000 == 0) { ASSERT_LT(memory(record), budget); }
    }
    EXPECT_LT(memory(record), budget);
    EXPECT_EQ(record.left_out(), 300'000U - CallRecord::max_first - CallRecord::max_last);
}

}  // namespace
}  // namespace server
