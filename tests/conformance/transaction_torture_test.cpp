// RFC 4475 and RFC 5118 at the transaction layer: what is answered, where to, and what must never be sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "parse_torture.hpp"
#include "sip/transaction/layer.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using Kind = TransactionEvent::Kind;

const Flow source{Transport::udp, *base::Endpoint::parse("192.0.2.1:5060"), *base::Endpoint::parse("192.0.2.77:5060"),
                  0};

struct Receiver {
    base::SeededRandom random{1};
    TransactionLayer layer{LayerConfig{}, random};
    base::Instant now{};

    LayerOutput receive(const std::string& text) {
        LayerOutput out;
        layer.on_message(now, parse_message(text), source, out);
        return out;
    }
};

std::string changed(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

TEST(Rfc4475Transactions, EveryMessageMakesAtMostOneAnswerAndThatGoesToItsSource) {
    SKIP_WITHOUT_TORTURE_DATA();
    for (const auto& entry : std::filesystem::recursive_directory_iterator{torture::folder()}) {
        if (!entry.is_regular_file() || entry.path().extension() == ".tsv") { continue; }
        SCOPED_TRACE(entry.path().filename().string());
        Receiver receiver;
        const std::string text = torture::read(entry.path());
        LayerOutput out = receiver.receive(text);
        EXPECT_LE(out.send.size() + out.events.size(), 1U);
        for (const Outgoing& sent : out.send) {
            EXPECT_EQ(sent.flow.remote.address, source.remote.address);
            EXPECT_GE(parse_message(sent.bytes).message.status(), 400);
        }
        if (out.events.empty() || out.events[0].kind != Kind::request) { continue; }
        const auto id = out.events[0].transaction;
        receiver.layer.respond(receiver.now, id, make_response(out.events[0].message, 480, "t"), out);
        EXPECT_TRUE(receiver.receive(text).events.empty()) << "a repetition";
        while (receiver.layer.next_timeout() != base::never) {
            receiver.now = receiver.layer.next_timeout();
            receiver.layer.on_timeout(receiver.now, out);
        }
        EXPECT_EQ(receiver.layer.size(), 0U);
        for (const Outgoing& sent : out.send) { EXPECT_EQ(sent.flow.remote.address, source.remote.address); }
    }
}

TEST(Rfc4475Transactions, Section321ABranchOfTheCookieAloneMatchesNothing) {  // badbranch
    SKIP_WITHOUT_TORTURE_DATA();
    Receiver receiver;
    const std::string text = torture::message("badbranch");
    ASSERT_EQ(receiver.receive(text).events.size(), 1U);
    EXPECT_TRUE(receiver.receive(text).events.empty());
    EXPECT_EQ(receiver.receive(changed(text, "badbranch.", "other.")).events.size(), 1U);
}

TEST(Rfc4475Transactions, Section3310AResponseForABroadcastAddressIsNeverSentOn) {  // bcast
    SKIP_WITHOUT_TORTURE_DATA();
    Receiver receiver;
    const LayerOutput out = receiver.receive(torture::message("bcast"));
    EXPECT_TRUE(out.send.empty());
    EXPECT_TRUE(out.events.empty());
}

TEST(Rfc4475Transactions, Section341AnInviteOfRfc2543IsMatchedByItsFields) {  // inv2543
    SKIP_WITHOUT_TORTURE_DATA();
    Receiver receiver;
    const std::string text = torture::message("inv2543");
    LayerOutput out = receiver.receive(text);
    ASSERT_EQ(out.events.size(), 1U);
    const auto id = out.events[0].transaction;
    receiver.layer.respond(receiver.now, id, make_response(out.events[0].message, 486, "t"), out);
    EXPECT_EQ(receiver.receive(text).send.size(), 1U);
    std::string ack = changed(changed(text, "INVITE sip", "ACK sip"), "56 INVITE", "56 ACK");
    out = receiver.receive(changed(ack, "user=phone\r\nCall-ID", "user=phone;tag=t\r\nCall-ID"));
    ASSERT_EQ(out.events.size(), 1U);
    EXPECT_EQ(out.events[0].kind, TransactionEvent::Kind::refusal_acknowledged);
    EXPECT_TRUE(receiver.receive(text).send.empty()) << "acknowledged";
}

}  // namespace
}  // namespace sip
