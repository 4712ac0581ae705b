#include "server/b2bua/line_webrtc.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/b2bua/line_security.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

using sip::sdp::Media;
using sip::sdp::Session;

const std::string fingerprint =
    "sha-256 60:FB:59:D7:E3:8B:39:D7:92:51:18:86:54:F1:0F:55:74:F2:CA:5E:E0:81:D1:01:80:23:5D:8E:01:FF:34:E5";
const std::string mid_map{mid_extension};

// A line as a browser writes it.
struct Line {
    std::string mid = "0";
    std::string ufrag = "TUfr";
    std::string pwd = "/CGhPYHHasQtECSX+kUrCTiV";
    std::string setup = "actpass";
    std::string profile = "UDP/TLS/RTP/SAVPF";
    std::string kind = "audio";
    std::string extension = "4 " + mid_map;
    bool mux = true;
    bool has_ice = true;

    std::string text() const {
        std::string out = "m=" + kind + " 58981 " + profile + " 0\r\nc=IN IP4 127.0.0.1\r\n";
        if (has_ice) { out += "a=ice-ufrag:" + ufrag + "\r\na=ice-pwd:" + pwd + "\r\n"; }
        out += "a=fingerprint:" + fingerprint + "\r\na=setup:" + setup + "\r\n";
        if (!mid.empty()) { out += "a=mid:" + mid + "\r\n"; }
        if (!extension.empty()) { out += "a=extmap:" + extension + "\r\n"; }
        if (mux) { out += "a=rtcp-mux\r\n"; }
        return out;
    }
};

Session session_of(const std::vector<Line>& lines) {
    std::string text = "v=0\r\no=- 49 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    for (const Line& line : lines) { text += line.text(); }
    auto session = sip::sdp::parse(text);
    EXPECT_TRUE(session) << text;
    return session ? *session : Session{};
}

bool is_webrtc(const Line& line) {
    const Session session = session_of({line});
    return is_webrtc(DescribedLine{session, session.media.at(0)});
}

std::string value_of(const Media& line, std::string_view name) {
    const auto* const attribute = line.attribute(name);
    return attribute == nullptr ? "(none)" : attribute->value.value_or("");
}

class LineWebrtcTest : public testing::Test {
protected:
    OwnWebrtc own{{"ours", "ourPasswordOf24Characters"}, {*base::IpAddress::parse("192.0.2.1"), 20000}, 4242};
    OwnDtls dtls{{"sha-256", std::vector<std::uint8_t>(32, 0x11)}, "holdfast-association-1", nullptr};

    Session answered(const Session& offer) const {
        Session ours;
        for (const Media& theirs : offer.media) {
            Media line;
            line.kind = theirs.kind;
            line.port = 20000;
            webrtc_answer(line, {offer, theirs}, own, dtls);
            ours.media.push_back(std::move(line));
        }
        bundle(ours, &offer);
        return ours;
    }
    Session offered(const Session* before = nullptr) const {
        Session ours;
        Media line;
        line.kind = "audio";
        line.port = 20000;
        webrtc_offer(line, 0, before == nullptr ? nullptr : &before->media.at(0), own, dtls);
        ours.media.push_back(std::move(line));
        bundle(ours, before);
        return ours;
    }
};

TEST_F(LineWebrtcTest, ALineNeedsIceAndDtlsAndRtcpOnItsPort) {
    EXPECT_TRUE(is_webrtc(Line{}));
    EXPECT_FALSE(is_webrtc(Line{.profile = "RTP/SAVPF"}));
    EXPECT_FALSE(is_webrtc(Line{.mux = false}));
    EXPECT_FALSE(is_webrtc(Line{.has_ice = false}));
    EXPECT_FALSE(is_webrtc(Line{.ufrag = "ab"})) << "too short: RFC 8839 §5.4";
}

TEST_F(LineWebrtcTest, AnOfferSaysAllThatABrowserNeeds) {
    const Session offer = offered();
    const Media& line = offer.media.at(0);
    EXPECT_EQ(line.protocol, "UDP/TLS/RTP/SAVPF");
    EXPECT_EQ(value_of(line, "mid"), "0");
    EXPECT_EQ(value_of(line, "ice-ufrag"), "ours");
    EXPECT_EQ(value_of(line, "ice-pwd"), "ourPasswordOf24Characters");
    EXPECT_EQ(value_of(line, "candidate"), "1 1 udp 2130706431 192.0.2.1 20000 typ host");
    EXPECT_EQ(value_of(line, "setup"), "actpass");
    EXPECT_EQ(value_of(line, "extmap"), "1 " + std::string{level_extension});
    EXPECT_EQ(value_of(line, "ssrc"), "4242 cname:holdfast");
    EXPECT_EQ(value_of(line, "msid"), "holdfast audio0");
    EXPECT_NE(line.attribute("rtcp-mux"), nullptr);
    EXPECT_NE(line.attribute("end-of-candidates"), nullptr);
    EXPECT_NE(offer.attribute("ice-lite"), nullptr);
    EXPECT_EQ(offer.attribute("group")->value, "BUNDLE 0");
    EXPECT_TRUE(is_webrtc(DescribedLine{offer, line})) << "by our own rule";
}

TEST_F(LineWebrtcTest, WhereItMayConnectIsACandidateOfLessPriority) {
    own.tcp_candidate = {*base::IpAddress::parse("192.0.2.1"), 20000};
    const Session answer = answered(session_of({Line{}}));
    const auto ice = sip::sdp::ice_of(answer, answer.media.at(0));
    ASSERT_TRUE(ice && *ice);
    ASSERT_EQ((*ice)->candidates.size(), 2U);
    const auto& [by_udp, by_tcp] = std::pair{(*ice)->candidates[0], (*ice)->candidates[1]};
    EXPECT_EQ(by_udp.transport, "udp");
    EXPECT_GT(by_udp.priority, by_tcp.priority);
    EXPECT_NE(by_udp.foundation, by_tcp.foundation) << "RFC 8445 §5.1.1.3";
    EXPECT_EQ(*sip::sdp::to_attribute(by_tcp).value, "2 1 tcp 1520435199 192.0.2.1 20000 typ host tcptype passive");
}

TEST_F(LineWebrtcTest, AnAnswerTakesMidAndExtensionOfTheOfferAndTheRoleOfTheServer) {
    const Session answer = answered(session_of({Line{.mid = "audio7", .extension = "9/recvonly " + mid_map}}));
    const Media& line = answer.media.at(0);
    EXPECT_EQ(line.protocol, "UDP/TLS/RTP/SAVPF");
    EXPECT_EQ(value_of(line, "mid"), "audio7");
    EXPECT_EQ(value_of(line, "extmap"), "9/sendonly " + mid_map);
    EXPECT_EQ(value_of(line, "setup"), "passive");
    EXPECT_EQ(answer.attribute("group")->value, "BUNDLE audio7");
}

TEST_F(LineWebrtcTest, AnAnswerHasNoMidAndNoExtensionThatWereNotOffered) {
    const Session answer = answered(session_of({Line{.mid = "", .extension = ""}}));
    EXPECT_EQ(answer.media.at(0).attribute("mid"), nullptr);
    EXPECT_EQ(answer.media.at(0).attribute("extmap"), nullptr);
    EXPECT_EQ(answer.attribute("group"), nullptr);
}

TEST_F(LineWebrtcTest, AFurtherOfferKeepsMidAndExtension) {
    const Session first = answered(session_of({Line{.mid = "a", .extension = "7 " + mid_map}}));
    const Session further = offered(&first);
    EXPECT_EQ(value_of(further.media.at(0), "mid"), "a");
    EXPECT_EQ(value_of(further.media.at(0), "extmap"), "7 " + mid_map);
}

TEST_F(LineWebrtcTest, ANewLineHasTheExtensionsUnderTheNumbersOfTheDialog) {
    const sip::sdp::ExtensionLedger known{{7, mid_map}, {2, "urn:other"}};
    own.extensions = &known;
    const Session offer = offered();
    EXPECT_EQ(value_of(offer.media.at(0), "extmap"), "1 " + std::string{send_time_extension});
    EXPECT_NE(std::ranges::find(offer.media.at(0).attributes, sip::sdp::Attribute{"extmap", "7 " + mid_map}),
              offer.media.at(0).attributes.end());
    const Session answer = answered(session_of({Line{.extension = "2 " + mid_map}}));
    EXPECT_EQ(answer.media.at(0).attribute("extmap"), nullptr) << "it has meant something else";
}

TEST_F(LineWebrtcTest, AFurtherOfferAddsNoMidToALineThatHasNone) {
    const Session first = answered(session_of({Line{.mid = "", .extension = ""}}));
    EXPECT_EQ(offered(&first).media.at(0).attribute("mid"), nullptr);
}

TEST_F(LineWebrtcTest, ALineThatIsOffKeepsItsMidAndIsNotInTheGroup) {
    const Session offer = session_of({Line{}, Line{.mid = "1", .kind = "video"}});
    Session answer;
    Media audio;
    audio.kind = "audio";
    audio.port = 20000;
    webrtc_answer(audio, {offer, offer.media.at(0)}, own, dtls);
    Media video;
    video.kind = "video";
    answer.media = {std::move(audio), std::move(video)};
    bundle(answer, &offer);
    EXPECT_EQ(value_of(answer.media.at(1), "mid"), "1");
    EXPECT_EQ(answer.attribute("group")->value, "BUNDLE 0");
}

TEST_F(LineWebrtcTest, OtherCredentialsOfThePeerAreARestart) {
    const Session before = session_of({Line{}});
    EXPECT_FALSE(restarts_ice(before, session_of({Line{}, Line{.mid = "1"}})));
    EXPECT_TRUE(restarts_ice(before, session_of({Line{.ufrag = "NewU", .pwd = "anotherPassword24Letters0"}})));
    EXPECT_FALSE(restarts_ice(before, session_of({Line{.has_ice = false}})));
}

TEST_F(LineWebrtcTest, AnAgreedPairSaysWhatTheTransportIs) {
    const Session theirs = session_of({Line{}});
    const sip::sdp::Agreed agreed{answered(theirs), theirs};
    const auto association = agreed_association({agreed.local, agreed.local.media.at(0)},
                                                {agreed.remote, agreed.remote.media.at(0)}, false, nullptr);
    ASSERT_TRUE(association);
    const auto transport = agreed_transport(agreed, 0, *association);
    ASSERT_TRUE(transport);
    EXPECT_EQ(transport->ours, own.ice);
    EXPECT_EQ(transport->their_ufrag, "TUfr");
    EXPECT_EQ(transport->dtls.role, media::DtlsRole::server);
    EXPECT_EQ(transport->dtls.fingerprints.size(), 1U);
    const auto bundled = agreed_bundling(agreed.local.media.at(0), {{}, {.mid = 4}});
    ASSERT_TRUE(bundled);
    EXPECT_EQ(bundled->mid, "0");
    EXPECT_EQ(bundled->mid_extension, 4);
}

TEST_F(LineWebrtcTest, ACarriersLineWithDtlsIsNoneOfABrowser) {
    Media line;
    dtls_offer(line, dtls);
    EXPECT_FALSE(agreed_bundling(line, {}));
}

TEST_F(LineWebrtcTest, ALegOfABrowserTakesNothingElse) {
    LineSecurity security = line_security(config::Srtp::optional, {"AES_CM_128_HMAC_SHA1_80"});
    security.webrtc = own;
    const Session browser = session_of({Line{}});
    const Session plain = session_of({Line{.profile = "RTP/AVP", .has_ice = false}});
    EXPECT_TRUE(may_carry_audio({browser, browser.media.at(0)}, security));
    EXPECT_FALSE(may_carry_audio({plain, plain.media.at(0)}, security));
}

}  // namespace
}  // namespace server
