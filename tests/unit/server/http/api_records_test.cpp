#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include "server/http/api.hpp"
#include "tests/unit/server/http/fake_control.hpp"
#include "tests/unit/server/records/sample.hpp"

namespace server::http {
namespace {

namespace json = boost::json;
using records::test::noon;
using records::test::samples;

class ApiRecords : public testing::Test {
protected:
    ApiRecords() { control.recorded.emplace(records::FoundRecords{samples(0, 2), {}}); }
    Response ask(const std::string& target, const std::string& method = "GET") {
        Response answer;
        const Api::Home home = [](const std::function<void()>& task) { task(); };
        Api{control, Surface{true, true, {}}, home, control.hub}.answer(
            {method, target, {}, {}, {}}, [&](Response response) { answer = std::move(response); });
        return answer;
    }
    std::string complaint(const std::string& target) {
        const Response response = ask(target);
        EXPECT_EQ(response.status, 400u) << target;
        return json::value_to<std::string>(json::parse(response.body).at("detail"));
    }

    test::FakeControl control;
};

TEST_F(ApiRecords, AreListedAsJson) {
    const Response response = ask("/api/v1/cdrs");
    ASSERT_EQ(response.status, 200u);
    const json::value body = json::parse(response.body);
    EXPECT_FALSE(body.as_object().contains("next")) << "that was all";
    const json::value& first = body.at("cdrs").at(0);
    EXPECT_EQ(first.at("id"), "call1000");
    EXPECT_EQ(first.at("started"), "2026-11-29T12:00:00.000Z");
    EXPECT_EQ(first.at("answered"), "2026-11-29T12:00:00.500Z");
    EXPECT_EQ(first.at("duration_s"), 10.0);
    EXPECT_EQ(first.at("setup_s"), 0.5);
    EXPECT_EQ(first.at("legs").at("a").at("trunk"), "carrier");
    EXPECT_TRUE(first.at("legs").at("a").at("user").is_null());
    EXPECT_EQ(first.at("legs").at("a").at("codecs"), (json::array{"PCMA", "PCMU"}));
    EXPECT_EQ(first.at("legs").at("b").at("music_s"), 4.0);
    EXPECT_TRUE(first.at("legs").at("b").at("rtt_ms").is_null());
}

TEST_F(ApiRecords, OfOneLegSayThatTheOtherIsNone) {
    control.recorded->records[0].b.reset();
    control.recorded->records[0].answered.reset();
    const json::value record = json::parse(ask("/api/v1/cdrs/call1000").body);
    EXPECT_TRUE(record.at("legs").at("b").is_null());
    EXPECT_TRUE(record.at("answered").is_null());
}

TEST_F(ApiRecords, AreAskedForByWhatTheQuerySays) {
    ask("/api/v1/"
        "cdrs?from=2026-11-29T12:00:00Z&to=2026-11-29T13:00:00Z&trunk=t&user=u&outcome=busy&number=%2B49&call=c&"
        "limit=7&after=5-x");
    EXPECT_EQ(control.asked.from, noon);
    EXPECT_EQ(control.asked.to, noon + 3'600'000);
    EXPECT_EQ(control.asked.trunk, "t");
    EXPECT_EQ(control.asked.user, "u");
    EXPECT_EQ(control.asked.outcome, "busy");
    EXPECT_EQ(control.asked.number, "+49");
    EXPECT_EQ(control.asked.call_id, "c");
    EXPECT_EQ(control.asked.limit, 7U);
    EXPECT_EQ(control.asked.after, "5-x");
}

TEST_F(ApiRecords, SayWhereTheNextPageBegins) {
    const json::value body = json::parse(ask("/api/v1/cdrs?limit=2").body);
    EXPECT_EQ(body.at("next"), json::value(page_mark(records::test::sample(1))));
}

TEST_F(ApiRecords, RefuseWhatTheyDoNotUnderstand) {
    using testing::StartsWith;
    EXPECT_THAT(complaint("/api/v1/cdrs?from=yesterday"), StartsWith("from: expected a time"));
    EXPECT_THAT(complaint("/api/v1/cdrs?limit=0"), StartsWith("limit:"));
    EXPECT_THAT(complaint("/api/v1/cdrs?limit=1001"), StartsWith("limit:"));
    EXPECT_THAT(complaint("/api/v1/cdrs?after=x"), StartsWith("after:"));
    EXPECT_THAT(complaint("/api/v1/cdrs?after=x-y"), StartsWith("after:"));
    EXPECT_THAT(complaint("/api/v1/cdrs?colour=red"), StartsWith("unknown parameter"));
    EXPECT_EQ(ask("/api/v1/cdrs", "POST").status, 405u);
    EXPECT_EQ(ask("/api/v1/cdrs/a/b").status, 404u);
}

TEST_F(ApiRecords, OfOneCallAre404WhereItIsNotKnown) {
    EXPECT_EQ(ask("/api/v1/cdrs/call1001").status, 200u);
    EXPECT_EQ(ask("/api/v1/cdrs/nobody").status, 404u);
}

TEST_F(ApiRecords, ThatCannotBeReadAre503WithTheReason) {
    control.recorded->error = "the database is away";
    EXPECT_EQ(ask("/api/v1/cdrs").status, 503u);
    EXPECT_EQ(json::parse(ask("/api/v1/cdrs/x").body).at("detail"), "the database is away");
    control.recorded.reset();
    EXPECT_EQ(json::parse(ask("/api/v1/cdrs").body).at("detail"), "no records are kept: cdr.store is none");
}

}  // namespace
}  // namespace server::http
