#include "server/http/console.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/http/api.hpp"
#include "tests/unit/server/http/fake_control.hpp"

namespace server::http {
namespace {

class HttpConsole : public ::testing::Test {
protected:
    Response ask(const std::string& method, const std::string& target, const std::string& if_none_match = {}) {
        Response answer;
        Api api{control, surface, [](const std::function<void()>& task) { task(); }, control.hub};
        api.answer({method, target, "127.0.0.1:9060", {}, {}, {}, if_none_match},
                   [&](Response response) { answer = std::move(response); });
        return answer;
    }
    Response get(const std::string& target) { return ask("GET", target); }
    static std::string header(const Response& response, const std::string& name) {
        const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                        [&](const auto& header) { return header.first == name; });
        return found == response.headers.end() ? std::string{} : found->second;
    }

    test::FakeControl control;
    Surface surface{true, false, {}, true, true};
};

TEST_F(HttpConsole, IsThePageAtTheRootWithTheFilesThatItNames) {
    const Response page = get("/");
    EXPECT_EQ(page.status, 200u);
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(page.body.substr(0, 15), "<!doctype html>");
    const std::pair<const char*, const char*> files[] = {{"/console/style.css", "text/css; charset=utf-8"},
                                                         {"/console/console.js", "text/javascript; charset=utf-8"}};
    for (const auto& [path, type] : files) {
        EXPECT_NE(page.body.find('"' + std::string{path} + '"'), std::string::npos) << path;
        const Response file = get(path);
        EXPECT_EQ(file.status, 200u) << path;
        EXPECT_EQ(file.content_type, type);
        EXPECT_FALSE(file.body.empty());
        EXPECT_EQ(header(file, "X-Content-Type-Options"), "nosniff");
    }
}

TEST_F(HttpConsole, RunsNothingInlineAndConnectsToItsServerOnly) {
    const Response page = get("/");
    EXPECT_EQ(header(page, "Content-Security-Policy"),
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
              "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    for (const char* inlined : {"<style", "style=", " onclick", " onload", "javascript:"}) {
        EXPECT_EQ(page.body.find(inlined), std::string::npos) << inlined;
    }
}

TEST_F(HttpConsole, IsKeptByBrowsersUntilItChanges) {
    const Response page = get("/");
    const std::string etag = header(page, "ETag");
    ASSERT_GT(etag.size(), 2u);
    EXPECT_EQ(etag.front(), '"');
    EXPECT_EQ(header(page, "Cache-Control"), "no-cache");
    EXPECT_NE(etag, header(get("/console/style.css"), "ETag"));
    for (const std::string& known : {etag, "W/" + etag, "\"other\", " + etag, std::string{"*"}}) {
        const Response again = ask("GET", "/", known);
        EXPECT_EQ(again.status, 304u) << known;
        EXPECT_TRUE(again.body.empty());
        EXPECT_EQ(header(again, "ETag"), etag);
    }
    for (const char* other : {"\"other\"", "", ",", "\""}) { EXPECT_EQ(ask("GET", "/", other).status, 200u) << other; }
}

TEST_F(HttpConsole, AnswersOtherPathsAndMethodsAsTheApiDoes) {
    for (const char* path : {"/console", "/console/index.html", "/console/nothing", "/console/style.css/x",
                             "/console/..%2f..%2fetc%2fpasswd", "/index.html", "/consoles"}) {
        EXPECT_EQ(get(path).status, 404u) << path;
    }
    EXPECT_EQ(ask("HEAD", "/").status, 200u);
    EXPECT_EQ(ask("POST", "/").status, 405u);
    EXPECT_EQ(ask("DELETE", "/console/style.css").status, 405u);
}

TEST_F(HttpConsole, IsServedWithoutATokenUnlessItIsSwitchedOff) {
    surface.gate.token = "s3cret";
    EXPECT_EQ(get("/").status, 200u);
    EXPECT_EQ(get("/api/v1/status").status, 401u);
    surface.console = false;
    EXPECT_EQ(get("/").status, 404u);
    EXPECT_EQ(get("/console/console.js").status, 404u);
}

}  // namespace
}  // namespace server::http
