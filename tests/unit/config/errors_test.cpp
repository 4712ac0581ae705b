#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Mistake {
    const char* name;
    const char* yaml;
    const char* error;
};

// How gtest names the case.
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class ConfigurationMistake : public testing::TestWithParam<Mistake> {};

TEST_P(ConfigurationMistake, IsReportedWithPlaceAndKeyAndExpectation) {
    EXPECT_THAT(errors_of(GetParam().yaml), ElementsAre(GetParam().error));
}

const Mistake structure[]{
    {"UnknownSection", "seerver: {}", "f.yaml:1:1: seerver: unknown key; did you mean server?"},
    {"UnknownKey", "sip:\n  listne: []", "f.yaml:2:3: sip.listne: unknown key; did you mean listen?"},
    {"UnknownKeyInATrunk", "trunks:\n  a:\n    alow: []",
     "f.yaml:3:5: trunks.a.alow: unknown key; did you mean allow?"},
    {"KeyOfAnotherSection", "on_offerless: answer",
     "f.yaml:1:1: on_offerless: unknown key; did you mean hold.on_offerless?"},
    {"KeyLikeNone", "log: { zzzzzzzz: 1 }", "f.yaml:1:8: log.zzzzzzzz: unknown key, expected one of level, format"},
    {"KeyTwice", "log:\n  level: info\n  level: warn", "f.yaml:3:3: log.level: given twice, expected once"},
    {"TextForASection", "sip: hello",
     "f.yaml:1:6: sip: \"hello\" does not fit, expected a mapping with listen, allow_origins, advertise, "
     "domains, no_answer, websocket_grace, timers, tls, limits"},
    {"ListForASection", "users: [a]",
     "f.yaml:1:8: users: a list does not fit, expected a mapping with names of your own"},
    {"ListForText", "server: { name: [a] }", "f.yaml:1:17: server.name: a list does not fit, expected a name"},
    {"MappingForANumber", "sip: { limits: { connections: { a: 1 } } }",
     "f.yaml:1:31: sip.limits.connections: a mapping does not fit, expected a number from 1 to 1000000"},
    {"BadName", "users: { 'a b': { password: x } }",
     "f.yaml:1:10: users.a b: \"a b\" is no name, expected 1 to 64 letters, digits, -, _, . and +"},
    {"Missing", "routes:\n  - to: x",
     "f.yaml:2:5: routes[0].target: is missing, expected one or a list of `trunk:NAME`, `user:NAME`, `user:*`, "
     "`app:NAME`, SIP URIs"},
    {"MissingPassword", "users: { a: }", "f.yaml:1:10: users.a.password: is missing, expected secret text"},
    {"NoProfile", "users: { a: { password: x, profile: webrtc } }",
     "f.yaml:1:37: users.a.profile: \"webrtc\" does not fit, expected one of auto, browser, plain"},
    {"EmptyPassword", "users: { a: { password: '' } }",
     "f.yaml:1:25: users.a.password: does not fit, expected a password"},
};

const Mistake values[]{
    {"NoDuration", "sip: { timers: { t1: fast } }",
     "f.yaml:1:22: sip.timers.t1: \"fast\" is no duration, expected a duration such as 500ms, 5s, 10m or 1h, from 50ms "
     "to 5s"},
    {"DurationWithoutUnit", "media: { timeout: 60 }",
     "f.yaml:1:19: media.timeout: \"60\" is no duration, expected a duration such as 500ms, 5s, 10m or 1h, from 1s to "
     "24h"},
    {"DurationPastTheLimit", "sip: { timers: { t1: 5001ms } }",
     "f.yaml:1:22: sip.timers.t1: \"5001ms\" is out of range, expected a duration such as 500ms, 5s, 10m or 1h, from "
     "50ms "
     "to 5s"},
    {"NoSize", "sip: { limits: { message: 64kb } }",
     "f.yaml:1:27: sip.limits.message: \"64kb\" is no size, expected a size such as 65536 or 64KiB, from 2KiB to "
     "64KiB"},
    {"SizePastTheLimit", "sip: { limits: { message: 65537 } }",
     "f.yaml:1:27: sip.limits.message: \"65537\" is out of range, expected a size such as 65536 or 64KiB, from 2KiB to "
     "64KiB"},
    {"NoNumber", "server: { workers: many }",
     "f.yaml:1:20: server.workers: \"many\" is no number, expected a number from 1 to 256"},
    {"NumberPastTheLimit", "server: { workers: 257 }",
     "f.yaml:1:20: server.workers: \"257\" is out of range, expected a number from 1 to 256"},
    {"NoFlag", "renegotiation: { relay_refresh: maybe }",
     "f.yaml:1:33: renegotiation.relay_refresh: \"maybe\" does not fit, expected true or false"},
    {"NoChoice", "hold: { when: allways }",
     "f.yaml:1:15: hold.when: \"allways\" does not fit, expected one of auto, trust, always, never; did you mean "
     "always?"},
    {"ControlCharacters", "server: { name: \"a\\r\\nVia: x\" }",
     "f.yaml:1:17: server.name: holds control characters, expected printable text"},
    {"BadListener", "sip:\n  listen:\n    - udp://0.0.0.0:5060\n    - sctp://0.0.0.0:5061",
     "f.yaml:4:7: sip.listen[1]: \"sctp://0.0.0.0:5061\" does not fit, expected udp://, tcp://, tls://, ws:// or "
     "wss://ADDRESS:PORT, such as udp://0.0.0.0:5060"},
    {"ListenerOnAName", "sip: { listen: 'udp://localhost:5060' }",
     "f.yaml:1:16: sip.listen: \"udp://localhost:5060\" does not fit, expected udp://, tcp://, tls://, ws:// or "
     "wss://ADDRESS:PORT, such as udp://0.0.0.0:5060"},
    {"OriginWithAPath", "sip: { allow_origins: ['https://phone.example.com/', 'https://b.example.com'] }",
     "f.yaml:1:24: sip.allow_origins[0]: \"https://phone.example.com/\" does not fit, expected an origin of a web "
     "page, "
     "such as https://phone.example.com"},
    {"BadAddress", "media: { advertise: 300.1.1.1 }",
     "f.yaml:1:21: media.advertise: \"300.1.1.1\" does not fit, expected an address, such as 203.0.113.10"},
    {"BadHost", "sip: { advertise: 300.1.1.1 }",
     "f.yaml:1:19: sip.advertise: \"300.1.1.1\" does not fit, expected a host name or address, such as 203.0.113.10"},
    {"BadMediaAddress", "media: { listen: [eth0] }",
     "f.yaml:1:19: media.listen[0]: \"eth0\" does not fit, expected an IPv4 or IPv6 address"},
    {"OddFirstPort", "media: { ports: 20001-29999 }",
     "f.yaml:1:17: media.ports: \"20001-29999\" does not fit, expected FIRST-LAST from 1024 to 65535 with an even "
     "FIRST "
     "and at least 4 ports"},
    {"TooFewPorts", "media: { ports: 20000-20002 }",
     "f.yaml:1:17: media.ports: \"20000-20002\" does not fit, expected FIRST-LAST from 1024 to 65535 with an even "
     "FIRST "
     "and at least 4 ports"},
    {"UnknownCodec", "media: { codecs: { audio: [PCMU, opus] } }",
     "f.yaml:1:34: media.codecs.audio[1]: \"opus\" does not fit, expected PCMU or PCMA"},
    {"BadNetwork", "trunks: { a: { allow: [10.0.0.0/33] } }",
     "f.yaml:1:24: trunks.a.allow[0]: \"10.0.0.0/33\" does not fit, expected an address or network, such as "
     "198.51.100.0/24"},
    {"BadPeer", "trunks: { a: { peers: ['sip:'] } }",
     "f.yaml:1:24: trunks.a.peers[0].uri: \"sip:\" does not fit, expected a URI such as "
     "sip:host:5060;transport=tcp or sips:host"},
    {"PeerOverSctp", "trunks: { a: { peers: 'sip:a.example;transport=sctp' } }",
     "f.yaml:1:23: trunks.a.peers[0].uri: \"sip:a.example;transport=sctp\" does not fit, expected a URI such as "
     "sip:host:5060;transport=tcp or sips:host"},
    {"SipsOverUdp", "trunks: { a: { peers: 'sips:a.example;transport=udp' } }",
     "f.yaml:1:23: trunks.a.peers[0].uri: \"sips:a.example;transport=udp\" does not fit, expected a URI such as "
     "sip:host:5060;transport=tcp or sips:host"},
    {"BadHeaderName", "trunks: { a: { headers: { add: { 'X Y': z } } } }",
     "f.yaml:1:34: trunks.a.headers.add.X Y: \"X Y\" is no header name, expected a token"},
    {"HeaderOfTheProtocol", "trunks: { a: { headers: { add: { via: z } } } }",
     "f.yaml:1:34: trunks.a.headers.add.via: via is written by the program itself, expected another header"},
    {"HeaderSmuggling", "trunks: { a: { headers: { add: { X-A: \"1\\r\\nVia: x\" } } } }",
     "f.yaml:1:39: trunks.a.headers.add.X-A: holds control characters, expected printable text"},
    {"MusicServer", "hold: { music: 'sip:' }",
     "f.yaml:1:16: hold.music: \"sip:\" does not fit, expected builtin, the path of a sound file or the URI of a music "
     "server such as sip:music@host"},
    {"BadEndpoint", "admin: { listen: 9060 }",
     "f.yaml:1:18: admin.listen: \"9060\" does not fit, expected ADDRESS:PORT, such as 127.0.0.1:9060 or [::1]:9060"},
};

const Mistake relations[]{
    {"BadExpression", "routes:\n  - { to: '(a', target: app:echo }",
     "f.yaml:2:11: routes[0].to: \"(a\" is no regular expression: Unmatched marking parenthesis ( or \\( at character "
     "3, "
     "expected ECMAScript syntax"},
    {"BadExpressionForNumbers", "trunks: { a: { numbers: { from: [ { match: '*' } ] } } }",
     "f.yaml:1:44: trunks.a.numbers.from[0].match: \"*\" is no regular expression: The repeat operator \"*\" cannot "
     "start "
     "a regular expression at character 1, expected ECMAScript syntax"},
    {"UnknownGroup", "trunks: { a: { numbers: { to: [ { match: '^0(.*)', replace: '+\\2' } ] } } }",
     "f.yaml:1:61: trunks.a.numbers.to[0].replace: \"+\\2\" names the group \\2, expected \\0 to \\1"},
    {"UnknownTrunkInTarget", "trunks: { carrier: { peers: 'sip:h' } }\nroutes: [ { target: trunk:carier } ]",
     "f.yaml:2:21: routes[0].target[0]: there is no trunk \"carier\", expected the name of one; did you mean carrier?"},
    {"UnknownTrunkInFrom", "routes: [ { from: trunk:x, target: app:echo } ]",
     "f.yaml:1:19: routes[0].from: there is no trunk \"x\", expected the name of one"},
    {"UnknownUserInFrom", "users: { alice: { password: x } }\nroutes: [ { from: user:alise, target: app:echo } ]",
     "f.yaml:2:19: routes[0].from: there is no user \"alise\", expected the name of one; did you mean alice?"},
    {"BadFrom", "routes: [ { from: alice, target: app:echo } ]",
     "f.yaml:1:19: routes[0].from: \"alice\" does not fit, expected trunk:NAME, trunk:*, user:NAME or user:*"},
    {"UnknownApp", "routes: [ { target: [app:echo, app:musik] } ]",
     "f.yaml:1:32: routes[0].target[1]: there is no app \"musik\", expected music, echo or milliwatt; did you mean "
     "music?"},
    {"BadTarget", "routes: [ { target: 'group:all' } ]",
     "f.yaml:1:21: routes[0].target[0]: \"group:all\" does not fit, expected trunk:NAME, user:NAME, app:NAME or a URI "
     "such as "
     "sip:bob@host"},
    {"TrunkWithoutPeers", "trunks: { in: }\nroutes: [ { target: trunk:in } ]",
     "f.yaml:2:21: routes[0].target[0]: the trunk \"in\" has no peers, expected trunks.in.peers"},
    {"SameNetworkTwice", "trunks:\n  a: { allow: 10.0.0.0/8 }\n  b: { allow: [192.0.2.1, 10.0.0.0/8] }",
     "f.yaml:3:27: trunks.b.allow[1]: 10.0.0.0/8 is already allowed by trunks.a, expected each network once"},
    {"HalfOfTheCredentials", "trunks: { a: { auth: { user: x } } }",
     "f.yaml:1:22: trunks.a.auth.password: is missing, expected user and password together"},
    {"CodecTwice", "media: { codecs: { audio: [PCMU, PCMU] } }",
     "f.yaml:1:34: media.codecs.audio[1]: PCMU is given twice, expected once"},
    {"NoCodec", "media: { codecs: { audio: [] } }",
     "f.yaml:1:27: media.codecs.audio: is empty, expected at least one codec"},
    {"NoDigest", "registrar: { digest: [] }",
     "f.yaml:1:22: registrar.digest: is empty, expected at least one algorithm"},
    {"NoUser", "routes: [ { target: 'user:eve' } ]",
     "f.yaml:1:21: routes[0].target[0]: there is no user \"eve\", expected the name of one"},
    {"ListenerTwice", "sip: { listen: ['udp://0.0.0.0:5060', 'udp://127.0.0.1:5060'] }",
     "f.yaml:1:39: sip.listen[1]: 127.0.0.1:5060 is taken by sip.listen[0], expected another address or port"},
    {"SipWhereTheApiIs", "sip: { listen: 'tcp://127.0.0.1:9060' }",
     "f.yaml:1:1: admin.listen: 127.0.0.1:9060 is taken by sip.listen[0], expected another address or port"},
    {"MetricsWhereTheApiIs", "metrics: { listen: '127.0.0.1:9060' }",
     "f.yaml:1:20: metrics.listen: 127.0.0.1:9060 is taken by admin.listen, expected another address or port"},
    {"SipAmongTheMediaPorts", "media: { ports: 5000-6000 }\nsip: { listen: 'udp://127.0.0.1:5060' }",
     "f.yaml:2:16: sip.listen[0]: port 5060 lies in media.ports, expected one outside of it"},
    {"SourceLimitPastTheWhole", "sip: { limits: { connections: 10, connections_per_source: 11 } }",
     "f.yaml:1:59: sip.limits.connections_per_source: exceeds sip.limits.connections, expected at most 10"},
    {"OpenApi", "admin: { listen: '0.0.0.0:9060' }",
     "f.yaml:1:18: admin.listen: 0.0.0.0:9060 is not loopback, expected a token in admin.token to serve it there"},
};

const Mistake substitution[]{
    {"VariableNotSet", "users: { a: { password: '${NOPE}' } }",
     "f.yaml:1:25: users.a.password: the environment variable NOPE is not set, expected it or ${NOPE:-default}"},
    {"NotClosed", "server: { name: '${NOPE' }", "f.yaml:1:17: server.name: ${ is not closed, expected }"},
    {"NoSecretFile", "users: { a: { password: '${file:/nowhere/x}' } }",
     "f.yaml:1:25: users.a.password: /nowhere/x cannot be read, expected a file with the secret"},
};

const Mistake syntax[]{
    {"Unclosed", "sip: { listen: [", "f.yaml:1:16: end of sequence flow not found"},
    {"Tab", "sip:\n\tlisten: x", "f.yaml:2:1: a tab indents the line, expected spaces"},
    {"UnknownAnchor", "sip: *x", "f.yaml:1:6: the referenced anchor is not defined"},
    {"AliasOfItself", "users: &u { a: *u }", "f.yaml:1:16: an alias within what it stands for"},
    {"ListAsKey", "? [a]\n: b", "f.yaml:1:3: a key must be text"},
    {"UnknownTag", "server: { name: !env X }", "f.yaml:1:17: the tag !env means nothing here"},
    {"SecondDocument", "log: {}\n---\nsip: {}", "f.yaml:3:1: a second document begins; one is expected"},
    {"TextForTheWhole", "hello",
     "f.yaml:1:1: \"hello\" does not fit, expected a mapping with server, log, sip, media, renegotiation, hold, users, "
     "registrar, "
     "trunks, routes, admin, metrics, cdr, capture, hep"},
};

const auto name_of = [](const auto& test) { return std::string{test.param.name}; };
INSTANTIATE_TEST_SUITE_P(Structure, ConfigurationMistake, testing::ValuesIn(structure), name_of);
INSTANTIATE_TEST_SUITE_P(Values, ConfigurationMistake, testing::ValuesIn(values), name_of);
INSTANTIATE_TEST_SUITE_P(Relations, ConfigurationMistake, testing::ValuesIn(relations), name_of);
INSTANTIATE_TEST_SUITE_P(Substitution, ConfigurationMistake, testing::ValuesIn(substitution), name_of);
INSTANTIATE_TEST_SUITE_P(Syntax, ConfigurationMistake, testing::ValuesIn(syntax), name_of);

TEST(Errors, ComeAllAtOnceInTheOrderOfTheFile) {
    EXPECT_THAT(
        errors_of("trunks: { a: { alow: x } }\nsip: { timers: { t1: x } }\nlog: { levl: x, format: xml }"),
        ElementsAre("f.yaml:1:16: trunks.a.alow: unknown key; did you mean allow?",
                    "f.yaml:2:22: sip.timers.t1: \"x\" is no duration, expected a duration such as 500ms, 5s, 10m "
                    "or 1h, from 50ms to 5s",
                    "f.yaml:3:8: log.levl: unknown key; did you mean level?",
                    "f.yaml:3:25: log.format: \"xml\" does not fit, expected one of text, json"));
}

TEST(Errors, LeaveOutWhatFollowsFromAnother) {
    EXPECT_THAT(
        errors_of("trunks: { a: { auth: { user: x, password: '${NOPE}' } } }"),
        ElementsAre("f.yaml:1:43: trunks.a.auth.password: the environment variable NOPE is not set, expected it or "
                    "${NOPE:-default}"));
}

TEST(Errors, NeverShowASecret) {
    const Source source{{}, {"users.a.password=top\x01secret"}, {{"WHEN", "hidden"}}};
    for (const std::string& error : errors_of("hold: { when: '${WHEN}' }", source)) {
        EXPECT_THAT(error, testing::Not(testing::HasSubstr("secret\""))) << error;
        EXPECT_THAT(error, testing::Not(testing::HasSubstr("hidden"))) << error;
    }
}

TEST(Errors, AreShortenedAndCannotMoveTheCursor) {
    const auto errors = errors_of("hold: { when: \"\\e[2J" + std::string(500, 'x') + "\" }");
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_LT(errors[0].size(), 200U);
    EXPECT_EQ(errors[0].find('\x1b'), std::string::npos);
}

TEST(Errors, AreListedUpToTheirLimit) {
    const auto mistakes = [](std::size_t count) {
        std::string yaml = "users:\n";
        for (std::size_t i = 0; i < count; ++i) { yaml += "  u" + std::to_string(i) + ":\n"; }
        return errors_of(yaml);
    };
    EXPECT_EQ(mistakes(max_errors).size(), max_errors);
    const auto more = mistakes(max_errors + 2);
    EXPECT_EQ(more.size(), max_errors + 1);
    EXPECT_EQ(more.back(), "… and 2 more");
}

TEST(Errors, SayOfAnOverrideWhichItIs) {
    const Source source{
        {}, {"hold.when=x", "novalue", "hold.wehn=x", "routes.7.to=x"}, {{"HOLDFAST_SPI__LISTEN", "x"}}};
    EXPECT_THAT(
        errors_of("", source),
        ElementsAre("HOLDFAST_SPI__LISTEN:1:1: spi: unknown key; did you mean sip?",
                    "--set hold.when:1:1: hold.when: \"x\" does not fit, expected one of auto, trust, always, never",
                    "--set:1:1: \"novalue\" does not fit, expected KEY=VALUE",
                    "--set hold.wehn:1:1: hold.wehn: unknown key; did you mean when?",
                    "--set routes.7.to:1:1: routes.7: no such item, expected a number from 0 to 0"));
}

// libpq would take a part of the password for something else, and quote it.
TEST(DatabaseUrl, IsRefusedWherePartsOfThePasswordAreNotEncodedAndNotShown) {
    for (const char* const url : {"Ab3/xyz@db/x", "Ab3@xyz@db/x", "Ab3?xyz@db/x", "Ab3#xyz@db/x", "Ab3%xyz@db/x",
                                  "Ab3xyz%@db/x", "Ab3xyz%2@db/x", "Ab3xyz%00@db/x", "p@db/x?password=Ab3%xyz"}) {
        EXPECT_THAT(errors_of("cdr: { url: 'postgresql://u:" + std::string{url} + "' }"),
                    ElementsAre("f.yaml:1:13: cdr.url: does not fit, expected a URL such as "
                                "postgresql://user:password@host/name; percent-encode % / ? # @ in the password "
                                "(%25 %2F %3F %23 %40)"))
            << url;
    }
}

TEST(DatabaseUrl, IsTakenInTheFormsOfLibpq) {
    for (const char* const url :
         {"postgresql://db/x", "postgres://u@db", "postgresql://u:p%40%2f%25@[::1]:5432,b:5433/x?sslmode=require",
          "postgresql://u@/x?host=%2Frun%2Fpostgresql", "postgresql:///x?host=/run/postgresql", "postgresql://"}) {
        EXPECT_THAT(errors_of("cdr: { url: '" + std::string{url} + "' }"), IsEmpty()) << url;
    }
}

}  // namespace
}  // namespace config
