// What the inspector says of REFER and NOTIFY.
#include "tests/simulation/inspected.hpp"

namespace simulation {
namespace {

struct InspectorsRefer : Inspectors {
    InspectorsRefer() { a.allows_refer = b.allows_refer = true; }

    // A's REFER and its 202, by hand.
    void accept() {
        receive("REFER sip:s@10.2.0.1 SIP/2.0", "1 REFER", {}, "Refer-To: <sip:c@c>\r\n");
        send("SIP/2.0 202 Accepted", "1 REFER");
    }
    void notify(int cseq, const std::string& state, const std::string& body, const std::string& event = "refer",
                const std::string& type = "message/sipfrag") {
        send("NOTIFY sip:a@10.1.0.1 SIP/2.0", std::to_string(cseq) + " NOTIFY", body,
             "Event: " + event + "\r\n" + (state.empty() ? "" : "Subscription-State: " + state + "\r\n") +
                 "Content-Type: " + type + "\r\n");
    }
};

TEST_F(InspectorsRefer, PassOverTransfersFromTheirReferToTheirEnd) {
    up();
    b.notices = {{0ms, 100}, {300ms, 486}};
    a.refer("sip:carol@10.3.0.1");
    pass(100ms);
    b.notices = {{0ms, 100}, {300ms, 200}};
    a.refer("sip:carol@10.3.0.1");
    pass(1s);
    b.on_refer = refuses(603);
    a.refer("sip:carol@10.3.0.1");
    pass(1s);
    b.refer("sip:carol@10.3.0.1");
    pass(1s);
    expect_clean();
}

TEST_F(InspectorsRefer, PassOverANotifyAfterTheEndOfItsCall) {
    up();
    b.notices = {{0ms, 100}};
    a.refer("sip:carol@10.3.0.1");
    pass(100ms);
    a.bye();
    pass(100ms);
    b.request("NOTIFY", "Event: refer\r\nSubscription-State: terminated;reason=noresource\r\n", "message/sipfrag",
              "SIP/2.0 200 OK\r\n");
    pass(40s);
    inspector.on_end();
    EXPECT_THAT(found.violations(), testing::IsEmpty());
    b.request("NOTIFY", "Event: refer\r\nSubscription-State: active\r\n", "message/sipfrag", "SIP/2.0 100 Trying\r\n");
    expect_found("nothing new after the end");
    expect_found("a NOTIFY without a subscription");
}

TEST_F(InspectorsRefer, FindAReferThatIsAcceptedAndForgotten) {
    up();
    a.refer("sip:carol@10.3.0.1");
    pass(1s);
    finish();
    expect_found("a REFER that was accepted, and no NOTIFY");
}

TEST_F(InspectorsRefer, FindANotifyForNobody) {
    notify(1, "active", "SIP/2.0 100 Trying\r\n");
    expect_found("a NOTIFY without a subscription");
    receive("REFER sip:s@10.2.0.1 SIP/2.0", "1 REFER", {}, "Refer-To: <sip:c@c>\r\n");
    send("SIP/2.0 603 Decline", "1 REFER");
    notify(2, "active", "SIP/2.0 100 Trying\r\n");
    EXPECT_EQ(found.violations().size(), 2U);
}

TEST_F(InspectorsRefer, FindAStatusAfterTheFinalOne) {
    accept();
    notify(1, "active", "SIP/2.0 100 Trying\r\n");
    notify(2, "active", "SIP/2.0 486 Busy\r\n");
    EXPECT_THAT(found.violations(), testing::IsEmpty());
    notify(3, "terminated", "SIP/2.0 200 OK\r\n");
    expect_found("a status after the final one");
}

TEST_F(InspectorsRefer, FindAnEndWithoutAFinalStatus) {
    accept();
    notify(1, "terminated;reason=noresource", "SIP/2.0 180 Ringing\r\n");
    expect_found("an end without a final status");
}

TEST_F(InspectorsRefer, PassOverAnEndForTime) {
    accept();
    notify(1, "terminated;reason=timeout", "SIP/2.0 180 Ringing\r\n");
    EXPECT_THAT(found.violations(), testing::IsEmpty());
}

TEST_F(InspectorsRefer, FindWhatANotifyLacks) {
    accept();
    notify(1, "", "SIP/2.0 100 Trying\r\n");
    expect_found("a NOTIFY without Subscription-State");
    notify(2, "active", "100 Trying\r\n");
    expect_found("a NOTIFY without a status line");
    notify(3, "active", "SIP/2.0 100 Trying\r\n", "dialog");
    expect_found("a NOTIFY of an event that nobody asked for");
}

TEST_F(InspectorsRefer, FindAReferThatNamesNobody) {
    send("REFER sip:a@10.1.0.1 SIP/2.0", "1 REFER");
    expect_found("a REFER that names nobody");
}

}  // namespace
}  // namespace simulation
