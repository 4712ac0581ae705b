// Transports of browsers on one port: who is let in, and what becomes of it.
#include "tests/unit/media/bundle/browsers.hpp"

namespace media::test {
namespace {

Bytes check_for(const IceCredentials& ours, const std::string& their_ufrag, bool nominate = true) {
    StunWriter request{StunClass::request, {std::byte{9}}};
    request.text(StunAttribute::username, ours.ufrag + ":" + their_ufrag)
        .number(StunAttribute::priority, std::uint32_t{1})
        .number(StunAttribute::ice_controlling, std::uint64_t{5});
    if (nominate) { request.flag(StunAttribute::use_candidate); }
    request.integrity(ours.pwd).fingerprint();
    return Bytes(request.bytes().begin(), request.bytes().end());
}

class SharedPortTest : public BrowsersTest {
protected:
    Bytes check_of(const Browser& one, bool nominate = true) const {
        return check_for(one.ours, one.transport.credentials().ufrag, nominate);
    }
    Bytes forged_check_of(const Browser& one) const {
        IceCredentials wrong = one.ours;
        wrong.pwd += "x";
        return check_for(wrong, one.transport.credentials().ufrag);
    }
};

TEST_F(SharedPortTest, MediaFlowsBothWaysOnceThePairIsNominatedAndTheKeysAreThere) {
    Browser& one = connect(1, home, voice);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, EngineEvent::Kind::transport_up);
    EXPECT_EQ(events[0].session, voice.session);
    EXPECT_EQ(events[0].side, voice.side);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].line, voice);
    EXPECT_EQ(changes[0].target, home);
    EXPECT_TRUE(hears(one));
    const Bytes packet = rtp({});
    EXPECT_EQ(says(one, packet), Drop::none);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].line, voice);
    EXPECT_EQ(taken[0].bytes, packet);
    EXPECT_EQ(ice(one), "connected");
}

TEST_F(SharedPortTest, WeMayBeginTheHandshake) {
    Browser& one = browser(1, home);
    one.our_role = DtlsRole::client;
    open(one, voice);
    agree(one);
    exchange();
    EXPECT_EQ(one.transport.handshakes(), 1U);
    EXPECT_TRUE(hears(one));
}

TEST_F(SharedPortTest, ABrowserMayBeQuickerThanItsAnswer) {
    Browser& one = browser(1, home);
    open(one, voice);
    one.transport.describe(now, one.remote());
    exchange();
    EXPECT_TRUE(one.transport.is_connected()) << "checks are answered by our password alone";
    EXPECT_EQ(drops.back(), Drop::dtls) << "a certificate is not known yet";
    run(100ms);
    port.describe(now, one.id, one.description());
    run(1s);
    EXPECT_TRUE(hears(one));
}

TEST_F(SharedPortTest, WithoutANominationNothingIsSent) {
    Browser& one = browser(1, home);
    one.transport.nominates = false;
    open(one, voice);
    agree(one);
    exchange();
    EXPECT_EQ(one.transport.handshakes(), 1U) << "it has proved who it is";
    EXPECT_FALSE(hears(one));
    EXPECT_TRUE(events.empty());
    one.transport.nominates = true;
    run(BrowserTransport::consent_interval);
    EXPECT_TRUE(hears(one));
}

TEST_F(SharedPortTest, MediaFollowsTheBrowserToWhereverItNominates) {
    Browser& one = connect(1, home, voice);
    EXPECT_EQ(hear(mobile, check_of(one, false)), Drop::none);
    EXPECT_EQ(target(one), home);
    EXPECT_EQ(hear(mobile, check_of(one)), Drop::none);
    EXPECT_EQ(target(one), mobile);
    EXPECT_EQ(changes.back().target, mobile);
    one.at = mobile;
    EXPECT_TRUE(hears(one));
    EXPECT_EQ(says(one, rtp({})), Drop::none);
    EXPECT_EQ(one.transport.handshakes(), 1U);
    EXPECT_EQ(events.size(), 1U) << "up once";
}

TEST_F(SharedPortTest, OverUdpAndOverTcpTheSameAddressIsNotTheSameSource) {
    Browser& one = connect(1, home, voice);
    const TransportAddress by_tcp{home, Protocol::tcp};
    EXPECT_EQ(hear(by_tcp, rtp({})), Drop::unknown_source);
    EXPECT_EQ(hear(by_tcp, check_of(one)), Drop::none);
    EXPECT_EQ(target(one), by_tcp);
    EXPECT_EQ(changes.back().target, by_tcp);
    port.forget(now, by_tcp);
    note_news();
    EXPECT_EQ(changes.back().target, std::nullopt);
    EXPECT_EQ(hear(by_tcp, rtp({})), Drop::unknown_source);
    EXPECT_EQ(hear(home, rtp({})), Drop::auth) << "known still";
    EXPECT_EQ(hear(home, check_of(one)), Drop::none);
    EXPECT_TRUE(hears(one));
}

TEST_F(SharedPortTest, AForgedNominationMovesNothing) {
    Browser& one = connect(1, home, voice);
    EXPECT_EQ(hear(stranger, forged_check_of(one)), Drop::stun);
    EXPECT_EQ(target(one), home);
    EXPECT_EQ(hear(stranger, one.transport.seal(Protection::Kind::rtp, rtp({}))), Drop::unknown_source);
}

TEST_F(SharedPortTest, ChecksForNobodyHereAreNotAnswered) {
    connect(1, home, voice);
    EXPECT_EQ(hear(stranger, check_for({"nobody", "0123456789012345678901"}, "x")), Drop::stun);
    StunWriter indication{StunClass::indication, {}};
    EXPECT_EQ(hear(stranger, Bytes(indication.bytes().begin(), indication.bytes().end())), Drop::stun);
    EXPECT_EQ(hear(stranger, Bytes(20, std::byte{0})), Drop::stun);
    EXPECT_TRUE(to_browsers.empty());
}

TEST_F(SharedPortTest, CountsChecksByTheirResults) {
    const auto count = [&](IceResult result) { return port.checks().results[static_cast<std::size_t>(result)]; };
    Browser& one = connect(1, home, voice);
    const std::uint64_t answered = count(IceResult::answered);
    EXPECT_GE(answered, 1U);
    hear(home, check_of(one));
    EXPECT_EQ(count(IceResult::answered), answered + 1);
    hear(stranger, forged_check_of(one));
    EXPECT_EQ(count(IceResult::unauthenticated), 1U);
    hear(stranger, check_for({"nobody", "0123456789012345678901"}, "x"));
    EXPECT_EQ(port.checks().for_nobody, 1U);
    Browser& two = browser(2, mobile);
    open(two, {SessionId{8}, Side::a});
    hear(home, check_of(two));
    EXPECT_EQ(port.checks().from_taken_place, 1U);
    EXPECT_EQ(count(IceResult::answered), answered + 1);
    SharedPort::CheckCounters sum = port.checks();
    sum += port.checks();
    EXPECT_EQ(sum.for_nobody, 2U);
    EXPECT_EQ(sum.from_taken_place, 2U);
    EXPECT_EQ(sum.results[static_cast<std::size_t>(IceResult::unauthenticated)], 2U);
}

TEST_F(SharedPortTest, KnowsTheStatesOfItsTransports) {
    EXPECT_EQ(port.states(), (IceStates{0, 0, 0}));
    connect(1, home, voice);
    EXPECT_EQ(port.states(), (IceStates{0, 1, 0}));
    EXPECT_EQ(handshakes[static_cast<std::size_t>(DtlsFailure::none)], 1U);
    open(browser(2, mobile), {SessionId{8}, Side::a});
    EXPECT_EQ(port.states(), (IceStates{1, 1, 0}));
    browsers[0]->transport.checks = false;
    run(40s);
    EXPECT_EQ(port.states(), (IceStates{1, 0, 1}));
}

TEST_F(SharedPortTest, AClientHelloOfAStrangerIsDropped) {
    connect(1, home, voice);
    BrowserTransport other{context_of(2), random};
    LegAssociation::Datagrams hello;
    LegAssociation{context_of(2)}.describe(now, {1, DtlsRole::client, {certificate_of(0).fingerprint()}}, hello);
    ASSERT_FALSE(hello.empty());
    EXPECT_EQ(hear(stranger, hello.front()), Drop::unknown_source);
    EXPECT_TRUE(to_browsers.empty());
}

TEST_F(SharedPortTest, AnotherCertificateThanDescribedFailsAndSaysWhy) {
    Browser& one = browser(1, home);
    open(one, voice);
    one.certificate = 2;
    agree(one);
    exchange();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, EngineEvent::Kind::transport_failed);
    EXPECT_EQ(events[0].failure, TransportFailure::fingerprint);
    EXPECT_FALSE(target(one));
    EXPECT_FALSE(hears(one));
    run(40s);
    EXPECT_EQ(events.size(), 1U) << "told once";
}

TEST_F(SharedPortTest, WithoutChecksItFailsInTime) {
    Browser& one = browser(1, home);
    open(one, voice);
    port.describe(now, one.id, one.description());
    run(BundleTransport::set_up_limit - 1ms);
    EXPECT_TRUE(events.empty());
    run(1ms);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].failure, TransportFailure::checks);
    EXPECT_EQ(ice(one), "checking");
}

TEST_F(SharedPortTest, WithoutAHandshakeItFailsInTime) {
    Browser& one = browser(1, home);
    open(one, voice);
    port.describe(now, one.id, one.description());
    for (int second = 0; second <= 30; ++second) {
        hear(home, check_of(one));
        run(1s);
    }
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].failure, TransportFailure::handshake_time);
}

TEST_F(SharedPortTest, MediaInTheClearIsDropped) {
    Browser& one = connect(1, home, voice);
    EXPECT_EQ(hear(home, rtp({})), Drop::auth);
    EXPECT_EQ(hear(home, bytes({0x80, 201, 0, 1, 0, 0, 0, 1})), Drop::malformed);
    EXPECT_TRUE(taken.empty());
    Browser& early = browser(2, mobile);
    early.transport.nominates = false;
    open(early, picture);
    EXPECT_EQ(hear(mobile, check_of(early)), Drop::none);
    EXPECT_EQ(hear(mobile, rtp({})), Drop::auth) << "and before there are keys";
    EXPECT_TRUE(hears(one));
}

TEST_F(SharedPortTest, AFloodOfBadTagsEndsNothing) {
    Browser& one = connect(1, home, voice);
    Bytes bad = one.transport.seal(Protection::Kind::rtp, rtp({.sequence = 9}));
    bad.back() ^= std::byte{1};
    for (int i = 0; i < 10'000; ++i) { EXPECT_EQ(hear(home, bad), Drop::auth); }
    EXPECT_TRUE(hears(one));
    EXPECT_EQ(says(one, rtp({.sequence = 10})), Drop::none);
    EXPECT_EQ(events.size(), 1U);
}

TEST_F(SharedPortTest, WhatIsNeitherStunNorDtlsNorMediaIsMalformed) {
    connect(1, home, voice);
    for (const unsigned first : {4U, 16U, 19U, 64U, 79U, 127U, 192U, 255U}) {
        EXPECT_EQ(hear(home, bytes({first, 0, 0, 0})), Drop::malformed) << first;
    }
    EXPECT_EQ(hear(home, {}), Drop::malformed);
    EXPECT_EQ(hear(home, Bytes(SharedPort::max_datagram + 1, std::byte{0x80})), Drop::malformed);
}

TEST_F(SharedPortTest, TwoBrowsersDoNotMeet) {
    Browser& one = connect(1, home, voice);
    Browser& two = connect(2, mobile, picture);
    EXPECT_EQ(says(one, rtp({})), Drop::none);
    EXPECT_EQ(says(two, rtp({})), Drop::none);
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken[0].line, voice);
    EXPECT_EQ(taken[1].line, picture);
    EXPECT_EQ(hear(mobile, one.transport.seal(Protection::Kind::rtp, rtp({.sequence = 2}))), Drop::auth);
    EXPECT_TRUE(hears(one));
    EXPECT_TRUE(one.heard.size() == 1 && two.heard.empty());
    EXPECT_TRUE(hears(two));
}

TEST_F(SharedPortTest, WhereMediaOfOneComesFromNoOtherGetsIn) {
    Browser& one = connect(1, home, voice);
    Browser& two = connect(2, mobile, picture);
    EXPECT_EQ(hear(home, check_of(two)), Drop::stun) << "its password and a forged address";
    EXPECT_EQ(says(one, rtp({})), Drop::none);
    EXPECT_EQ(target(two), mobile);
    EXPECT_TRUE(hears(one));
}

TEST_F(SharedPortTest, AfterTheEndItsAddressIsFreeForOthersAndItsChecksAreForNobody) {
    Browser& one = connect(1, home, voice);
    const Bytes before = check_of(one);
    port.close(one.id);
    note_news();
    EXPECT_EQ(changes.back().target, std::nullopt);
    EXPECT_FALSE(to_browsers.empty()) << "close_notify";
    to_browsers.clear();
    EXPECT_EQ(hear(home, before), Drop::stun);
    EXPECT_EQ(hear(home, rtp({})), Drop::unknown_source);
    EXPECT_EQ(port.size(), 0U);
    EXPECT_EQ(port.next_timeout() == base::never || port.next_timeout() > now, true);
    browsers.clear();
    Browser& two = connect(2, home, picture);
    EXPECT_TRUE(hears(two));
}

TEST_F(SharedPortTest, RemembersNoMoreSourcesOfATransportThanItsLimit) {
    Browser& one = connect(1, home, voice);
    const auto check_from = [&](std::uint16_t first, std::uint16_t last) {
        for (std::uint16_t number = first; number <= last; ++number) {
            EXPECT_EQ(hear(base::Endpoint{mobile.address, number}, check_of(one, false)), Drop::none);
        }
    };
    check_from(1, IceLiteAgent::max_sources + 1);
    EXPECT_EQ(hear(base::Endpoint{mobile.address, 1}, rtp({})), Drop::unknown_source);
    EXPECT_EQ(hear(base::Endpoint{mobile.address, 2}, rtp({})), Drop::auth) << "known, and not authentic";
    check_from(1, 200);
    EXPECT_EQ(hear(base::Endpoint{mobile.address, 1}, rtp({})), Drop::unknown_source);
    EXPECT_EQ(hear(base::Endpoint{mobile.address, 200}, rtp({})), Drop::auth);
    EXPECT_TRUE(hears(one));
    EXPECT_EQ(says(one, rtp({})), Drop::none) << "the pair in use stays known";
}

TEST_F(SharedPortTest, AnUfragLeadsToOneTransport) {
    Browser& one = connect(1, home, voice);
    std::string why;
    EXPECT_FALSE(port.open(TransportId{99}, one.ours, why));
    EXPECT_EQ(why, "the ufrag is in use");
}

TEST_F(SharedPortTest, HasRoomForSoManyTransports) {
    std::string why;
    for (std::size_t i = 0; i < SharedPort::max_transports; ++i) {
        ASSERT_TRUE(port.open(TransportId{i + 1}, {"u" + std::to_string(i), "p"}, why)) << why;
    }
    EXPECT_FALSE(port.open(TransportId{99'999}, {"more", "p"}, why));
    EXPECT_NE(why.find(std::to_string(SharedPort::max_transports)), why.npos);
    port.close(TransportId{1});
    EXPECT_TRUE(port.open(TransportId{99'999}, {"more", "p"}, why));
}

TEST_F(SharedPortTest, WhatHappenedBeforeTheFirstLegIsToldThen) {
    Browser& one = browser(1, home);
    one.id = TransportId{1};
    std::string why;
    ASSERT_TRUE(port.open(one.id, one.ours, why));
    agree(one);
    exchange();
    EXPECT_TRUE(events.empty());
    EXPECT_TRUE(port.attach(now, one.id, picture));
    note_news();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].session, picture.session);
}

}  // namespace
}  // namespace media::test
