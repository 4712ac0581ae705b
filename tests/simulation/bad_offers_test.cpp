// Descriptions that break a rule, in a re-INVITE, in its answer, in the ACK: refused with a Warning that names the rule
// and its RFC section, counted for the trunk, and the session stays as it was.
#include <gmock/gmock.h>

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

std::string sdp(const std::string& version, const std::string& media) {
    return "v=0\r\no=- 77 " + version + " IN IP4 10.1.0.101\r\ns=-\r\nc=IN IP4 10.1.0.101\r\nt=0 0\r\n" + media;
}

const std::string audio = "m=audio 4000 RTP/AVP 8 0\r\n";
const std::string video = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n";

struct BadOffer {
    std::string name;
    std::string first;  // what the caller described before, with both lines
    std::string offer;
    std::string warning;
    std::string rule;
};

class BadOfferTest : public testing::TestWithParam<BadOffer> {};

std::uint64_t refused(Scenario& run, const std::string& rule) {
    std::uint64_t count = 0;
    for (const auto& [key, value] : run.world.core().counters().offers_refused) {
        if (key.first == "callers" && key.second == rule) { count += value; }
    }
    return count;
}

TEST_P(BadOfferTest, IsRefusedWithAWarningAndNothingChanges) {
    Scenario run;
    run.world.checks_hearing = false;  // what it believes of descriptions that it was given word for word
    run.a.checks = false;
    run.world.inspector.checks = false;
    run.a.invite(World::number(0), Sdp::text(GetParam().first));
    run.pass(2s);
    run.expect_up();
    run.a.reinvite(Sdp::text(GetParam().offer));
    run.pass(1s);
    EXPECT_THAT(run.a.final_of("INVITE"), AnyOf(400, 488));
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Warning: "));
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr(GetParam().warning));
    EXPECT_EQ(refused(run, GetParam().rule), 1U);
    EXPECT_EQ(run.b.received("INVITE"), 1U);
    EXPECT_TRUE(run.b.up());
    run.a.reinvite(Sdp::text(sdp("9", audio + video + "a=sendonly\r\n")));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200) << "the next offer works";
}

const std::string both = sdp("1", audio + video);

INSTANTIATE_TEST_SUITE_P(
    Offers, BadOfferTest,
    testing::Values(BadOffer{"FewerLines", both, sdp("2", audio), "RFC 3264 §8", "mline_count"},
                    BadOffer{
                        "SwappedLines", sdp("1", audio + "m=audio 4002 RTP/AVP 0\r\n"),
                        sdp("2", "m=video 4000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\nm=audio 4000 RTP/AVP 8 0\r\n"),
                        "RFC 3264 §8", "mline_kind"},
                    BadOffer{"ChangedMeaning",
                             sdp("1", "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n" + video),
                             sdp("2", "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 opus/48000/2\r\n" + video),
                             "RFC 3264 §8.3.2", "payload_meaning"},
                    BadOffer{"NoUsableCodec", both, sdp("2", "m=audio 4000 RTP/AVP 18\r\n" + video),
                             "RFC 3264 section 6", "no_codec"},
                    BadOffer{"Rubbish", both, "v=0\r\nthis is no description\r\n", "RFC 8866", "sdp_syntax"}),
    [](const auto& offer) { return offer.param.name; });

TEST(BadOffer, AnUnchangedVersionWithChangedContentIsAChange) {
    Scenario run;
    run.up();
    Sdp hold = Sdp::with(Direction::sendonly);
    hold.keep_version = true;
    run.a.reinvite(hold);
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_FALSE(run.b.belief().speaks());
}

TEST(BadOffer, AMultipartBodyThatMustBeReadAndHasNoDescriptionIs415) {
    Scenario run;
    run.up();
    run.a.request("INVITE", "Contact: <sip:caller@10.1.0.101:5060>\r\n", "multipart/mixed;boundary=b",
                  "--b\r\nContent-Type: application/x-strange\r\n\r\nwhat is this\r\n--b--\r\n");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 415);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Accept: application/sdp"));
    run.expect_conversation();
}

TEST(BadAnswer, WithACodecThatWasNotOfferedLeavesTheSessionAsItWas) {
    for (const auto& answer : {std::string{}, sdp("2", "m=audio 4000 RTP/AVP 9\r\n"), std::string{"rubbish"}}) {
        Scenario run;
        run.up();
        run.b.checks = false;
        run.world.inspector.checks = false;
        Script wrong = answers(20ms);
        wrong.front().sdp = answer.empty() ? Sdp::none() : Sdp::text(answer);
        run.b.next_reinvites = {wrong};
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(2s);
        EXPECT_EQ(run.a.final_of("INVITE"), 488);
        EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("Warning: "));
        EXPECT_EQ(run.b.received("INVITE"), 3U) << "the far leg is led back";
        run.a.reinvite();
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
    }
}

// It never took the line that we had added, and does not offer it either: the answer in our ACK has its lines.
TEST(BadAnswer, ToAnotherStreamLeavesThePeerFreeToOfferWithoutThat) {
    Scenario run;
    run.up();
    Script rubbish = answers(20ms);
    rubbish.front().sdp = Sdp::text("rubbish");
    run.b.next_reinvites = {rubbish, refuses(606)};
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 488);
    EXPECT_EQ(run.b.received("INVITE"), 3U) << "led back, which it refused";
    run.a.reinvite(Sdp::none());
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_EQ(run.b.belief().remote->lines, 1U);
    run.expect_conversation();
}

TEST(BadAnswer, InTheAckEndsTheCallOrIsToleratedByTheTrunk) {
    for (const bool tolerated : {false, true}) {
        for (const auto& answer :
             {Sdp::none(), Sdp::text("rubbish"), Sdp::text(sdp("2", "m=audio 4000 RTP/AVP 9\r\n"))}) {
            Scenario run{[tolerated](config::Config& config) {
                config.trunks.at("callers").renegotiation.tolerate_missing_answer = tolerated;
            }};
            run.up();
            run.a.checks = false;
            run.a.ack.answer = answer;
            run.a.reinvite(Sdp::none());
            run.pass(2s);
            EXPECT_EQ(run.a.up(), tolerated);
            EXPECT_EQ(run.b.up(), tolerated);
            if (!tolerated) { continue; }
            run.a.ack.answer = {};
            run.a.checks = true;
            run.a.reinvite();
            run.pass(1s);
            run.expect_conversation();
        }
    }
}

}  // namespace
}  // namespace simulation
