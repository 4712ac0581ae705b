// Every row of the table of keys, set in each of the ways there are.
#include "config/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "config/schema.hpp"
#include "support.hpp"

namespace config {
namespace {

// What the other keys need to be there.
constexpr const char* surroundings = R"yaml(
users: { one: { password: x } }
trunks:
  one:
    peers: [ { uri: "sip:h" } ]
    auth: { user: u, password: p }
    numbers: { to: [ { match: "(a)"
} ], from: [ { match: "(a)" } ]
}
routes: [ { target: app:music } ]
)yaml";

// A value for each key that is not its default, as the reference would show it.
const std::map<std::string, std::string> samples{
    {"server.name", "edge"},
    {"server.state_dir", "/tmp/x"},
    {"server.workers", "3"},
    {"server.drain_timeout", "5s"},
    {"log.level", "warn"},
    {"log.format", "json"},
    {"sip.listen", R"([udp://127.0.0.1:5070, "tcp://[::1]:5070"])"},
    {"sip.advertise", "sip.example.com"},
    {"sip.domains", "[a.example, b.example]"},
    {"sip.allow_origins", "[https://a.example, http://b.example:8000]"},
    {"sip.websocket_grace", "20s"},
    {"sip.no_answer", "90s"},
    {"sip.tls.certificate", "/etc/tls.crt"},
    {"sip.tls.key", "/etc/tls.key"},
    {"sip.tls.verify_peer", "true"},
    {"sip.tls.ca", "/etc/ca.crt"},
    {"sip.tls.client_ca", "/etc/client-ca.crt"},
    {"sip.timers.t1", "200ms"},
    {"sip.timers.session_expires", "20m"},
    {"sip.timers.min_se", "100s"},
    {"sip.limits.message", "32KiB"},
    {"sip.limits.connections", "300"},
    {"sip.limits.connections_per_source", "7"},
    {"sip.limits.idle", "7m"},
    {"sip.limits.partial_message", "9s"},
    {"media.listen", R"([192.0.2.1, "::1"])"},
    {"media.advertise", "203.0.113.10"},
    {"media.ports", "30000-30999"},
    {"media.ice_tcp.enabled", "false"},
    {"media.ice_tcp.port", "443"},
    {"media.timeout", "59s"},
    {"media.quarantine", "1s"},
    {"media.codecs.audio", "[PCMA]"},
    {"media.srtp", "[AES_CM_128_HMAC_SHA1_32]"},
    {"renegotiation.offerless", "local"},
    {"renegotiation.on_refusal", "pass"},
    {"renegotiation.refer", "relay"},
    {"renegotiation.glare_retries", "1"},
    {"renegotiation.tolerate_missing_answer", "true"},
    {"renegotiation.timeout", "7s"},
    {"renegotiation.relay_refresh", "true"},
    {"hold.music", "/tmp/a.wav"},
    {"hold.when", "trust"},
    {"hold.on_offerless", "answer"},
    {"hold.signal", "absorb"},
    {"hold.method", "rfc7088"},
    {"hold.position", "shared"},
    {"users.NAME.password", "p{w: #1"},
    {"users.NAME.display", "Alice, at desk"},
    {"users.NAME.profile", "plain"},
    {"users.NAME.codecs", "[PCMA]"},
    {"users.NAME.media.srtp", "best_effort"},
    {"users.NAME.media.timeout", "61s"},
    {"users.NAME.renegotiation.offerless", "local"},
    {"users.NAME.renegotiation.on_refusal", "pass"},
    {"users.NAME.renegotiation.refer", "refuse"},
    {"users.NAME.renegotiation.glare_retries", "2"},
    {"users.NAME.renegotiation.tolerate_missing_answer", "true"},
    {"users.NAME.renegotiation.timeout", "8s"},
    {"users.NAME.renegotiation.relay_refresh", "true"},
    {"users.NAME.hold.music", "/tmp/b.wav"},
    {"users.NAME.hold.when", "never"},
    {"users.NAME.hold.on_offerless", "answer"},
    {"users.NAME.hold.signal", "absorb"},
    {"users.NAME.hold.method", "rfc7088"},
    {"users.NAME.hold.position", "shared"},
    {"registrar.enabled", "false"},
    {"registrar.max_expires", "30m"},
    {"registrar.digest", "[MD5]"},
    {"registrar.store", "none"},
    {"trunks.NAME.peers[].uri", "sip:[2001:db8::1]:5062;transport=tcp"},
    {"trunks.NAME.peers[].priority", "9"},
    {"trunks.NAME.peers[].weight", "0"},
    {"cdr.store", "none"},
    {"cdr.url", "postgresql://u:p@127.0.0.1/calls"},
    {"cdr.retention", "24h"},
    {"capture.messages", "8KiB"},
    {"capture.secrets", "true"},
    {"capture.decrypt", "true"},
    {"hep.target", "udp://homer.example.com:9060"},
    {"hep.id", "2001"},
    {"trunks.NAME.options_ping", "31s"},
    {"trunks.NAME.allow", "[198.51.100.0/24, 2001:db8::/32]"},
    {"trunks.NAME.auth.user", "0049301"},
    {"trunks.NAME.auth.password", "@x: y"},
    {"trunks.NAME.numbers.to[].match", "^0049(.*)$"},
    {"trunks.NAME.numbers.to[].replace", "+49\\1"},
    {"trunks.NAME.numbers.from[].match", "^0([1-9].*)$"},
    {"trunks.NAME.numbers.from[].replace", "+49\\1"},
    {"trunks.NAME.headers.remove", "[X-Internal-*, Subject]"},
    {"trunks.NAME.headers.add", "{X-Tenant: acme}"},
    {"trunks.NAME.caller_id.trust", "true"},
    {"trunks.NAME.media.codecs", "[PCMA, PCMU]"},
    {"trunks.NAME.media.srtp", "best_effort"},
    {"trunks.NAME.media.timeout", "61s"},
    {"trunks.NAME.renegotiation.offerless", "local"},
    {"trunks.NAME.renegotiation.on_refusal", "pass"},
    {"trunks.NAME.renegotiation.refer", "refuse"},
    {"trunks.NAME.renegotiation.glare_retries", "2"},
    {"trunks.NAME.renegotiation.tolerate_missing_answer", "true"},
    {"trunks.NAME.renegotiation.timeout", "8s"},
    {"trunks.NAME.renegotiation.relay_refresh", "true"},
    {"trunks.NAME.hold.music", "/tmp/b.wav"},
    {"trunks.NAME.hold.when", "never"},
    {"trunks.NAME.hold.on_offerless", "answer"},
    {"trunks.NAME.hold.signal", "absorb"},
    {"trunks.NAME.hold.method", "rfc7088"},
    {"trunks.NAME.hold.position", "shared"},
    {"routes[].from", "trunk:one"},
    {"routes[].to", "^\\+49.*$"},
    {"routes[].target", "[trunk:one, app:echo]"},
    {"admin.listen", "[::1]:9070"},
    {"admin.token", "t0ken"},
    {"admin.console", "false"},
    {"admin.limits.connections", "100"},
    {"admin.limits.requests_per_second_per_source", "7"},
    {"admin.limits.wrong_tokens_per_minute_per_source", "3"},
    {"metrics.listen", "same"},
};

// The path of the one item that `surroundings` has: users.one.password, routes.0.to.
std::vector<std::string> concrete(const Key& key) {
    std::vector<std::string> segments = segments_of(key.path);
    for (std::string& segment : segments) {
        if (segment == any_name) { segment = "one"; }
        if (segment == any_item) { segment = "0"; }
    }
    return segments;
}

std::string in_file(const Key& key, const std::string& value) {
    YAML::Node root = YAML::Load(surroundings);
    YAML::Node at = root;
    for (const std::string& segment : concrete(key)) {
        const auto index = base::parse_number<std::size_t>(segment);
        if (index) {
            at.reset(at[*index]);
        } else {
            at.reset(at[segment]);
        }
    }
    if (key.kind.compound) {
        at = YAML::Load(value);
    } else {
        at = value;
    }
    return YAML::Dump(root);
}

std::string shown_after(const Key& key, Loaded& loaded) {
    EXPECT_THAT(loaded.errors, testing::IsEmpty()) << key.path;
    if (!loaded.ok()) { return {}; }
    Scope scope;
    scope.config = &loaded.config;
    scope.user = &loaded.config.users.at("one");
    scope.trunk = &loaded.config.trunks.at("one");
    const bool is_user = key.path.starts_with("users.");
    scope.leg = is_user ? static_cast<LegSettings*>(scope.user) : scope.trunk;
    scope.peer = &scope.trunk->peers.at(0);
    scope.rule = key.path.find("numbers.to") != std::string::npos ? &scope.trunk->numbers_to.at(0)
                                                                  : &scope.trunk->numbers_from.at(0);
    scope.route = &loaded.config.routes.at(0);
    return key.kind.show(scope);
}

std::string joined_by(const std::vector<std::string>& parts, const std::string& separator) {
    std::string result;
    for (const std::string& part : parts) { result += (result.empty() ? "" : separator) + part; }
    return result;
}

TEST(Keys, HaveASampleEachAndItIsNotTheDefault) {
    SampleScope sample;
    const std::vector<Key> keys = make_keys();
    EXPECT_EQ(keys.size(), samples.size());
    for (const Key& key : keys) {
        ASSERT_TRUE(samples.contains(key.path)) << key.path;
        EXPECT_NE(samples.at(key.path), key.kind.show(sample.scope)) << key.path;
        EXPECT_FALSE(key.meaning.empty()) << key.path;
    }
}

TEST(Keys, CanAllBeSetInTheFile) {
    for (const Key& key : make_keys()) {
        Loaded loaded = load_yaml(in_file(key, samples.at(key.path)));
        EXPECT_EQ(shown_after(key, loaded), samples.at(key.path)) << key.path;
    }
}

TEST(Keys, CanAllBeSetInTheEnvironment) {
    for (const Key& key : make_keys()) {
        std::string name = "HOLDFAST_" + joined_by(concrete(key), "__");
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
        Loaded loaded = load_yaml(surroundings, {{}, {}, {{name, samples.at(key.path)}}});
        EXPECT_EQ(shown_after(key, loaded), samples.at(key.path)) << name;
    }
}

TEST(Keys, CanAllBeSetOnTheCommandLine) {
    for (const Key& key : make_keys()) {
        const std::string name = joined_by(concrete(key), ".");
        Loaded loaded = load_yaml(surroundings, {{}, {name + "=" + samples.at(key.path)}, {}});
        EXPECT_EQ(shown_after(key, loaded), samples.at(key.path)) << name;
    }
}

TEST(Keys, KeepTheirDefaultWhereTheyAreNull) {
    const Loaded loaded =
        load_yaml("server: { name: ~, workers: }\nsip: { limits: null, domains: ~ }\nadmin: { token: null }");
    EXPECT_THAT(loaded.errors, testing::IsEmpty());
    EXPECT_EQ(loaded.config.server.name, "holdfast");
    EXPECT_EQ(loaded.config.admin.token, "");
}

TEST(Overrides, OnTheCommandLineWinOverTheEnvironmentAndThatOverTheFile) {
    const Environment environment{{"HOLDFAST_SERVER__NAME", "environment"}, {"HOLDFAST_LOG__LEVEL", "warn"}};
    const Loaded loaded = load_yaml("server: { name: file }\nlog: { level: trace, format: json }",
                                    {{}, {"server.name=first", "server.name=command=line"}, environment});
    ASSERT_THAT(loaded.errors, testing::IsEmpty());
    EXPECT_EQ(loaded.config.server.name, "command=line");
    EXPECT_EQ(loaded.config.log.level, LogLevel::warn);
    EXPECT_EQ(loaded.config.log.format, LogFormat::json);
}

TEST(Overrides, FindATrunkWhoseNameAVariableCannotSpell) {
    const Loaded loaded = load_yaml("trunks: { Carrier-A: { peers: 'sip:a' } }",
                                    {{}, {}, {{"HOLDFAST_TRUNKS__CARRIER_A__CALLER_ID__TRUST", "true"}}});
    ASSERT_THAT(loaded.errors, testing::IsEmpty());
    EXPECT_EQ(loaded.config.trunks.size(), 1U);
    EXPECT_TRUE(loaded.config.trunks.at("Carrier-A").caller_id_trust);
}

TEST(Overrides, AppendItemsInTheOrderOfTheirNumbers) {
    Environment environment;
    for (int i = 11; i >= 0; --i) {
        environment.emplace_back("HOLDFAST_ROUTES__" + std::to_string(i) + "__TARGET", "app:echo");
        environment.emplace_back("HOLDFAST_ROUTES__" + std::to_string(i) + "__TO", std::to_string(i));
    }
    const Loaded loaded = load_yaml("", {{}, {}, environment});
    ASSERT_THAT(loaded.errors, testing::IsEmpty());
    ASSERT_EQ(loaded.config.routes.size(), 12U);
    EXPECT_EQ(loaded.config.routes[10].to, "10");
}

TEST(Overrides, ExtendAPeerThatIsWrittenAsItsUriAlone) {
    const Loaded loaded = load_yaml("trunks: { a: { peers: 'sip:a' } }", {{}, {"trunks.a.peers.0.weight=7"}, {}});
    ASSERT_THAT(loaded.errors, testing::IsEmpty());
    EXPECT_EQ(loaded.config.trunks.at("a").peers[0].uri, "sip:a");
    EXPECT_EQ(loaded.config.trunks.at("a").peers[0].weight, 7U);
}

TEST(Overrides, ReplaceAWholeSection) {
    const Loaded loaded =
        load_yaml("routes: [ { target: app:music } ]", {{}, {"routes=[{to: x, target: app:echo}]"}, {}});
    ASSERT_THAT(loaded.errors, testing::IsEmpty());
    ASSERT_EQ(loaded.config.routes.size(), 1U);
    EXPECT_EQ(loaded.config.routes[0].to, "x");
}

TEST(Overrides, LeaveOtherVariablesAlone) {
    EXPECT_THAT(errors_of("", {{}, {}, {{"HOLDFAST_TOKEN", "x"}, {"HOLDFAST_TEST_DATA", "x"}, {"OTHER__X", "y"}}}),
                testing::IsEmpty());
}

}  // namespace
}  // namespace config
