#include "server/http/call_page.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "server/http/json.hpp"

namespace server::http {
namespace {

namespace json = boost::json;

std::shared_ptr<const CallBrief> brief(const std::string& id, const std::string& trunk, const std::string& user) {
    CallBrief call;
    call.id = id;
    call.state = "up";
    call.a = LegBrief{trunk, "", *base::Endpoint::parse("192.0.2.1:5060"), sip::Transport::udp};
    if (!user.empty()) { call.b = LegBrief{"", user, *base::Endpoint::parse("192.0.2.2:5060"), sip::Transport::ws}; }
    return std::make_shared<const CallBrief>(call);
}

const BriefLists lists{{brief("c3", "east", "alice"), brief("c1", "west", "")}, {brief("c2", "west", "bob")}};

CallFilter filter(const std::string& query) {
    std::string error;
    const CallFilter read = parse_filter(*Target::parse("/api/v1/calls?" + query), error);
    EXPECT_EQ(error, "") << query;
    return read;
}

std::string ids(const std::string& query) {
    std::string text;
    const json::value page = json::parse(answer_of(page_of(lists, filter(query))).body);
    for (const json::value& call : page.at("calls").as_array()) {
        text += (text.empty() ? "" : " ") + std::string{call.at("id").as_string()};
    }
    const auto* const next = page.as_object().if_contains("next");
    return next == nullptr ? text : text + " …" + std::string{next->as_string()};
}

TEST(CallPage, JoinsTheShardsByIdAndSaysWhereTheNextOneBegins) {
    EXPECT_EQ(ids("brief=true"), "c1 c2 c3");
    EXPECT_EQ(ids("brief=true&limit=2"), "c1 c2 …c2");
    EXPECT_EQ(ids("brief=true&limit=2&after=c2"), "c3");
}

TEST(CallPage, FindsTrunksAndUsersOnEitherLeg) {
    EXPECT_EQ(ids("trunk=west"), "c1 c2");
    EXPECT_EQ(ids("user=alice"), "c3");
    EXPECT_EQ(ids("user=bob&trunk=west"), "c2");
    EXPECT_EQ(ids("user=bob&trunk=east"), "");
    EXPECT_EQ(ids("user=ali"), "");
    EXPECT_EQ(ids("state=ringing"), "");
}

TEST(CallPage, ShowsWholeCallsInItsOrder) {
    CallLists whole(2);
    for (const char* const id : {"c2", "c1"}) { whole[1].emplace_back().id = id; }
    const CallPage page = page_of(lists, filter("limit=2"));
    EXPECT_EQ(page.ids(), (std::vector<std::string>{"c1", "c2"}));
    const json::value shown = json::parse(answer_of(page, whole).body);
    EXPECT_EQ(shown.at("calls").at(0).at("id"), "c1");
    EXPECT_EQ(shown.at("calls").at(1).at("id"), "c2");
    EXPECT_EQ(shown.at("next"), "c2");
}

TEST(CallPage, SaysWhichParametersItTakes) {
    EXPECT_TRUE(filter("brief=true").brief);
    EXPECT_FALSE(filter("brief=false").brief);
    for (const char* const wrong : {"brief=1", "brief=", "users=alice"}) {
        std::string error;
        parse_filter(*Target::parse(std::string{"/api/v1/calls?"} + wrong), error);
        EXPECT_NE(error, "") << wrong;
    }
}

TEST(CallPage, ShowsACallWithBothLegs) {
    const json::value call = json::parse(answer_of(page_of(lists, filter("after=c2"))).body).at("calls").at(0);
    EXPECT_EQ(call.at("a"), json::parse(R"({"trunk":"east","user":null,"remote":"192.0.2.1:5060","transport":"udp"})"));
    EXPECT_EQ(call.at("b").at("user"), "alice");
    EXPECT_TRUE(call.at("answered").is_null());
    EXPECT_EQ(call.at("hold"), json::parse(R"({"a":false,"b":false,"operator":{"a":false,"b":false},
                                               "music":{"a":false,"b":false}})"));
}

}  // namespace
}  // namespace server::http
