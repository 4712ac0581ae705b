#include "media/dtls/session.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/bytes.hpp"
#include "media/srtp/session.hpp"
#include "tests/unit/media/dtls/certificates.hpp"
#include "tests/unit/media/dtls/wall_clock.hpp"
#include "tests/unit/media/srtp/samples.hpp"

namespace media::test {
namespace {

using namespace std::chrono_literals;
using State = DtlsSession::State;

// Two sessions and a network between them, on virtual time.
class Dtls : public testing::Test {
protected:
    struct Party {
        DtlsContext context;
        std::optional<DtlsSession> session;
        std::size_t largest = 0;
        std::size_t sent = 0;
    };

    void SetUp() override {
        server_.session = DtlsSession::make(now_, server_.context, DtlsRole::server);
        client_.session = DtlsSession::make(now_, client_.context, DtlsRole::client);
        ASSERT_TRUE(server_.session && client_.session);
    }
    void introduce() {
        expect(server_, certificate_of(1).fingerprint());
        expect(client_, certificate_of(0).fingerprint());
    }
    void expect(Party& party, const CertificateFingerprint& fingerprint) {
        DtlsSession::Datagrams out;
        party.session->expect(now_, {fingerprint}, out);
        post(party, out);
    }
    void post(Party& from, const DtlsSession::Datagrams& datagrams) {
        for (const Bytes& datagram : datagrams) {
            from.largest = std::max(from.largest, datagram.size());
            ++from.sent;
            if (random_.below(100) < loss_percent_) { continue; }
            const auto delay = std::chrono::milliseconds{5 + (reorders_ ? random_.below(40) : 0)};
            wire_.emplace(now_ + delay, std::pair{&from == &client_ ? &server_ : &client_, datagram});
        }
    }
    void start() {
        DtlsSession::Datagrams out;
        client_.session->start(now_, out);
        post(client_, out);
    }
    void deliver(Party& to, const Bytes& datagram) {
        DtlsSession::Datagrams out;
        to.session->on_datagram(now_, datagram, out);
        post(to, out);
    }
    void run_for(base::Duration duration) {
        const base::Instant end = now_ + duration;
        while (true) {
            const base::Instant due = std::min(server_.session->next_timeout(), client_.session->next_timeout());
            const base::Instant next = std::min(due, wire_.empty() ? base::never : wire_.begin()->first);
            if (next > end) { break; }
            set_time(std::max(now_, next));
            if (!wire_.empty() && wire_.begin()->first <= now_) {
                const auto [to, datagram] = wire_.extract(wire_.begin()).mapped();
                deliver(*to, datagram);
                continue;
            }
            for (Party* const party : {&server_, &client_}) {
                if (party->session->next_timeout() > now_) { continue; }
                DtlsSession::Datagrams out;
                party->session->on_timeout(now_, out);
                post(*party, out);
            }
        }
        set_time(end);
    }
    void set_time(base::Instant now) {
        now_ = now;
        clock_.set(now);
    }
    void expect_connected() {
        EXPECT_EQ(server_.session->state(), State::connected);
        EXPECT_EQ(client_.session->state(), State::connected);
        ASSERT_TRUE(server_.session->keys() && client_.session->keys());
        EXPECT_EQ(server_.session->keys()->send, client_.session->keys()->receive);
        EXPECT_EQ(server_.session->keys()->receive, client_.session->keys()->send);
        EXPECT_NE(server_.session->keys()->send, server_.session->keys()->receive);
    }

    base::Instant now_ = base::Instant{} + 1000h;
    WallClock clock_{now_};
    base::SeededRandom random_{1};
    std::uint64_t loss_percent_ = 0;
    bool reorders_ = false;
    Party server_{DtlsContext{certificate_of(0)}, {}};
    Party client_{DtlsContext{certificate_of(1)}, {}};
    std::multimap<base::Instant, std::pair<Party*, Bytes>> wire_;
};

TEST_F(Dtls, GivesBothSidesTheKeysOfEachOther) {
    introduce();
    start();
    run_for(1s);
    expect_connected();
    EXPECT_EQ(client_.session->keys()->send.suite(), SrtpSuite::aead_aes_256_gcm);
    EXPECT_LE(std::max(server_.largest, client_.largest), DtlsSession::mtu);
    SrtpSession out = sender(server_.session->keys()->send);
    SrtpSession in = receiver(client_.session->keys()->receive);
    EXPECT_EQ(open_rtp(in, protect_rtp(out, rtp_numbered(1))).packet, rtp_numbered(1));
    EXPECT_EQ(server_.session->next_timeout(), base::never);
    EXPECT_EQ(client_.session->next_timeout(), base::never);
}

TEST_F(Dtls, ComesThroughLossAndReordering) {
    reorders_ = true;
    loss_percent_ = 25;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_ = base::SeededRandom{seed};
        wire_.clear();
        SetUp();
        introduce();
        start();
        run_for(29s);
        expect_connected();
        EXPECT_LE(std::max(server_.largest, client_.largest), DtlsSession::mtu);
    }
}

TEST_F(Dtls, RepeatsItsHelloAndGivesUpInTime) {
    loss_percent_ = 100;
    introduce();
    start();
    EXPECT_EQ(client_.sent, 1U);
    EXPECT_EQ(client_.session->next_timeout(), now_ + 100ms);
    run_for(99ms);
    EXPECT_EQ(client_.sent, 1U);
    run_for(1s);
    EXPECT_EQ(client_.sent, 4U);  // after 100, 300, 700 ms
    run_for(30s);
    EXPECT_EQ(client_.session->failure(), DtlsFailure::time);
    EXPECT_EQ(server_.session->failure(), DtlsFailure::time) << "a server that nobody speaks to";
    EXPECT_EQ(client_.session->next_timeout(), base::never);
}

TEST_F(Dtls, WithAnotherCertificateThanDescribedThereAreNoKeys) {
    introduce();
    expect(server_, certificate_of(2).fingerprint());
    start();
    run_for(5s);
    EXPECT_EQ(server_.session->state(), State::failed);
    EXPECT_EQ(server_.session->failure(), DtlsFailure::fingerprint);
    EXPECT_FALSE(server_.session->keys());
    EXPECT_EQ(client_.session->state(), State::closed) << "is told";
    EXPECT_FALSE(client_.session->keys());
}

TEST_F(Dtls, OneOfSeveralFingerprintsIsEnoughAndUnknownHashesAreNone) {
    expect(client_, certificate_of(0).fingerprint());
    DtlsSession::Datagrams out;
    server_.session->expect(
        now_,
        {{"md5", {}}, certificate_of(2).fingerprint(), {"sha-512", digest_of(*certificate_of(1).x509(), "sha-512")}},
        out);
    start();
    run_for(1s);
    expect_connected();
}

TEST_F(Dtls, KeysWaitForTheDescriptionOfThePeer) {
    expect(client_, certificate_of(0).fingerprint());
    start();
    run_for(1s);
    EXPECT_EQ(server_.session->state(), State::unverified);
    EXPECT_FALSE(server_.session->keys());
    expect(server_, certificate_of(1).fingerprint());
    expect_connected();
}

TEST_F(Dtls, ADescriptionThatNeverComesEndsIt) {
    expect(client_, certificate_of(0).fingerprint());
    start();
    run_for(31s);
    EXPECT_EQ(server_.session->failure(), DtlsFailure::time);
    EXPECT_FALSE(server_.session->keys());
}

TEST_F(Dtls, GarbageBetweenTheFlightsChangesNothing) {
    introduce();
    start();
    for (int i = 0; i < 60; ++i) {
        Bytes noise(1 + random_.below(200));
        for (std::byte& byte : noise) { byte = static_cast<std::byte>(random_.next()); }
        if (i % 2 == 0) { noise[0] = std::byte{22}; }
        if (i % 3 == 0 && noise.size() > 2) { noise[1] = noise[2] = std::byte{0xfe}; }
        deliver(i % 4 < 2 ? server_ : client_, noise);
        run_for(1ms);
    }
    run_for(2s);
    expect_connected();
    deliver(server_, Bytes(100, std::byte{23}));
    deliver(client_, Bytes(DtlsSession::max_datagram + 1, std::byte{22}));
    expect_connected();
}

// The first flight of a client, as one record (RFC 6347 §4.1, §4.2.2).
Bytes hello_of(const DtlsContext& context, base::Instant now) {
    auto client = DtlsSession::make(now, context, DtlsRole::client);
    DtlsSession::Datagrams out;
    client->start(now, out);
    return out.at(0);
}

TEST_F(Dtls, AStrangersHelloDoesNotDisturbWhoIsUnderWay) {
    const DtlsContext stranger{certificate_of(2)};
    introduce();
    start();
    run_for(6ms);  // the server has answered
    deliver(server_, hello_of(stranger, now_));
    run_for(2s);
    expect_connected();
    deliver(server_, hello_of(stranger, now_));
    run_for(1s);
    expect_connected();
}

// The first half of the hello, or the second, in a record of its own.
Bytes fragment_of(const Bytes& hello, bool is_second) {
    constexpr std::size_t headers = 13 + 12;
    const std::size_t body = hello.size() - headers;
    const std::size_t from = is_second ? body / 2 : 0;
    const std::size_t size = is_second ? body - body / 2 : body / 2;
    Bytes out(hello.begin(), hello.begin() + headers);
    out[10] = is_second ? std::byte{1} : std::byte{0};  // the record's number
    base::write_u16(out, 11, static_cast<std::uint16_t>(12 + size));
    base::write_u16(out, 13 + 7, static_cast<std::uint16_t>(from));
    base::write_u16(out, 13 + 10, static_cast<std::uint16_t>(size));
    const auto begin = hello.begin() + static_cast<std::ptrdiff_t>(headers + from);
    out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
    return out;
}

TEST_F(Dtls, TakesAHelloInFragmentsInEitherOrder) {
    for (const bool second_first : {false, true}) {
        SetUp();
        introduce();
        DtlsSession::Datagrams out;
        client_.session->start(now_, out);
        ASSERT_EQ(out.size(), 1U);
        deliver(server_, fragment_of(out[0], second_first));
        EXPECT_TRUE(wire_.empty());
        deliver(server_, fragment_of(out[0], !second_first));
        EXPECT_FALSE(wire_.empty());
        run_for(1s);
        expect_connected();
    }
}

TEST_F(Dtls, InputBeforeTheEndOfTheHandshakeIsBounded) {
    introduce();
    const Bytes noise(1024, std::byte{22});
    for (std::size_t fed = 0; fed < DtlsSession::max_handshake_input; fed += noise.size()) { deliver(server_, noise); }
    EXPECT_EQ(server_.session->state(), State::handshake);
    deliver(server_, Bytes{std::byte{22}});
    EXPECT_EQ(server_.session->failure(), DtlsFailure::too_much);
    EXPECT_EQ(server_.session->next_timeout(), base::never);
}

TEST_F(Dtls, AClosedSessionTellsItsPeerAndForgetsItsKeys) {
    introduce();
    start();
    run_for(1s);
    DtlsSession::Datagrams out;
    server_.session->close(out);
    post(server_, out);
    EXPECT_EQ(server_.session->state(), State::closed);
    EXPECT_FALSE(server_.session->keys());
    run_for(1s);
    EXPECT_EQ(client_.session->state(), State::closed);
    EXPECT_FALSE(client_.session->keys());
}

TEST(DtlsCertificate, IsAnotherEachTimeAndSaysItsFingerprint) {
    EXPECT_NE(certificate_of(0).fingerprint(), certificate_of(1).fingerprint());
    EXPECT_EQ(certificate_of(0).fingerprint().hash, "sha-256");
    EXPECT_EQ(certificate_of(0).fingerprint().digest.size(), 32U);
    EXPECT_EQ(digest_of(*certificate_of(0).x509(), "sha-384").size(), 48U);
    EXPECT_TRUE(digest_of(*certificate_of(0).x509(), "md5").empty());
}

}  // namespace
}  // namespace media::test
