#include "media/ice/lite_agent.hpp"

#include <gtest/gtest.h>

#include "tests/unit/media/support/hex.hpp"

namespace media::test {
namespace {

using namespace std::chrono_literals;

const base::Endpoint home = endpoint("192.0.2.1:4000");
const base::Endpoint mobile = endpoint("198.51.100.7:4001");

struct Check {
    std::string username;
    std::string pwd;
    bool nominate = false;
    std::optional<std::uint32_t> priority = 1;
    bool controlled = false;
    std::optional<std::uint16_t> strange = std::nullopt;
};

Bytes write(const Check& check) {
    StunWriter writer{StunClass::request, {std::byte{9}}};
    writer.text(StunAttribute::username, check.username);
    if (check.priority) { writer.number(StunAttribute::priority, *check.priority); }
    writer.number(check.controlled ? StunAttribute::ice_controlled : StunAttribute::ice_controlling, std::uint64_t{5});
    if (check.nominate) { writer.flag(StunAttribute::use_candidate); }
    if (check.strange) { writer.flag(static_cast<StunAttribute>(*check.strange)); }
    writer.integrity(check.pwd).fingerprint();
    const auto bytes = writer.bytes();
    return Bytes(bytes.begin(), bytes.end());
}

class IceLite : public testing::Test {
protected:
    IceLite() { agent_.set_remote("peer"); }
    Check check(bool nominate = false) const {
        Check out;
        out.username = agent_.credentials().ufrag + ":peer";
        out.pwd = agent_.credentials().pwd;
        out.nominate = nominate;
        return out;
    }
    IceOutcome hear(const TransportAddress& source, const Bytes& datagram) {
        return agent_.on_datagram(now_, source, datagram);
    }
    IceResult ask(const TransportAddress& source, const Check& check) { return hear(source, write(check)).result; }
    static std::optional<int> code_of(const IceOutcome& outcome, std::string_view pwd = "") {
        if (!outcome.reply) { return std::nullopt; }
        const auto view = StunView::parse(outcome.reply->bytes());
        EXPECT_TRUE(view && view->message_class() == StunClass::error && view->has_fingerprint());
        EXPECT_EQ(view->is_authentic(pwd), !pwd.empty());
        EXPECT_EQ(view->mapped_address(), std::nullopt);
        return view->error_code();
    }

    base::SeededRandom random_{1};
    IceLiteAgent agent_{IceCredentials::make(random_)};
    base::Instant now_ = base::Instant{} + 1h;
};

TEST_F(IceLite, CredentialsAreLongEnoughAndNew) {
    const IceCredentials other = IceCredentials::make(random_);
    EXPECT_GE(other.ufrag.size() * 5, 24U);
    EXPECT_GE(other.pwd.size() * 5, 128U);
    EXPECT_NE(other, agent_.credentials());
}

TEST_F(IceLite, AnswersACheckWithWhereItCameFrom) {
    const IceOutcome outcome = hear(home, write(check()));
    EXPECT_EQ(outcome.result, IceResult::answered);
    ASSERT_TRUE(outcome.reply);
    const auto reply = StunView::parse(outcome.reply->bytes());
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->message_class(), StunClass::success);
    EXPECT_EQ(reply->mapped_address(), home);
    EXPECT_EQ(reply->transaction(), (StunTransactionId{std::byte{9}}));
    EXPECT_TRUE(reply->is_authentic(agent_.credentials().pwd));
    EXPECT_TRUE(reply->has_fingerprint());
    EXPECT_TRUE(agent_.is_known(home));
    EXPECT_FALSE(agent_.selected()) << "not nominated yet";
}

TEST_F(IceLite, SendsWhereThePeerNominatedLast) {
    EXPECT_TRUE(hear(home, write(check(true))).is_new_selection);
    EXPECT_EQ(agent_.selected(), home);
    EXPECT_FALSE(hear(home, write(check(true))).is_new_selection);
    EXPECT_EQ(ask(mobile, check()), IceResult::answered);
    EXPECT_EQ(agent_.selected(), home);
    EXPECT_TRUE(hear(mobile, write(check(true))).is_new_selection);
    EXPECT_EQ(agent_.selected(), mobile);
}

TEST_F(IceLite, AForgedNominationMovesNothing) {
    ask(home, check(true));
    Check forged = check(true);
    forged.pwd += "x";
    const IceOutcome outcome = hear(mobile, write(forged));
    EXPECT_EQ(outcome.result, IceResult::unauthenticated);
    EXPECT_EQ(code_of(outcome), 401);
    EXPECT_EQ(agent_.selected(), home);
    EXPECT_FALSE(agent_.is_known(mobile));
    EXPECT_EQ(agent_.counters()[static_cast<std::size_t>(IceResult::unauthenticated)], 1U);
}

TEST_F(IceLite, KnowsOnlyItsOwnUfragAndThatOfItsPeer) {
    Check other = check();
    other.username = "other:peer";
    EXPECT_EQ(ask(home, other), IceResult::unauthenticated);
    other.username = agent_.credentials().ufrag + ":other";
    EXPECT_EQ(ask(home, other), IceResult::unauthenticated);
    other.username = agent_.credentials().ufrag;
    EXPECT_EQ(ask(home, other), IceResult::unauthenticated);
    other.username = ":peer";
    EXPECT_EQ(ask(home, other), IceResult::unauthenticated);
    EXPECT_FALSE(agent_.is_known(home));
}

TEST_F(IceLite, TakesChecksBeforeItKnowsThePeersUfrag) {
    IceLiteAgent early{IceCredentials{"abcd", "0123456789012345678901"}};
    const Check first{"abcd:whoever", "0123456789012345678901"};
    EXPECT_EQ(early.on_datagram(now_, home, write(first)).result, IceResult::answered);
    early.set_remote("peer");
    EXPECT_EQ(early.on_datagram(now_, home, write(first)).result, IceResult::unauthenticated);
}

TEST_F(IceLite, TellsAPeerThatIsControlledTooOfTheConflict) {
    Check conflicting = check(true);
    conflicting.controlled = true;
    const IceOutcome outcome = hear(home, write(conflicting));
    EXPECT_EQ(outcome.result, IceResult::role_conflict);
    EXPECT_EQ(code_of(outcome, agent_.credentials().pwd), 487);
    EXPECT_FALSE(agent_.selected());
}

TEST_F(IceLite, TellsThePeerWhatItDoesNotKnow) {
    Check strange = check(true);
    strange.strange = 0x7abc;
    const IceOutcome outcome = hear(home, write(strange));
    EXPECT_EQ(outcome.result, IceResult::unknown);
    EXPECT_EQ(code_of(outcome, agent_.credentials().pwd), 420);
    EXPECT_FALSE(agent_.selected());
    strange.strange = 0xc057;  // network cost, of browsers: may be ignored
    EXPECT_EQ(ask(home, strange), IceResult::answered);
}

TEST_F(IceLite, TellsThePeerThatAPriorityIsMissing) {
    Check bare = check();
    bare.priority.reset();
    const IceOutcome outcome = hear(home, write(bare));
    EXPECT_EQ(outcome.result, IceResult::malformed);
    EXPECT_EQ(code_of(outcome, agent_.credentials().pwd), 400);
}

TEST_F(IceLite, ToAStrangerSaysNoMoreThanTheStrangerSaid) {
    StunWriter bare{StunClass::request, {}};
    const auto shortest = bare.bytes();
    IceOutcome outcome = hear(home, Bytes(shortest.begin(), shortest.end()));
    EXPECT_EQ(outcome.result, IceResult::unauthenticated);
    EXPECT_FALSE(outcome.reply) << "an answer would be longer";
    bare.text(StunAttribute::username, std::string(40, 'x')).fingerprint();
    const auto longer = bare.bytes();
    outcome = hear(home, Bytes(longer.begin(), longer.end()));
    EXPECT_EQ(code_of(outcome), 400);
    EXPECT_LE(outcome.reply->bytes().size(), longer.size());
}

TEST_F(IceLite, AnswersNothingButRequests) {
    for (const StunClass kind : {StunClass::indication, StunClass::success, StunClass::error}) {
        StunWriter writer{kind, {}};
        writer.text(StunAttribute::username, check().username).integrity(check().pwd).fingerprint();
        const auto bytes = writer.bytes();
        const IceOutcome outcome = hear(home, Bytes(bytes.begin(), bytes.end()));
        EXPECT_EQ(outcome.result, IceResult::not_a_check);
        EXPECT_FALSE(outcome.reply);
    }
    EXPECT_EQ(hear(home, Bytes(30, std::byte{0})).result, IceResult::malformed);
}

TEST_F(IceLite, RemembersNoMoreSourcesThanItsLimitAndAlwaysTheOneInUse) {
    ask(home, check(true));
    for (std::uint16_t port = 1; port <= IceLiteAgent::max_sources; ++port) {
        ask(base::Endpoint{mobile.address, port}, check());
    }
    EXPECT_TRUE(agent_.is_known(home));
    EXPECT_TRUE(agent_.is_known(base::Endpoint{mobile.address, 1}));
    ask(base::Endpoint{mobile.address, 99}, check());
    EXPECT_FALSE(agent_.is_known(base::Endpoint{mobile.address, 1}));
    EXPECT_TRUE(agent_.is_known(base::Endpoint{mobile.address, 99}));
    EXPECT_TRUE(agent_.is_known(home));
}

TEST_F(IceLite, ARestartLeavesMediaWhereItIsUntilTheNewPairIsNominated) {
    ask(home, check(true));
    const Check before = check(true);
    agent_.restart(IceCredentials::make(random_));
    EXPECT_TRUE(agent_.is_restarting());
    EXPECT_EQ(agent_.selected(), home);
    EXPECT_EQ(ask(home, before), IceResult::answered) << "the old pair lives on";
    agent_.set_remote("anew");
    Check after = check();
    after.username = agent_.credentials().ufrag + ":anew";
    EXPECT_EQ(ask(mobile, after), IceResult::answered);
    EXPECT_EQ(agent_.selected(), home);
    after.nominate = true;
    EXPECT_TRUE(hear(mobile, write(after)).is_new_selection);
    EXPECT_EQ(agent_.selected(), mobile);
    EXPECT_FALSE(agent_.is_restarting());
    EXPECT_EQ(ask(home, before), IceResult::unauthenticated);
    EXPECT_FALSE(agent_.is_known(home));
}

TEST_F(IceLite, OfTwoRestartsTheGenerationThatCarriesMediaIsKept) {
    ask(home, check(true));
    const Check first = check(true);
    agent_.restart(IceCredentials::make(random_));
    agent_.set_remote("peer");
    const Check second = check(true);
    agent_.restart(IceCredentials::make(random_));
    EXPECT_EQ(ask(home, second), IceResult::unauthenticated);
    EXPECT_EQ(ask(home, first), IceResult::answered);
}

TEST_F(IceLite, WithoutAnAuthenticCheckForThirtySecondsConsentIsOver) {
    EXPECT_EQ(agent_.next_timeout(), base::never);
    ask(home, check(true));
    EXPECT_EQ(agent_.next_timeout(), now_ + 30s);
    now_ += 29s;
    EXPECT_FALSE(agent_.on_timeout(now_));
    Check forged = check();
    forged.pwd += "x";
    ask(home, forged);
    ask(mobile, check());
    EXPECT_EQ(agent_.next_timeout(), now_ + 1s) << "neither forgeries nor another pair give it";
    ask(home, check());
    EXPECT_EQ(agent_.next_timeout(), now_ + 30s);
    now_ += 30s;
    EXPECT_TRUE(agent_.on_timeout(now_));
    EXPECT_FALSE(agent_.selected());
    EXPECT_EQ(agent_.next_timeout(), base::never);
    EXPECT_EQ(ask(home, check(true)), IceResult::expired);
    EXPECT_FALSE(agent_.selected());
}

TEST_F(IceLite, TheSameAddressOverUdpAndOverTcpAreTwoSources) {
    ask(home, check(true));
    const TransportAddress by_tcp{home, Protocol::tcp};
    EXPECT_FALSE(agent_.is_known(by_tcp));
    EXPECT_TRUE(hear(by_tcp, write(check(true))).is_new_selection);
    EXPECT_EQ(agent_.selected(), by_tcp);
    agent_.forget(by_tcp);
    EXPECT_TRUE(agent_.is_known(home));
}

TEST_F(IceLite, WithItsConnectionAPairIsGoneAndTheNextNominationCounts) {
    const TransportAddress by_tcp{home, Protocol::tcp};
    ask(mobile, check());
    ask(by_tcp, check(true));
    agent_.forget(by_tcp);
    EXPECT_FALSE(agent_.selected());
    EXPECT_FALSE(agent_.is_known(by_tcp));
    EXPECT_TRUE(hear(mobile, write(check(true))).is_new_selection);
    EXPECT_EQ(agent_.selected(), mobile);
}

TEST_F(IceLite, AfterTheLossOfAConnectionConsentRunsOut) {
    const TransportAddress by_tcp{home, Protocol::tcp};
    ask(by_tcp, check(true));
    agent_.forget(by_tcp);
    EXPECT_EQ(agent_.next_timeout(), now_ + 30s);
    now_ += 30s;
    EXPECT_TRUE(agent_.on_timeout(now_));
    EXPECT_EQ(ask(mobile, check(true)), IceResult::expired);
}

TEST_F(IceLite, AfterTheEndOfConsentARestartBringsThePeerBack) {
    ask(home, check(true));
    now_ += 31s;
    EXPECT_TRUE(hear(home, write(check(true))).has_expired);
    agent_.restart(IceCredentials::make(random_));
    agent_.set_remote("peer");
    EXPECT_EQ(ask(mobile, check(true)), IceResult::answered);
    EXPECT_EQ(agent_.selected(), mobile);
}

TEST_F(IceLite, TheEndOfTheOldPairDuringARestartLeavesTheNewOneOpen) {
    ask(home, check(true));
    agent_.restart(IceCredentials::make(random_));
    agent_.set_remote("peer");
    now_ += 31s;
    EXPECT_TRUE(agent_.on_timeout(now_));
    EXPECT_EQ(ask(mobile, check(true)), IceResult::answered);
    EXPECT_EQ(agent_.selected(), mobile);
}

TEST(AddressedUfrag, StandsBeforeTheColon) {
    const auto ufrag_of = [](std::string_view username) -> std::string {
        StunWriter writer{StunClass::request, {}};
        writer.text(StunAttribute::username, username);
        const auto view = StunView::parse(writer.bytes());
        const auto ufrag = addressed_ufrag(*view);
        return ufrag ? std::string{*ufrag} : "none";
    };
    EXPECT_EQ(ufrag_of("ours:theirs"), "ours");
    EXPECT_EQ(ufrag_of("ours:"), "ours");
    EXPECT_EQ(ufrag_of("ours"), "none");
    EXPECT_EQ(ufrag_of(":theirs"), "none");
    EXPECT_EQ(ufrag_of(""), "none");
}

}  // namespace
}  // namespace media::test
