// RFC 3262 §3, §4.
#include "sip/dialog/provisional.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "sip/message/values.hpp"

namespace sip {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Action = ReliableSender::Action;
using Push = ReliableSender::Push;
using Verdict = ReliableReceiver::Verdict;

constexpr base::Instant start{};
constexpr std::uint32_t invite = 7;      // CSeq
constexpr std::uint64_t random_99 = 98;  // makes the first RSeq 99

ReliableSender make_sender() { return ReliableSender{TimerConfig{}, invite, random_99}; }

RAck rack(std::uint32_t rseq, std::uint32_t cseq = invite, Method method = Method::invite) {
    return {rseq, {cseq, method, std::string{to_text(method)}}};
}

std::uint32_t rseq_of(const Message& response) { return reliable_number(response).value_or(0); }

std::vector<std::pair<base::Duration, Action>> run_until(ReliableSender& sender, base::Duration end) {
    std::vector<std::pair<base::Duration, Action>> log;
    while (sender.next_timeout() <= start + end) {
        const base::Instant now = sender.next_timeout();
        log.emplace_back(now - start, sender.on_timeout(now));
    }
    return log;
}

TEST(ReliableSender, RepeatsAtDoublingIntervalsWithoutBoundUntilItGivesUpAfter64T1) {
    auto sender = make_sender();
    EXPECT_EQ(sender.push(start, Message::response(183)), Push::send);
    EXPECT_THAT(run_until(sender, 120s), ElementsAre(Pair(500ms, Action::retransmit), Pair(1500ms, Action::retransmit),
                                                     Pair(3500ms, Action::retransmit), Pair(7500ms, Action::retransmit),
                                                     Pair(15500ms, Action::retransmit),
                                                     Pair(31500ms, Action::retransmit), Pair(32s, Action::give_up)));
    EXPECT_FALSE(sender.awaits_prack());
    EXPECT_EQ(sender.push(start + 33s, Message::response(180)), Push::refused);
}

TEST(ReliableSender, MarksTheResponseThatItSends) {
    auto sender = make_sender();
    Message response = Message::response(183, "Hello");
    response.add(HeaderId::require, "precondition");
    response.add(HeaderId::rseq, "5");
    response.set_body("application/sdp", "v=0");
    sender.push(start, response);
    EXPECT_EQ(reliable_number(sender.current()), 99u);
    EXPECT_EQ(sender.current().count(HeaderId::rseq), 1u);
    EXPECT_TRUE(has_token(sender.current(), HeaderId::require, "precondition"));
    EXPECT_EQ(sender.current().reason(), "Hello");
    EXPECT_EQ(sender.current().body(), "v=0");
}

TEST(ReliableSender, DoesNotAskFor100relTwice) {
    auto sender = make_sender();
    Message response = Message::response(183);
    response.add(HeaderId::require, "100rel");
    sender.push(start, response);
    EXPECT_EQ(sender.current().count(HeaderId::require), 1u);
}

TEST(ReliableSender, FallsSilentWithThePrackWhichMatchesOnce) {
    auto sender = make_sender();
    sender.push(start, Message::response(180));
    EXPECT_TRUE(sender.awaits_prack());
    EXPECT_TRUE(sender.on_prack(rack(99)));
    EXPECT_FALSE(sender.awaits_prack());
    EXPECT_FALSE(sender.on_prack(rack(99)));
    EXPECT_THAT(run_until(sender, 120s), IsEmpty());
}

TEST(ReliableSender, IsNotMatchedByAPrackForSomethingElse) {
    auto sender = make_sender();
    EXPECT_FALSE(sender.on_prack(rack(99)));
    sender.push(start, Message::response(180));
    EXPECT_FALSE(sender.on_prack(rack(98)));
    EXPECT_FALSE(sender.on_prack(rack(100)));
    EXPECT_FALSE(sender.on_prack(rack(99, invite + 1)));
    EXPECT_FALSE(sender.on_prack(rack(99, invite, Method::update)));
    EXPECT_TRUE(sender.awaits_prack());
}

TEST(ReliableSender, SendsTheNextOneOnlyAfterThePrackOfTheFirst) {
    auto sender = make_sender();
    sender.push(start, Message::response(180));
    EXPECT_EQ(sender.push(start + 1s, Message::response(183)), Push::waits);
    EXPECT_FALSE(sender.take_next(start + 1s));
    EXPECT_EQ(sender.current().status(), 180);
    EXPECT_TRUE(sender.on_prack(rack(99)));
    EXPECT_TRUE(sender.take_next(start + 2s));
    EXPECT_EQ(sender.current().status(), 183);
    EXPECT_EQ(rseq_of(sender.current()), 100u);
    EXPECT_EQ(sender.next_timeout(), start + 2500ms);
    EXPECT_FALSE(sender.on_prack(rack(99)));
    EXPECT_TRUE(sender.on_prack(rack(100)));
    EXPECT_FALSE(sender.take_next(start + 3s));
}

TEST(ReliableSender, LetsNothingOvertakeWhatWaits) {
    auto sender = make_sender();
    sender.push(start, Message::response(180));
    sender.push(start, Message::response(181));
    sender.on_prack(rack(99));
    EXPECT_EQ(sender.push(start, Message::response(182)), Push::waits);
    sender.take_next(start);
    EXPECT_EQ(sender.current().status(), 181);
}

TEST(ReliableSender, LetsNoMoreWaitThanItsLimit) {
    auto sender = make_sender();
    sender.push(start, Message::response(180));
    for (std::size_t i = 0; i < ReliableSender::max_waiting; ++i) {
        EXPECT_EQ(sender.push(start, Message::response(183)), Push::waits);
    }
    EXPECT_EQ(sender.push(start, Message::response(183)), Push::refused);
    sender.on_prack(rack(99));
    sender.take_next(start);
    EXPECT_EQ(sender.push(start, Message::response(183)), Push::waits);
}

TEST(ReliableSender, NeverSendsA100OrAFinalResponseReliably) {
    auto sender = make_sender();
    EXPECT_EQ(sender.push(start, Message::response(100)), Push::refused);
    EXPECT_EQ(sender.push(start, Message::response(200)), Push::refused);
    EXPECT_EQ(sender.push(start, Message::response(101)), Push::send);
}

TEST(ReliableSender, AfterAFinalResponseOnlyThePrackOnItsWayMatches) {
    auto sender = make_sender();
    sender.push(start, Message::response(180));
    sender.push(start, Message::response(183));
    sender.on_final_sent();
    EXPECT_FALSE(sender.awaits_prack());
    EXPECT_THAT(run_until(sender, 120s), IsEmpty());
    EXPECT_TRUE(sender.on_prack(rack(99)));
    EXPECT_FALSE(sender.take_next(start));
    EXPECT_EQ(sender.push(start, Message::response(183)), Push::refused);
}

TEST(ReliableSender, AsksForNothingBeforeATimerIsDue) {
    auto sender = make_sender();
    EXPECT_EQ(sender.next_timeout(), base::never);
    sender.push(start, Message::response(180));
    EXPECT_EQ(sender.on_timeout(start + 499ms), Action::none);
}

TEST(ReliableSender, BeginsWithANumberFrom1ToTheLastBelowTwoToThe31) {
    constexpr std::uint64_t last = 0x7fff'ffff;
    for (const auto& [random, first] : std::vector<std::pair<std::uint64_t, std::uint32_t>>{
             {0, 1}, {last - 1, 0x7fff'ffff}, {last, 1}, {~std::uint64_t{0}, 4}}) {
        ReliableSender sender{TimerConfig{}, invite, random};
        sender.push(start, Message::response(180));
        EXPECT_EQ(rseq_of(sender.current()), first) << random;
    }
}

TEST(ReliableReceiver, AcknowledgesResponsesInOrder) {
    ReliableReceiver receiver;
    EXPECT_EQ(receiver.on_reliable(500, 1), Verdict::acknowledge);
    EXPECT_EQ(receiver.rack().to_string(), "500 1 INVITE");
    EXPECT_EQ(receiver.on_reliable(501, 1), Verdict::acknowledge);
    EXPECT_EQ(receiver.rack().to_string(), "501 1 INVITE");
}

TEST(ReliableReceiver, DoesNothingForARepetition) {
    ReliableReceiver receiver;
    receiver.on_reliable(500, 1);
    EXPECT_EQ(receiver.on_reliable(500, 1), Verdict::repetition);
    receiver.on_reliable(501, 1);
    EXPECT_EQ(receiver.on_reliable(500, 1), Verdict::repetition);
    EXPECT_EQ(receiver.on_reliable(501, 1), Verdict::repetition);
    EXPECT_EQ(receiver.rack().to_string(), "501 1 INVITE");
}

TEST(ReliableReceiver, LeavesAResponseBehindAGapUntilTheMissingOneCame) {
    ReliableReceiver receiver;
    receiver.on_reliable(500, 1);
    EXPECT_EQ(receiver.on_reliable(502, 1), Verdict::out_of_order);
    EXPECT_EQ(receiver.on_reliable(499, 1), Verdict::out_of_order);
    EXPECT_EQ(receiver.on_reliable(501, 1), Verdict::acknowledge);
    EXPECT_EQ(receiver.on_reliable(502, 1), Verdict::acknowledge);
}

TEST(ReliableReceiver, BeginsAnewWithTheInviteThatFollowsAChallenge) {
    ReliableReceiver receiver;
    receiver.on_reliable(500, 1);
    EXPECT_EQ(receiver.on_reliable(12, 2), Verdict::acknowledge);
    EXPECT_EQ(receiver.on_reliable(501, 1), Verdict::out_of_order);
    EXPECT_EQ(receiver.on_reliable(13, 2), Verdict::acknowledge);
}

TEST(ReliableReceiver, NeverGoesOnPastTheLastNumber) {
    ReliableReceiver receiver;
    EXPECT_EQ(receiver.on_reliable(0xffff'fffe, 1), Verdict::acknowledge);
    EXPECT_EQ(receiver.on_reliable(0xffff'ffff, 1), Verdict::acknowledge);
    EXPECT_EQ(receiver.on_reliable(1, 1), Verdict::out_of_order);
}

Message reliable(int status, std::string_view require = "100rel", std::string_view rseq = "1") {
    Message response = Message::response(status);
    response.add(HeaderId::require, require);
    response.add(HeaderId::rseq, rseq);
    return response;
}

TEST(ReliableNumber, IsThatOfAProvisionalResponseThatRequires100rel) {
    EXPECT_EQ(reliable_number(reliable(180)), 1u);
    EXPECT_EQ(reliable_number(reliable(199, "timer, 100REL", "4294967295")), 4294967295u);
}

TEST(ReliableNumber, IsNoneOfOtherResponses) {
    EXPECT_FALSE(reliable_number(reliable(100)));
    EXPECT_FALSE(reliable_number(reliable(200)));
    EXPECT_FALSE(reliable_number(reliable(180, "timer")));
    EXPECT_FALSE(reliable_number(reliable(180, "100rel", "0")));
    EXPECT_FALSE(reliable_number(reliable(180, "100rel", "x")));
    Message without = Message::response(180);
    without.add(HeaderId::require, "100rel");
    EXPECT_FALSE(reliable_number(without));
}

}  // namespace
}  // namespace sip
