// The description of the API: whole, and of nothing that there is not. Whether answers are as it says is tried on a
// running server (tests/interop/cases/http_api.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <set>

#include "server/http/api.hpp"
#include "tests/unit/server/http/fake_control.hpp"

namespace server::http {
namespace {

namespace json = boost::json;

class OpenApi : public ::testing::Test {
protected:
    Response ask(const Request& request) {
        Response answer;
        Api api{control, surface, [](const std::function<void()>& task) { task(); }, control.hub};
        api.answer(request, [&](Response response) { answer = std::move(response); });
        return answer;
    }
    json::object document() { return json::parse(ask({"GET", "/openapi.json", {}, {}, {}}).body).as_object(); }

    test::FakeControl control;
    Surface surface{true, false, {}};
};

using Operations = std::set<std::string>;

// "GET /healthz"
Operations operations_of(const json::object& document) {
    Operations all;
    for (const auto& path : document.at("paths").as_object()) {
        for (const auto& operation : path.value().as_object()) {
            std::string method{operation.key()};
            std::ranges::transform(method, method.begin(), [](unsigned char c) { return std::toupper(c); });
            all.insert(method + ' ' + std::string{path.key()});
        }
    }
    return all;
}

void collect_references(const json::value& value, std::set<std::string>& into) {
    if (const auto* const object = value.if_object()) {
        for (const auto& member : *object) {
            const auto* const text = member.key() == "$ref" ? member.value().if_string() : nullptr;
            if (text != nullptr) { into.emplace(text->data(), text->size()); }
            collect_references(member.value(), into);
        }
    } else if (const auto* const array = value.if_array()) {
        for (const json::value& element : *array) { collect_references(element, into); }
    }
}

TEST_F(OpenApi, IsServedToWhoeverAsksForIt) {
    surface.gate.token = "s3cret";
    const Response response = ask({"GET", "/openapi.json", {}, {}, {}});
    EXPECT_EQ(response.status, 200u);
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(document().at("openapi"), "3.1.0");
    surface.api = false;
    EXPECT_EQ(ask({"GET", "/openapi.json", {}, {}, {}}).status, 404u);
}

TEST_F(OpenApi, HasEveryRouteOfTheTableAndNoOther) {
    Operations routes;
    for (const Route& route : Api::routes()) { routes.insert(std::string{route.method} + ' ' + route.pattern); }
    EXPECT_EQ(operations_of(document()), routes);
}

TEST_F(OpenApi, NamesEachParameterOfAPath) {
    const json::object whole = document();
    for (const auto& path : whole.at("paths").as_object()) {
        const std::string pattern{path.key()};
        for (const auto& operation : path.value().as_object()) {
            std::size_t named = 0;
            const auto* const parameters = operation.value().as_object().if_contains("parameters");
            for (const json::value& one : parameters ? parameters->as_array() : json::array{}) {
                if (one.at("in") != "path") { continue; }
                ++named;
                const auto& name = one.at("name").as_string();
                EXPECT_NE(pattern.find('{' + std::string{name.data(), name.size()} + '}'), std::string::npos)
                    << pattern;
            }
            EXPECT_EQ(named, static_cast<std::size_t>(std::ranges::count(pattern, '{'))) << pattern;
        }
    }
}

TEST_F(OpenApi, RefersToNothingThatIsNotThere) {
    const json::value whole = document();
    std::set<std::string> references;
    collect_references(whole, references);
    EXPECT_GT(references.size(), 10u);
    for (const std::string& reference : references) {
        ASSERT_TRUE(reference.starts_with("#/"));
        boost::system::error_code missing;
        EXPECT_NE(whole.find_pointer(reference.substr(1), missing), nullptr) << reference;
    }
}

}  // namespace
}  // namespace server::http
