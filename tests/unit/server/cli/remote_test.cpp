// The commands that ask a running server, against a small one on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <thread>

#include "config/load.hpp"
#include "server/cli/cli.hpp"
#include "server/cli/http_client.hpp"

namespace server::cli {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using testing::ElementsAre;
using testing::HasSubstr;

struct Answer {
    unsigned status;
    std::string body;
};

// Answers as many requests as it has been given answers for, each on a connection of its own, and keeps what was asked.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<Answer> answers)
        : thread_{[this, answers] {
              for (const Answer& answer : answers) { serve(answer); }
          }} {}
    ~ScriptedServer() { join(); }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }
    std::vector<std::string> asked() {
        join();
        return asked_;
    }

private:
    void join() {
        if (thread_.joinable()) { thread_.join(); }
    }
    void serve(const Answer& answer) {
        tcp::socket socket = acceptor_.accept();
        boost::beast::flat_buffer buffer;
        http::request<http::string_body> request;
        http::read(socket, buffer, request);
        asked_.push_back(std::string{request.method_string()} + " " + std::string{request.target()} + " " +
                         std::string{request[http::field::authorization]} + request.body());
        http::response<http::string_body> response{static_cast<http::status>(answer.status), 11};
        response.body() = answer.body;
        response.keep_alive(false);
        response.prepare_payload();
        http::write(socket, response);
    }

    asio::io_context context_;
    tcp::acceptor acceptor_{context_, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
    std::vector<std::string> asked_;
    std::thread thread_;
};

struct Outcome {
    int code;
    std::string out;
    std::string err;
    std::vector<std::string> asked;
};

Outcome ask_server(std::vector<Answer> answers, std::vector<std::string> arguments,
                   const config::Environment& environment = {}) {
    std::ostringstream out;
    std::ostringstream err;
    Outcome outcome{};
    {
        ScriptedServer server{std::move(answers)};
        const std::string url = server.url();
        std::vector<const char*> words{"holdfast"};
        for (const std::string& argument : arguments) { words.push_back(argument.c_str()); }
        words.insert(words.end(), {"--url", url.c_str()});
        outcome.code = run(static_cast<int>(words.size()), words.data(), {out, err, environment, {}});
        outcome.asked = server.asked();
    }
    outcome.out = out.str();
    outcome.err = err.str();
    return outcome;
}

constexpr const char* one_call = R"({"id":"0-17","state":"up","from":"sip:alice@h","to":"sip:bob@h","route":"routes[0]",
"started":"2026-01-02T03:04:05Z","answered":"2026-01-02T03:04:06Z","hold":{"a":true,"b":false,"music":{"a":false,"b":true}},
"renegotiations":2,"legs":{"a":{"uri":"sip:alice@h","transport":"udp","slots":[{"kind":"audio","codec":"PCMU","packets_in":5}]},
"b":{"uri":"sip:bob@h","transport":"tcp","slots":[{"kind":"audio","codec":"PCMA"}]}}})";

constexpr const char* one_ladder = R"({"id":"0-17","state":"ended","ended":"2026-01-02T03:04:06.000Z","left_out":0,
"entries":[{"number":1,"time":"2026-01-02T03:04:05.678Z","kind":"decision","side":null,"text":"A calls 123"}]})";
constexpr const char* not_found = R"({"title":"Not Found","status":404,"detail":"no such call"})";

TEST(Trunks, AreShownWithEachOfTheirPeers) {
    const char* const body = R"({"trunks":[
{"name":"a","asked":true,"up":true,"calls":3,"rejected":{"415":1,"488":20},"peers":[
 {"uri":"sip:one","up":true,"since":"2026-01-02T03:04:05Z","last":"200"},
 {"uri":"sip:two","up":false,"since":"2026-01-02T03:04:06Z","last":"no answer"}]},
{"name":"b","asked":false,"up":null,"calls":0,"rejected":{},"peers":[{"uri":"sip:three","up":null,"since":null}]},
{"name":"c","asked":false,"peers":[]},5]})";
    const Outcome outcome = ask_server({{200, body}}, {"trunks"});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_EQ(outcome.out,
              "TRUNK  STATE      CALLS  PEER       IS    SINCE                 SAID LAST  TURNED AWAY\n"
              "a      up         3      sip:one    up    2026-01-02T03:04:05Z  200        415 ×1, 488 ×20\n"
              "a      up         3      sip:two    down  2026-01-02T03:04:06Z  no answer  415 ×1, 488 ×20\n"
              "b      not asked  0      sip:three\n"
              "c      not asked\n"
              "       not asked\n");
    EXPECT_THAT(outcome.asked, ElementsAre("GET /api/v1/trunks "));
    EXPECT_EQ(ask_server({{200, R"({"trunks":[]})"}}, {"trunks"}).out, "no trunk is configured\n");
    EXPECT_EQ(ask_server({{200, R"({"trunks":[]})"}}, {"trunks", "--json"}).out, "{\"trunks\":[]}\n");
}

TEST(Calls, SaysThatThereAreNone) {
    const Outcome outcome = ask_server({{200, R"({"calls":[]})"}}, {"calls"});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_EQ(outcome.out, "no calls\n");
    EXPECT_THAT(outcome.asked, ElementsAre("GET /api/v1/calls?limit=1000 "));
}

TEST(Calls, ShowsOneAsATable) {
    const Outcome outcome = ask_server({{200, std::string{R"({"calls":[)"} + one_call + "]}"}}, {"calls"});
    EXPECT_EQ(outcome.out,
              "ID    STATE  FROM         TO         ROUTE      STARTED               HOLD  MUSIC  CODEC\n"
              "0-17  up     sip:alice@h  sip:bob@h  routes[0]  2026-01-02T03:04:05Z  a     b      PCMU/PCMA\n"
              "1 call\n");
}

TEST(Calls, ShowsTwoHundredFromSeveralPagesOneALine) {
    std::string first;
    std::string second;
    for (int i = 0; i < 200; ++i) {
        std::string& page = i < 150 ? first : second;
        page += (page.empty() ? "" : ",") + (R"({"id":")" + std::to_string(i) + R"(","state":"up"})");
    }
    const Outcome outcome = ask_server(
        {{200, R"({"calls":[)" + first + R"(],"next":"149"})"}, {200, R"({"calls":[)" + second + "]}"}}, {"calls"});
    EXPECT_THAT(outcome.asked, ElementsAre("GET /api/v1/calls?limit=1000 ", "GET /api/v1/calls?limit=1000&after=149 "));
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 202);
    EXPECT_THAT(outcome.out, testing::EndsWith("\n200 calls\n"));
}

TEST(Calls, ToleratesMissingFieldsAndOddTypes) {
    const Outcome outcome = ask_server(
        {{200, R"({"calls":[{}, 5, {"id":7,"hold":3,"legs":[]}, {"legs":{"a":{"slots":[]},"b":null}}]})"}}, {"calls"});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_THAT(outcome.out, HasSubstr("4 calls"));
}

TEST(Calls, ShortensLongNamesAndDisarmsEscapes) {
    const Outcome outcome = ask_server(
        {{200, R"({"calls":[{"id":"1","from":"\u001b[2J\u009bx)" + std::string(100, 'y') + R"(","to":"ü"}]})"}},
        {"calls"});
    EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
    EXPECT_THAT(outcome.out, HasSubstr("?[2J?x" + std::string(33, 'y') + "…"));
}

TEST(Calls, PrintsJson) {
    const Outcome outcome = ask_server({{200, std::string{R"({"calls":[)"} + one_call + "]}"}}, {"calls", "--json"});
    EXPECT_EQ(boost::json::parse(outcome.out), boost::json::parse("[" + std::string{one_call} + "]"));
}

TEST(Calls, SendTheToken) {
    const Outcome outcome = ask_server({{200, "{}"}}, {"calls"}, {{"HOLDFAST_TOKEN", "t0ken"}});
    EXPECT_THAT(outcome.asked, ElementsAre("GET /api/v1/calls?limit=1000 Bearer t0ken"));
}

TEST(Calls, SendTheTokenOfAConfigurationInTheEnvironment) {
    const Outcome outcome = ask_server({{200, "{}"}}, {"calls"}, {{"HOLDFAST_ADMIN__TOKEN", "of-the-server"}});
    EXPECT_THAT(outcome.asked, ElementsAre("GET /api/v1/calls?limit=1000 Bearer of-the-server"));
    const Outcome both = ask_server(
        {{200, "{}"}}, {"calls"}, {{"HOLDFAST_ADMIN__TOKEN", "of-the-server"}, {"HOLDFAST_TOKEN", "of-the-operator"}});
    EXPECT_THAT(both.asked, ElementsAre("GET /api/v1/calls?limit=1000 Bearer of-the-operator"));
}

TEST(Calls, SendTheTokenOfVariablesThatMakeNoConfigurationWithoutTheirFile) {
    const std::string path = testing::TempDir() + "holdfast-cli-test-token";
    std::ofstream{path} << "of-a-file\n";
    const config::Environment of_a_file{{"HOLDFAST_SIP__LISTEN", "udp://0.0.0.0:5060"},
                                        {"HOLDFAST_ROUTES__9__TARGET", "trunk:of-the-file"},
                                        {"HOLDFAST_TRUNKS__CARRIER__LIMITS__CALLS", "many"}};
    for (const auto& [name, value, token] :
         {std::array{"HOLDFAST_ADMIN__TOKEN", "plain", "plain"},
          std::array{"HOLDFAST_ADMIN__TOKEN_FILE", path.c_str(), "of-a-file"},
          std::array{"HOLDFAST_CONFIG_BODY", "{ admin: { token: of-the-body }, sip: { nonsense: 1 } }",
                     "of-the-body"}}) {
        config::Environment environment = of_a_file;
        environment.emplace_back(name, value);
        ASSERT_FALSE(config::load({{}, {}, environment}).ok());
        const Outcome outcome = ask_server({{200, "{}"}}, {"calls"}, environment);
        EXPECT_THAT(outcome.asked, ElementsAre("GET /api/v1/calls?limit=1000 Bearer " + std::string{token})) << name;
    }
    std::remove(path.c_str());
}

TEST(Call, ShowsBothLegs) {
    const Outcome outcome = ask_server({{200, one_call}, {200, one_ladder}}, {"call", "0/1 7"});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_THAT(outcome.asked, ElementsAre("GET /api/v1/calls/0%2F1%207 ", "GET /api/v1/calls/0%2F1%207/ladder "));
    EXPECT_THAT(outcome.out, HasSubstr("hold.music.b    true\n"));
    EXPECT_THAT(outcome.out, HasSubstr("\nleg a\nuri                  sip:alice@h\n"));
    EXPECT_THAT(outcome.out, HasSubstr("slots[0].packets_in  5\n"));
    EXPECT_THAT(outcome.out, HasSubstr("\nleg b\n"));
}

TEST(Call, ShowsItsLadderBelow) {
    const Outcome outcome = ask_server({{200, one_call}, {200, one_ladder}}, {"call", "0-17"});
    EXPECT_THAT(outcome.out, testing::EndsWith("codec  PCMA\n"
                                               "\n"
                                               "2026-01-02 UTC  A          S          B\n"
                                               "03:04:05.678    │          ●          │  A calls 123\n"));
}

TEST(Call, ThatHasEndedIsShownByItsLadder) {
    const Outcome outcome = ask_server({{404, not_found}, {200, one_ladder}}, {"call", "0-17"});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_EQ(outcome.out,
              "id     0-17\n"
              "state  ended\n"
              "ended  2026-01-02T03:04:06.000Z\n"
              "\n"
              "2026-01-02 UTC  A          S          B\n"
              "03:04:05.678    │          ●          │  A calls 123\n");
}

TEST(Call, PrintsJsonWithItsLadder) {
    const Outcome live = ask_server({{200, one_call}, {200, one_ladder}}, {"call", "0-17", "--json"});
    boost::json::value expected = boost::json::parse(one_call);
    expected.as_object()["ladder"] = boost::json::parse(one_ladder);
    EXPECT_EQ(boost::json::parse(live.out), expected);
    const Outcome ended = ask_server({{404, not_found}, {200, one_ladder}}, {"call", "0-17", "--json"});
    expected = boost::json::parse(R"({"id":"0-17","state":"ended","ended":"2026-01-02T03:04:06.000Z"})");
    expected.as_object()["ladder"] = boost::json::parse(one_ladder);
    EXPECT_EQ(boost::json::parse(ended.out), expected);
}

TEST(Call, ThatIsNotThereIsARefusal) {
    const Outcome outcome = ask_server({{404, not_found}, {404, not_found}}, {"call", "x"});
    EXPECT_EQ(outcome.code, refused);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, "the server answered 404: Not Found: no such call\n");
}

TEST(Call, OfAServerThatWantsATokenIsARefusal) {
    const Outcome outcome = ask_server({{401, R"({"title":"Unauthorized"})"}}, {"call", "x"});
    EXPECT_EQ(outcome.code, refused);
    EXPECT_EQ(outcome.err, "the server answered 401: Unauthorized\n");
}

std::string content_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(Pcap, WritesWhatTheServerGives) {
    const std::string packets{"\x0A\0\r\n\xFF", 5};
    const Outcome printed = ask_server({{200, packets}}, {"pcap", "0-17", "-o", "-"});
    EXPECT_EQ(printed.code, fine);
    EXPECT_EQ(printed.out, packets);
    EXPECT_THAT(printed.asked, ElementsAre("GET /api/v1/calls/0-17/pcap "));
    const std::string path = testing::TempDir() + "holdfast-cli-test.pcapng";
    const Outcome written = ask_server({{200, packets}}, {"pcap", "0-17", "--output", path, "--rtp", "60"});
    EXPECT_EQ(written.code, fine);
    EXPECT_EQ(written.out, "");
    EXPECT_EQ(content_of(path), packets);
    EXPECT_THAT(written.asked, ElementsAre("GET /api/v1/calls/0-17/pcap?rtp=60 "));
    std::remove(path.c_str());
}

TEST(Pcap, LeavesNoFileOfACallThatIsNotThere) {
    const std::string path = testing::TempDir() + "holdfast-cli-test-none.pcapng";
    const Outcome outcome = ask_server({{404, not_found}}, {"pcap", "x", "-o", path});
    EXPECT_EQ(outcome.code, refused);
    EXPECT_THAT(outcome.err, HasSubstr("no such call"));
    EXPECT_FALSE(std::ifstream{path});
}

TEST(Pcap, SaysWhereItCannotWrite) {
    const Outcome outcome = ask_server({{200, "packets"}}, {"pcap", "x", "-o", "/nowhere/at/all"});
    EXPECT_EQ(outcome.code, refused);
    EXPECT_THAT(outcome.err, HasSubstr("/nowhere/at/all: cannot be written"));
}

TEST(Pcap, NeedsAFileAndSecondsThatMayBe) {
    EXPECT_EQ(ask_server({}, {"pcap", "x"}).code, bad_usage);
    for (const char* const seconds : {"0", "61", "x"}) {
        EXPECT_EQ(ask_server({}, {"pcap", "x", "-o", "-", "--rtp", seconds}).code, bad_usage) << seconds;
    }
}

TEST(Hangup, DeletesTheCall) {
    const Outcome outcome = ask_server({{204, ""}}, {"hangup", "0-17"});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_THAT(outcome.asked, ElementsAre("DELETE /api/v1/calls/0-17 "));
    EXPECT_EQ(outcome.out, "ended\n");
}

TEST(Order, IsPostedToTheLeg) {
    for (const std::string order : {"hold", "resume", "reinvite"}) {
        const Outcome outcome = ask_server({{204, ""}}, {order, "0-17", "b"});
        EXPECT_EQ(outcome.code, fine);
        EXPECT_THAT(outcome.asked, ElementsAre("POST /api/v1/calls/0-17/legs/b/" + order + " "));
        EXPECT_EQ(outcome.out, "asked for\n");
    }
    EXPECT_EQ(ask_server({{409, not_found}}, {"hold", "0-17", "a"}).code, refused);
}

TEST(Originate, PostsWhatIsAskedForAndPrintsTheIdOfTheCall) {
    const Answer placed{202, R"({"id":"c9"})"};
    const Outcome plain = ask_server({placed}, {"originate", "alice", "4930123"});
    EXPECT_EQ(plain.code, 0) << plain.err;
    EXPECT_EQ(plain.out, "c9\n");
    EXPECT_THAT(plain.asked, ElementsAre(R"(POST /api/v1/calls {"from":"alice","to":"4930123"})"));
    const Outcome whole = ask_server(
        {placed}, {"originate", "alice", "1", "--display", "Sales", "--as", "trunk:x", "--timeout", "20", "--json"});
    EXPECT_EQ(whole.out, placed.body + "\n");
    EXPECT_THAT(
        whole.asked,
        ElementsAre(R"(POST /api/v1/calls {"from":"alice","to":"1","display":"Sales","as":"trunk:x","timeout_s":20})"));
    const Outcome refusal =
        ask_server({{404, R"({"title":"Not Found","detail":"no route"})"}}, {"originate", "a", "b"});
    EXPECT_EQ(refusal.code, 1);
    EXPECT_THAT(refusal.err, HasSubstr("no route"));
}

TEST(Status, ShowsFieldsAligned) {
    const Outcome outcome = ask_server(
        {{200, R"({"version":"0.1.0","calls":{"up":3},"mos":4.25,"jitter_ms":0.0,"listen":["udp://a","tcp://b"]})"}},
        {"status"});
    EXPECT_EQ(
        outcome.out,
        "version    0.1.0\ncalls.up   3\nmos        4.25\njitter_ms  0\nlisten[0]  udp://a\nlisten[1]  tcp://b\n");
}

TEST(Status, SaysWhetherTheServerIsHealthyByItsExitCode) {
    const Outcome healthy = ask_server({{200, "ok"}}, {"status", "--healthy"});
    EXPECT_EQ(healthy.code, fine);
    EXPECT_EQ(healthy.out, "");
    EXPECT_THAT(healthy.asked, ElementsAre("GET /healthz "));
    EXPECT_EQ(ask_server({{503, ""}}, {"status", "--healthy"}).code, refused);
}

TEST(LogLevel, IsAskedForOrPut) {
    const Answer info{200, R"({"level":"info"})"};
    const Outcome asked = ask_server({info}, {"log"});
    EXPECT_EQ(asked.code, fine);
    EXPECT_THAT(asked.asked, ElementsAre("GET /api/v1/log "));
    EXPECT_EQ(asked.out, "level  info\n");
    const Outcome put = ask_server({{200, R"({"level":"debug"})"}}, {"log", "debug"});
    EXPECT_EQ(put.code, fine);
    EXPECT_THAT(put.asked, ElementsAre(R"(PUT /api/v1/log {"level":"debug"})"));
    EXPECT_EQ(put.out, "level  debug\n");
    EXPECT_EQ(ask_server({{400, not_found}}, {"log", "trace"}).code, refused);
    EXPECT_EQ(ask_server({}, {"log", "loud"}).code, bad_usage);
}

TEST(Drain, AsksForIt) {
    const Outcome outcome = ask_server({{202, ""}}, {"drain"});
    EXPECT_EQ(outcome.code, fine);
    EXPECT_THAT(outcome.asked, ElementsAre("POST /api/v1/drain "));
    EXPECT_EQ(outcome.out, "draining\n");
}

TEST(Reload, ShowsTheMistakesOfABadFile) {
    const Outcome outcome = ask_server(
        {{422, R"({"title":"Unprocessable","errors":["f:1:1: x: unknown key","f:2:1: y: too"]})"}}, {"reload"});
    EXPECT_EQ(outcome.code, refused);
    EXPECT_THAT(outcome.asked, ElementsAre("POST /api/v1/reload "));
    EXPECT_EQ(outcome.err, "the server answered 422: Unprocessable\nf:1:1: x: unknown key\nf:2:1: y: too\n");
}

TEST(Answer, ThatIsNoJsonIsARefusal) {
    const Outcome outcome = ask_server({{200, "<html>"}}, {"status"});
    EXPECT_EQ(outcome.code, refused);
    EXPECT_THAT(outcome.err, HasSubstr("no JSON"));
}

TEST(Server, ThatDoesNotRunIsARefusal) {
    std::ostringstream out;
    std::ostringstream err;
    std::string url;
    {
        asio::io_context context;
        const tcp::acceptor gone{context, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
        url = "http://127.0.0.1:" + std::to_string(gone.local_endpoint().port());
    }
    const char* const words[]{"holdfast", "calls", "--url", url.c_str()};
    EXPECT_EQ(run(4, words, {out, err, {}, {}}), refused);
    EXPECT_EQ(err.str(), url + ": Connection refused; is the server running there?\n");
}

TEST(Server, ThatNeverAnswersIsGivenUp) {
    asio::io_context context;
    const tcp::acceptor silent{context, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
    const auto url = Url::parse("http://127.0.0.1:" + std::to_string(silent.local_endpoint().port()));
    const auto reply = ask(*url, {"GET", "/", "", std::chrono::milliseconds{50}});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().message(), "The socket was closed due to a timeout");
}

TEST(Server, IsWaitedForAsLongAsItsAnswerGoesOnComing) {
    constexpr std::chrono::milliseconds limit{1000};
    asio::io_context context;
    tcp::acceptor acceptor{context, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
    const auto url = Url::parse("http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()));
    std::thread server{[&] {
        tcp::socket socket = acceptor.accept();
        asio::steady_timer pace{context};
        asio::write(socket, asio::buffer(std::string{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"}));
        for (const char piece : std::string{"slow"}) {
            pace.expires_after(2 * limit / 5);
            pace.wait();
            asio::write(socket, asio::buffer(&piece, 1));
        }
    }};
    const auto reply = ask(*url, {"GET", "/", "", limit});
    server.join();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "slow");
}

TEST(Url, IsPlainHttp) {
    const auto url = Url::parse("http://[::1]:9060/behind/proxy/");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, "::1");
    EXPECT_EQ(url->port, "9060");
    EXPECT_EQ(url->prefix, "/behind/proxy");
    EXPECT_EQ(url->authority, "[::1]:9060");
    EXPECT_EQ(Url::parse("HTTP://a")->port, "80");
    for (const char* text : {"", "http://", "https://a", "a:9060", "http://a:", "http://a:x", "http://a:70000",
                             "http://[::1", "http://u@a", "http://[::1]9060", "http://a b"}) {
        EXPECT_FALSE(Url::parse(text)) << text;
    }
}

TEST(Url, ThatDoesNotFitIsBadUsage) {
    std::ostringstream out;
    std::ostringstream err;
    const char* const words[]{"holdfast", "calls", "--url", "ftp://x"};
    EXPECT_EQ(run(4, words, {out, err, {}, {}}), bad_usage);
    EXPECT_EQ(err.str(), "--url: \"ftp://x\" does not fit, expected http://HOST:PORT\n");
}

}  // namespace
}  // namespace server::cli
