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

std::uint64_t refused(Scenario& run, const std::string& rule, const std::string& trunk = "callers") {
    const auto& counts = run.world.core().counters().offers_refused;
    const auto found = counts.find({trunk, rule});
    return found == counts.end() ? 0 : found->second;
}

std::uint64_t outcomes(Scenario& run, const std::string& kind, const std::string& outcome,
                       const std::string& leg = "a") {
    const auto& counts = run.world.core().counters().renegotiations_total;
    const auto found = counts.find({leg, kind, outcome});
    return found == counts.end() ? 0 : found->second;
}

std::uint64_t answers_counted(Scenario& run, const std::string& answer) {
    const auto& counts = run.world.core().counters().offerless_answers;
    const auto found = counts.find({"a", answer});
    return found == counts.end() ? 0 : found->second;
}

// The session of this phone as it described it: o= of what it is told of it.
std::string origin_now(Scenario& run, Phone& phone, const Sdp& session = {}) {
    phone.reinvite(session);
    run.pass(1s);
    EXPECT_EQ(phone.final_of("INVITE"), 200);
    const std::string told = phone.final_text("INVITE");
    const auto begin = told.find("\r\no=");
    return begin == told.npos ? std::string{} : told.substr(begin + 2, told.find('\r', begin + 2) - begin - 2);
}

TEST_P(BadOfferTest, IsRefusedWithAWarningAndNothingChanges) {
    for (const std::string method : {"INVITE", "UPDATE"}) {
        Scenario run;
        run.world.checks_hearing = false;  // what it believes of descriptions that it was given word for word
        run.a.checks = false;
        run.world.inspector.checks = false;
        run.a.invite(World::number(0), Sdp::text(GetParam().first));
        run.pass(2s);
        run.expect_up();
        const std::string before = origin_now(run, run.a, Sdp::text(GetParam().first));
        method == "INVITE" ? run.a.reinvite(Sdp::text(GetParam().offer)) : run.a.update(Sdp::text(GetParam().offer));
        run.pass(1s);
        EXPECT_THAT(run.a.final_of(method), AnyOf(400, 488));
        EXPECT_THAT(run.a.final_text(method), HasSubstr("Warning: "));
        EXPECT_THAT(run.a.final_text(method), HasSubstr(GetParam().warning));
        EXPECT_EQ(refused(run, GetParam().rule), 1U);
        EXPECT_EQ(run.b.received("INVITE"), 1U);
        EXPECT_TRUE(run.hears_other(run.b)) << "media goes on";  // A cannot tell what it hears of codecs it was given
        EXPECT_EQ(origin_now(run, run.a, Sdp::text(GetParam().first)), before);
        run.a.reinvite(Sdp::text(sdp("9", audio + video + "a=sendonly\r\n")));
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200) << "the next offer works";
    }
}

TEST(BadOffer, OfLegBIsRefusedAndCountedForItsTrunk) {
    struct Bad {
        std::string media;
        std::string warning;
        std::string rule;
    };
    for (const auto& bad : {Bad{"m=audio 4000 RTP/AVP 18\r\n", "RFC 3264 §6", "no_codec"},
                            Bad{"m=video 4000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\nm=audio 4000 RTP/AVP 8\r\n",
                                "RFC 3264 §8", "mline_kind"},
                            Bad{"nothing\r\n", "RFC 8866 §5", "sdp_syntax"}}) {
        Scenario run;
        run.up();
        const std::string before = origin_now(run, run.b);
        run.b.checks = false;
        run.world.inspector.checks = false;
        run.b.reinvite(Sdp::text(sdp("9", bad.media)));
        run.pass(1s);
        EXPECT_THAT(run.b.final_of("INVITE"), AnyOf(400, 488));
        EXPECT_THAT(run.b.final_text("INVITE"), HasSubstr(bad.warning));
        EXPECT_EQ(refused(run, bad.rule, World::number(0)), 1U);
        EXPECT_EQ(run.a.received("INVITE"), 0U);
        run.expect_conversation();
        EXPECT_EQ(origin_now(run, run.b), before) << "the next offer works";
        run.expect_conversation();
    }
}

const std::string both = sdp("1", audio + video);

INSTANTIATE_TEST_SUITE_P(
    Offers, BadOfferTest,
    testing::Values(
        BadOffer{"FewerLines", both, sdp("2", audio), "RFC 3264 §8", "mline_count"},
        BadOffer{"SwappedLines", sdp("1", audio + "m=audio 4002 RTP/AVP 0\r\n"),
                 sdp("2", "m=video 4000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\nm=audio 4000 RTP/AVP 8 0\r\n"),
                 "RFC 3264 §8", "mline_kind"},
        BadOffer{"ChangedMeaning",
                 sdp("1", "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n" + video),
                 sdp("2", "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 opus/48000/2\r\n" + video), "RFC 3264 §8.3.2",
                 "payload_meaning"},
        BadOffer{"NoUsableCodec", both, sdp("2", "m=audio 4000 RTP/AVP 18\r\n" + video), "RFC 3264 §6", "no_codec"},
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
    for (const std::string method : {"INVITE", "UPDATE"}) {
        Scenario run;
        run.up();
        run.a.request(method, "Contact: <sip:caller@10.1.0.101:5060>\r\n", "multipart/mixed;boundary=b",
                      "--b\r\nContent-Type: application/x-strange\r\n\r\nwhat is this\r\n--b--\r\n");
        run.pass(1s);
        EXPECT_EQ(run.a.final_of(method), 415);
        EXPECT_THAT(run.a.final_text(method), HasSubstr("Accept: application/sdp"));
        EXPECT_THAT(run.a.final_text(method), HasSubstr("RFC 5621 §5"));
        EXPECT_EQ(refused(run, "body_type"), 1U);
        EXPECT_EQ(outcomes(run, "codec", "refused"), 1U);
        run.expect_conversation();
        run.a.reinvite(Sdp::with(Direction::sendonly));
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200) << "the next offer works";
    }
}

TEST(BadOffer, AMultipartBodyWithoutItsLastDelimiterIs400) {
    Scenario run;
    run.up();
    run.a.request("INVITE", "Contact: <sip:caller@10.1.0.101:5060>\r\n", "multipart/mixed;boundary=b",
                  "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n");
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 400);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("RFC 2046 §5.1"));
    EXPECT_EQ(refused(run, "body_parts"), 1U);
    run.expect_conversation();
}

TEST(BadOffer, OfAnInitialInviteIsCountedForItsTrunk) {
    Scenario run;
    run.a.checks = false;
    run.world.inspector.checks = false;
    run.a.invite(World::number(0), Sdp::text("v=0\r\nthis is no description\r\n"));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 400);
    EXPECT_THAT(run.a.final_text("INVITE"), HasSubstr("RFC 8866 §5"));
    EXPECT_EQ(refused(run, "sdp_syntax"), 1U);
}

struct BadAnswerText {
    std::string name;
    Sdp answer;
    std::string warning;
    std::string rule;
};

class BadAnswerTest : public testing::TestWithParam<BadAnswerText> {};

TEST_P(BadAnswerTest, LeavesTheSessionAsItWasAndIsNamedInTheWarning) {
    for (const bool by_b : {false, true}) {
        Scenario run;
        run.up();
        Phone& near = by_b ? run.b : run.a;
        Phone& far = by_b ? run.a : run.b;
        const std::string trunk = by_b ? "callers" : World::number(0);
        far.checks = false;
        run.world.inspector.checks = false;
        Script wrong = answers(20ms);
        wrong.front().sdp = GetParam().answer;
        far.next_reinvites = {wrong};
        const std::string before = origin_now(run, near);
        near.reinvite(Sdp::with(Direction::sendonly));
        run.pass(2s);
        EXPECT_EQ(near.final_of("INVITE"), 488);
        EXPECT_THAT(near.final_text("INVITE"), HasSubstr("Warning: "));
        EXPECT_THAT(near.final_text("INVITE"), HasSubstr(GetParam().warning));
        EXPECT_EQ(refused(run, GetParam().rule, trunk), 1U);
        EXPECT_EQ(outcomes(run, "hold", "refused", by_b ? "b" : "a"), 1U);
        run.expect_conversation();
        EXPECT_EQ(origin_now(run, near), before) << "the next offer works, and what stays in force is told";
        run.expect_conversation();
    }
}

INSTANTIATE_TEST_SUITE_P(
    Answers, BadAnswerTest,
    testing::Values(BadAnswerText{"OfACodecThatWasNotOffered", Sdp::text(sdp("2", "m=audio 4000 RTP/AVP 9\r\n")),
                                  "RFC 3264 §6.1", "answer_format"},
                    BadAnswerText{"Missing", Sdp::none(), "RFC 3261 §13.2.1", "missing_answer"},
                    BadAnswerText{"Rubbish", Sdp::text("rubbish"), "RFC 8866 §5", "sdp_syntax"},
                    BadAnswerText{"OfMoreLines", Sdp::text(sdp("2", audio + video)), "RFC 3264 §6", "mline_count"}),
    [](const auto& answer) { return answer.param.name; });

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

// The callee has answered and changes its mind while the caller's PRACK does not arrive: the caller, who waits for an
// answer, gets a final response, the call one outcome.
TEST(BadAnswer, InAnAckOfTheCalleeBeforeTheCallerIsAnsweredRefusesTheCaller) {
    Scenario run;
    run.a.supports_100rel = true;
    run.b.on_invite = {reliable(100ms, 183), reply(300ms, 200)};
    run.world.network.lose(Scenario::request_of(run.a, "PRACK"), 20);
    run.b.checks = false;
    run.b.ack.answer = Sdp::text("rubbish");
    run.a.invite("b0");
    run.pass(1s);
    ASSERT_TRUE(run.b.up());
    run.b.reinvite(Sdp::none());
    run.pass(7s);  // renegotiation.timeout: the caller cannot be asked
    EXPECT_EQ(run.a.final_of("INVITE"), 500);
    EXPECT_FALSE(run.b.up());
    EXPECT_THAT(run.b.last_request("BYE"), HasSubstr("RFC 8866 §5"));
    run.pass(30s);
    ASSERT_EQ(run.world.details.size(), 1U);
    EXPECT_EQ(run.world.details[0].outcome, "failed");
    EXPECT_EQ(run.world.details[0].code, 500);
    EXPECT_EQ(run.world.core().call_count(), 0U);
}

TEST(BadAnswer, InTheAckEndsTheCallOrIsToleratedByTheTrunk) {
    struct Bad {
        Sdp answer;
        std::string section;
        std::string rule;
    };
    for (const bool tolerated : {false, true}) {
        for (const auto& bad :
             {Bad{Sdp::none(), "RFC 3261 §13.2.1", "missing_answer"},
              Bad{Sdp::text("rubbish"), "RFC 8866 §5", "sdp_syntax"},
              Bad{Sdp::text(sdp("2", "m=audio 4000 RTP/AVP 9\r\n")), "RFC 3264 §6.1", "answer_format"}}) {
            Scenario run{[tolerated](config::Config& config) {
                config.trunks.at("callers").renegotiation.tolerate_missing_answer = tolerated;
            }};
            run.up();
            run.a.checks = false;
            run.a.ack.answer = bad.answer;
            run.a.reinvite(Sdp::none());
            run.pass(2s);
            EXPECT_EQ(run.a.up(), tolerated);
            EXPECT_EQ(run.b.up(), tolerated);
            EXPECT_EQ(refused(run, bad.rule), 1U);
            EXPECT_EQ(outcomes(run, "offerless", tolerated ? "local" : "failed"), 1U);
            EXPECT_EQ(answers_counted(run, bad.rule == "missing_answer" ? "missing" : "bad"), 1U);
            if (!tolerated) {
                EXPECT_THAT(run.b.last_request("BYE"), HasSubstr(bad.section));
                continue;
            }
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
