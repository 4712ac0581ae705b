#include "server/http/event_hub.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <queue>

#include "server/http/event_json.hpp"

namespace server::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::StartsWith;

CallEvent call_event(CallEvent::Kind kind, const std::string& from = "sip:a@h") {
    CallBrief brief;
    brief.id = "c1";
    brief.state = "up";
    brief.from = from;
    brief.a = LegBrief{"carrier", "", *base::Endpoint::parse("192.0.2.1:5060"), sip::Transport::tls};
    return {kind, base::Clock::now(), std::make_shared<const CallBrief>(brief)};
}

class Hub : public ::testing::Test {
protected:
    void put(Event event) { inbox.put(std::move(event)); }
    void run() {
        while (!tasks.empty()) {
            tasks.front()();
            tasks.pop();
        }
    }
    // Of the one event in it.
    static json::value data_of(const std::string& sent) {
        const auto at = sent.find("\ndata: ");
        return json::parse(sent.substr(at + 7, sent.find("\n\n") - at - 7));
    }

    EventInbox inbox;
    std::queue<std::function<void()>> tasks;
    EventHub hub{inbox, [this](std::function<void()> task) { tasks.push(std::move(task)); }, {2, 100}};
};

TEST_F(Hub, TellsEachClientTheSame) {
    const auto one = hub.open();
    const auto other = hub.open();
    put(call_event(CallEvent::Kind::started));
    put(call_event(CallEvent::Kind::answered));
    EXPECT_EQ(tasks.size(), 1u) << "what comes together is told together";
    run();
    const std::string sent = one->take();
    EXPECT_THAT(sent, StartsWith("id: 1\nevent: call.started\ndata: {"));
    EXPECT_THAT(sent, HasSubstr("}\n\nid: 2\nevent: call.answered\n"));
    EXPECT_EQ(other->take(), sent);
}

TEST_F(Hub, TellsOnlyWhatHappensFromThenOn) {
    put(call_event(CallEvent::Kind::started));
    const auto client = hub.open();
    put(call_event(CallEvent::Kind::ended));
    run();
    EXPECT_THAT(client->take(), StartsWith("id: 1\nevent: call.ended\n"));
}

TEST_F(Hub, RefusesOneClientPastItsLimitUntilAnotherHasGone) {
    auto one = hub.open();
    const auto other = hub.open();
    EXPECT_EQ(hub.open(), nullptr);
    EXPECT_EQ(inbox.report().clients, 2u);
    one.reset();
    EXPECT_EQ(inbox.report().clients, 1u);
    EXPECT_NE(hub.open(), nullptr);
}

TEST_F(Hub, EndsAClientThatDoesNotReadAndNoOther) {
    const auto slow = hub.open();
    const auto quick = hub.open();
    for (int i = 0; i < 102; ++i) {
        put(call_event(CallEvent::Kind::changed));
        run();
        quick->take();
    }
    EXPECT_EQ(slow->take(), "event: overflow\ndata: {}\n\n");
    EXPECT_TRUE(slow->is_over());
    EXPECT_FALSE(quick->is_over());
    EXPECT_EQ(inbox.report().too_slow, 1u);
}

TEST_F(Hub, EndsEveryClientWhereEventsWereLost) {
    const auto client = hub.open();
    inbox.put(std::vector<Event>(EventInbox::max_waiting + 1, call_event(CallEvent::Kind::changed)));
    run();
    EXPECT_EQ(client->take(), "event: overflow\ndata: {}\n\n");
    EXPECT_TRUE(client->is_over());
    EXPECT_EQ(inbox.report().too_slow, 0u) << "it is not the client's fault";
}

TEST_F(Hub, TellsACallAsTheBriefListDoes) {
    const auto client = hub.open();
    CallEvent event = call_event(CallEvent::Kind::held);
    event.hold = CallEvent::Hold{media::Side::b, true};
    put(event);
    run();
    const json::value data = data_of(client->take());
    EXPECT_EQ(data.at("call"), json::value(to_json(*event.call, WallClock::now())));
    EXPECT_EQ(data.at("call").at("a").at("transport"), "tls");
    EXPECT_EQ(data.at("call").at("a").at("trunk"), "carrier");
    EXPECT_TRUE(data.at("call").at("a").at("user").is_null());
    EXPECT_TRUE(data.at("call").at("b").is_null());
    EXPECT_EQ(data.at("leg"), "b");
    EXPECT_EQ(data.at("by"), "operator");
    EXPECT_THAT(std::string(data.at("at").as_string()), StartsWith("20"));
}

TEST_F(Hub, TellsHowACallEnded) {
    const auto client = hub.open();
    CallEvent event = call_event(CallEvent::Kind::ended);
    event.end = CallEnd{"busy", 486, "B refused", "b"};
    put(event);
    run();
    const json::value data = data_of(client->take());
    EXPECT_EQ(data.at("outcome"), "busy");
    EXPECT_EQ(data.at("code"), 486);
    EXPECT_EQ(data.at("cause"), "B refused");
    EXPECT_EQ(data.at("ended_by"), "b");
}

TEST_F(Hub, TellsOfTrunksAndOfTheServer) {
    const auto client = hub.open();
    put(TrunkEvent{base::Clock::now(), {{"carrier", "sip:one"}, false, "no answer"}, TrunkHealth::State::up});
    run();
    const std::string down = client->take();
    EXPECT_THAT(down, HasSubstr("event: trunk.down\n"));
    EXPECT_EQ(data_of(down).at("peer"), "sip:one");
    EXPECT_EQ(data_of(down).at("up"), true) << "another peer of it is there";
    put(ServerEvent{ServerEvent::Kind::reload_refused, base::Clock::now(), {"a.yaml:1:1: nonsense"}});
    run();
    const std::string refused = client->take();
    EXPECT_THAT(refused, HasSubstr("event: server.reload_refused\n"));
    EXPECT_EQ(data_of(refused).at("errors").at(0), "a.yaml:1:1: nonsense");
}

TEST_F(Hub, IsNotBrokenByWhatPeersWrite) {
    const auto client = hub.open();
    put(call_event(CallEvent::Kind::started, "sip:\r\n\nevent: forged\xff@h"));
    run();
    const std::string sent = client->take();
    EXPECT_EQ(std::count(sent.begin(), sent.end(), '\n'), 4);
    EXPECT_EQ(data_of(sent).at("call").at("from"), "sip:\r\n\nevent: forged\uFFFD@h");
}

}  // namespace
}  // namespace server::http
