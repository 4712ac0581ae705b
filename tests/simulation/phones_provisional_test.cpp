// The phones' reliable provisional responses and PRACK (RFC 3262) against each other.
#include "tests/simulation/two_phones.hpp"

namespace simulation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct PhonesProvisional : TwoPhones {
    PhonesProvisional() {
        a.supports_100rel = b.supports_100rel = true;
        a.allows_update = b.allows_update = true;
    }
    std::size_t seen(const Phone& phone, int status) const {
        const auto all = phone.statuses_of("INVITE");
        return static_cast<std::size_t>(std::count(all.begin(), all.end(), status));
    }
    static Reply against_the_rule(Reply reply) {
        reply.by_rule = false;
        return reply;
    }
    static std::string field(const std::string& message, std::string_view name) {
        return std::string{header_value(message, name)};
    }
};

TEST_F(PhonesProvisional, ReliableRingingIsAcknowledged) {
    b.on_invite = {reliable(50ms, 180, Sdp::none()), reply(500ms, 200)};
    up();
    EXPECT_EQ(a.final_of("PRACK"), 200);
    EXPECT_EQ(b.received("PRACK"), 1U);
    EXPECT_EQ(seen(a, 180), 1U);
    EXPECT_THAT(b.last_request("INVITE"), HasSubstr("Supported: 100rel\r\n"));
    EXPECT_THAT(a.final_text("INVITE"), HasSubstr("m=audio"));
}

TEST_F(PhonesProvisional, IsPlainWhereTheInviteDoesNotAllowMore) {
    a.supports_100rel = false;
    b.on_invite = {reliable(50ms, 183), reply(500ms, 200)};
    up();
    EXPECT_EQ(b.received("PRACK"), 0U);
    EXPECT_EQ(seen(a, 183), 1U);
}

TEST_F(PhonesProvisional, AnAnswerInAReliable18xSettlesTheSession) {
    a.talks_early = b.talks_early = true;
    b.on_invite = {reliable(50ms, 183), reply(2s, 200)};
    a.invite("bob");
    pass(1s);
    EXPECT_TRUE(a.belief().hears());
    EXPECT_TRUE(b.belief().hears());
    EXPECT_GT(a.heard().count(tone_b, clock.now() - 500ms, clock.now()), 20U);
    EXPECT_GT(b.heard().count(tone_a, clock.now() - 500ms, clock.now()), 20U);
    pass(2s);
    EXPECT_THAT(a.final_text("INVITE"), Not(HasSubstr("m=audio")));
    EXPECT_TRUE(a.up());
}

TEST_F(PhonesProvisional, AnOfferInAReliable18xIsAnsweredInThePrack) {
    b.on_invite = {reliable(50ms, 183), reply(500ms, 200)};
    a.ack.answer = Sdp::with(Direction::recvonly);
    a.invite("bob", Sdp::none());
    pass(100ms);
    EXPECT_THAT(b.last_request("PRACK"), HasSubstr("a=recvonly"));
    EXPECT_TRUE(a.belief().hears());
    EXPECT_FALSE(b.belief().hears());
    pass(1s);
    EXPECT_TRUE(b.up());
    EXPECT_THAT(a.final_text("INVITE"), Not(HasSubstr("m=audio")));
    EXPECT_THAT(a.last_ack(), Not(HasSubstr("m=audio")));
}

TEST_F(PhonesProvisional, AnOfferWithoutAPrackIsAnOpenOne) {
    b.on_invite = {reliable(50ms, 183)};
    a.pracks = false;
    a.retries_glare = false;
    a.invite("bob", Sdp::none());
    pass(100ms);
    EXPECT_TRUE(b.awaits_answer());
    a.update();
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 491);
}

TEST_F(PhonesProvisional, AnInviteThatRequiresThemGetsNothingElse) {
    a.requires_100rel = true;
    b.on_invite = {reply(50ms, 180), reply(100ms, 183, Sdp::with(Direction::sendrecv)), reply(500ms, 200)};
    up();
    EXPECT_THAT(b.last_request("INVITE"), HasSubstr("Require: 100rel\r\n"));
    EXPECT_EQ(b.received("PRACK"), 2U);
}

TEST_F(PhonesProvisional, AnInviteThatRequiresThemIs420WhereTheyAreUnknown) {
    a.requires_100rel = true;
    b.supports_100rel = false;
    a.invite("bob");
    pass(1s);
    EXPECT_EQ(a.final_of("INVITE"), 420);
    EXPECT_THAT(a.final_text("INVITE"), HasSubstr("Unsupported: 100rel"));
}

TEST_F(PhonesProvisional, AreRepeatedAtDoublingIntervalsAndFailTheCallAfter32Seconds) {
    b.on_invite = {reliable(Duration{}, 183)};
    a.pracks = false;
    a.invite("bob");
    pass(31s);
    EXPECT_EQ(seen(a, 183), 6U);  // 0, 0.5, 1.5, 3.5, 7.5, 15.5 s
    pass(900ms);
    EXPECT_EQ(seen(a, 183), 7U);
    pass(1s);
    EXPECT_EQ(a.final_of("INVITE"), 504);
    EXPECT_TRUE(a.over() && b.over());
}

TEST_F(PhonesProvisional, ALostPrackIsSentAgainAndCountsOnce) {
    network.lose([](const Datagram&, const Glance& message) { return message.is("PRACK"); }, 1);
    b.on_invite = {reliable(50ms, 183), reply(100ms, 200)};
    a.invite("bob");
    pass(400ms);
    EXPECT_EQ(a.final_of("INVITE"), 0);  // the 2xx waits for the PRACK of the description
    pass(1s);
    EXPECT_EQ(b.received("PRACK"), 1U);
    EXPECT_EQ(seen(a, 183), 2U);
    EXPECT_TRUE(a.up());
}

TEST_F(PhonesProvisional, ASecondOneWaitsForThePrackOfTheFirst) {
    network.delay([](const Datagram&, const Glance& message) { return message.is("PRACK"); }, 200ms, 1);
    b.on_invite = {reliable(50ms, 183), reliable(100ms, 180), reply(120ms, 200)};
    a.invite("bob");
    pass(200ms);
    EXPECT_THAT(a.statuses_of("INVITE"), ElementsAre(183));
    pass(1s);
    EXPECT_THAT(a.statuses_of("INVITE"), ElementsAre(183, 180, 200));
    EXPECT_EQ(b.received("PRACK"), 2U);
}

TEST_F(PhonesProvisional, ARefusalWaitsForNothing) {
    a.pracks = false;
    b.on_invite = {reliable(50ms, 183), reliable(60ms, 180), reply(100ms, 486)};
    a.invite("bob");
    pass(200ms);
    EXPECT_EQ(a.final_of("INVITE"), 486);
    pass(2s);
    EXPECT_EQ(seen(a, 183), 1U);
}

TEST_F(PhonesProvisional, OneBehindAGapIsFoundAndNotAcknowledged) {
    Reply gap = reliable(100ms, 180);
    gap.rseq_step = 2;
    b.on_invite = {reliable(50ms, 183), gap, reply(400ms, 200)};
    expect_violation("RSeq rises by one");
    a.invite("bob");
    pass(300ms);
    EXPECT_EQ(b.received("PRACK"), 1U);
    pass(1s);
    EXPECT_TRUE(a.up());
}

TEST_F(PhonesProvisional, ASecondOneTooEarlyIsAcknowledgedWhereItIsTheNext) {
    b.on_invite = {reliable(50ms, 183), against_the_rule(reliable(51ms, 180)), reply(500ms, 200)};
    up();
    EXPECT_EQ(b.received("PRACK"), 2U);
}

TEST_F(PhonesProvisional, ASecondOneBeforeAnyPrackIsFound) {
    a.pracks = false;
    b.on_invite = {reliable(50ms, 183), against_the_rule(reliable(80ms, 180))};
    expect_violation("one at a time until its PRACK");
    a.invite("bob");
    pass(200ms);
}

TEST_F(PhonesProvisional, A2xxBeforeThePrackOfADescriptionIsFound) {
    a.pracks = false;
    b.on_invite = {reliable(50ms, 183), against_the_rule(reply(80ms, 200))};
    expect_violation("no 2xx before the PRACK of a description");
    a.invite("bob");
    pass(200ms);
}

TEST_F(PhonesProvisional, ReliableWithoutLeaveAndPlainWhereDemandedAreFound) {
    a.supports_100rel = false;
    b.on_invite = {against_the_rule(reliable(50ms, 183)), reply(500ms, 200)};
    expect_violation("reliable only where the INVITE allows it");
    up();
    a.requires_100rel = true;
    b.on_reinvite = {against_the_rule(reply(10ms, 180)), reply(50ms, 200)};
    expect_violation("reliable where the INVITE demands it");
    a.reinvite();
    pass(1s);
}

TEST_F(PhonesProvisional, ARepetitionThatDiffersIsFound) {
    std::string first;
    network.on_send = [&](const Datagram& datagram) {
        if (glance(datagram.bytes).answers(183, "INVITE")) { first = datagram.bytes; }
    };
    b.on_invite = {reliable(50ms, 183)};
    a.invite("bob");
    pass(100ms);
    expect_violation("a repetition is the same");
    b.send_raw(first.replace(first.find("As Told"), 7, "Altered"));
    pass(100ms);
}

TEST_F(PhonesProvisional, AFirstOneWithoutTheOfferThatIsDueIsFound) {
    b.on_invite = {reliable(50ms, 183, Sdp::none()), reply(500ms, 200)};
    expect_violation("an offer in the first reliable response");
    a.invite("bob", Sdp::none());
    pass(1s);
}

TEST_F(PhonesProvisional, ASecondAnswerInA2xxIsFound) {
    b.on_invite = {reliable(50ms, 183), reply(500ms, 200, Sdp::with(Direction::recvonly))};
    expect_violation("one exchange in an INVITE");
    a.invite("bob");
    pass(1s);
}

TEST_F(PhonesProvisional, APrackThatNamesNothingIs481AndFound) {
    b.on_invite = {reliable(50ms, 183), reply(500ms, 200)};
    up();
    const std::string rack = field(b.last_request("PRACK"), "RAck");
    for (const std::string& wrong : {rack, "1" + rack, std::string{"1 1 BYE"}}) {
        a.request("PRACK", "RAck: " + wrong + "\r\n");
        expect_violation("RAck names a response that has no PRACK yet");
        expect_violation("a PRACK that matches gets a 2xx");
        pass(100ms);
        EXPECT_EQ(a.final_of("PRACK"), 481) << wrong;
    }
    EXPECT_EQ(trace.violations().size(), 6U);
}

TEST_F(PhonesProvisional, APrackWithoutTheAnswerIsFound) {
    b.on_invite = {reliable(50ms, 183), reply(500ms, 200)};
    a.ack.answer = Sdp::none();
    expect_violation("an answer to every offer");
    a.invite("bob", Sdp::none());
    pass(200ms);
}

TEST_F(PhonesProvisional, AnEarlySessionIsChangedByUpdateFromEitherSide) {
    b.on_invite = {reliable(50ms, 183), reply(2s, 200)};
    a.invite("bob");
    pass(200ms);
    a.update(Sdp::with(Direction::recvonly));
    pass(100ms);
    EXPECT_EQ(a.final_of("UPDATE"), 200);
    EXPECT_FALSE(b.belief().hears());
    b.update(Sdp::with(Direction::sendrecv));
    pass(100ms);
    EXPECT_EQ(b.final_of("UPDATE"), 200);
    EXPECT_TRUE(b.belief().hears());
    pass(2s);
    EXPECT_TRUE(a.up());
    EXPECT_TRUE(a.belief().hears());
}

TEST_F(PhonesProvisional, ANewOfferInAPrackIsAnsweredInIts200) {
    b.on_invite = {reliable(50ms, 183), reply(2s, 200)};
    a.prack_offer = Sdp::with(Direction::sendonly);
    a.invite("bob");
    pass(200ms);
    EXPECT_THAT(a.final_text("PRACK"), HasSubstr("a=recvonly"));
    EXPECT_FALSE(a.belief().hears());
    EXPECT_TRUE(b.belief().hears());
}

TEST_F(PhonesProvisional, AReinviteMayBeAnsweredReliablyToo) {
    up();
    b.next_reinvites = {{reliable(10ms, 183), reply(500ms, 200)}};
    a.reinvite(Sdp::with(Direction::sendonly));
    pass(200ms);
    EXPECT_FALSE(a.belief().hears());
    EXPECT_FALSE(b.belief().speaks());
    EXPECT_EQ(b.received("PRACK"), 1U);
    a.next_reinvites = {{reliable(10ms, 183), reply(500ms, 200)}};
    pass(1s);
    b.reinvite(Sdp::none());
    pass(200ms);
    EXPECT_THAT(a.last_request("PRACK"), HasSubstr("m=audio"));
    pass(1s);
    EXPECT_EQ(b.final_of("INVITE"), 200);
    EXPECT_TRUE(a.quiet() && b.quiet());
}

TEST_F(PhonesProvisional, SurvivePoorNetworks) {
    network.all = {.loss = 0.2, .duplicate = 0.1, .reorder = 0, .delay = 20ms, .jitter = 0ms};
    b.on_invite = {reliable(50ms, 183), reliable(100ms, 180), reply(300ms, 200)};
    a.invite("bob");
    pass(60s);
    EXPECT_TRUE(a.up() && b.up());
    EXPECT_EQ(b.received("PRACK"), 2U);
    EXPECT_TRUE(a.belief().hears() && b.belief().hears());
}

// ---- several early dialogs ----

struct PhonesForks : PhonesProvisional {
    PhonesForks() { a.takes_forks = true; }
    static Reply tagged(Reply reply, const std::string& tag) {
        reply.tag = tag;
        return reply;
    }
    static Sdp described_at(const char* rtp) {
        Sdp sdp = Sdp::with(Direction::sendrecv);
        sdp.rtp = at(rtp);
        return sdp;
    }
};

TEST_F(PhonesForks, EachEarlyDialogHasItsOwnNumbersAndItsOwnSession) {
    b.on_invite = {tagged(reliable(50ms, 183, described_at("10.2.0.1:4100")), "x"),
                   tagged(reliable(100ms, 183, described_at("10.2.0.1:4200")), "y"), tagged(reliable(150ms, 180), "x"),
                   tagged(reply(500ms, 200), "x")};
    a.invite("bob");
    pass(70ms);
    EXPECT_EQ(a.belief().remote->rtp, at("10.2.0.1:4100"));
    pass(50ms);
    EXPECT_EQ(a.belief().remote->rtp, at("10.2.0.1:4200"));
    EXPECT_THAT(b.last_request("PRACK"), HasSubstr(";tag=y"));
    pass(1s);
    EXPECT_EQ(b.received("PRACK"), 3U);
    EXPECT_EQ(a.belief().remote->rtp, at("10.2.0.1:4100"));
    EXPECT_EQ(b.belief().local->rtp, at("10.2.0.1:4100"));
    EXPECT_EQ(b.local_tag(), "x");
    EXPECT_TRUE(a.up() && b.up());
    a.reinvite();
    pass(1s);
    EXPECT_EQ(a.final_of("INVITE"), 200);
}

TEST_F(PhonesForks, EarlyMediaOfBothIsHeard) {
    b.talks_early = true;
    b.on_invite = {tagged(reliable(50ms, 183, described_at("10.2.0.1:4100")), "x"),
                   tagged(reliable(1s, 183, described_at("10.2.0.1:4200")), "y"), tagged(reply(2s, 200), "y")};
    std::vector<std::uint16_t> from;
    network.on_send = [&](const Datagram& datagram) {
        if (datagram.to == a.identity().rtp && (from.empty() || from.back() != datagram.from.port)) {
            from.push_back(datagram.from.port);
        }
    };
    a.invite("bob");
    pass(3s);
    EXPECT_THAT(from, ElementsAre(4100, 4200));
    EXPECT_TRUE(a.up());
}

TEST_F(PhonesForks, AnotherTagIsFoundByWhoeverExpectsOneDialog) {
    a.takes_forks = false;
    b.on_invite = {tagged(reply(50ms, 180), "x"), tagged(reply(100ms, 180), "y")};
    expect_violation("one dialog towards the caller");
    a.invite("bob");
    pass(200ms);
}

TEST_F(PhonesForks, ARequestInAnEarlyDialogThatWasLeftIs481) {
    b.on_invite = {tagged(reliable(50ms, 183), "x"), tagged(reply(100ms, 200), "y")};
    network.delay([](const Datagram&, const Glance& message) { return message.is("PRACK"); }, 200ms, 1);
    a.invite("bob");
    pass(1s);
    EXPECT_EQ(a.final_of("PRACK"), 481);
}

}  // namespace
}  // namespace simulation
