#include "server/cli/cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "config/reference.hpp"
#include "server/cli/version.hpp"
#include "server/observe/metrics.hpp"
#include "tests/support/places.hpp"

namespace server::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int served = 42;

struct Outcome {
    int code;
    std::string out;
    std::string err;
    std::vector<config::Source> served_with;
};

Outcome run_with(std::vector<const char*> arguments, config::Environment environment = {}) {
    arguments.insert(arguments.begin(), "holdfast");
    std::ostringstream out;
    std::ostringstream err;
    Outcome outcome{};
    const Surroundings surroundings{out, err, std::move(environment), [&](const config::Source& source) {
                                        outcome.served_with.push_back(source);
                                        return served;
                                    }};
    outcome.code = run(static_cast<int>(arguments.size()), arguments.data(), surroundings);
    outcome.out = out.str();
    outcome.err = err.str();
    return outcome;
}

class ConfigurationFile : public testing::Test {
protected:
    ConfigurationFile() : folder_{(std::filesystem::temp_directory_path() / "holdfast-cli-XXXXXX").string()} {
        if (!mkdtemp(folder_.data())) { throw std::runtime_error{"no temporary folder"}; }
        path_ = folder_ + "/holdfast.yaml";
    }
    ~ConfigurationFile() override { std::filesystem::remove_all(folder_); }
    void write(std::string_view yaml) const { std::ofstream{path_} << yaml; }

    std::string folder_;
    std::string path_;
};

TEST(CommandLine, ServesWithoutACommand) {
    const Outcome outcome = run_with({}, {{"A", "b"}});
    EXPECT_EQ(outcome.code, served);
    ASSERT_EQ(outcome.served_with.size(), 1U);
    EXPECT_FALSE(outcome.served_with[0].file);
    EXPECT_EQ(outcome.served_with[0].environment, (config::Environment{{"A", "b"}}));
}

TEST(CommandLine, HandsFileAndOverridesToTheServer) {
    const std::vector<std::vector<const char*>> ways{
        {"-c", "f.yaml", "--set", "hold.when=never", "--set", "sip.listen=[udp://127.0.0.1:1, 'tcp://127.0.0.1:1']"},
        {"serve", "--config", "f.yaml", "--set", "hold.when=never", "--set",
         "sip.listen=[udp://127.0.0.1:1, 'tcp://127.0.0.1:1']"}};
    for (const auto& way : ways) {
        const Outcome outcome = run_with(way);
        EXPECT_EQ(outcome.code, served);
        ASSERT_EQ(outcome.served_with.size(), 1U);
        EXPECT_EQ(outcome.served_with[0].file, "f.yaml");
        EXPECT_THAT(outcome.served_with[0].set,
                    ElementsAre("hold.when=never", "sip.listen=[udp://127.0.0.1:1, 'tcp://127.0.0.1:1']"));
    }
}

TEST(CommandLine, ExitsWith2OnBadUsage) {
    const std::vector<std::vector<const char*>> mistakes{{"srve"},           {"--nonsense"},     {"-c"},
                                                         {"call"},           {"hangup"},         {"route"},
                                                         {"check", "extra"}, {"serve", "check"}, {"calls", "-c", "x"}};
    for (const auto& mistake : mistakes) {
        const Outcome outcome = run_with(mistake);
        EXPECT_EQ(outcome.code, bad_usage) << mistake[0];
        EXPECT_THAT(outcome.served_with, IsEmpty());
        EXPECT_FALSE(outcome.err.empty());
    }
}

TEST(CommandLine, HelpsEverywhere) {
    for (const std::string command : {"", "serve", "check", "route", "calls", "call", "hangup", "status", "drain",
                                      "reload", "config-reference", "metrics-reference"}) {
        std::vector<const char*> arguments{"--help"};
        if (!command.empty()) { arguments.insert(arguments.begin(), command.c_str()); }
        const Outcome outcome = run_with(arguments);
        EXPECT_EQ(outcome.code, fine) << command;
        EXPECT_THAT(outcome.out, HasSubstr("Usage: ")) << command;
    }
}

TEST(CommandLine, SaysItsVersionWhichIsThatOfTheBuild) {
    const Outcome outcome = run_with({"--version"});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_EQ(outcome.out, "holdfast " + std::string{version} + "\n");
    std::ifstream file{support::source_dir() / "CMakeLists.txt"};
    const std::string cmake{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_THAT(cmake, HasSubstr("project(holdfast VERSION " + std::string{version} + " "));
}

TEST(CommandLine, PrintsTheReferenceOfMetrics) {
    const Outcome outcome = run_with({"metrics-reference"});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_EQ(outcome.out, metrics_reference());
}

TEST(CommandLine, PrintsTheReference) {
    const Outcome outcome = run_with({"config-reference"});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_EQ(outcome.out, config::reference());
}

TEST_F(ConfigurationFile, IsFine) {
    write("log: { level: warn }");
    const Outcome outcome = run_with({"check", "-c", path_.c_str()});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_EQ(outcome.out, path_ + ": fine\n");
    EXPECT_EQ(outcome.err, "");
}

TEST_F(ConfigurationFile, IsReportedWithAllItsMistakes) {
    write("log: { levl: warn }\nhold: { when: x }");
    const Outcome outcome = run_with({"check", "-c", path_.c_str()});
    EXPECT_EQ(outcome.code, bad_usage);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, path_ + ":1:8: log.levl: unknown key; did you mean level?\n" + path_ +
                               ":2:15: hold.when: \"x\" does not fit, expected one of auto, trust, always, never\n");
}

TEST_F(ConfigurationFile, IsFineWithAWarning) {
    write("hold: { music: /nowhere/x.wav }");
    const Outcome outcome = run_with({"check", "-c", path_.c_str()});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_THAT(outcome.err, testing::StartsWith("warning: " + path_ + ":1:16: hold.music: "));
}

TEST(Check, TakesTheEnvironmentAndOverrides) {
    EXPECT_EQ(run_with({"check"}).code, fine);
    EXPECT_EQ(run_with({"check", "--set", "hold.when=x"}).code, bad_usage);
    EXPECT_EQ(run_with({"check"}, {{"HOLDFAST_HOLD__WHEN", "x"}}).code, bad_usage);
    EXPECT_EQ(run_with({"check", "-c", "/nowhere/x.yaml"}).code, bad_usage);
}

constexpr const char* routed = R"(
users: { alice: { password: x } }
trunks:
  in:
    allow: 192.0.2.0/24
    numbers: { to: [ { match: "^0", replace: "+49" } ], from: [ { match: "^x$", replace: "+4911" } ] }
  out: { headers: { add: { X-Tenant: acme } }, peers: [ "sip:a.example", { uri: "sip:b.example:5070", priority: 2 } ] }
routes:
  - { from: "user:*", to: "^1$", target: app:echo }
  - { from: trunk:in, to: "^\\+49", target: trunk:out }
)";

TEST_F(ConfigurationFile, SaysWhichWayACallTakes) {
    write(routed);
    const Outcome outcome = run_with(
        {"route", "-c", path_.c_str(), "--from", "sip:x@y", "--to", "sip:030@holdfast.example", "--trunk", "in"});
    EXPECT_EQ(outcome.code, fine) << outcome.err;
    EXPECT_EQ(outcome.out,
              "call from trunk:in to \"+4930\"\n"
              "  routes[0]: no, only from user:*\n"
              "  routes[1]: yes, from trunk:in, \"^\\+49\" matches\n"
              "  → trunk:out\n"
              "INVITE sip:+4930@a.example\n"
              "  From: +4911\n"
              "  X-Tenant: acme\n"
              "INVITE sip:+4930@b.example:5070\n"
              "  From: +4911\n"
              "  X-Tenant: acme\n");
}

TEST_F(ConfigurationFile, FindsTheCallerByAddressOrByUser) {
    write(routed);
    EXPECT_EQ(run_with({"route", "-c", path_.c_str(), "--to", "030", "--source", "192.0.2.9"}).code, fine);
    EXPECT_EQ(run_with({"route", "-c", path_.c_str(), "--to", "030", "--source", "192.0.3.9"}).code, refused);
    EXPECT_EQ(run_with({"route", "-c", path_.c_str(), "--to", "1", "--from", "sip:alice@x"}).code, fine);
    EXPECT_EQ(run_with({"route", "-c", path_.c_str(), "--to", "1", "--from", "sip:carol@x"}).code, refused);
}

TEST_F(ConfigurationFile, PrintsTheWayAsJson) {
    write(routed);
    const Outcome outcome = run_with({"route", "-c", path_.c_str(), "--to", "030", "--trunk", "in", "--json"});
    EXPECT_EQ(boost::json::parse(outcome.out),
              boost::json::parse(R"({"to":"+4930","trunk":"in","user":null,"route":"routes[1]",
        "targets":["trunk:out"],"requests":[{"uri":"sip:+4930@a.example","from":null,"headers":{"X-Tenant":"acme"}},
        {"uri":"sip:+4930@b.example:5070","from":null,"headers":{"X-Tenant":"acme"}}]})"));
}

TEST_F(ConfigurationFile, IsAskedForATrunkThatItHas) {
    write(routed);
    const Outcome outcome = run_with({"route", "-c", path_.c_str(), "--to", "030", "--trunk", "uot"});
    EXPECT_EQ(outcome.code, bad_usage);
    EXPECT_EQ(outcome.err, "--trunk: there is no trunk \"uot\"; did you mean out?\n");
    EXPECT_EQ(run_with({"route", "-c", path_.c_str(), "--to", "030", "--source", "here"}).code, bad_usage);
}

TEST(Route, SaysThatThereIsNone) {
    const Outcome outcome = run_with({"route", "--to", "sip:nobody@x"});
    EXPECT_EQ(outcome.code, refused);
    EXPECT_THAT(outcome.out, HasSubstr("no route: 404"));
}

}  // namespace
}  // namespace server::cli
