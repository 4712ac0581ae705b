#include "server/leaving_listeners.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr base::Instant start{1000s};
const Listener udp{sip::Transport::udp, *base::Endpoint::parse("192.0.2.1:5060")};
const Listener tcp{sip::Transport::tcp, *base::Endpoint::parse("192.0.2.1:5060")};
const auto nobody = [](const Listener&) { return false; };

TEST(LeavingListeners, GoOnceNoCallHasUsedThemForAWhile) {
    LeavingListeners leaving{32s};
    leaving.add(start, udp);
    EXPECT_THAT(leaving.take_unused(start + 31s, nobody), IsEmpty());
    EXPECT_THAT(leaving.take_unused(start + 32s, nobody), ElementsAre(udp));
    EXPECT_TRUE(leaving.empty());
}

TEST(LeavingListeners, StayForTheirCallsAndAWhileBeyond) {
    LeavingListeners leaving{32s};
    leaving.add(start, udp);
    leaving.add(start, tcp);
    const auto has_call = [](const Listener& listener) { return listener == udp; };
    EXPECT_THAT(leaving.take_unused(start + 1h, has_call), ElementsAre(tcp));
    EXPECT_THAT(leaving.take_unused(start + 1h + 31s, nobody), IsEmpty());
    EXPECT_THAT(leaving.take_unused(start + 1h + 32s, nobody), ElementsAre(udp));
}

TEST(LeavingListeners, AreTakenBackWhereTheyAreWantedAgain) {
    LeavingListeners leaving{32s};
    leaving.add(start, udp);
    EXPECT_FALSE(leaving.take_back(tcp));
    EXPECT_TRUE(leaving.take_back(udp));
    EXPECT_THAT(leaving.take_unused(start + 1h, nobody), IsEmpty());
}

TEST(LeavingListeners, AreSaidToBeLeaving) {
    LeavingListeners leaving{32s};
    leaving.add(start, udp);
    EXPECT_THAT(leaving.all(), ElementsAre(Listener{udp.transport, udp.endpoint, true}));
}

}  // namespace
}  // namespace server
