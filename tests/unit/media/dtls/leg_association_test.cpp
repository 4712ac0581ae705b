#include "media/dtls/leg_association.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "tests/unit/media/dtls/certificates.hpp"
#include "tests/unit/media/dtls/wall_clock.hpp"

namespace media::test {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::byte>;

// A leg of ours and its peer. The network loses nothing and takes no time.
class LegAssociationTest : public testing::Test {
protected:
    struct Party {
        DtlsContext context;
        DtlsOutcomes outcomes{};
        LegAssociation association{context, &outcomes};
        std::deque<Bytes> inbox;
        std::size_t sent = 0;
        explicit Party(const Certificate& certificate) : context{certificate} {}
    };
    static DtlsParameters parameters(std::uint32_t number, DtlsRole role, const Certificate& of_peer) {
        return {number, role, {of_peer.fingerprint()}};
    }
    void describe(Party& party, const DtlsParameters& parameters) {
        LegAssociation::Datagrams out;
        party.association.describe(now_, parameters, out);
        post(party, out);
    }
    // Both sides agree on it, with ours as the server.
    void agree(std::uint32_t number, int certificate_of_peer = 1) {
        describe(ours_, parameters(number, DtlsRole::server, certificate_of(certificate_of_peer)));
        describe(*peer_, parameters(number, DtlsRole::client, certificate_of(0)));
    }
    void post(Party& from, const LegAssociation::Datagrams& datagrams) {
        Party& to = &from == &ours_ ? *peer_ : ours_;
        for (const Bytes& datagram : datagrams) { to.inbox.push_back(datagram); }
        from.sent += datagrams.size();
    }
    void run() {
        while (!ours_.inbox.empty() || !peer_->inbox.empty()) {
            for (Party* const party : {&ours_, peer_.get()}) {
                if (party->inbox.empty()) { continue; }
                LegAssociation::Datagrams out;
                party->association.on_datagram(now_, party->inbox.front(), out);
                party->inbox.pop_front();
                post(*party, out);
            }
        }
    }
    std::uint64_t ended(DtlsFailure how) const { return ours_.outcomes[static_cast<std::size_t>(how)]; }
    // The keys of both, which must be there and fit.
    std::optional<SrtpKeys> keys() {
        const auto here = ours_.association.take_keys();
        const auto there = peer_->association.take_keys();
        EXPECT_TRUE(here && there);
        if (!here || !there) { return std::nullopt; }
        EXPECT_EQ(here->ours, there->theirs);
        EXPECT_EQ(here->theirs, there->ours);
        return here;
    }

    base::Instant now_ = base::Instant{} + 1000h;
    WallClock clock_{now_};
    Party ours_{certificate_of(0)};
    std::unique_ptr<Party> peer_ = std::make_unique<Party>(certificate_of(1));
};

TEST_F(LegAssociationTest, BringsItsKeysOnce) {
    agree(1);
    EXPECT_FALSE(ours_.association.take_keys()) << "not before the handshake";
    run();
    keys();
    EXPECT_FALSE(ours_.association.take_keys());
    EXPECT_EQ(ours_.association.failure(), DtlsFailure::none);
}

// Row 58 of the races: the same fingerprint and role again.
TEST_F(LegAssociationTest, TheSameAgainIsNoHandshake) {
    agree(1);
    run();
    keys();
    const std::size_t sent = ours_.sent + peer_->sent;
    agree(1);
    run();
    EXPECT_EQ(ours_.sent + peer_->sent, sent);
    EXPECT_FALSE(ours_.association.take_keys());
}

// Row 58: another one; nothing is said of the old keys until it is done.
TEST_F(LegAssociationTest, AnotherOneBringsOtherKeys) {
    agree(1);
    run();
    const auto first = keys();
    agree(2);
    EXPECT_FALSE(ours_.association.take_keys());
    run();
    EXPECT_NE(keys(), first);
}

TEST_F(LegAssociationTest, APeerThatBeganAnewIsMet) {
    agree(1);
    run();
    keys();
    peer_ = std::make_unique<Party>(certificate_of(2));
    agree(2, 2);
    run();
    keys();
}

TEST_F(LegAssociationTest, WhatIsRolledBackIsGivenUp) {
    agree(1);
    run();
    keys();
    describe(ours_, parameters(2, DtlsRole::client, certificate_of(1)));
    EXPECT_FALSE(peer_->inbox.empty());
    peer_->inbox.clear();
    const std::size_t sent = ours_.sent;
    describe(ours_, parameters(1, DtlsRole::server, certificate_of(1)));
    EXPECT_EQ(ours_.association.next_timeout(), base::never);
    EXPECT_EQ(ours_.sent, sent);
    EXPECT_FALSE(ours_.association.take_keys()) << "those of the first are in force";
}

TEST_F(LegAssociationTest, AStrangersCertificateBringsNothing) {
    describe(ours_, parameters(1, DtlsRole::server, certificate_of(2)));
    describe(*peer_, parameters(1, DtlsRole::client, certificate_of(0)));
    run();
    EXPECT_FALSE(ours_.association.take_keys());
    EXPECT_EQ(ours_.association.failure(), DtlsFailure::fingerprint);
}

TEST_F(LegAssociationTest, GivesUpInTheEnd) {
    describe(ours_, parameters(1, DtlsRole::server, certificate_of(1)));
    now_ += DtlsSession::handshake_limit;
    clock_.set(now_);
    ASSERT_LE(ours_.association.next_timeout(), now_);
    LegAssociation::Datagrams out;
    ours_.association.on_timeout(now_, out);
    EXPECT_EQ(ours_.association.failure(), DtlsFailure::time);
}

TEST_F(LegAssociationTest, CountsEachHandshakeWhenItEnds) {
    agree(1);
    EXPECT_EQ(ended(DtlsFailure::none), 0U);
    run();
    EXPECT_EQ(ended(DtlsFailure::none), 1U);
    agree(1);
    LegAssociation::Datagrams out;
    peer_->association.close(out);
    post(*peer_, out);
    run();
    EXPECT_EQ(ended(DtlsFailure::none), 1U) << "once";
    peer_ = std::make_unique<Party>(certificate_of(1));
    agree(2);
    run();
    EXPECT_EQ(ended(DtlsFailure::none), 2U);
    peer_ = std::make_unique<Party>(certificate_of(1));
    describe(ours_, parameters(3, DtlsRole::server, certificate_of(2)));
    describe(*peer_, parameters(3, DtlsRole::client, certificate_of(0)));
    run();
    EXPECT_EQ(ended(DtlsFailure::fingerprint), 1U);
    agree(4);
    now_ += DtlsSession::handshake_limit;
    clock_.set(now_);
    ours_.association.on_timeout(now_, out);
    EXPECT_EQ(ended(DtlsFailure::time), 1U);
    EXPECT_EQ(ended(DtlsFailure::none), 2U);
}

TEST_F(LegAssociationTest, TellsItsPeerAtTheEnd) {
    agree(1);
    run();
    keys();
    LegAssociation::Datagrams out;
    ours_.association.close(out);
    EXPECT_EQ(out.size(), 1U);
}

}  // namespace
}  // namespace media::test
