// Streams beside the audio (renegotiation.md E.1): added, held, removed, by either side and in every kind of exchange.
#include "server/b2bua/streams.hpp"
#include "tests/simulation/streams_scenario.hpp"

namespace simulation {
namespace {

TEST_F(Streams, AreThereFromTheFirstInviteOn) {
    Scenario run;
    run.a.takes_video = run.b.takes_video = true;
    run.a.invite("b0", Sdp::with_video());
    run.pass(2s);
    run.expect_conversation();
    expect_video(run);
    const auto view = run.world.core().calls(1).at(0);
    ASSERT_EQ(view.a.slots.size(), 2U);
    ASSERT_EQ(view.b->slots.size(), 2U);
    EXPECT_EQ(view.b->slots[1].kind, "video");
    EXPECT_EQ(view.b->slots[1].direction, "sendrecv");
    EXPECT_EQ(view.b->slots[1].stats.codec, "VP8");
    EXPECT_GT(view.b->slots[1].stats.packets_in, 0U);
}

TEST_F(Streams, AreDeclinedInTheirPlaceByACalleeThatWantsNone) {
    Scenario run;
    run.a.takes_video = true;
    run.a.invite("b0", Sdp::with_video());
    run.pass(2s);
    run.expect_conversation();
    EXPECT_EQ(run.b.last_offer()->further.size(), 1U) << "it was asked";
    EXPECT_FALSE(run.a.has_video());
    EXPECT_EQ(run.a.belief().remote->lines, 2U);
}

TEST_F(Streams, AreAddedAndRemovedAndComeBackByEitherSide) {
    for (const bool from_a : {true, false}) {
        SCOPED_TRACE(from_a ? "by A" : "by B");
        Scenario run;
        ready(run);
        Phone& near = from_a ? run.a : run.b;
        Phone& far = from_a ? run.b : run.a;
        near.reinvite(Sdp::with_video());
        run.pass(1s);
        run.expect_conversation();
        expect_video(run);
        near.reinvite(Sdp::with(Direction::sendrecv));
        run.pass(1s);
        run.expect_conversation();
        EXPECT_FALSE(far.belief().remote->further.at(0).enabled);
        EXPECT_TRUE(sees_nothing(run, near) && sees_nothing(run, far));
        EXPECT_EQ(run.world.engine.session_count(), 1U) << "its ports are free again";
        near.reinvite(Sdp::with_video());
        run.pass(1s);
        expect_video(run);
        EXPECT_EQ(far.belief().remote->lines, 2U) << "it came back to its place";
        EXPECT_EQ(counted(run, letter(from_a), "relayed"), 3U);
    }
}

TEST_F(Streams, AreTakenAwayByTheSideThatDidNotBringThem) {
    Scenario run;
    ready(run);
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    run.b.reinvite(Sdp::with(Direction::sendrecv));
    run.pass(1s);
    run.expect_conversation();
    EXPECT_FALSE(run.a.belief().remote->further.at(0).enabled);
    run.b.reinvite(Sdp::with_video());
    run.pass(1s);
    expect_video(run);
}

TEST_F(Streams, AreAddedByAnUpdate) {
    Scenario run;
    run.a.allows_update = run.b.allows_update = true;
    ready(run);
    run.a.update(Sdp::with_video());
    run.pass(1s);
    run.expect_conversation();
    expect_video(run);
    EXPECT_EQ(run.b.received("UPDATE"), 0U) << "somebody may have to allow it";
    EXPECT_EQ(run.b.received("INVITE"), 2U);
}

TEST_F(Streams, AreHeldAndResumedWithTheAudio) {
    for (const bool session_level : {false, true}) {
        for (const Direction held : {Direction::sendonly, Direction::inactive}) {
            for (const bool from_a : {true, false}) {
                SCOPED_TRACE(std::string{sip::sdp::to_text(held)} + (session_level ? " at session level" : ""));
                Scenario run;
                ready(run);
                Phone& near = from_a ? run.a : run.b;
                Phone& far = from_a ? run.b : run.a;
                near.reinvite(Sdp::with_video());
                run.pass(1s);
                expect_video(run);
                Sdp hold = Sdp::with_video(held, held);
                hold.session_level = session_level;
                near.talks = held != Direction::sendonly;
                near.reinvite(hold);
                run.pass(1s);
                EXPECT_TRUE(run.hears_music(far));
                EXPECT_TRUE(sees_nothing(run, far)) << far.seen().story({});
                EXPECT_TRUE(sees_nothing(run, near));
                EXPECT_EQ(far.belief().remote->further.at(0).direction, held);
                near.talks = true;
                near.reinvite(Sdp::with_video());
                run.pass(1s);
                run.expect_conversation();
                expect_video(run);
                EXPECT_EQ(far.seen().source_count(), 1U);
            }
        }
    }
}

TEST_F(Streams, MayFlowOneWay) {
    Scenario run;
    ready(run);
    run.a.reinvite(Sdp::with_video(Direction::sendrecv, Direction::sendonly));
    run.pass(1s);
    run.expect_conversation();
    EXPECT_TRUE(sees(run, run.b));
    EXPECT_TRUE(sees_nothing(run, run.a));
    EXPECT_EQ(run.b.belief().remote->further.at(0).direction, Direction::sendonly);
}

TEST_F(Streams, AreNothingNewWhenOnlyTheAudioMoves) {
    Scenario run;
    ready(run);
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    const auto asked = run.b.received("INVITE");
    run.a.move_to({run.a.identity().rtp.address, 4400});
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    EXPECT_EQ(run.b.received("INVITE"), asked);
    run.expect_conversation();
    expect_video(run);
}

TEST_F(Streams, AreNotSeenWhileAnOfferlessReinvitePlaysMusic) {
    Scenario run;
    ready(run);
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    run.a.ack.after = 2s;
    run.a.reinvite(Sdp::none());
    run.pass(1s);
    EXPECT_TRUE(run.hears_music(run.b));
    EXPECT_TRUE(sees_nothing(run, run.b));
    run.pass(3s);
    expect_video(run);
}

TEST_F(Streams, AreInTheOffersOfAnOfferlessExchange) {
    for (const bool relayed : {true, false}) {
        Scenario run{of_all_trunks([&](config::Trunk& trunk) {
            trunk.renegotiation.offerless = relayed ? config::Offerless::relay : config::Offerless::local;
        })};
        ready(run);
        run.a.reinvite(Sdp::with_video());
        run.pass(1s);
        run.a.reinvite(Sdp::none());
        run.pass(1s);
        run.expect_conversation();
        expect_video(run);
    }
}

TEST_F(Streams, ComeInTheTwoHundredOfAnOfferlessReinvite) {
    Scenario run;
    ready(run);
    run.b.next_reinvites = {{reply(20ms, 200, Sdp::with_video())}};
    run.a.reinvite(Sdp::none());
    run.pass(1s);
    run.expect_conversation();
    expect_video(run);
}

TEST_F(Streams, ComeInTheTwoHundredOfAnOfferlessInvite) {
    Scenario run;
    run.a.takes_video = run.b.takes_video = true;
    run.b.on_invite = {reply(50ms, 180), reply(200ms, 200, Sdp::with_video())};
    run.a.invite("b0", Sdp::none());
    run.pass(2s);
    run.expect_conversation();
    expect_video(run);
}

TEST_F(Streams, SurviveAnOfferlessReinviteWithoutAnAnswer) {
    Scenario run{of_all_trunks([](config::Trunk& trunk) { trunk.renegotiation.tolerate_missing_answer = true; })};
    ready(run);
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    run.a.ack.answer = Sdp::none();
    run.a.reinvite(Sdp::none());
    run.pass(2s);
    run.expect_conversation();
    expect_video(run);
}

TEST_F(Streams, KeepOneMeaningForANumberWhateverTheOtherLegCallsIt) {
    Scenario run;
    ready(run);
    std::string offer =
        "v=0\r\no=- 7 7 IN IP4 10.1.0.1\r\ns=-\r\nc=IN IP4 10.1.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
    offer +=
        "m=video 4100 RTP/AVPF 120 121\r\nb=AS:512\r\na=rtpmap:120 H264/90000\r\na=rtpmap:121 VP8/90000\r\n"
        "a=fmtp:120 profile-level-id=42e01f;packetization-mode=1\r\na=rtcp-fb:121 nack pli\r\n";
    run.a.reinvite(Sdp::text(offer));
    run.pass(1s);
    const std::string asked = run.b.last_request("INVITE");
    EXPECT_THAT(asked, testing::HasSubstr("a=fmtp:120 profile-level-id=42e01f;packetization-mode=1"));
    EXPECT_THAT(asked, testing::HasSubstr("b=AS:512"));
    EXPECT_THAT(asked, testing::HasSubstr("a=rtcp-fb:121 nack pli"));
    EXPECT_THAT(asked, testing::HasSubstr("RTP/AVPF 120 121"));
    EXPECT_THAT(run.a.final_text("INVITE"), testing::HasSubstr("RTP/AVPF 121"));
}

TEST_F(Streams, AreLimited) {
    Scenario run;
    ready(run);
    constexpr int lines = 10;
    std::string offer =
        "v=0\r\no=- 7 7 IN IP4 10.1.0.1\r\ns=-\r\nc=IN IP4 10.1.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
    for (int i = 0; i < lines; ++i) { offer += "m=video 4100 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"; }
    run.a.reinvite(Sdp::text(offer));
    run.pass(1s);
    EXPECT_EQ(run.b.last_offer()->further.size(), server::max_streams);
    const auto answer = read(run.a.final_text("INVITE").substr(run.a.final_text("INVITE").find("v=0")));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->lines, 1U + lines) << "what is too much is off in its place";
    EXPECT_FALSE(answer->further.back().enabled);
}

TEST_F(Streams, OtherThanPlainRtpAreDeclined) {
    Scenario run;
    ready(run);
    run.a.reinvite(
        Sdp::text("v=0\r\no=- 7 7 IN IP4 10.1.0.1\r\ns=-\r\nc=IN IP4 10.1.0.1\r\nt=0 0\r\n"
                  "m=audio 4000 RTP/AVP 8\r\nm=video 4100 RTP/SAVP 96\r\na=rtpmap:96 VP8/90000\r\n"
                  "m=application 4200 TCP/BFCP *\r\nm=image 4300 udptl t38\r\n"));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_EQ(run.b.received("INVITE"), 1U) << "they are nothing for the far leg";
    const std::string answer = run.a.final_text("INVITE");
    EXPECT_THAT(answer, testing::HasSubstr("m=video 0 RTP/SAVP"));
    EXPECT_THAT(answer, testing::HasSubstr("m=application 0 TCP/BFCP"));
    EXPECT_THAT(answer, testing::HasSubstr("m=image 0 udptl"));
}

TEST_F(Streams, AreDeclinedByABuiltInEnd) {
    Scenario run;
    run.world.checks_hearing = false;  // it hears a tune
    run.a.takes_video = true;
    run.a.invite("music", Sdp::with_video());
    run.pass(1s);
    EXPECT_TRUE(run.a.up());
    EXPECT_FALSE(run.a.has_video());
    EXPECT_EQ(run.a.belief().remote->lines, 2U);
    run.a.reinvite(Sdp::with_video(Direction::sendonly));
    run.pass(1s);
    EXPECT_EQ(run.a.final_of("INVITE"), 200);
    EXPECT_FALSE(run.a.has_video());
}

TEST_F(Streams, AreOfferedToTheNextTargetToo) {
    Scenario run{[](config::Config& config) {
        config.routes.insert(config.routes.begin(), {"", "^b0$", {"trunk:b1", "trunk:b0"}});
    }};
    Phone& busy = run.world.add_callee(1, Kind::udp);
    busy.on_invite = refuses(503);
    run.a.takes_video = run.b.takes_video = true;
    run.a.invite("b0", Sdp::with_video());
    run.pass(2s);
    run.expect_conversation();
    expect_video(run);
    EXPECT_EQ(run.world.engine.session_count(), 2U);
}

TEST_F(Streams, ThatBothAddAtOnceAreAddedOnce) {
    with_skew([](Scenario& run, Duration skew) {
        ready(run);
        run.a.reinvite(Sdp::with_video());
        run.world.clock.after(skew, [&run] { run.b.reinvite(Sdp::with_video()); });
        run.pass(12s);
        run.expect_conversation();
        expect_video(run);
        EXPECT_EQ(run.a.belief().remote->lines, 2U);
    });
}

TEST_F(Streams, ThatWereTurnedDownMeanwhileAreNotAskedForWithoutEnd) {
    Scenario run;
    ready(run);
    run.b.next_reinvites = {refuses(491)};
    run.a.reinvite(Sdp::with(Direction::recvonly));
    run.pass(200ms);
    run.b.reinvite(Sdp::with_video());  // while ours to B waits for its next attempt
    run.pass(20s);
    EXPECT_LE(run.a.received("INVITE"), 1U);
    EXPECT_LE(run.b.received("INVITE"), 4U);
    EXPECT_TRUE(run.a.quiet() && run.b.quiet()) << "nothing is asked for any more";
}

TEST_F(Streams, AreOfferedToWhoeverIsBroughtByATransfer) {
    Scenario run;
    run.world.checks_hearing = false;  // it knows of pairs only
    Phone& target = run.world.add_callee(1);
    target.takes_video = true;
    run.a.allows_refer = true;
    ready(run);
    run.a.reinvite(Sdp::with_video());
    run.pass(1s);
    expect_video(run);
    run.a.refer("sip:b1@10.0.0.1");
    run.pass(5s);
    EXPECT_TRUE(run.a.over());
    ASSERT_TRUE(target.has_video() && run.b.has_video()) << target.describe() << run.b.describe();
    const auto shown = [&](const Phone& viewer, const Phone& other) {
        return viewer.seen().count(run.world.tone(other), run.now() - 500ms, run.now()) >= 20;
    };
    EXPECT_TRUE(shown(target, run.b));
    EXPECT_TRUE(shown(run.b, target));
}

}  // namespace
}  // namespace simulation
