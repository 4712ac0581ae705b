#include "server/http/phone.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "server/http/api.hpp"
#include "tests/unit/server/http/fake_control.hpp"

namespace server::http {
namespace {

namespace json = boost::json;

class HttpPhone : public ::testing::Test {
protected:
    HttpPhone() { control.known.listeners = {"udp://127.0.0.1:5060", "ws://127.0.0.1:8080"}; }

    Response ask(const std::string& method, const std::string& target, const std::string& host = "127.0.0.1:9060") {
        Response answer;
        Api api{control, surface, [](const std::function<void()>& task) { task(); }, control.hub};
        api.answer({method, target, host, {}, {}}, [&](Response response) { answer = std::move(response); });
        return answer;
    }
    Response get(const std::string& target) { return ask("GET", target); }
    static std::string header(const Response& response, const std::string& name) {
        const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                        [&](const auto& header) { return header.first == name; });
        return found == response.headers.end() ? std::string{} : found->second;
    }

    test::FakeControl control;
    Surface surface{true, false, {}, true};
};

TEST_F(HttpPhone, ServesThePageAndWhatItNamesWithTheirTypes) {
    const Response page = get("/phone?user=alice");
    EXPECT_EQ(page.status, 200u);
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(page.body.substr(0, 15), "<!doctype html>");
    const std::pair<const char*, const char*> files[] = {{"/phone/style.css", "text/css; charset=utf-8"},
                                                         {"/phone/phone.js", "text/javascript; charset=utf-8"}};
    for (const auto& [path, type] : files) {
        EXPECT_NE(page.body.find('"' + std::string{path} + '"'), std::string::npos) << path;
        const Response file = get(path);
        EXPECT_EQ(file.status, 200u) << path;
        EXPECT_EQ(file.content_type, type);
        EXPECT_FALSE(file.body.empty());
        EXPECT_EQ(header(file, "X-Content-Type-Options"), "nosniff");
    }
}

TEST_F(HttpPhone, TheScriptIsWholeAndHasSipJsInIt) {
    const std::string script = get("/phone/phone.js").body;
    EXPECT_GT(script.size(), 100'000u);
    EXPECT_NE(script.find("SIP.js/"), std::string::npos);
    EXPECT_EQ(script.back(), '\n');
}

TEST_F(HttpPhone, LetsThePageConnectToTheWebSocketOnlyAndRunNothingInline) {
    const std::string policy = header(get("/phone"), "Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << policy;
    EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
    EXPECT_NE(policy.find("connect-src 'self' ws://127.0.0.1:8080;"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    const std::string page = get("/phone").body;
    EXPECT_EQ(page.find("<style"), std::string::npos);
    EXPECT_EQ(page.find("style="), std::string::npos);
    EXPECT_EQ(page.find(" onclick"), std::string::npos);
}

TEST_F(HttpPhone, AnswersOtherPathsAndMethodsAsTheApiDoes) {
    for (const char* path :
         {"/phone/nothing", "/phone/index.html", "/phone/..%2fapi", "/phone/style.css/x", "/phones"}) {
        EXPECT_EQ(get(path).status, 404u) << path;
    }
    EXPECT_EQ(ask("HEAD", "/phone").status, 200u);
    EXPECT_EQ(ask("POST", "/phone").status, 405u);
    EXPECT_EQ(ask("PUT", "/phone/style.css").status, 405u);
}

TEST_F(HttpPhone, IsServedWithoutATokenAndOnItsListenerOnly) {
    surface.gate.token = "s3cret";
    EXPECT_EQ(get("/phone").status, 200u);
    surface.phone = false;
    EXPECT_EQ(get("/phone").status, 404u);
}

TEST_F(HttpPhone, TellsThePageWhereToConnectAndNobodysPassword) {
    const Response response = get("/phone/settings.json");
    EXPECT_EQ(response.content_type, "application/json");
    const json::object settings = json::parse(response.body).as_object();
    EXPECT_EQ(settings.at("websocket").as_string(), "ws://127.0.0.1:8080");
    EXPECT_EQ(settings.at("domain").as_string(), "127.0.0.1");
    EXPECT_TRUE(settings.at("users").as_array().empty());
    EXPECT_EQ(settings.at("password").as_string(), "");
}

TEST_F(HttpPhone, NamesTheDemoUsersWhereThereAreAny) {
    control.known.domain = "example.com";
    control.known.demo = {{"alice", "bob"}, "demo", {"music"}};
    const json::object settings = json::parse(get("/phone/settings.json").body).as_object();
    EXPECT_EQ(settings.at("domain").as_string(), "example.com");
    EXPECT_EQ(settings.at("users").as_array().size(), 2u);
    EXPECT_EQ(settings.at("password").as_string(), "demo");
    EXPECT_EQ(settings.at("numbers").as_array().at(0).as_string(), "music");
}

TEST_F(HttpPhone, SaysSoWhereNoBrowserCanConnect) {
    control.known.listeners = {"udp://127.0.0.1:5060", "http://127.0.0.1:9060"};
    EXPECT_EQ(json::parse(get("/phone/settings.json").body).at("websocket").as_string(), "");
    EXPECT_NE(header(get("/phone"), "Content-Security-Policy").find("connect-src 'self';"), std::string::npos);
}

TEST(WebSocketOfThePage, PrefersOneWithoutACertificateAndAnAddressThatAPolicyCanName) {
    EXPECT_EQ(websocket_for({"wss://10.0.0.1:8443", "ws://[::1]:8080", "ws://10.0.0.1:8080"}, "x"),
              "ws://10.0.0.1:8080");
    EXPECT_EQ(websocket_for({"wss://10.0.0.1:8443", "ws://[::1]:8080"}, "x"), "ws://[::1]:8080");
    EXPECT_EQ(websocket_for({"tls://10.0.0.1:5061", "wss://10.0.0.1:8443"}, "x"), "wss://10.0.0.1:8443");
    EXPECT_EQ(websocket_for({}, "x"), "");
}

TEST(WebSocketOfThePage, IsWhereThePageIsIfItListensEverywhere) {
    EXPECT_EQ(websocket_for({"ws://0.0.0.0:8080"}, "localhost:9060"), "ws://localhost:8080");
    EXPECT_EQ(websocket_for({"ws://[::]:8080"}, "[::1]:9060"), "ws://[::1]:8080");
    EXPECT_EQ(websocket_for({"ws://0.0.0.0:8080"}, "127.0.0.1"), "ws://127.0.0.1:8080");
    EXPECT_EQ(websocket_for({"ws://0.0.0.0:8080"}, "x; script-src *"), "");
    EXPECT_EQ(websocket_for({"ws://0.0.0.0:8080"}, ""), "");
}

}  // namespace
}  // namespace server::http
