#include "server/http/route.hpp"

#include <gtest/gtest.h>

#include <set>

#include "server/http/api.hpp"

namespace server::http {
namespace {

using Path = std::vector<std::string>;

const Route table[] = {{"GET", "/", Route::Part::api, nullptr},
                       {"GET", "/calls", Route::Part::api, nullptr},
                       {"POST", "/calls", Route::Part::api, nullptr},
                       {"GET", "/calls/{id}", Route::Part::api, nullptr},
                       {"DELETE", "/calls/{id}", Route::Part::api, nullptr},
                       {"POST", "/calls/{id}/legs/{leg}", Route::Part::api, nullptr}};

std::string found(const char* method, const Path& path) {
    const FoundRoute found = find_route(table, method, path);
    return found.route ? std::string{found.route->method} + ' ' + found.route->pattern : "none";
}

TEST(Routes, AreFoundByPathAndMethod) {
    EXPECT_EQ(found("GET", {}), "GET /");
    EXPECT_EQ(found("GET", {"calls"}), "GET /calls");
    EXPECT_EQ(found("POST", {"calls"}), "POST /calls");
    EXPECT_EQ(found("DELETE", {"calls", "x"}), "DELETE /calls/{id}");
    EXPECT_EQ(found("POST", {"calls", "x", "legs", "a"}), "POST /calls/{id}/legs/{leg}");
}

TEST(Routes, AnswerHeadWhereTheyAnswerGet) {
    EXPECT_EQ(found("HEAD", {"calls"}), "GET /calls");
    EXPECT_EQ(found("HEAD", {"calls", "x", "legs", "a"}), "none");
}

TEST(Routes, SayWhatStandsForTheirParameters) {
    EXPECT_EQ(find_route(table, "POST", {"calls", "..", "legs", "a/b"}).named, (Path{"..", "a/b"}));
    EXPECT_TRUE(find_route(table, "GET", {"calls"}).named.empty());
}

TEST(Routes, ThatAreNoneAllowNothing) {
    for (const Path& path : {Path{"call"}, Path{"calls", "x", "legs"}, Path{"calls", "x", "y"}, Path{"calls", ""},
                             Path{""}, Path{"", "calls"}, Path{"calls", "", "legs", "a"}, Path{"Calls"},
                             Path{"calls", "x", "legs", "a", "hold"}, Path{"{id}"}}) {
        const FoundRoute none = find_route(table, "GET", path);
        EXPECT_EQ(none.route, nullptr);
        EXPECT_EQ(none.allowed, "");
    }
}

TEST(Routes, OfAnotherMethodSayWhichAreAllowed) {
    EXPECT_EQ(find_route(table, "PUT", {"calls"}).allowed, "GET, HEAD, POST");
    EXPECT_EQ(find_route(table, "POST", {"calls", "x"}).allowed, "GET, HEAD, DELETE");
    EXPECT_EQ(find_route(table, "get", {"calls", "x", "legs", "a"}).allowed, "POST");
}

TEST(Routes, OfTheApiStandInTheirTableOnce) {
    std::set<std::string> seen;
    for (const Route& route : Api::routes()) {
        const std::string pattern{route.pattern};
        EXPECT_TRUE(seen.insert(std::string{route.method} + ' ' + pattern).second) << pattern;
        if (pattern.starts_with("/api/")) { EXPECT_EQ(route.part, Route::Part::api) << "it would need no token"; }
        EXPECT_NE(route.answer, nullptr);
    }
}

}  // namespace
}  // namespace server::http
