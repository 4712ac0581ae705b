#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support.hpp"

namespace config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

struct TemporaryFile {
    std::string path;
    explicit TemporaryFile(std::string_view content)
        : path{(std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string()} {
        const int descriptor = mkstemp(path.data());
        if (descriptor >= 0) { close(descriptor); }
        std::ofstream{path, std::ios::binary} << content;
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { std::filesystem::remove(path); }
};

TEST(Load, TakesAnEmptyFileAsAllDefaults) {
    for (const char* yaml : {"", "\n", "# nothing\n", "{}", "sip:\n", "---\n", "~"}) {
        const Loaded loaded = load_yaml(yaml);
        EXPECT_THAT(loaded.errors, IsEmpty()) << yaml;
        EXPECT_EQ(loaded.config.sip.limits.message, 65536U);
        EXPECT_EQ(loaded.config.media.ports.first, 20000);
        EXPECT_FALSE(loaded.config.embedded_defaults);
    }
}

TEST(Load, ListensOnLoopbackWhereNothingSaysOtherwise) {
    const Loaded loaded = load_yaml("");
    ASSERT_EQ(loaded.config.sip.listen.size(), 3U);
    EXPECT_EQ(loaded.config.sip.listen[0].transport, "udp");
    EXPECT_EQ(loaded.config.sip.listen[0].endpoint.to_string(), "127.0.0.1:5060");
    EXPECT_EQ(loaded.config.sip.listen[1].transport, "tcp");
    EXPECT_EQ(loaded.config.sip.listen[2].transport, "ws");
    EXPECT_EQ(loaded.config.sip.listen[2].endpoint.to_string(), "127.0.0.1:8080");
    EXPECT_TRUE(loaded.config.sip.listen_by_default);
}

TEST(Load, ListensForWebSocketsOnThePortsOfHttp) {
    const Loaded loaded = load_yaml("sip: { listen: ['ws://192.0.2.1', 'WS://192.0.2.1:8080', 'ws://[::1]'] }");
    ASSERT_THAT(loaded.errors, IsEmpty());
    EXPECT_EQ(loaded.config.sip.listen[0].endpoint.to_string(), "192.0.2.1:80");
    EXPECT_EQ(loaded.config.sip.listen[1].endpoint.to_string(), "192.0.2.1:8080");
    EXPECT_EQ(loaded.config.sip.listen[1].transport, "ws");
    EXPECT_EQ(loaded.config.sip.listen[2].endpoint.to_string(), "[::1]:80");
}

TEST(Load, ReadsListenersWithAndWithoutPort) {
    const Loaded loaded =
        load_yaml("sip: { listen: ['udp://192.0.2.1:5070', 'TCP://[::1]', 'udp://[2001:db8::1]:0'] }");
    ASSERT_THAT(loaded.errors, IsEmpty());
    ASSERT_EQ(loaded.config.sip.listen.size(), 3U);
    EXPECT_EQ(loaded.config.sip.listen[0].endpoint.to_string(), "192.0.2.1:5070");
    EXPECT_EQ(loaded.config.sip.listen[1].endpoint.to_string(), "[::1]:5060");
    EXPECT_EQ(loaded.config.sip.listen[1].transport, "tcp");
    EXPECT_EQ(loaded.config.sip.listen[2].endpoint.port, 0);
    EXPECT_FALSE(loaded.config.sip.listen_by_default);
}

TEST(Load, ReadsHowTlsIsSpokenAndVerified) {
    const Loaded loaded = load_yaml(R"(
sip: { tls: { certificate: /a, key: /b, verify_peer: true, ca: /c, client_ca: /d } }
)");
    ASSERT_THAT(loaded.errors, IsEmpty()) << "nothing listens under TLS: no file is looked at";
    const SipTls& tls = loaded.config.sip.tls;
    EXPECT_EQ(tls.certificate + tls.key + tls.ca + tls.client_ca, "/a/b/c/d");
    EXPECT_TRUE(tls.verify_peer);
    const SipTls fallback = load_yaml("sip: { tls: { client_ca: null } }").config.sip.tls;
    EXPECT_FALSE(fallback.verify_peer);
    EXPECT_EQ(fallback.client_ca, "");
}

TEST(Load, KeepsTelephoneNumbersAsTheyAreWritten) {
    const Loaded loaded = load_yaml(R"(
users: { 0049301234: { password: 007 } }
trunks:
  t:
    auth: { user: 004930, password: 1e5 }
    numbers: { to: [ { match: 0049, replace: +49 } ] }
)");
    ASSERT_THAT(loaded.errors, IsEmpty());
    EXPECT_EQ(loaded.config.users.at("0049301234").password, "007");
    EXPECT_EQ(loaded.config.trunks.at("t").auth->user, "004930");
    EXPECT_EQ(loaded.config.trunks.at("t").auth->password, "1e5");
    EXPECT_EQ(loaded.config.trunks.at("t").numbers_to[0].replace, "+49");
}

TEST(Load, ReadsATrunkWhole) {
    const Loaded loaded = load_yaml(R"(
trunks:
  carrier-a:
    peers: [ "sip:a.example;transport=tcp", { uri: "sip:b.example", priority: 2, weight: 50 } ]
    allow: [ 198.51.100.0/24, "2001:db8::/32" ]
    headers: { remove: [X-Internal-*], add: { X-Tenant: acme } }
    caller_id: { trust: yes }
    media: { codecs: PCMA, timeout: 5s }
routes: { target: trunk:carrier-a }
)");
    ASSERT_THAT(loaded.errors, IsEmpty());
    const Trunk& trunk = loaded.config.trunks.at("carrier-a");
    ASSERT_EQ(trunk.peers.size(), 2U);
    EXPECT_EQ(trunk.peers[0].uri, "sip:a.example;transport=tcp");
    EXPECT_EQ(trunk.peers[0].priority, 1U);
    EXPECT_EQ(trunk.peers[1].weight, 50U);
    EXPECT_EQ(trunk.allow[1].to_string(), "2001:db8::/32");
    EXPECT_THAT(trunk.headers_remove, ElementsAre("X-Internal-*"));
    EXPECT_EQ(trunk.headers_add.at("X-Tenant"), "acme");
    EXPECT_TRUE(trunk.caller_id_trust);
    EXPECT_THAT(trunk.codecs, ElementsAre("PCMA"));
    EXPECT_EQ(trunk.media_timeout, 5s);
    EXPECT_THAT(loaded.config.routes.at(0).target, ElementsAre("trunk:carrier-a"));
}

TEST(Load, LetsATrunkWinOverTheGlobalValuesWhereverTheyStandInTheFile) {
    const Loaded loaded = load_yaml(R"(
trunks:
  own: { hold: { when: never }, renegotiation: { timeout: 2s } }
  plain:
hold: { when: always, signal: absorb }
renegotiation: { timeout: 9s, offerless: local }
media: { timeout: 30s }
)");
    ASSERT_THAT(loaded.errors, IsEmpty());
    const Trunk& own = loaded.config.trunks.at("own");
    EXPECT_EQ(own.hold.when, HoldWhen::never);
    EXPECT_EQ(own.hold.signal, HoldSignal::absorb);
    EXPECT_EQ(own.renegotiation.timeout, 2s);
    EXPECT_EQ(own.renegotiation.offerless, Offerless::local);
    EXPECT_EQ(own.media_timeout, 30s);
    EXPECT_EQ(loaded.config.trunks.at("plain").hold.when, HoldWhen::always);
}

TEST(Load, ReplacesVariablesFromTheEnvironment) {
    const Source source{{}, {}, {{"PASSWORD", "a: [b"}, {"EMPTY", ""}}};
    const Loaded loaded = load_yaml(R"(
users:
  a: { password: "${PASSWORD}" }
  b: { password: "${MISSING:-fallback}" }
  c: { password: "${EMPTY:-fallback}", display: "${EMPTY}" }
  d: { password: "x${PASSWORD}y$${z}" }
)",
                                    source);
    ASSERT_THAT(loaded.errors, IsEmpty());
    EXPECT_EQ(loaded.config.users.at("a").password, "a: [b");
    EXPECT_EQ(loaded.config.users.at("b").password, "fallback");
    EXPECT_EQ(loaded.config.users.at("c").password, "fallback");
    EXPECT_EQ(loaded.config.users.at("d").password, "xa: [by${z}");
}

TEST(Load, ReadsSecretsFromFilesWithoutTheirLastLineEnding) {
    const TemporaryFile unix_file{"s3cret\n"};
    const TemporaryFile dos_file{"s3cret\r\n"};
    const Loaded loaded = load_yaml("users: { a: { password: '${file:" + unix_file.path +
                                    "}' }, b: { password: '${file:" + dos_file.path + "}' } }");
    ASSERT_THAT(loaded.errors, IsEmpty());
    EXPECT_EQ(loaded.config.users.at("a").password, "s3cret");
    EXPECT_EQ(loaded.config.users.at("b").password, "s3cret");
}

TEST(Overrides, TakeAValueFromTheFileThatAVariableNames) {
    const TemporaryFile token{"s3cret: [${NOT_EXPANDED}\n"};
    const TemporaryFile password{"p\r\n"};
    const Loaded loaded = load_yaml(
        "users: { al-ice: { password: x } }",
        {{},
         {},
         {{"HOLDFAST_ADMIN__TOKEN_FILE", token.path}, {"HOLDFAST_USERS__AL_ICE__PASSWORD_FILE", ' ' + password.path}}});
    ASSERT_THAT(loaded.errors, testing::IsEmpty());
    EXPECT_EQ(loaded.config.admin.token, "s3cret: [${NOT_EXPANDED}");
    EXPECT_EQ(loaded.config.users.at("al-ice").password, "p");
}

TEST(Overrides, TakeNameFileForANameWhereNamesAreOfOnesOwn) {
    const Loaded loaded = load_yaml("", {{}, {}, {{"HOLDFAST_TRUNKS__MY_FILE", "{peers: 'sip:a'}"}}});
    ASSERT_THAT(loaded.errors, testing::IsEmpty());
    EXPECT_EQ(loaded.config.trunks.count("my_file"), 1U);
}

TEST(Overrides, SayWhatIsWrongWithAFileThatAVariableNames) {
    const auto errors = [](const Environment& environment) { return errors_of("", {{}, {}, environment}); };
    EXPECT_THAT(errors({{"HOLDFAST_ADMIN__TOKEN_FILE", ""}}),
                ElementsAre("HOLDFAST_ADMIN__TOKEN_FILE:1:1: admin.token: expected the path of a file, without }"));
    EXPECT_THAT(
        errors({{"HOLDFAST_ADMIN__TOKEN_FILE", "/no/such"}}),
        ElementsAre("HOLDFAST_ADMIN__TOKEN_FILE:1:1: admin.token: /no/such cannot be read, expected a file with "
                    "the secret"));
    EXPECT_THAT(errors({{"HOLDFAST_ADMIN__TOKEN_FILE", "/a"}, {"HOLDFAST_ADMIN__TOKEN", "b"}}),
                ElementsAre("HOLDFAST_ADMIN__TOKEN_FILE:1:1: admin.token: given twice, also by HOLDFAST_ADMIN__TOKEN, "
                            "expected once"));
    EXPECT_THAT(errors({{"HOLDFAST_ADMIN_FILE", "/a"}}), testing::IsEmpty());
    EXPECT_THAT(errors({{"HOLDFAST_ADMIN__TOKNE_FILE", "/a"}}),
                ElementsAre(testing::HasSubstr("admin.tokne_file: unknown key")));
}

TEST(Load, KeepsTheEmbeddedPasswordOnLoopback) {
    const auto errors = [](const Environment& more) {
        return load({{}, {"sip.listen=[udp://0.0.0.0:5060]"}, more}).errors;
    };
    EXPECT_THAT(errors({}), ElementsAre(testing::HasSubstr("users.alice.password: is for loopback only, expected one"),
                                        testing::HasSubstr("users.bob.password: ")));
    EXPECT_THAT(errors({{"HOLDFAST_USERS__ALICE__PASSWORD", "x"}, {"HOLDFAST_USERS__BOB__PASSWORD", "y"}}), IsEmpty());
    EXPECT_THAT(load({{}, {"sip.listen=[udp://127.0.0.2:5060]"}, {}}).errors, IsEmpty());
}

TEST(Load, ReadsTheFileThatIsNamed) {
    const TemporaryFile file{"server: { name: edge }\n"};
    const Loaded loaded = load({file.path, {}, {{"HOLDFAST_CONFIG_BODY", "server: { name: body }"}}});
    ASSERT_THAT(loaded.errors, IsEmpty());
    EXPECT_EQ(loaded.config.server.name, "edge");
}

TEST(Load, ReadsTheBodyFromTheEnvironmentWithoutAFile) {
    const Loaded loaded = load({{}, {}, {{"HOLDFAST_CONFIG_BODY", "server: { name: body }"}}});
    ASSERT_THAT(loaded.errors, IsEmpty());
    EXPECT_EQ(loaded.config.server.name, "body");
    EXPECT_FALSE(loaded.config.embedded_defaults);
    EXPECT_THAT(load({{}, {}, {{"HOLDFAST_CONFIG_BODY", "sever: {}"}}}).errors,
                ElementsAre("HOLDFAST_CONFIG_BODY:1:1: sever: unknown key; did you mean server?"));
}

TEST(Load, RunsOnEmbeddedDefaultsWithNeither) {
    const Loaded loaded = load({});
    ASSERT_THAT(loaded.errors, IsEmpty());
    EXPECT_THAT(loaded.warnings, IsEmpty());
    const Config& config = loaded.config;
    EXPECT_TRUE(config.embedded_defaults);
    EXPECT_TRUE(config.sip.listen_by_default);
    EXPECT_EQ(config.users.at("alice").password, "demo");
    EXPECT_EQ(config.users.at("bob").password, "demo");
    EXPECT_THAT(config.trunks, IsEmpty());
    EXPECT_EQ(config.routes.size(), 5U);
    EXPECT_EQ(embedded_defaults().routes.size(), 5U);
}

TEST(Load, AppliesOverridesToTheEmbeddedDefaultsAndTheirUsers) {
    const Loaded loaded = load({{}, {"hold.when=never"}, {{"HOLDFAST_ADMIN__LISTEN", "127.0.0.1:0"}}});
    ASSERT_THAT(loaded.errors, IsEmpty());
    EXPECT_EQ(loaded.config.hold.when, HoldWhen::never);
    EXPECT_EQ(loaded.config.users.at("bob").hold.when, HoldWhen::never);
    EXPECT_EQ(loaded.config.admin.listen.port, 0);
}

TEST(Load, FollowsAliases) {
    const Loaded loaded = load_yaml("users: { a: &u { password: x }, b: *u }");
    ASSERT_THAT(loaded.errors, IsEmpty());
    EXPECT_EQ(loaded.config.users.at("b").password, "x");
}

TEST(Load, WarnsOfAMissingMusicFileAndGoesOn) {
    const Loaded loaded =
        load_yaml("hold:\n  music: /nowhere/a.wav\ntrunks: { t: { hold: { music: /nowhere/b.wav } }, u: }");
    EXPECT_THAT(loaded.errors, IsEmpty());
    EXPECT_THAT(
        loaded.warnings,
        ElementsAre("f.yaml:2:10: hold.music: \"/nowhere/a.wav\" is not there, the built-in tune is played instead",
                    "f.yaml:3:31: trunks.t.hold.music: \"/nowhere/b.wav\" is not there, the built-in tune is "
                    "played instead"));
}

TEST(Load, SaysWhyAFileCannotBeRead) {
    EXPECT_THAT(load({"/nowhere/holdfast.yaml", {}, {}}).errors,
                ElementsAre("/nowhere/holdfast.yaml:1:1: cannot be read: No such file or directory"));
    EXPECT_THAT(load({"/", {}, {}}).errors, ElementsAre("/:1:1: is a folder, expected a file"));
}

}  // namespace
}  // namespace config
