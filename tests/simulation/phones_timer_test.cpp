// The phones' session timers (RFC 4028) against each other.
#include "tests/simulation/two_phones.hpp"

namespace simulation {
namespace {

using testing::HasSubstr;
using testing::Not;

struct PhonesTimer : TwoPhones {
    PhonesTimer() {
        a.allows_update = b.allows_update = true;
        a.timer.expires = b.timer.expires = 120s;
        a.talks = b.talks = false;
    }
    static Script with_headers(const std::string& headers) {
        Reply answer = reply(10ms, 200);
        answer.headers = headers;
        return {answer};
    }
};

TEST_F(PhonesTimer, TheCallerRefreshesByReinviteAtHalfTheInterval) {
    a.timer.expires = 100s;
    up();
    EXPECT_THAT(b.last_request("INVITE"), HasSubstr("Session-Expires: 100\r\n"));
    EXPECT_THAT(b.last_request("INVITE"), HasSubstr("Supported: timer\r\n"));
    EXPECT_THAT(a.final_text("INVITE"), HasSubstr("Session-Expires: 100;refresher=uac\r\nRequire: timer\r\n"));
    const auto version = b.belief().remote->version;
    pass(48s);
    EXPECT_EQ(b.received("INVITE"), 1U);
    pass(1s);
    EXPECT_EQ(b.received("INVITE"), 2U);
    EXPECT_THAT(b.last_request("INVITE"), HasSubstr("Session-Expires: 100;refresher=uac\r\n"));
    pass(500s);
    EXPECT_EQ(b.received("INVITE"), 12U);
    EXPECT_EQ(b.belief().remote->version, version);
    EXPECT_TRUE(a.up() && b.up());
}

TEST_F(PhonesTimer, TheCalleeRefreshesByUpdateWhereTheCallerWantsIt) {
    a.timer.refresher = "uas";
    b.timer.by_update = true;
    up();
    EXPECT_THAT(a.final_text("INVITE"), HasSubstr("Session-Expires: 120;refresher=uas\r\n"));
    pass(500s);
    EXPECT_EQ(a.received("UPDATE"), 8U);
    EXPECT_THAT(a.last_request("UPDATE"), HasSubstr("refresher=uac\r\n"));
    EXPECT_THAT(a.last_request("UPDATE"), Not(HasSubstr("m=audio")));
    EXPECT_EQ(b.received("UPDATE") + a.received("INVITE"), 0U);
    EXPECT_TRUE(a.up() && b.up());
}

TEST_F(PhonesTimer, WhoRefreshesStaysWhoItIs) {
    up();
    b.reinvite();
    pass(1s);
    EXPECT_THAT(a.last_request("INVITE"), HasSubstr("refresher=uas\r\n"));
    pass(300s);
    EXPECT_EQ(a.received("INVITE"), 1U);
    EXPECT_GT(b.received("INVITE"), 4U);
}

TEST_F(PhonesTimer, ARefreshLeavesAHoldAsItIs) {
    up();
    a.reinvite(Sdp::with(Direction::sendonly));
    pass(1s);
    const auto version = b.belief().remote->version;
    pass(200s);
    EXPECT_GT(b.received("INVITE"), 3U);
    EXPECT_EQ(b.belief().remote->version, version);
    EXPECT_EQ(b.belief().remote->direction, Direction::sendonly);
}

TEST_F(PhonesTimer, ARefreshByWhoeverIsHeldLeavesTheHoldAsItIs) {
    up();
    b.wish = Direction::sendonly;
    b.reinvite();
    pass(200s);
    EXPECT_GT(b.received("INVITE"), 2U);
    EXPECT_FALSE(b.belief().hears());
    EXPECT_TRUE(a.belief().hears());
}

TEST_F(PhonesTimer, NoRefreshEndsTheCallALittleBeforeTheIntervalAndIsFound) {
    a.timer.refreshes = false;
    expect_violation("the refresher refreshes");
    up();
    pass(85s);  // 120 s less 32 s after the 2xx
    EXPECT_TRUE(b.up());
    pass(2s);
    EXPECT_EQ(a.received("BYE"), 1U);
    EXPECT_TRUE(a.over());
}

TEST_F(PhonesTimer, AShortIntervalEndsAThirdEarlier) {
    a.timer.refreshes = false;
    a.timer.expires = 90s;
    expect_violation("the refresher refreshes");
    up();
    pass(58s);
    EXPECT_TRUE(b.up());
    pass(1s);
    EXPECT_TRUE(b.over());
}

TEST_F(PhonesTimer, NobodyRefreshesWhereOneKnowsNoTimers) {
    b.timer.expires = {};
    up();
    EXPECT_THAT(a.final_text("INVITE"), Not(HasSubstr("Session-Expires")));
    pass(500s);
    EXPECT_EQ(b.received("INVITE"), 1U);
    EXPECT_TRUE(a.up());
}

TEST_F(PhonesTimer, TheCalleeRefreshesForACallerThatKnowsNoTimers) {
    a.timer.expires = {};
    up();
    EXPECT_THAT(a.final_text("INVITE"), HasSubstr("refresher=uas\r\n"));
    pass(300s);
    EXPECT_GT(a.received("INVITE"), 3U);
    EXPECT_TRUE(a.up());
}

TEST_F(PhonesTimer, A422IsTriedOnceMoreWithWhatIsDemanded) {
    a.timer.expires = 90s;
    b.timer.min_se = 110s;
    up();
    EXPECT_THAT(a.statuses_of("INVITE"), testing::ElementsAre(422, 180, 200));
    EXPECT_THAT(b.last_request("INVITE"), HasSubstr("Session-Expires: 110\r\nMin-SE: 110\r\n"));
    EXPECT_THAT(a.final_text("INVITE"), HasSubstr("Session-Expires: 110;"));
    EXPECT_TRUE(a.belief().hears() && b.belief().hears());
}

TEST_F(PhonesTimer, A422OnceToAReinviteAndToAnUpdate) {
    up();
    b.timer.refuses_once = 150s;
    b.timer.expires = 600s;
    a.reinvite(Sdp::with(Direction::sendonly));
    pass(1s);
    EXPECT_EQ(a.final_of("INVITE"), 200);
    EXPECT_FALSE(a.belief().hears());
    EXPECT_THAT(a.final_text("INVITE"), HasSubstr("Session-Expires: 150;"));
    b.timer.refuses_once = 300s;
    a.update();
    pass(1s);
    EXPECT_THAT(a.statuses_of("UPDATE"), testing::ElementsAre(422, 200));
    EXPECT_THAT(a.final_text("UPDATE"), HasSubstr("Session-Expires: 300;"));
    EXPECT_TRUE(a.belief().hears());
}

TEST_F(PhonesTimer, RefreshesThatMeetAreMadeAgain) {
    up();
    pass(58s + 505ms);
    b.reinvite();
    a.reinvite();
    pass(10s);
    EXPECT_EQ(a.final_of("INVITE"), 200);
    EXPECT_EQ(b.final_of("INVITE"), 200);
    pass(500s);
    EXPECT_TRUE(a.up() && b.up());
}

TEST_F(PhonesTimer, ARefusedRefreshIsMadeAgain) {
    up();
    b.next_reinvites = {refuses(500)};
    pass(100s);
    EXPECT_EQ(b.received("INVITE"), 3U);
    pass(100s);
    EXPECT_TRUE(a.up() && b.up());
}

TEST_F(PhonesTimer, A2xxThatBreaksTheRulesIsFound) {
    struct Case {
        const char* headers;
        const char* rule;
    };
    const Case cases[] = {
        {"Session-Expires: 120\r\n", "a refresher in the 2xx"},
        {"Session-Expires: 120;refresher=uac\r\n", "Require: timer for refresher=uac"},
        {"Session-Expires: 121;refresher=uas\r\n", "no longer interval than asked for"},
        {"Session-Expires: 99;refresher=uas\r\n", "no interval below Min-SE"},
        {"Session-Expires: 120;refresher=uas\r\n", "the refresher that was asked for"},
    };
    b.timer.expires = {};
    a.timer.min_se = 100s;
    a.timer.refresher = "uac";
    up();
    for (const Case& one : cases) {
        b.next_reinvites = {with_headers(one.headers)};
        expect_violation(one.rule);
        a.reinvite();
        pass(1s);
    }
    a.timer.expires = {};
    b.next_reinvites = {with_headers("Session-Expires: 120;refresher=uac\r\nRequire: timer\r\n")};
    expect_violation("refresher=uas for who knows no timers");
    a.reinvite();
    pass(1s);
    a.timer.refreshes = false;
}

TEST_F(PhonesTimer, ARequestThatBreaksTheRulesIsFound) {
    a.timer.expires = b.timer.expires = {};
    up();
    expect_violation("Supported: timer with Session-Expires");
    a.reinvite({}, "Session-Expires: 120\r\n");
    pass(1s);
    expect_violation("no interval below Min-SE (RFC 4028 §7.1)");
    a.reinvite({}, "Supported: timer\r\nSession-Expires: 89\r\n");
    pass(1s);
    expect_violation("a retry that honours Min-SE");
    b.timer.refuses_once = 200s;
    a.update({}, "Supported: timer\r\nSession-Expires: 120\r\n");
    pass(1s);
    EXPECT_EQ(a.final_of("UPDATE"), 200);
}

TEST_F(PhonesTimer, A422WithoutMinSeIsFound) {
    up();
    expect_violation("Min-SE in a 422");
    b.next_reinvites = {refuses(422)};
    a.reinvite();
    pass(1s);
}

}  // namespace
}  // namespace simulation
