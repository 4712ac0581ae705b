#include "server/routing/trunk_view.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

using State = TrunkHealth::State;

TrunkHealth::Known known(State state) {
    TrunkHealth::Known of_peer;
    of_peer.state = state;
    return of_peer;
}

TrunkView trunk(const std::string& name, std::size_t calls, std::optional<TrunkHealth::Known> of_peer = {}) {
    TrunkView view;
    view.name = name;
    view.calls = calls;
    view.peers.push_back({"sip:one", 1, 100, std::move(of_peer)});
    return view;
}

TEST(TrunkView, AddsUpWhatTheShardsKnow) {
    TrunkView first = trunk("b", 2, known(State::down));
    first.rejected["488"] = 1;
    TrunkView second = trunk("b", 3);
    second.rejected["488"] = 2;
    second.rejected["415"] = 1;
    std::vector<TrunkView> sum;
    add_trunks(sum, {second});
    add_trunks(sum, {trunk("a", 0), first, trunk("c", 1)});  // one that has taken a reload already
    ASSERT_EQ(sum.size(), 3u);
    EXPECT_EQ(sum[0].name, "a");
    EXPECT_EQ(sum[1].calls, 5u);
    EXPECT_EQ(sum[1].rejected, (std::map<std::string, std::uint64_t>{{"415", 1}, {"488", 3}}));
    EXPECT_EQ(sum[1].state(), State::down);
    EXPECT_EQ(sum[2].name, "c");
}

TEST(TrunkView, IsUpWhileOnePeerIs) {
    TrunkView view = trunk("a", 0);
    EXPECT_EQ(view.state(), State::unknown) << "nobody is asked";
    view.peers.front().known = known(State::down);
    EXPECT_EQ(view.state(), State::down);
    view.peers.push_back({"sip:two", 1, 100, known(State::unknown)});
    EXPECT_EQ(view.state(), State::unknown) << "the other one has not answered yet";
    view.peers.push_back({"sip:three", 1, 100, known(State::up)});
    EXPECT_EQ(view.state(), State::up);
}

}  // namespace
}  // namespace server
