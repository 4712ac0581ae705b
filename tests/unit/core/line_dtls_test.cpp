#include "server/b2bua/line_dtls.hpp"

#include <gtest/gtest.h>

#include "sip/sdp/parser.hpp"

namespace server {
namespace {

using media::CertificateFingerprint;
using media::DtlsRole;
using sip::sdp::Session;

const std::string our_id = "holdfast-association-1";
const std::string their_id = "their-association-000001";

std::string hex(char digit) {
    std::string text;
    for (int i = 0; i < 32; ++i) { text += std::string{i == 0 ? "" : ":"} + digit + digit; }
    return text;
}

// A description with one line; its attributes below it.
struct Line {
    Session session;

    explicit Line(const std::vector<std::string>& attributes, const std::string& profile = "UDP/TLS/RTP/SAVP",
                  const std::vector<std::string>& of_session = {}) {
        std::string text = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n";
        for (const auto& attribute : of_session) { text += "a=" + attribute + "\r\n"; }
        text += "m=audio 5000 " + profile + " 0\r\n";
        for (const auto& attribute : attributes) { text += "a=" + attribute + "\r\n"; }
        auto parsed = sip::sdp::parse(text);
        EXPECT_TRUE(parsed) << text;
        session = *parsed;
    }
    operator DescribedLine() const { return {session, session.media.at(0)}; }  // NOLINT(google-explicit-constructor)
    std::string value(std::string_view name) const {
        const auto* const attribute = session.media.at(0).attribute(name);
        return attribute == nullptr ? std::string{} : attribute->value.value_or("");
    }
};

Line of_peer(const std::string& setup, char certificate = 'A', const std::string& id = their_id) {
    return Line{{"fingerprint:sha-256 " + hex(certificate), "setup:" + setup, "tls-id:" + id}};
}

struct Leg {
    std::optional<DtlsAgreement> in_force;

    OwnDtls own() const {
        return {{"sha-256", std::vector<std::uint8_t>(32, 0x11)}, our_id, in_force ? &*in_force : nullptr};
    }
    Line offer() const {
        Line line{{}, "RTP/AVP"};
        dtls_offer(line.session.media.at(0), own());
        return line;
    }
    Line answer(const Line& offered) const {
        Line line{{}, "RTP/AVP"};
        dtls_answer(line.session.media.at(0), own(), offered);
        return line;
    }
    bool agree(const Line& ours, const Line& theirs, bool we_offered) {
        auto agreed = agreed_association(ours, theirs, we_offered, in_force ? &*in_force : nullptr);
        if (agreed) { in_force = std::move(agreed); }
        return agreed.has_value();
    }
    bool is_asked(const Line& offered) { return agree(answer(offered), offered, false); }
    bool asks(const Line& answered) { return agree(offer(), answered, true); }
};

TEST(LineDtls, AnOfferLeavesTheRoleToThePeer) {
    const Line offer = Leg{}.offer();
    EXPECT_EQ(offer.session.media.at(0).protocol, "UDP/TLS/RTP/SAVP");
    EXPECT_EQ(offer.value("setup"), "actpass");
    EXPECT_EQ(offer.value("tls-id"), our_id);
    EXPECT_EQ(offer.value("fingerprint"), "sha-256 " + hex('1'));
}

TEST(LineDtls, AnAnswerKeepsTheProfile) {
    const Line offered{{"fingerprint:sha-256 " + hex('A'), "setup:actpass"}, "UDP/TLS/RTP/SAVPF"};
    EXPECT_EQ(Leg{}.answer(offered).session.media.at(0).protocol, "UDP/TLS/RTP/SAVPF");
}

TEST(LineDtls, WeAreTheServerWhereWeMayChoose) {
    Leg leg;
    EXPECT_EQ(leg.answer(of_peer("actpass")).value("setup"), "passive");
    EXPECT_EQ(leg.answer(of_peer("active")).value("setup"), "passive");
    EXPECT_EQ(leg.answer(of_peer("passive")).value("setup"), "active");
}

TEST(LineDtls, TheAnswerDecidesTheRoles) {
    struct Row {
        const char* answer;
        DtlsRole ours;
    };
    for (const Row& row : {Row{"active", DtlsRole::server}, Row{"passive", DtlsRole::client}}) {
        Leg leg;
        ASSERT_TRUE(leg.asks(of_peer(row.answer))) << row.answer;
        EXPECT_EQ(leg.in_force->role, row.ours) << row.answer;
        EXPECT_EQ(leg.in_force->fingerprints.at(0),
                  (CertificateFingerprint{"sha-256", std::vector<std::uint8_t>(32, 0xAA)}));
    }
}

TEST(LineDtls, WithoutARoleTheOffererIsActive) {  // RFC 4145 §4.1
    Leg asked;
    ASSERT_TRUE(asked.is_asked(Line{{"fingerprint:sha-256 " + hex('A')}}));
    EXPECT_EQ(asked.in_force->role, DtlsRole::server);
    Leg asking;
    ASSERT_TRUE(asking.asks(Line{{"fingerprint:sha-256 " + hex('A')}}));
    EXPECT_EQ(asking.in_force->role, DtlsRole::client);
}

// Row 58 of the races: the same again is no new handshake, whoever asks.
TEST(LineDtls, TheSameAgainIsTheSameAssociation) {
    Leg leg;
    ASSERT_TRUE(leg.is_asked(of_peer("passive")));
    ASSERT_EQ(leg.in_force->role, DtlsRole::client);
    ASSERT_TRUE(leg.is_asked(of_peer("actpass")));
    EXPECT_EQ(leg.answer(of_peer("actpass")).value("setup"), "active") << "the role stays";
    ASSERT_TRUE(leg.is_asked(of_peer("passive")));
    ASSERT_TRUE(leg.asks(of_peer("passive")));
    EXPECT_EQ(leg.in_force->association, 1U);
    EXPECT_EQ(leg.in_force->role, DtlsRole::client);
}

TEST(LineDtls, AnotherCertificateIsAnotherAssociation) {
    Leg leg;
    ASSERT_TRUE(leg.is_asked(of_peer("passive", 'A')));
    ASSERT_TRUE(leg.is_asked(of_peer("actpass", 'B')));
    EXPECT_EQ(leg.in_force->association, 2U);
    EXPECT_EQ(leg.in_force->role, DtlsRole::server) << "a new one, for which we may choose";
}

TEST(LineDtls, AnotherTlsIdIsAnotherAssociation) {  // RFC 8842 §4
    Leg leg;
    ASSERT_TRUE(leg.is_asked(of_peer("actpass")));
    ASSERT_TRUE(leg.is_asked(of_peer("actpass", 'A', "their-association-000002")));
    EXPECT_EQ(leg.in_force->association, 2U);
}

TEST(LineDtls, RolesNeverChangeWithinAnAssociation) {
    Leg leg;
    ASSERT_TRUE(leg.is_asked(of_peer("active")));
    ASSERT_TRUE(leg.is_asked(of_peer("passive")));
    EXPECT_EQ(leg.in_force->role, DtlsRole::client);
    EXPECT_EQ(leg.in_force->association, 2U);
}

TEST(LineDtls, AnAnswerWithTheOtherRoleIsAnotherAssociation) {
    Leg leg;
    ASSERT_TRUE(leg.asks(of_peer("active")));
    ASSERT_TRUE(leg.asks(of_peer("passive")));
    EXPECT_EQ(leg.in_force->association, 2U);
}

TEST(LineDtls, TheSessionSpeaksForItsLines) {
    Leg leg;
    ASSERT_TRUE(leg.is_asked(Line{{}, "UDP/TLS/RTP/SAVP", {"fingerprint:sha-256 " + hex('A'), "setup:active"}}));
    EXPECT_EQ(leg.in_force->role, DtlsRole::server);
}

TEST(LineDtls, WhatNoAssociationCanComeOf) {
    EXPECT_FALSE(may_have_association(Line{{"setup:actpass"}})) << "no fingerprint";
    EXPECT_FALSE(may_have_association(Line{{"fingerprint:md5 " + std::string(47, 'A'), "setup:actpass"}}));
    EXPECT_FALSE(may_have_association(Line{{"fingerprint:sha-256 AA:BB", "setup:actpass"}})) << "cut short";
    EXPECT_FALSE(may_have_association(of_peer("holdconn")));
    EXPECT_FALSE(may_have_association(Line{{"fingerprint:sha-256 " + hex('A')}, "RTP/SAVP"}));
    EXPECT_TRUE(may_have_association(of_peer("actpass")));
}

TEST(LineDtls, AnAnswerMustChoose) {  // RFC 5763 §5
    Leg leg;
    EXPECT_FALSE(leg.asks(of_peer("actpass")));
    EXPECT_FALSE(leg.in_force);
}

}  // namespace
}  // namespace server
