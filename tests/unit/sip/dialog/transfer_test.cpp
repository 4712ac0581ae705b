// RFC 3515 §2.4, RFC 6665 §4.2, RFC 4488.
#include "sip/dialog/transfer.hpp"

#include <gtest/gtest.h>

namespace sip {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant start{};

TEST(TransferNotifier, TellsOfTryingProgressAndTheEnd) {
    TransferNotifier notifier{start, 93809823, true, 180s};
    const auto trying = notifier.on_status(start, 100);
    ASSERT_TRUE(trying);
    EXPECT_EQ(trying->event, "refer");
    EXPECT_EQ(trying->subscription_state, "active;expires=180");
    EXPECT_EQ(trying->body, "SIP/2.0 100 Trying\r\n");
    const auto ringing = notifier.on_status(start + 2500ms, 180);
    ASSERT_TRUE(ringing);
    EXPECT_EQ(ringing->subscription_state, "active;expires=178");
    EXPECT_EQ(ringing->body, "SIP/2.0 180 Ringing\r\n");
    EXPECT_FALSE(notifier.is_over());
    const auto answered = notifier.on_status(start + 5s, 200, "Here I am");
    ASSERT_TRUE(answered);
    EXPECT_EQ(answered->event, "refer");
    EXPECT_EQ(answered->subscription_state, "terminated;reason=noresource");
    EXPECT_EQ(answered->body, "SIP/2.0 200 Here I am\r\n");
    EXPECT_TRUE(notifier.is_over());
}

TEST(TransferNotifier, NamesTheReferFromTheSecondOfADialogOn) {
    TransferNotifier notifier{start, 4711, false, 180s};
    EXPECT_EQ(notifier.on_status(start, 100)->event, "refer;id=4711");
    EXPECT_EQ(notifier.on_status(start, 603)->event, "refer;id=4711");
}

TEST(TransferNotifier, TellsEachStatusOnce) {
    TransferNotifier notifier{start, 1, true, 180s};
    EXPECT_TRUE(notifier.on_status(start, 100));
    EXPECT_FALSE(notifier.on_status(start, 100));
    EXPECT_TRUE(notifier.on_status(start, 180));
    EXPECT_TRUE(notifier.on_status(start, 199));
    EXPECT_FALSE(notifier.on_status(start, 180));
}

TEST(TransferNotifier, TellsNothingAfterTheFinalStatus) {
    TransferNotifier notifier{start, 1, true, 180s};
    EXPECT_TRUE(notifier.on_status(start, 486));
    EXPECT_FALSE(notifier.on_status(start, 487));
    EXPECT_FALSE(notifier.on_status(start, 200));
    EXPECT_FALSE(notifier.on_status(start, 180));
}

TEST(TransferNotifier, IsNeverActiveForNoTime) {
    TransferNotifier notifier{start, 1, true, 60s};
    EXPECT_EQ(notifier.on_status(start + 59500ms, 100)->subscription_state, "active;expires=1");
    EXPECT_EQ(notifier.on_status(start + 60s, 180)->subscription_state, "active;expires=1");
}

TEST(TransferNotifier, FallsSilentWhenItsDialogEnds) {
    TransferNotifier notifier{start, 1, true, 180s};
    notifier.stop();
    EXPECT_FALSE(notifier.on_status(start, 200));
}

TEST(TransferNotifier, TakesNoStatusThatIsNone) {
    TransferNotifier notifier{start, 1, true, 180s};
    EXPECT_FALSE(notifier.on_status(start, 99));
    EXPECT_FALSE(notifier.on_status(start, 700));
    EXPECT_FALSE(notifier.on_status(start, -1));
    EXPECT_FALSE(notifier.is_over());
}

Message refer_with(std::string_view refer_sub) {
    Message refer = Message::request(Method::refer, "sip:a@b");
    refer.add(HeaderId::refer_sub, refer_sub);
    return refer;
}

TEST(ReferSub, FalseAsksForNoNotifications) {
    EXPECT_FALSE(wants_notifications(refer_with("false")));
    EXPECT_FALSE(wants_notifications(refer_with("False ;x=y")));
    EXPECT_TRUE(wants_notifications(refer_with("true")));
    EXPECT_TRUE(wants_notifications(refer_with("maybe")));
    EXPECT_TRUE(wants_notifications(refer_with("")));
    EXPECT_TRUE(wants_notifications(Message::request(Method::refer, "sip:a@b")));
}

}  // namespace
}  // namespace sip
