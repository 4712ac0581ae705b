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
    const json::value page = json::parse(page_of(lists, filter(query)).body);
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
    EXPECT_EQ(ids("state=ringing"), "");
    CallView whole;
    whole.id = "c1";
    whole.a.user = "alice";
    EXPECT_TRUE(filter("user=alice").wants(whole));
    EXPECT_FALSE(filter("user=ali").wants(whole));
    EXPECT_FALSE(filter("user=alice&trunk=west").wants(whole));
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
    const json::value call = json::parse(page_of(lists, filter("after=c2")).body).at("calls").at(0);
    EXPECT_EQ(call.at("a"), json::parse(R"({"trunk":"east","user":null,"remote":"192.0.2.1:5060","transport":"udp"})"));
    EXPECT_EQ(call.at("b").at("user"), "alice");
    EXPECT_TRUE(call.at("answered").is_null());
    EXPECT_EQ(call.at("hold"), json::parse(R"({"a":false,"b":false,"operator":{"a":false,"b":false},
                                               "music":{"a":false,"b":false}})"));
}

}  // namespace
}  // namespace server::http
