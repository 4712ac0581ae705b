#include "server/b2bua/line_extensions.hpp"

#include <gmock/gmock.h>

#include "sip/sdp/parser.hpp"

namespace server {
namespace {

using sip::sdp::ExtensionLedger;
using sip::sdp::Media;
using sip::sdp::Session;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string mid{mid_extension};
const std::string send_time{send_time_extension};
const std::string level{level_extension};

// Lines of these kinds with these maps, as one side describes them.
struct Described {
    std::string kind;
    std::vector<std::string> maps;
    std::string port = "9";
};
Session session_of(const std::vector<Described>& lines) {
    std::string text = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
    for (const Described& line : lines) {
        text += "m=" + line.kind + " " + line.port + " UDP/TLS/RTP/SAVPF 0\r\n";
        for (const std::string& map : line.maps) { text += "a=extmap:" + map + "\r\n"; }
    }
    auto session = sip::sdp::parse(text);
    EXPECT_TRUE(session) << text;
    return session ? *session : Session{};
}

Media new_line(const std::string& kind) {
    Media line;
    line.kind = kind;
    line.port = 20000;
    return line;
}
std::vector<std::string> maps_of(const Media& line) {
    std::vector<std::string> maps;
    for (const auto& attribute : line.attributes) {
        if (attribute.name == "extmap") { maps.push_back(attribute.value.value_or("")); }
    }
    return maps;
}
std::vector<std::string> offered(const std::string& kind, const ExtensionLedger& known = {}) {
    Media line = new_line(kind);
    offer_extensions(line, nullptr, known);
    return maps_of(line);
}
std::vector<std::string> answered(const Session& offer, const ExtensionLedger& known = {}) {
    Media line = new_line(offer.media.at(0).kind);
    answer_extensions(line, {offer, offer.media.at(0)}, known);
    return maps_of(line);
}
std::vector<std::string> answered_audio(const std::vector<std::string>& maps, const ExtensionLedger& known = {}) {
    return answered(session_of({{"audio", maps}}), known);
}
AgreedExtensions agreed(const std::vector<std::string>& ours, const std::vector<std::string>& theirs) {
    const Session local = session_of({{"audio", ours}});
    const Session remote = session_of({{"audio", theirs}});
    return agreed_extensions({local, local.media.at(0)}, {remote, remote.media.at(0)});
}

TEST(ExtensionsOffer, NamesOursAndTheLevelOnlyOfAudio) {
    EXPECT_THAT(offered("audio"), ElementsAre("1 " + level, "2 " + send_time, "4 " + mid));
    EXPECT_THAT(offered("video"), ElementsAre("2 " + send_time, "4 " + mid));
}

TEST(ExtensionsOffer, ANewLineHasTheNumbersThatTheDialogHasForThem) {
    const ExtensionLedger known{{2, "urn:other"}, {9, mid}, {20, level}};
    EXPECT_THAT(offered("audio", known), ElementsAre("1 " + send_time, "9 " + mid, "20 " + level));
    EXPECT_THAT(offered("video", known), ElementsAre("1 " + send_time, "9 " + mid)) << "the same on every line";
}

TEST(ExtensionsOffer, LeavesOutWhatNoNumberIsLeftFor) {
    ExtensionLedger known;
    for (std::uint8_t number = 1; number < 14; ++number) { known[number] = "urn:other"; }
    EXPECT_THAT(offered("audio", known), ElementsAre("14 " + mid)) << "it says whose the packet is";
    known[14] = "urn:other";
    EXPECT_THAT(offered("audio", known), IsEmpty());
}

TEST(ExtensionsOffer, ALineIsToldAgainWhatItWasTold) {
    const Session before = session_of({{"audio", {"7/sendonly " + mid, "3 " + level + " vad=off"}}});
    Media line = new_line("audio");
    offer_extensions(line, &before.media.at(0), {});
    EXPECT_THAT(maps_of(line), ElementsAre("7/sendonly " + mid, "3 " + level + " vad=off"));
}

TEST(ExtensionsAnswer, TakesOursUnderTheNumbersOfTheOffer) {
    EXPECT_THAT(answered_audio({"14 urn:ietf:params:rtp-hdrext:toffset", "5 " + send_time, "9 " + mid, "11 " + level,
                                "3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"}),
                ElementsAre("9 " + mid, "5 " + send_time, "11 " + level));
    EXPECT_THAT(answered_audio({}), IsEmpty());
}

TEST(ExtensionsAnswer, TakesNoLevelOfAPicture) {
    EXPECT_THAT(answered(session_of({{"video", {"1 " + level, "4 " + mid}}})), ElementsAre("4 " + mid));
}

TEST(ExtensionsAnswer, TurnsTheDirectionRound) {
    EXPECT_THAT(answered_audio({"1/sendonly " + mid, "2/recvonly " + send_time, "3/inactive " + level}),
                ElementsAre("1/recvonly " + mid, "2/sendonly " + send_time));
}

TEST(ExtensionsAnswer, RepeatsWhetherALevelSaysThatThereIsAVoice) {
    EXPECT_THAT(answered_audio({"1 " + level + " vad=on"}), ElementsAre("1 " + level + " vad=on"));
    EXPECT_THAT(answered_audio({"1 " + level + " vad=off"}), ElementsAre("1 " + level + " vad=off"));
    EXPECT_THAT(answered_audio({"1 " + level + " vad=perhaps"}), ElementsAre("1 " + level));
    EXPECT_THAT(answered_audio({"1 " + mid + " vad=on"}), ElementsAre("1 " + mid));
}

TEST(ExtensionsAnswer, TakesNoNumberThatMeansSomethingElseOnAnotherLine) {
    EXPECT_THAT(answered(session_of({{"audio", {"1 " + level, "4 " + mid}}, {"video", {"1 urn:other", "4 " + mid}}})),
                ElementsAre("4 " + mid));
    EXPECT_THAT(answered(session_of({{"audio", {"1 " + level}}, {"video", {"1 urn:other"}, "0"}})),
                ElementsAre("1 " + level))
        << "that line is off";
}

TEST(ExtensionsAnswer, TakesNoNumberThatMeantSomethingElseBefore) {
    EXPECT_THAT(answered_audio({"4 " + mid, "5 " + send_time}, {{4, "urn:other"}, {5, send_time}}),
                ElementsAre("5 " + send_time));
}

TEST(ExtensionsKept, AreThoseThatAreOfferedAgain) {
    const Session offer = session_of({{"video", {"4 " + mid, "6 " + send_time}}});
    Media line = session_of({{"video", {"4 " + mid, "5 " + send_time, "1 " + level}}}).media.at(0);
    keep_offered_extensions(line, {offer, offer.media.at(0)});
    EXPECT_THAT(maps_of(line), ElementsAre("4 " + mid));
}

TEST(ExtensionsAgreed, AreThoseOfBothSides) {
    const auto both = agreed({"4 " + mid, "2 " + send_time, "1 " + level}, {"4 " + mid, "3 " + send_time});
    EXPECT_EQ(both.send, (media::ExtensionNumbers{.mid = 4}));
    EXPECT_EQ(both.receive, (media::ExtensionNumbers{.mid = 4}));
}

TEST(ExtensionsAgreed, HaveTheDirectionThatBothAllow) {
    const auto both = agreed({"4/recvonly " + mid, "2/sendonly " + send_time, "1 " + level},
                             {"4/sendonly " + mid, "2/recvonly " + send_time, "1/sendonly " + level});
    EXPECT_EQ(both.send, (media::ExtensionNumbers{.send_time = 2}));
    EXPECT_EQ(both.receive, (media::ExtensionNumbers{.mid = 4, .audio_level = 1}));
}

TEST(ExtensionsAgreed, SayWhetherThereIsAVoiceWhereNeitherSideDeniesIt) {
    EXPECT_TRUE(agreed({"1 " + level}, {"1 " + level + " vad=on"}).send.says_voice);
    EXPECT_FALSE(agreed({"1 " + level + " vad=off"}, {"1 " + level}).send.says_voice);
    EXPECT_FALSE(agreed({"1 " + level}, {"1 " + level + " vad=off"}).receive.says_voice);
}

}  // namespace
}  // namespace server
