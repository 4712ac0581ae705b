// What is shown to whoever starts the server without a file, and to whoever opens its softphone page.
#include "server/serve_start.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.hpp"

namespace server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::vector<Listener> listeners{{sip::Transport::udp, {base::IpAddress::v4({127, 0, 0, 1}), 5060}}};

config::Config embedded(const config::Environment& environment = {}) {
    const config::Loaded loaded = config::load({{}, {}, environment});
    EXPECT_THAT(loaded.errors, testing::IsEmpty());
    return loaded.config;
}

TEST(EmbeddedDefaults, AreShownWithTheirPassword) {
    const config::Config config = embedded();
    const ServerFacts facts = make_facts(config);
    EXPECT_THAT(facts.demo.users, ElementsAre("alice", "bob"));
    EXPECT_EQ(facts.demo.password, "demo");
    EXPECT_THAT(what_to_dial(config, listeners, facts), HasSubstr("alice, password demo\n"));
}

TEST(EmbeddedDefaults, ShowNoPasswordOfTheOperators) {
    const config::Config config = embedded({{"HOLDFAST_USERS__ALICE__PASSWORD", "real"}});
    const ServerFacts facts = make_facts(config);
    EXPECT_THAT(facts.demo.users, ElementsAre("bob"));
    EXPECT_EQ(facts.demo.password, "demo");
    const std::string text = what_to_dial(config, listeners, facts);
    EXPECT_THAT(text, HasSubstr("    alice\n"));
    EXPECT_THAT(text, Not(HasSubstr("real")));
}

TEST(EmbeddedDefaults, OfferNoPageWhereAllPasswordsAreTheOperators) {
    const config::Config config =
        embedded({{"HOLDFAST_USERS__ALICE__PASSWORD", "real1"}, {"HOLDFAST_USERS__BOB__PASSWORD", "real2"}});
    ServerFacts facts = make_facts(config);
    facts.listeners = {"ws://127.0.0.1:8080"};
    EXPECT_THAT(facts.demo.users, ElementsAre());
    EXPECT_EQ(facts.demo.password, "");
    EXPECT_THAT(what_to_dial(config, listeners, facts), Not(HasSubstr("browser")));
}

}  // namespace
}  // namespace server
