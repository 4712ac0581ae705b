#include "server/routing/reachable_users.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace server {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

constexpr base::Instant start{};

Binding device(const char* uri, std::uint64_t connection, const char* instance = "") {
    Binding binding;
    binding.uri = uri;
    binding.instance = instance;
    binding.flow.connection = connection;
    binding.expires = start + 60s;
    return binding;
}

UserBindings told(std::vector<Binding> bindings) {
    return {"alice", std::make_shared<const std::vector<Binding>>(std::move(bindings))};
}

TEST(ReachableUsers, AreFoundUntilTheyExpireOrAreToldGone) {
    ReachableUsers users;
    users.take(told({device("sip:a@h", 1)}));
    EXPECT_THAT(users.find(start + 59s, "alice"), SizeIs(1));
    EXPECT_THAT(users.find(start + 60s, "alice"), IsEmpty());
    EXPECT_THAT(users.find(start, "bob"), IsEmpty());
    users.take(told({}));
    EXPECT_THAT(users.find(start, "alice"), IsEmpty());
}

TEST(ReachableUsers, TellWhichDeviceHasAnotherConnection) {
    ReachableUsers users;
    users.take(told({device("sip:a@h", 1), device("sip:b@h", 2)}));
    const auto moves = users.take(told({device("sip:a@h", 3), device("sip:b@h", 2)}));
    ASSERT_THAT(moves, SizeIs(1));
    EXPECT_EQ(moves.front().from, 1U);
    EXPECT_EQ(moves.front().to.connection, 3U);
    EXPECT_THAT(users.take(told({device("sip:a@h", 3)})), IsEmpty());
}

TEST(ReachableUsers, KnowADeviceByItsInstanceWhateverItsContact) {
    ReachableUsers users;
    users.take(told({device("sip:old@h", 1, "urn:uuid:1")}));
    EXPECT_THAT(users.take(told({device("sip:new@h", 2, "urn:uuid:1")})), SizeIs(1));
    EXPECT_THAT(users.take(told({device("sip:new@h", 3, "urn:uuid:2")})), IsEmpty());
}

TEST(ReachableUsers, OverDatagramsHaveNoConnectionToLose) {
    ReachableUsers users;
    users.take(told({device("sip:a@h", 0)}));
    EXPECT_THAT(users.take(told({device("sip:a@h", 1)})), IsEmpty());
}

}  // namespace
}  // namespace server
