// The media of several devices of one user: each has an offer that it can take, one is heard early, and of the others
// no port stays open.
#include "tests/simulation/devices_scenario.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;

TEST(DevicesOfAUser, TheFirstWithEarlyMediaIsHeardUntilAnotherAnswers) {
    for (const bool reliably : {false, true}) {
        SCOPED_TRACE(reliably);
        Devices run;
        run.alice.supports_100rel = reliably;
        const Sdp early = Sdp::with(Direction::sendrecv);
        const auto tells = [&](Duration after) { return reliably ? reliable(after, 183) : reply(after, 183, early); };
        Phone& first = run.of_bob({tells(100ms)});
        Phone& second = run.of_bob({tells(300ms), reply(3s, 200)});
        Phone& third = run.of_bob(never_answers);
        for (Phone* phone : {&first, &second}) {
            phone->talks_early = true;
            phone->supports_100rel = reliably;
        }
        run.call(2s);
        EXPECT_TRUE(run.hears(run.alice, run.world.tone(first)));
        EXPECT_EQ(run.told_alice(183), 1U) << "of the others nothing is shown meanwhile";
        run.world.pass(4s);
        EXPECT_TRUE(run.talk(run.alice, second));
        EXPECT_EQ(second.received("PRACK"), reliably ? 1U : 0U);
        EXPECT_TRUE(first.over() && third.over());
        EXPECT_EQ(run.world.engine.session_count(), 1U);
    }
}

TEST(DevicesOfAUser, TheOneThatIsHeardIsHeardWhereverTheCallerGoes) {
    Devices run;
    run.alice.supports_100rel = run.alice.allows_update = true;
    Phone& heard = run.of_bob({reliable(100ms, 183)});
    run.of_bob(never_answers);
    run.of_bob({reply(500ms, 180)});
    heard.supports_100rel = heard.talks_early = true;
    run.alice.talks = false;  // who speaks is followed by its voice
    run.call(1s);
    const base::Endpoint new_place{run.alice.identity().rtp.address, 4400};
    run.alice.move_to(new_place);
    run.alice.update();
    run.world.pass(2s);
    EXPECT_EQ(run.alice.final_of("UPDATE"), 200);
    EXPECT_TRUE(run.hears(run.alice, run.world.tone(heard)));
    EXPECT_EQ(run.world.core().calls(1).at(0).a.slots.at(0).stats.remote, new_place);
}

TEST(DevicesOfAUser, WhoWasHeardAndRefusesIsFollowedByTheNext) {
    Devices run;
    const Sdp early = Sdp::with(Direction::sendrecv);
    Phone& first = run.of_bob({reply(100ms, 183, early), reply(1s, 486)});
    Phone& second = run.of_bob({reply(300ms, 183, early), reply(4s, 200)});
    for (Phone* phone : {&first, &second}) { phone->talks_early = true; }
    run.call(900ms);
    EXPECT_TRUE(run.hears(run.alice, run.world.tone(first)));
    run.world.pass(2s);
    EXPECT_TRUE(run.hears(run.alice, run.world.tone(second)));
    run.world.pass(3s);
    EXPECT_TRUE(run.talk(run.alice, second));
}

TEST(DevicesOfAUser, ChangeTheirEarlySessionsEachForItself) {
    Devices run;
    run.alice.supports_100rel = true;
    Phone& heard = run.of_bob({reliable(100ms, 183), reply(3s, 200)});
    Phone& other = run.of_bob({reliable(200ms, 183), reply(3500ms, 200)});
    for (Phone* phone : {&heard, &other}) { phone->supports_100rel = phone->allows_update = true; }
    run.call(1s);
    for (Phone* phone : {&other, &heard}) {
        phone->update();
        run.world.pass(500ms);
        EXPECT_EQ(phone->final_of("UPDATE"), 200);
    }
    run.world.pass(3s);
    EXPECT_TRUE(run.talk(run.alice, heard));
    EXPECT_TRUE(other.over());
}

TEST(DevicesOfAUser, MayBeABrowserAndATelephone) {
    for (const bool browser_answers : {false, true}) {
        SCOPED_TRACE(browser_answers);
        Devices run;
        Phone& browser = run.browser_of("bob");
        Phone& desk = run.registered("bob");
        (browser_answers ? desk : browser).on_invite = never_answers;
        run.call(4s);
        Phone& winner = browser_answers ? browser : desk;
        Phone& loser = browser_answers ? desk : browser;
        EXPECT_TRUE(run.talk(run.alice, winner));
        EXPECT_EQ(winner.belief().remote->protocol, browser_answers ? "UDP/TLS/RTP/SAVPF" : "RTP/AVP");
        EXPECT_TRUE(loser.over());
        EXPECT_THAT(loser.last_request("CANCEL"), HasSubstr(elsewhere));
        EXPECT_EQ(run.world.engine.transport_count(), browser_answers ? 1U : 0U);
        EXPECT_EQ(run.world.engine.session_count(), 1U);
        EXPECT_EQ(run.world.engine.ports_in_use(), browser_answers ? 1U : 2U);
        winner.reinvite(Sdp::with(Direction::sendonly));
        run.world.pass(2s);
        winner.reinvite();
        run.world.pass(2s);
        EXPECT_TRUE(run.talk(run.alice, winner));
    }
}

TEST(DevicesOfAUser, MayBeTwoBrowsers) {
    Devices run;
    Phone& one = run.browser_of("bob");
    Phone& two = run.browser_of("bob");
    one.on_invite = rings_then_answers(50ms, 1s);
    two.on_invite = rings_then_answers(50ms, 1s);
    Phone& caller = run.world.add_device("alice", Kind::websocket);
    caller.security.use = PhoneSecurity::Use::browser;
    caller.invite("bob");
    run.world.pass(4s);
    EXPECT_NE(one.up(), two.up());
    EXPECT_TRUE(run.talk(caller, one.up() ? one : two));
    EXPECT_EQ(run.world.engine.transport_count(), 2U);
    EXPECT_EQ(run.world.engine.session_count(), 1U);
}

TEST(DevicesOfAUser, ThePictureIsThatOfTheOneThatAnswers) {
    Devices run;
    Phone& plain = run.of_bob(never_answers);
    Phone& winner = run.of_bob(rings_then_answers(50ms, 1s));
    Phone& other = run.of_bob(never_answers);
    for (Phone* phone : {&run.alice, &winner, &other}) { phone->takes_video = true; }
    run.alice.invite("bob", Sdp::with_video());
    run.world.pass(500ms);
    EXPECT_EQ(run.world.engine.session_count(), 6U) << "voice and picture of each";
    run.world.pass(3s);
    EXPECT_TRUE(run.talk(run.alice, winner));
    EXPECT_TRUE(run.alice.has_video() && winner.has_video());
    EXPECT_TRUE(plain.over());
    EXPECT_EQ(run.world.engine.session_count(), 2U);
    EXPECT_EQ(run.world.engine.ports_in_use(), 4U);
}

TEST(DevicesOfAUser, AreAskedForAnOfferWhereTheCallerMadeNone) {
    Devices run;
    run.of_bob(never_answers);
    Phone& winner = run.of_bob(rings_then_answers(50ms, 1s));
    Phone& late = run.of_bob(rings_then_answers(50ms, 1s));
    run.alice.invite("bob", Sdp::none());
    run.world.pass(4s);
    Phone& up = winner.up() ? winner : late;
    Phone& hung_up = winner.up() ? late : winner;
    EXPECT_TRUE(run.talk(run.alice, up));
    EXPECT_TRUE(hung_up.over());
    if (hung_up.ever_up()) { EXPECT_THAT(hung_up.received_ack(), HasSubstr("m=audio 0 ")); }
}

TEST(DevicesOfAUser, OneWithoutAMediaPortIsLeftOut) {
    Devices run;
    run.of_bob(never_answers);
    run.of_bob(never_answers);
    run.world.engine.fail_ports = true;
    run.call(1s);
    EXPECT_EQ(run.alice.final_of("INVITE"), 503);
    run.world.engine.fail_ports = false;
}

// The device is a proxy that asks several itself: each has a dialog, and what it agrees on in that.
TEST(DevicesOfAUser, MayForkThemselves) {
    Devices run;
    run.alice.supports_100rel = true;
    Reply behind = reliable(100ms, 183);
    behind.tag = "behind";
    Phone& proxied = run.of_bob({reply(50ms, 180), behind, reply(1s, 200)});
    proxied.supports_100rel = true;
    Phone& other = run.of_bob(never_answers);
    run.call();
    EXPECT_TRUE(run.talk(run.alice, proxied));
    EXPECT_EQ(proxied.received("PRACK"), 1U);
    EXPECT_TRUE(other.over());
    EXPECT_EQ(run.world.engine.session_count(), 1U);
}

}  // namespace
}  // namespace simulation
