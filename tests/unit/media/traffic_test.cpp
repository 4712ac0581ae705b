#include "media/traffic.hpp"

#include <gtest/gtest.h>

namespace media {
namespace {

TEST(TrafficAccounts, StayWhereTheyAre) {
    TrafficAccounts accounts;
    TrafficCounters& first = accounts.of("a");
    for (int i = 0; i < 100; ++i) { accounts.of("b" + std::to_string(i)); }
    first.packets_in = 7;
    EXPECT_EQ(accounts.all().at("a").packets_in, 7U);
    EXPECT_EQ(&accounts.of("a"), &first);
}

TEST(TrafficAccounts, ShareOneWhereThereAreTooManyNames) {
    TrafficAccounts accounts;
    for (std::size_t i = 0; i < TrafficAccounts::max_names; ++i) { accounts.of("t" + std::to_string(i)); }
    EXPECT_EQ(&accounts.of("one more"), &accounts.of("another"));
    EXPECT_EQ(&accounts.of("one more"), &accounts.of(""));
    EXPECT_EQ(accounts.all().size(), TrafficAccounts::max_names + 1);
}

}  // namespace
}  // namespace media
