#include "server/routing/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.hpp"

namespace server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::shared_ptr<const Routing> routing_of(std::string_view yaml) {
    const config::Loaded loaded = config::load_text(yaml, "test", {});
    EXPECT_THAT(loaded.errors, IsEmpty());
    return Routing::make(loaded.config);
}

std::string trunk_of(const Routing& routing, std::string_view address) {
    const Trunk* const trunk = routing.trunk_of(*base::IpAddress::parse(address));
    return trunk ? trunk->name() : "none";
}

const Target to_a{Target::Kind::trunk, "a"};
const Target to_b{Target::Kind::trunk, "b"};
const Target to_echo{Target::Kind::app, "echo"};
const Target to_music{Target::Kind::app, "music"};

TEST(Routing, GivesASourceToTheTrunkWithTheLongestPrefix) {
    const auto routing = routing_of(R"(
trunks:
  wide: { allow: [10.0.0.0/8, "2001:db8::/32"] }
  narrow: { allow: [10.1.0.0/16] }
  host: { allow: [10.1.2.3, "2001:db8::5"] }
)");
    EXPECT_EQ(trunk_of(*routing, "10.9.9.9"), "wide");
    EXPECT_EQ(trunk_of(*routing, "10.1.9.9"), "narrow");
    EXPECT_EQ(trunk_of(*routing, "10.1.2.3"), "host");
    EXPECT_EQ(trunk_of(*routing, "11.0.0.1"), "none");
    EXPECT_EQ(trunk_of(*routing, "2001:db8::1"), "wide");
    EXPECT_EQ(trunk_of(*routing, "2001:db8::5"), "host");
    EXPECT_EQ(trunk_of(*routing, "::ffff:10.1.2.3"), "host");
    EXPECT_EQ(trunk_of(*routing, "::1"), "none");
}

TEST(Routing, KeepsTheFamiliesApart) {
    const auto routing = routing_of("trunks: { four: { allow: 0.0.0.0/0 }, six: { allow: '::/0' } }");
    EXPECT_EQ(trunk_of(*routing, "192.0.2.1"), "four");
    EXPECT_EQ(trunk_of(*routing, "2001:db8::1"), "six");
}

TEST(Routing, TakesTheFirstRouteThatMatches) {
    const auto routing = routing_of(R"(
trunks: { a: { peers: 'sip:a' }, b: { peers: 'sip:b' } }
routes:
  - { to: "^\\+4930", target: trunk:a }
  - { to: "^\\+49", target: [trunk:b, trunk:a] }
  - { to: "1$", target: app:echo }
)");
    const RouteResult berlin = routing->route({"", "", "+49301"});
    EXPECT_THAT(berlin.targets, ElementsAre(to_a));
    EXPECT_EQ(berlin.route, 0U);
    EXPECT_EQ(berlin.name, "routes[0]");
    EXPECT_THAT(routing->route({"", "", "+49401"}).targets, ElementsAre(to_b, to_a));
    EXPECT_THAT(routing->route({"", "", "x1"}).targets, ElementsAre(to_echo));
}

TEST(Routing, HasNoTargetWhereNothingMatches) {
    const auto routing = routing_of("routes: [ { to: '^music$', target: app:music } ]");
    const RouteResult result = routing->route({"", "", "musical"});
    EXPECT_THAT(result.targets, IsEmpty());
    EXPECT_FALSE(result.route);
    EXPECT_EQ(result.name, "");
    EXPECT_THAT(routing_of("")->route({"", "", "music"}).targets, IsEmpty());
}

TEST(Routing, MatchesNothingLongerThanItsLimit) {
    const auto routing = routing_of("routes: [ { to: 'x', target: app:echo } ]");
    EXPECT_TRUE(routing->route({"", "", std::string(config::max_matched_length, 'x')}).route);
    EXPECT_FALSE(routing->route({"", "", std::string(config::max_matched_length + 1, 'x')}).route);
}

struct From {
    const char* rule;
    bool trunk_a, trunk_b, alice, bob, nobody;
};

TEST(Routing, LooksAtWhereTheCallComesFrom) {
    const From cases[]{
        {"trunk:a", true, false, false, false, false},
        {"trunk:*", true, true, false, false, false},
        {"user:alice", false, false, true, false, false},
        {"user:*", false, false, true, true, false},
        {"", true, true, true, true, true},
    };
    for (const From& one : cases) {
        const auto routing = routing_of(
            "users: { alice: { password: x }, bob: { password: x } }\ntrunks: { a: , b: }\n"
            "routes: [ { from: '" +
            std::string{one.rule} + "', target: app:echo } ]");
        EXPECT_EQ(routing->route({"a", "", "1"}).route.has_value(), one.trunk_a) << one.rule;
        EXPECT_EQ(routing->route({"b", "", "1"}).route.has_value(), one.trunk_b) << one.rule;
        EXPECT_EQ(routing->route({"", "alice", "1"}).route.has_value(), one.alice) << one.rule;
        EXPECT_EQ(routing->route({"", "bob", "1"}).route.has_value(), one.bob) << one.rule;
        EXPECT_EQ(routing->route({"", "", "1"}).route.has_value(), one.nobody) << one.rule;
    }
}

TEST(Routing, RewritesTheDialledNumberByTheRulesOfItsTrunk) {
    const auto routing = routing_of(R"(
trunks:
  a:
    numbers:
      to: [ { match: "^00(\\d\\d)(.*)$", replace: "+\\1-\\2" }, { match: "^0", replace: "+49" }, { match: "\\+", replace: "never" } ]
      from: [ { match: "^\\+49", replace: "0" } ]
)");
    EXPECT_EQ(routing->rewrite_to("a", "0043123"), "+43-123");
    EXPECT_EQ(routing->rewrite_to("a", "030123"), "+4930123") << "the first rule that matches is the only one";
    EXPECT_EQ(routing->rewrite_to("a", "4930123"), "4930123");
    EXPECT_EQ(routing->rewrite_to("", "0043123"), "0043123") << "a call from no trunk";
    EXPECT_EQ(routing->rewrite_to("nobody", "0043123"), "0043123");
    EXPECT_EQ(routing->trunk("a")->rewrite_from("+4930123"), "030123");
}

TEST(Routing, ReadsEscapesBeforeItCompares) {
    const auto routing = routing_of("routes: [ { to: '^\\+49#$', target: app:echo } ]");
    EXPECT_EQ(routing->rewrite_to("", "%2B49%23"), "+49#");
    EXPECT_TRUE(routing->route({"", "", routing->rewrite_to("", "%2b49%23")}).route);
    EXPECT_EQ(routing->rewrite_to("", "50%"), "50%") << "a broken escape stays as it is";
}

TEST(Routing, TellsPeopleWhy) {
    const auto routing = routing_of(R"(
trunks: { a: { peers: 'sip:a' } }
routes:
  - { to: "^1", target: app:echo }
  - { from: "trunk:*", target: app:echo }
  - { to: "^2", target: [trunk:a, "sip:x@y", app:music] }
)");
    EXPECT_EQ(routing->explain({"", "alice", "2"}),
              "call from user:alice to \"2\"\n"
              "  routes[0]: no, \"^1\" does not match\n"
              "  routes[1]: no, only from trunk:*\n"
              "  routes[2]: yes, from anybody, \"^2\" matches\n"
              "  → trunk:a\n  → sip:x@y\n  → app:music\n");
    EXPECT_THAT(routing->explain({"", "", "3"}), HasSubstr("no route: 404\n"));
}

TEST(Routing, WithoutAFileServesItsTwoUsersAndNobodyElse) {
    const auto routing = Routing::make(config::embedded_defaults());
    EXPECT_EQ(trunk_of(*routing, "127.0.0.1"), "none");
    const RouteResult bob = routing->route({"", "alice", "bob"});
    ASSERT_THAT(bob.targets, ElementsAre(Target{Target::Kind::user, "bob"}));
    EXPECT_EQ(routing->user_of(bob.targets.front(), "bob")->name, "bob");
    EXPECT_THAT(routing->route({"", "alice", "music"}).targets, ElementsAre(to_music));
}

TEST(Routing, TheUserThatIsDialledIsATarget) {
    const auto routing = Routing::make(config::embedded_defaults());
    const Target anybody{Target::Kind::user, "*"};
    EXPECT_EQ(routing->user_of(anybody, "alice")->name, "alice");
    EXPECT_EQ(routing->user_of(anybody, "eve"), nullptr);
    EXPECT_EQ(routing->user_of(to_music, "alice"), nullptr);
}

TEST(Routing, RefusesToBeMadeOfWhatLoadingWouldHaveRefused) {
    config::Config config;
    config.routes.push_back({"", "(", {"app:echo"}});
    EXPECT_THROW(Routing::make(config), std::invalid_argument);
    config.routes = {{"", "", {"nonsense"}}};
    EXPECT_THROW(Routing::make(config), std::invalid_argument);
    config.routes.clear();
    config.trunks["a"].peers.push_back({"nonsense"});
    EXPECT_THROW(Routing::make(config), std::invalid_argument);
}

}  // namespace
}  // namespace server
