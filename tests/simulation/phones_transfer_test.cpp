// The phones' REFER and NOTIFY (RFC 3515) against each other, and what a transfer with two calls needs.
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/two_phones.hpp"

namespace simulation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct PhonesTransfer : TwoPhones {
    PhonesTransfer() { b.allows_refer = true; }

    // B tells by hand.
    void notify(const std::string& state, const std::string& body, const std::string& event = "refer",
                const std::string& type = "message/sipfrag") {
        b.request("NOTIFY", "Event: " + event + "\r\n" + (state.empty() ? "" : "Subscription-State: " + state + "\r\n"),
                  type, body);
        pass(50ms);
    }
    void refer() {
        up();
        a.refer("sip:carol@10.3.0.1");
        pass(50ms);
    }
};

TEST_F(PhonesTransfer, AReferIsAcceptedAndItsProgressTold) {
    b.notices = {{0ms, 100}, {200ms, 180}, {800ms, 200}};
    up();
    a.refer("sip:carol@10.3.0.1", "Referred-By: <sip:alice@10.1.0.1>\r\n");
    pass(100ms);
    EXPECT_EQ(a.final_of("REFER"), 202);
    EXPECT_THAT(b.last_request("REFER"), HasSubstr("Refer-To: <sip:carol@10.3.0.1>\r\n"));
    EXPECT_THAT(b.last_request("REFER"), HasSubstr("Referred-By: <sip:alice@10.1.0.1>\r\n"));
    EXPECT_THAT(a.notified(), ElementsAre(100));
    EXPECT_TRUE(a.awaits_notice());
    pass(1s);
    EXPECT_THAT(a.notified(), ElementsAre(100, 180, 200));
    EXPECT_FALSE(a.awaits_notice());
    EXPECT_EQ(b.final_of("NOTIFY"), 200);
    pass(10s);
    EXPECT_TRUE(a.up() && b.up());
}

TEST_F(PhonesTransfer, ARefusedReferTellsNothing) {
    b.on_refer = refuses(603);
    up();
    a.refer("sip:carol@10.3.0.1");
    pass(10s);
    EXPECT_EQ(a.final_of("REFER"), 603);
    EXPECT_THAT(a.notified(), IsEmpty());
    EXPECT_FALSE(a.awaits_notice());
}

TEST_F(PhonesTransfer, ANotifyMayBeFasterThanThe202) {
    b.on_refer = {reply(200ms, 202)};
    refer();
    notify("active", "SIP/2.0 100 Trying\r\n");
    EXPECT_EQ(a.final_of("REFER"), 0);
    EXPECT_THAT(a.notified(), ElementsAre(100));
}

TEST_F(PhonesTransfer, TwoRefersOfADialogAreToldApart) {
    b.notices = {{0ms, 100}, {500ms, 486}};
    up();
    const auto first = a.refer("sip:carol@10.3.0.1");
    pass(100ms);
    b.notices = {{0ms, 100}, {200ms, 200}};
    const auto second = a.refer("sip:dave@10.3.0.1");
    pass(1s);
    EXPECT_THAT(a.notified(first), ElementsAre(100, 486));
    EXPECT_THAT(a.notified(second), ElementsAre(100, 200));
    EXPECT_THAT(a.notified(), ElementsAre(100, 200));
}

TEST_F(PhonesTransfer, IsRefusedWhereThePhoneDoesNotAllowIt) {
    b.allows_refer = false;
    refer();
    EXPECT_EQ(a.final_of("REFER"), 405);
    EXPECT_THAT(a.final_text("INVITE"), Not(HasSubstr("REFER")));
}

TEST_F(PhonesTransfer, ASubscriptionOutlivesItsCall) {
    b.notices = {{0ms, 100}};
    refer();
    a.bye();
    pass(50ms);
    notify("terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
    EXPECT_EQ(b.final_of("NOTIFY"), 200);
    EXPECT_THAT(a.notified(), ElementsAre(100, 200));
    b.request("NOTIFY", "Event: refer\r\nSubscription-State: active\r\n");
    pass(50ms);
    EXPECT_EQ(b.final_of("NOTIFY"), 481);
}

TEST_F(PhonesTransfer, AReferWithoutAnyNotifyIsFound) {
    expect_violation("a NOTIFY at once");
    refer();
    pass(11s);
    EXPECT_THAT(trace.violations(), IsEmpty());
    pass(1s);
}

TEST_F(PhonesTransfer, ANotifyForNothingIsFound) {
    up();
    expect_violation("no NOTIFY without a subscription");
    notify("active", "SIP/2.0 100 Trying\r\n");
    EXPECT_EQ(b.final_of("NOTIFY"), 481);
    expect_violation("an event that was asked for");
    notify("active", "SIP/2.0 100 Trying\r\n", "dialog");
    EXPECT_EQ(b.final_of("NOTIFY"), 489);
}

TEST_F(PhonesTransfer, ANotifyAfterTheEndIsFound) {
    refer();
    notify("terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
    EXPECT_THAT(trace.violations(), IsEmpty());
    expect_violation("none after its end");
    notify("terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
    EXPECT_EQ(b.final_of("NOTIFY"), 481);
}

TEST_F(PhonesTransfer, ASecondFinalStatusIsFound) {
    refer();
    notify("active", "SIP/2.0 486 Busy\r\n");
    expect_violation("one final status");
    notify("terminated", "SIP/2.0 200 OK\r\n");
}

TEST_F(PhonesTransfer, AnEndWithoutAFinalStatusIsFound) {
    refer();
    expect_violation("the final status before the end");
    notify("terminated;reason=noresource", "SIP/2.0 180 Ringing\r\n");
}

TEST_F(PhonesTransfer, AnEndForTimeIsNone) {
    refer();
    notify("terminated;reason=timeout", "SIP/2.0 180 Ringing\r\n");
    EXPECT_FALSE(a.awaits_notice());
}

TEST_F(PhonesTransfer, ANotifyThatLacksWhatItNeedsIsFound) {
    refer();
    expect_violation("Subscription-State in a NOTIFY");
    notify("", "SIP/2.0 100 Trying\r\n");
    expect_violation("a status line in message/sipfrag");
    notify("active", "100 Trying\r\n");
    notify("active", "SIP/2.0 100 Trying\r\n", "refer", "text/plain");
    EXPECT_EQ(trace.violations().size(), 3U);
}

TEST_F(PhonesTransfer, AReferThatNamesNobodyIsFound) {
    up();
    expect_violation("one Refer-To in a REFER");
    a.request("REFER");
    pass(100ms);
}

TEST_F(PhonesTransfer, ReplacesNamesADialogAsItsOtherEndKnowsIt) {
    up();
    EXPECT_THAT(a.replaces(), HasSubstr("%4010.1.0.1%3Bto-tag%3D" + b.local_tag() + "%3Bfrom-tag%3D" + a.local_tag()));
    Phone c{{clock, network, random, trace},
            {"C", "carol", at("10.3.0.1:5060"), at("10.3.0.1:4000"), tone_hz(2)},
            at("10.1.0.1:5060")};
    Phone d{{clock, network, random, trace},
            {"D", "dave", at("10.4.0.1:5060"), at("10.4.0.1:4000"), tone_hz(3)},
            at("10.3.0.1:5060")};
    d.invite("carol", {}, "Replaces: 1@2;to-tag=3;from-tag=4\r\n");
    pass(1s);
    EXPECT_THAT(c.last_request("INVITE"), HasSubstr("Replaces: 1@2;to-tag=3;from-tag=4\r\n"));
    EXPECT_TRUE(c.up());
}

TEST(TwoLines, OfOneTelephoneAreInTwoCallsAtOnce) {
    Scenario run;
    Phone& line = run.world.add_line(run.a);
    Phone& other = run.world.add_callee(1);
    run.world.pair(line, other);
    run.up();
    line.invite("b1");
    run.pass(2s);
    EXPECT_EQ(line.identity().user, run.a.identity().user);
    EXPECT_EQ(line.identity().sip.address, run.a.identity().sip.address);
    run.expect_conversation();
    EXPECT_TRUE(run.hears(line, run.world.tone(other)));
    EXPECT_TRUE(run.hears(other, run.world.tone(line)));
}

}  // namespace
}  // namespace simulation
