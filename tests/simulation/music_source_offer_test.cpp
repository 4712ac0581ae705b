// hold.method: rfc7088: the held leg is asked for an offer, which the music server answers (RFC 7088 §2.3).
#include "tests/simulation/music_source.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;

constexpr auto by_offer = config::HoldMethod::rfc7088;

TEST(MusicSourceByOffer, AnswersAnOfferOfTheHeldLegWhereThatIsAskedFor) {
    MusicSource music{by_offer};
    music.hold();
    music.run.pass(1s);
    EXPECT_THAT(music.run.b.last_request("INVITE"), Not(HasSubstr("m=audio"))) << "it is asked for an offer";
    EXPECT_THAT(music.run.b.received_ack(), HasSubstr("a=sendonly"));
    EXPECT_TRUE(music.plays_to_b());
    music.resume();
    EXPECT_THAT(music.run.b.last_request("INVITE"), HasSubstr("a=sendrecv")) << "an explicit offer";
    EXPECT_TRUE(music.server.over());
}

TEST(MusicSourceByOffer, ThatFailsMeanwhileDoesNotKeepTheHeldLegWaitingForItsAck) {
    for (const auto& script : {refuses(486), is_silent()}) {
        MusicSource music{by_offer};
        music.server.on_invite = script;
        music.hold();
        music.run.pass(3s);
        EXPECT_THAT(music.run.b.received_ack(), HasSubstr("a=sendonly"));
        EXPECT_TRUE(music.run.hears_music(music.run.b));
        music.resume();
    }
}

TEST(MusicSourceByOffer, AHeldLegThatGivesNoOfferIsToldOtherwise) {
    MusicSource music{by_offer};
    music.run.b.next_reinvites = {refuses(488)};
    music.hold();
    music.run.pass(1s);
    EXPECT_FALSE(music.run.b.belief().speaks());
    EXPECT_TRUE(music.plays_to_b());
    music.resume();
}

TEST(MusicSourceByOffer, TheHeldLegIsAskedFirstAndToldLast) {
    for (const Direction hold : {Direction::inactive, Direction::sendonly}) {
        MusicSource music{by_offer};
        Scenario& run = music.run;
        music.server.on_invite = answers(500ms);
        run.b.next_reinvites = {answers(200ms)};
        run.a.talks = false;
        const auto acks = run.b.acks_received();
        run.a.reinvite(Sdp::with(hold));
        run.pass(150ms);
        EXPECT_EQ(run.b.received("INVITE"), 2U);
        EXPECT_EQ(music.server.received("INVITE"), 0U) << "the held leg has not offered anything yet";
        run.pass(300ms);
        EXPECT_EQ(music.server.received("INVITE"), 1U);
        EXPECT_EQ(run.b.acks_received(), acks) << "the server has not answered yet";
        run.pass(1s);
        EXPECT_EQ(run.b.acks_received(), acks + 1);
        EXPECT_TRUE(music.plays_to_b()) << run.b.describe();
        EXPECT_EQ(music.server.received("INVITE"), 1U);
        EXPECT_EQ(music.server.received("BYE"), 0U);
        run.a.talks = true;
        run.world.allowed_gap = 1h;
        music.resume();
        EXPECT_TRUE(music.server.over());
    }
}

TEST(MusicSourceByOffer, TheServerIsOfferedWhatTheHeldLegSpeaksAndItsChoiceGoesBack) {
    MusicSource music{by_offer};
    music.server.use_only(Law::mu);
    music.hold();
    music.run.pass(1s);
    EXPECT_THAT(music.server.last_request("INVITE"), HasSubstr("RTP/AVP 8 0")) << "in the order of the held leg";
    EXPECT_THAT(music.run.b.received_ack(), HasSubstr("RTP/AVP 0"));
    EXPECT_TRUE(music.plays_to_b());
}

// §2.7: what the server means by a number is no business of the held leg's.
TEST(MusicSourceByOffer, PayloadNumbersOfTheTwoDialogsAreTheirOwn) {
    MusicSource music{by_offer};
    const Sdp answer = Sdp::text("v=0\r\no=s 1 1 IN IP4 " + music.server.identity().rtp.address.to_string() +
                                 "\r\ns=-\r\nc=IN IP4 " + music.server.identity().rtp.address.to_string() +
                                 "\r\nt=0 0\r\nm=audio " + std::to_string(music.server.identity().rtp.port) +
                                 " RTP/AVP 101\r\na=rtpmap:101 PCMA/8000\r\na=sendonly\r\n");
    music.server.on_invite = {reply(50ms, 200, answer)};
    music.server.checks = false;
    music.hold();
    music.run.pass(1s);
    EXPECT_THAT(music.run.b.received_ack(), HasSubstr("a=rtpmap:101 telephone-event/8000"));
    EXPECT_TRUE(music.run.hears_music(music.run.b)) << "a number that it gave another meaning is not taken";
    music.server.on_invite = answers(50ms);
    music.resume();
}

TEST(MusicSourceByOffer, AResumeBeforeTheHeldLegCouldBeAskedAsksNobody) {
    for (const bool by_update : {false, true}) {
        MusicSource music{by_offer};
        Scenario& run = music.run;
        run.b.ack.after = 500ms;
        run.b.reinvite();  // a refresh, whose ACK lets us wait
        run.pass(100ms);
        run.a.reinvite(Sdp::with(Direction::inactive));
        run.pass(100ms);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
        by_update ? run.a.update(Sdp::with(Direction::sendrecv)) : run.a.reinvite(Sdp::with(Direction::sendrecv));
        run.pass(2s);
        run.expect_conversation();
        EXPECT_FALSE(music.called());
        EXPECT_THAT(run.b.last_request("INVITE"), AnyOf(HasSubstr("m=audio"), Not(HasSubstr("CSeq: 2 INVITE"))));
    }
}

}  // namespace
}  // namespace simulation
