#include "server/http/api.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <queue>

#include "server/http/pcap.hpp"
#include "tests/unit/server/http/fake_control.hpp"

namespace server::http {
namespace {

namespace json = boost::json;

class HttpApi : public ::testing::Test {
protected:
    Response ask(const std::string& method, const std::string& target) { return ask({method, target, {}, {}, {}}); }
    Response ask(const Request& request) {
        std::optional<Response> answer;
        Api{control, surface, home(), control.hub}.answer(request,
                                                          [&](Response response) { answer = std::move(response); });
        while (!tasks.empty()) {
            const std::function<void()> task = std::move(tasks.front());
            tasks.pop();
            task();
        }
        EXPECT_TRUE(answer) << request.target;
        return answer.value_or(Response{});
    }
    Api::Home home() {
        return [this](std::function<void()> task) { tasks.push(std::move(task)); };
    }
    unsigned status(const std::string& method, const std::string& target) { return ask(method, target).status; }

    test::FakeControl control;
    Surface surface{true, true, {}};
    std::queue<std::function<void()>> tasks;
};

TEST_F(HttpApi, SaysThatItIsAliveAndReadyUntilItDrains) {
    EXPECT_EQ(status("GET", "/healthz"), 200u);
    EXPECT_EQ(status("GET", "/readyz"), 200u);
    EXPECT_EQ(status("POST", "/api/v1/drain"), 202u);
    EXPECT_EQ(status("GET", "/healthz"), 200u);
    const Response response = ask("GET", "/readyz");
    EXPECT_EQ(response.status, 503u);
    EXPECT_EQ(json::parse(response.body).at("detail").as_string(), "draining");
}

TEST_F(HttpApi, IsNotReadyWhileNoPortsAreLeft) {
    control.reported.media.ports_in_use = 4;
    const Response response = ask("GET", "/readyz");
    EXPECT_EQ(response.status, 503u);
    EXPECT_EQ(json::parse(response.body).at("detail"), "no media ports are left");
    control.reported.media.ports_free = 2;
    EXPECT_EQ(status("GET", "/readyz"), 200u);
}

TEST_F(HttpApi, ListsWhereUsersAre) {
    Binding binding;
    binding.uri = "sip:x@h.invalid;transport=ws";
    binding.flow.transport = sip::Transport::ws;
    control.registered.push_back({"alice", binding});
    const Response response = ask("GET", "/api/v1/registrations");
    EXPECT_EQ(response.status, 200u);
    const json::value listed = json::parse(response.body).at("registrations").at(0);
    EXPECT_EQ(listed.at("user"), "alice");
    EXPECT_EQ(listed.at("contact"), json::value(binding.uri));
    EXPECT_EQ(listed.at("transport"), "ws");
    EXPECT_TRUE(listed.at("instance").is_null());
    EXPECT_EQ(status("POST", "/api/v1/registrations"), 405u);
}

TEST_F(HttpApi, AnswersUnknownPathsAndWrongMethodsAsProblems) {
    for (const char* path :
         {"/", "/api", "/api/v1", "/api/v2/calls", "/api/v1/nothing", "/api/v1/calls/a/b", "/api/v1/calls/a/ladder/b",
          "/api/v1/calls/a/ladder", "/api/v1/calls/a/timeline", "/api/v1/calls/a/timeline/b"}) {
        const Response response = ask("GET", path);
        EXPECT_EQ(response.status, 404u) << path;
        EXPECT_EQ(response.content_type, "application/problem+json");
        EXPECT_EQ(json::parse(response.body).at("status").as_int64(), 404);
    }
    const std::pair<const char*, const char*> wrong[] = {{"POST", "/healthz"},
                                                         {"DELETE", "/metrics"},
                                                         {"DELETE", "/api/v1/calls"},
                                                         {"POST", "/api/v1/calls/x"},
                                                         {"GET", "/api/v1/drain"},
                                                         {"DELETE", "/api/v1/calls/x/ladder"},
                                                         {"POST", "/api/v1/calls/x/timeline"},
                                                         {"PUT", "/api/v1/reload"},
                                                         {"POST", "/api/v1/status"}};
    for (const auto& [method, path] : wrong) {
        const Response response = ask(method, path);
        EXPECT_EQ(response.status, 405u) << method << ' ' << path;
        EXPECT_EQ(response.headers.at(0).first, "Allow");
    }
    EXPECT_EQ(status("GET", "/%zz"), 400u);
}

TEST_F(HttpApi, ServesOnlyTheSurfaceOfItsListener) {
    surface = {false, true, {}};
    EXPECT_EQ(status("GET", "/metrics"), 200u);
    EXPECT_EQ(status("GET", "/healthz"), 200u);
    EXPECT_EQ(status("GET", "/api/v1/calls"), 404u);
    surface = {true, false, {}};
    EXPECT_EQ(status("GET", "/metrics"), 404u);
}

TEST_F(HttpApi, AsksForItsTokenAndForNothingElse) {
    surface.gate.token = "s3cret";
    Request request{"GET", "/api/v1/status", "evil.example", "http://evil.example", {}};
    for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets", "Basic s3cret", "s3cret"}) {
        request.authorization = wrong;
        const Response response = ask(request);
        EXPECT_EQ(response.status, 401u) << wrong;
        EXPECT_EQ(response.headers.at(0).first, "WWW-Authenticate");
    }
    request.authorization = "bearer s3cret";
    EXPECT_EQ(ask(request).status, 200u);
    EXPECT_EQ(status("GET", "/healthz"), 200u);
    EXPECT_EQ(status("GET", "/metrics"), 200u);
}

TEST_F(HttpApi, WithoutATokenRefusesWebPagesOfOthers) {
    const auto asked_by = [&](const char* host, const char* origin) {
        return ask({"POST", "/api/v1/drain", host, origin, {}}).status;
    };
    EXPECT_EQ(asked_by("127.0.0.1:9060", "http://evil.example"), 403u);
    EXPECT_EQ(asked_by("rebound.example:9060", ""), 403u);
    EXPECT_EQ(asked_by("127.0.0.1:9060", "null"), 403u);
    EXPECT_FALSE(control.is_draining);
    for (const char* host : {"127.0.0.1:9060", "localhost", "LOCALHOST:9060", "[::1]:9060", "[::1]", "::1", ""}) {
        EXPECT_EQ(asked_by(host, ""), 202u) << host;
    }
    EXPECT_EQ(asked_by("localhost:9060", "http://localhost:9060"), 202u);
}

TEST_F(HttpApi, ListsCallsByIdPageByPage) {
    for (const char* id : {"c", "a", "d", "b", "e"}) { control.add(id); }
    std::string seen;
    std::string after;
    for (int page = 0; page < 3; ++page) {
        const Response response = ask("GET", "/api/v1/calls?limit=2" + (after.empty() ? "" : "&after=" + after));
        const json::value body = json::parse(response.body);
        for (const json::value& call : body.at("calls").as_array()) { seen += call.at("id").as_string().c_str(); }
        const auto* next = body.as_object().if_contains("next");
        EXPECT_EQ(next != nullptr, page < 2);
        if (next != nullptr) { after = next->as_string().c_str(); }
    }
    EXPECT_EQ(seen, "abcde");
}

TEST_F(HttpApi, FiltersCallsByStateAndTrunk) {
    control.add("a").state = "ringing";
    control.add("b").a.trunk = "carrier";
    control.add("c").b.emplace().trunk = "carrier";
    const auto count = [&](const std::string& query) {
        return json::parse(ask("GET", "/api/v1/calls?" + query).body).at("calls").as_array().size();
    };
    EXPECT_EQ(count("state=ringing"), 1u);
    EXPECT_EQ(count("state=up"), 2u);
    EXPECT_EQ(count("trunk=carrier"), 2u);
    EXPECT_EQ(count("trunk=carrier&state=ringing"), 0u);
}

TEST_F(HttpApi, ListsCallsInBriefWhereThatIsAskedFor) {
    control.add("c7");
    const json::value brief = json::parse(ask("GET", "/api/v1/calls?brief=true").body).at("calls").at(0);
    EXPECT_EQ(brief.at("id"), "c7");
    EXPECT_TRUE(brief.at("a").is_object());
    const json::value whole = json::parse(ask("GET", "/api/v1/calls?brief=false").body).at("calls").at(0);
    EXPECT_EQ(whole.at("id"), "c7");
    EXPECT_TRUE(whole.at("legs").at("a").is_object());
}

TEST_F(HttpApi, LeavesOutOfAPageWhatEndsMeanwhile) {
    for (const char* id : {"a", "b", "c"}) { control.add(id); }
    control.ended_meanwhile = {"a", "b"};
    const json::value page = json::parse(ask("GET", "/api/v1/calls?limit=2").body);
    EXPECT_TRUE(page.at("calls").as_array().empty());
    EXPECT_EQ(page.at("next"), "b") << "the next one begins where this one would have ended";
}

TEST_F(HttpApi, ListsTrunksWithWhatIsKnownOfTheirPeers) {
    TrunkHealth::Known known;
    known.state = TrunkHealth::State::down;
    known.since = base::Clock::now();
    known.last = "no answer";
    control.known_trunks = {{"a", true, {{"sip:one", 1, 50, known}}, 3, {{"488", 2}}},
                            {"b", false, {{"sip:two", 1, 100, {}}}, 0, {}}};
    const json::value listed = json::parse(ask("GET", "/api/v1/trunks").body).at("trunks");
    EXPECT_EQ(listed.at(0).at("up"), false);
    EXPECT_EQ(listed.at(0).at("calls"), 3);
    EXPECT_EQ(listed.at(0).at("rejected").at("488"), 2);
    const json::value& peer = listed.at(0).at("peers").at(0);
    EXPECT_EQ(peer.at("up"), false);
    EXPECT_EQ(peer.at("last"), "no answer");
    EXPECT_TRUE(peer.at("since").is_string());
    EXPECT_TRUE(peer.at("answered").is_null());
    EXPECT_EQ(listed.at(1).at("asked"), false);
    EXPECT_TRUE(listed.at(1).at("up").is_null());
    EXPECT_TRUE(listed.at(1).at("peers").at(0).at("since").is_null());
    EXPECT_EQ(status("POST", "/api/v1/trunks"), 405u);
}

TEST_F(HttpApi, RefusesAQueryThatItDoesNotUnderstand) {
    for (const char* query :
         {"limit=0", "limit=1001", "limit=-1", "limit=x", "limit=", "state=asleep", "colour=red", "limit=1&limit=2"}) {
        EXPECT_EQ(status("GET", std::string{"/api/v1/calls?"} + query), 400u) << query;
    }
    EXPECT_EQ(status("GET", "/api/v1/calls?limit=1000"), 200u);
}

TEST_F(HttpApi, ShowsACallWithBothLegsAndTimesOnTheWall) {
    CallView& call = control.add("x");
    call.started = base::Clock::now();
    call.music_b = true;
    call.a.slots.push_back({"audio", "sendrecv", {}});
    call.a.slots[0].stats.codec = "PCMA";
    call.a.slots[0].stats.srtp = "AEAD_AES_128_GCM";
    call.a.slots[0].stats.ice = "connected";
    call.a.slots.push_back({"video", "sendrecv", {}});
    const json::value body = json::parse(ask("GET", "/api/v1/calls/x").body);
    EXPECT_TRUE(body.at("started").as_string().starts_with("20"));
    EXPECT_TRUE(body.at("answered").is_null());
    EXPECT_TRUE(body.at("hold").at("music").at("b").as_bool());
    const json::array& slots = body.at("legs").at("a").at("slots").as_array();
    EXPECT_EQ(slots.at(0).at("codec").as_string(), "PCMA");
    EXPECT_EQ(slots.at(0).at("srtp").as_string(), "AEAD_AES_128_GCM");
    EXPECT_TRUE(slots.at(1).at("srtp").is_null()) << "in the clear";
    EXPECT_EQ(slots.at(0).at("ice").as_string(), "connected");
    EXPECT_TRUE(slots.at(1).at("ice").is_null());
    EXPECT_FALSE(slots.at(0).at("rtcp_mux").as_bool());
    EXPECT_TRUE(body.at("legs").at("b").is_null());
    EXPECT_EQ(status("GET", "/api/v1/calls/y"), 404u);
}

TEST_F(HttpApi, ShowsTheLadderOfACallWithMessagesDecisionsAndMedia) {
    using Kind = RecordEntry::Kind;
    LadderView& ladder = control.add_ladder("x");
    ladder.state = "ended";
    ladder.ended = ladder.started + std::chrono::seconds{5};
    ladder.entries = {{ladder.started, Kind::received, media::Side::a, "INVITE\n1 INVITE\noffer sendrecv PCMA\n"},
                      {ladder.started, Kind::sent, media::Side::b, "503 Busy\n1 INVITE\n\nRetry-After: 5"},
                      {ladder.started, Kind::decision, std::nullopt, "A calls 123"},
                      {ladder.started, Kind::media, media::Side::b, "B hears music"}};
    const json::value body = json::parse(ask("GET", "/api/v1/calls/x/ladder").body);
    EXPECT_EQ(body.at("id").as_string(), "x");
    EXPECT_EQ(body.at("state").as_string(), "ended");
    EXPECT_TRUE(body.at("ended").as_string().starts_with("20"));
    EXPECT_TRUE(body.at("answered").is_null());
    EXPECT_EQ(body.at("left_out").as_int64(), 0);
    json::array entries = body.at("entries").as_array();
    for (json::value& entry : entries) {
        EXPECT_EQ(entry.at("time"), body.at("started"));
        entry.as_object().erase("time");
    }
    EXPECT_EQ(entries[0], json::parse(R"({"number":1,"kind":"message","side":"a","direction":"in","text":"INVITE",)"
                                      R"("cseq":"1 INVITE","sdp":"offer sendrecv PCMA","why":null})"));
    EXPECT_EQ(entries[1], json::parse(R"({"number":2,"kind":"message","side":"b","direction":"out",)"
                                      R"("text":"503 Busy","cseq":"1 INVITE","sdp":null,"why":"Retry-After: 5"})"));
    EXPECT_EQ(entries[2],
              json::parse(R"({"number":3,"kind":"decision","side":null,"direction":null,"text":"A calls 123"})"));
    EXPECT_EQ(entries[3],
              json::parse(R"({"number":4,"kind":"media","side":"b","direction":null,"text":"B hears music"})"));
}

// Two entries, of which the second has no message any more.
void add_capture(test::FakeControl& control) {
    using Kind = RecordEntry::Kind;
    LadderView& ladder = control.add_ladder("x");
    ladder.entries = {{ladder.started, Kind::received, media::Side::a, "INVITE\n1 INVITE\n\n"},
                      {ladder.started, Kind::sent, media::Side::a, "100 Trying\n1 INVITE\n\n"}};
    capture::CapturedMessage invite;
    invite.at = ladder.started;
    invite.transport = sip::Transport::tls;
    invite.local = *base::Endpoint::parse("192.0.2.1:5061");
    invite.remote = *base::Endpoint::parse("192.0.2.2:40000");
    invite.text = capture::SharedText{"INVITE sip:b@c SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n"};
    control.messages = {invite};
    control.messages_left_out = 7;
}

TEST_F(HttpApi, ShowsTheLadderWithWholeMessagesWhereTheyAreAskedFor) {
    add_capture(control);
    const json::value body = json::parse(ask("GET", "/api/v1/calls/x/ladder?messages=true").body);
    const json::value first = body.at("entries").at(0);
    EXPECT_EQ(first.at("message"), "INVITE sip:b@c SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n");
    EXPECT_EQ(first.at("source"), "192.0.2.2:40000");
    EXPECT_EQ(first.at("destination"), "192.0.2.1:5061");
    EXPECT_EQ(first.at("transport"), "tls");
    EXPECT_FALSE(body.at("entries").at(1).as_object().contains("message"));
    EXPECT_EQ(body.at("messages_left_out").as_int64(), 7);
    const json::value plain = json::parse(ask("GET", "/api/v1/calls/x/ladder?messages=false").body);
    EXPECT_FALSE(plain.at("entries").at(0).as_object().contains("message"));
    EXPECT_EQ(status("GET", "/api/v1/calls/y/ladder?messages=true"), 404u);
    for (const char* const query : {"messages=", "messages=1", "message=true", "messages=true&x=1"}) {
        EXPECT_EQ(status("GET", std::string{"/api/v1/calls/x/ladder?"} + query), 400u) << query;
    }
}

TEST_F(HttpApi, GivesTheMessagesOfACallAsAFile) {
    add_capture(control);
    const Response response = ask("GET", "/api/v1/calls/x/pcap");
    EXPECT_EQ(response.status, 200u);
    EXPECT_EQ(response.content_type, "application/x-pcapng");
    const std::pair<std::string, std::string> name{"Content-Disposition", "attachment; filename=\"x.pcapng\""};
    EXPECT_EQ(std::count(response.headers.begin(), response.headers.end(), name), 1);
    EXPECT_EQ(response.body.substr(0, 4), "\x0A\x0D\x0D\x0A");
    EXPECT_NE(response.body.find("INVITE sip:b@c"), std::string::npos);
    EXPECT_TRUE(control.media_asked.empty());
    EXPECT_EQ(status("GET", "/api/v1/calls/y/pcap"), 404u);
}

TEST_F(HttpApi, AddsTheMediaOfALiveCallWhereThatIsAskedFor) {
    using Outcome = MediaCapture::Outcome;
    control.add_ladder("x");
    control.media_captured.packets.bytes = "packet";
    control.media_captured.packets.packets = {{base::Clock::now(), true, {}, {}, 0, 6}};
    const std::pair<Outcome, unsigned> answers[] = {
        {Outcome::done, 200}, {Outcome::no_media, 409}, {Outcome::busy, 429}};
    for (const auto& [outcome, expected] : answers) {
        control.media_captured.outcome = outcome;
        EXPECT_EQ(status("GET", "/api/v1/calls/x/pcap?rtp=60"), expected);
    }
    control.media_captured.outcome = Outcome::done;
    EXPECT_NE(ask("GET", "/api/v1/calls/x/pcap?rtp=1").body.find("packet"), std::string::npos);
    EXPECT_EQ(status("GET", "/api/v1/calls/y/pcap?rtp=1"), 404u);
    EXPECT_EQ(control.media_asked.front(), std::chrono::seconds{60});
    const std::size_t asked = control.media_asked.size();
    for (const char* const query :
         {"rtp=0", "rtp=61", "rtp=", "rtp=x", "rtp=-1", "rtp=1.5", "rtp=99999999999", "time=1"}) {
        EXPECT_EQ(status("GET", std::string{"/api/v1/calls/x/pcap?"} + query), 400u) << query;
    }
    EXPECT_EQ(control.media_asked.size(), asked);
}

TEST(TimeOfAnswer, IsLongerOnlyWhereMediaIsWaitedFor) {
    using std::chrono::seconds;
    EXPECT_EQ(time_of_answer("/api/v1/calls/x/pcap?rtp=20"), seconds{20});
    for (const char* const target :
         {"/api/v1/calls/x/pcap", "/api/v1/calls/x/pcap?rtp=61", "/api/v1/status?rtp=20", "/", "", "nonsense"}) {
        EXPECT_EQ(time_of_answer(target), seconds{0}) << target;
    }
}

TEST_F(HttpApi, ShowsTheTimelineOfACall) {
    TimelineView& timeline = control.timelines["x"];
    timeline.id = "x";
    timeline.from = base::Clock::now();
    timeline.interval = std::chrono::seconds{2};
    QualitySample a;
    a.packets_in = 100;
    a.packets_out = 99;
    a.lost = 1;
    a.jitter_ms = decltype(a.jitter_ms){1.5};
    a.round_trip_ms = decltype(a.round_trip_ms){20.0};
    a.mean_opinion = decltype(a.mean_opinion){4.321};
    a.codec = media::Codec::pcma;
    a.direction = sip::sdp::Direction::sendrecv;
    a.hold = true;
    timeline.samples = {{a, {}}};
    const json::value body = json::parse(ask("GET", "/api/v1/calls/x/timeline").body);
    EXPECT_EQ(body.at("id").as_string(), "x");
    EXPECT_EQ(body.at("interval_ms").as_int64(), 2000);
    EXPECT_TRUE(body.at("from").as_string().starts_with("20"));
    EXPECT_EQ(body.at("legs").at("a"),
              json::parse(R"([{"codec":"PCMA","direction":"sendrecv","hold":true,"music":false,"packets_in":100,)"
                          R"("packets_out":99,"lost":1,"jitter_ms":1.5,"rtt_ms":20.0,"mos":4.321}])"));
    EXPECT_EQ(body.at("legs").at("b"),
              json::parse(R"([{"codec":null,"direction":null,"hold":false,"music":false,"packets_in":0,)"
                          R"("packets_out":0,"lost":0,"jitter_ms":null,"rtt_ms":null,"mos":null}])"));
}

TEST_F(HttpApi, NumbersTheEntriesOfALadderSoThatAGapShows) {
    LadderView& ladder = control.add_ladder("x");
    ladder.entries.assign(CallRecord::max_first + 2, {ladder.started, RecordEntry::Kind::decision, std::nullopt, "?"});
    ladder.left_out = 7;
    const json::value body = json::parse(ask("GET", "/api/v1/calls/x/ladder").body);
    const auto number = [&](std::size_t index) {
        return body.at("entries").at(index).at("number").to_number<std::size_t>();
    };
    EXPECT_EQ(number(0), 1U);
    EXPECT_EQ(number(CallRecord::max_first - 1), CallRecord::max_first);
    EXPECT_EQ(number(CallRecord::max_first), CallRecord::max_first + 8);
    EXPECT_EQ(number(CallRecord::max_first + 1), CallRecord::max_first + 9);
    EXPECT_EQ(body.at("left_out").as_int64(), 7);
}

TEST_F(HttpApi, ShowsALadderWhosePeersWroteBytesThatAreNoUtf8) {
    LadderView& ladder = control.add_ladder("x");
    ladder.entries = {{ladder.started, RecordEntry::Kind::received, media::Side::a, "\xff\n1 \xff\n\n"}};
    const json::value body = json::parse(ask("GET", "/api/v1/calls/x/ladder").body);
    EXPECT_EQ(body.at("entries").at(0).at("text").as_string(), "\xef\xbf\xbd");
}

TEST_F(HttpApi, ListsACallWhosePeersSentBytesThatAreNoUtf8) {
    CallView& call = control.add("x");
    call.from = "sip:\xff@example.net";
    call.to = "sip:ü\xc3@example.net";
    call.a.call_id = "\x80";
    call.b.emplace().uri = "sip:\xed\xa0\x80@example.net";
    for (const char* const path : {"/api/v1/calls", "/api/v1/calls/x"}) {
        boost::system::error_code error;
        json::parse(ask("GET", path).body, error);
        EXPECT_FALSE(error) << path << ": " << error.message();
    }
    const json::value body = json::parse(ask("GET", "/api/v1/calls/x").body);
    EXPECT_EQ(body.at("from").as_string(), "sip:\xef\xbf\xbd@example.net");
    EXPECT_EQ(body.at("to").as_string(), "sip:ü\xef\xbf\xbd@example.net");
    EXPECT_EQ(body.at("legs").at("a").at("call_id").as_string(), "\xef\xbf\xbd");
}

TEST_F(HttpApi, MakesNoAnswerOnTheThreadThatTheShardsAnswerOn) {
    control.add("x");
    control.add_ladder("x");
    Api api{control, surface, home(), control.hub};
    const std::pair<const char*, const char*> asked[] = {{"GET", "/metrics"},
                                                         {"GET", "/api/v1/calls"},  // in two rounds
                                                         {"GET", "/api/v1/calls?brief=true"},
                                                         {"GET", "/api/v1/calls/x"},
                                                         {"GET", "/api/v1/calls/x/ladder"},
                                                         {"GET", "/api/v1/calls/x/timeline"},
                                                         {"DELETE", "/api/v1/calls/x"},
                                                         {"GET", "/api/v1/status"},
                                                         {"POST", "/api/v1/reload"}};
    for (const auto& [method, target] : asked) {
        std::size_t answers = 0;
        api.answer({method, target, {}, {}, {}}, [&](const Response&) { ++answers; });
        EXPECT_EQ(answers, 0u) << "the fake server answers at once, and so within this call: " << target;
        for (; !tasks.empty(); tasks.pop()) {
            ASSERT_EQ(answers, 0u) << target;
            tasks.front()();
        }
        EXPECT_EQ(answers, 1u) << target;
    }
}

TEST_F(HttpApi, EndsACallOnce) {
    control.add("x");
    EXPECT_EQ(status("DELETE", "/api/v1/calls/x"), 204u);
    EXPECT_EQ(status("DELETE", "/api/v1/calls/x"), 404u);
}

TEST_F(HttpApi, PlacesACallAndSaysWhereItIs) {
    const Response response =
        ask({"POST",
             "/api/v1/calls",
             {},
             {},
             {},
             R"({"from":"alice","to":"4930123","display":"Sales","timeout_s":20,"as":"trunk:x"})"});
    EXPECT_EQ(response.status, 202u);
    EXPECT_EQ(json::parse(response.body).at("id"), "c9");
    ASSERT_EQ(response.headers.size(), 1u);
    EXPECT_EQ(response.headers[0].first, "Location");
    EXPECT_EQ(response.headers[0].second, "/api/v1/calls/c9");
    ASSERT_EQ(control.originated.size(), 1u);
    const OriginateOrder& order = control.originated[0];
    EXPECT_EQ(order.from, "alice");
    EXPECT_EQ(order.to, "4930123");
    EXPECT_EQ(order.display, "Sales");
    EXPECT_EQ(order.as, "trunk:x");
    EXPECT_EQ(order.timeout, std::chrono::seconds{20});
}

TEST_F(HttpApi, RefusesToPlaceACallThatItDoesNotUnderstand) {
    const std::string longest(OriginateOrder::max_address, '1');
    for (const std::string& body :
         {std::string{}, std::string{"{"}, std::string{"[]"}, std::string{R"({"from":"alice"})"},
          std::string{R"({"from":"alice","to":""})"}, std::string{R"({"from":"alice","to":7})"},
          std::string{R"({"from":"alice","to":"1","too":"2"})"}, std::string{R"({"from":"alice","to":"1\n2"})"},
          std::string{R"({"from":"alice","to":"1","timeout_s":0})"},
          std::string{R"({"from":"alice","to":"1","timeout_s":601})"},
          std::string{R"({"from":"alice","to":"1","timeout_s":1.5})"}, R"({"from":"alice","to":")" + longest + "1\"}",
          R"({"from":"alice","to":"1","display":")" + longest + "\"}"}) {
        EXPECT_EQ(ask({"POST", "/api/v1/calls", {}, {}, {}, body}).status, 400u) << body;
    }
    EXPECT_TRUE(control.originated.empty());
    EXPECT_EQ(ask({"POST", "/api/v1/calls", {}, {}, {}, R"({"from":"alice","to":")" + longest + "\"}"}).status, 202u);
}

TEST_F(HttpApi, SaysWhyACallIsNotPlaced) {
    using Outcome = OriginateResult::Outcome;
    for (const auto& [outcome, status] : {std::pair{Outcome::malformed, 400u},
                                          {Outcome::unknown_party, 400u},
                                          {Outcome::no_way_to_from, 404u},
                                          {Outcome::no_way_to_to, 404u},
                                          {Outcome::too_many, 429u},
                                          {Outcome::draining, 503u}}) {
        control.origination = {outcome, {}};
        const Response response = ask({"POST", "/api/v1/calls", {}, {}, {}, R"({"from":"alice","to":"1"})"});
        EXPECT_EQ(response.status, status);
        EXPECT_EQ(response.content_type, "application/problem+json");
    }
}

TEST_F(HttpApi, PassesOrdersForALegOn) {
    control.add("x");
    control.add("ringing").state = "ringing";
    EXPECT_EQ(status("POST", "/api/v1/calls/x/legs/b/hold"), 204u);
    EXPECT_EQ(status("POST", "/api/v1/calls/x/legs/a/resume"), 204u);
    EXPECT_EQ(status("POST", "/api/v1/calls/x/legs/a/reinvite"), 204u);
    ASSERT_EQ(control.orders.size(), 3u);
    EXPECT_EQ(control.orders[0].leg, media::Side::b);
    EXPECT_EQ(control.orders[0].kind, LegOrder::Kind::hold);
    EXPECT_EQ(control.orders[1].leg, media::Side::a);
    EXPECT_EQ(control.orders[1].kind, LegOrder::Kind::resume);
    EXPECT_EQ(control.orders[2].kind, LegOrder::Kind::reinvite);
    EXPECT_EQ(status("POST", "/api/v1/calls/none/legs/b/hold"), 404u);
    EXPECT_EQ(status("POST", "/api/v1/calls/x/legs/c/hold"), 404u);
    EXPECT_EQ(status("POST", "/api/v1/calls/x/legs/b/park"), 404u);
    EXPECT_EQ(status("GET", "/api/v1/calls/x/legs/b/hold"), 405u);
    const Response refusal = ask("POST", "/api/v1/calls/ringing/legs/b/hold");
    EXPECT_EQ(refusal.status, 409u);
    EXPECT_EQ(json::parse(refusal.body).at("title").as_string(), "Conflict");
    EXPECT_EQ(control.orders.size(), 3u);
}

TEST_F(HttpApi, SaysWhatTheLatestReloadCameTo) {
    control.reported.config.file = "holdfast.yaml";
    control.reported.config.loaded = std::chrono::system_clock::time_point{std::chrono::seconds{100}};
    const json::value good = json::parse(ask("GET", "/api/v1/status").body);
    EXPECT_EQ(good.at("config"), json::parse(R"({"file":"holdfast.yaml","loaded":"1970-01-01T00:01:40.000Z",)"
                                             R"("last_reload_ok":true,"refused":null})"));
    EXPECT_EQ(good.at("overload"), false);
    control.reported.config.file.clear();
    control.reported.config.refused = {std::chrono::system_clock::time_point{std::chrono::seconds{200}}, {"x", "y"}};
    control.reported.media.ports_in_use = 4;
    const json::value bad = json::parse(ask("GET", "/api/v1/status").body);
    EXPECT_EQ(bad.at("config"),
              json::parse(R"({"file":null,"loaded":"1970-01-01T00:01:40.000Z","last_reload_ok":false,)"
                          R"("refused":{"at":"1970-01-01T00:03:20.000Z","errors":["x","y"]}})"));
    EXPECT_EQ(bad.at("overload"), true);
}

TEST_F(HttpApi, ChangesTheLevelOfTheLog) {
    EXPECT_EQ(ask("GET", "/api/v1/log").body, "{\"level\":\"info\"}\n");
    const Response response = ask({"PUT", "/api/v1/log", {}, {}, {}, R"({"level":"debug"})"});
    EXPECT_EQ(response.status, 200u);
    EXPECT_EQ(response.body, "{\"level\":\"debug\"}\n");
    EXPECT_EQ(control.level, config::LogLevel::debug);
    EXPECT_EQ(ask("GET", "/api/v1/log").body, response.body);
    for (const char* wrong : {"", "{", "[]", "\"debug\"", "{}", R"({"level":"loud"})", R"({"level":7})",
                              R"({"level":"info","for":"1m"})", R"({"Level":"info"})"}) {
        EXPECT_EQ(ask({"PUT", "/api/v1/log", {}, {}, {}, wrong}).status, 400u) << wrong;
    }
    EXPECT_EQ(control.level, config::LogLevel::debug);
}

TEST_F(HttpApi, ReportsEveryErrorOfAReload) {
    EXPECT_EQ(status("POST", "/api/v1/reload"), 200u);
    control.reload_errors = {"a.yaml:1:1: x", "a.yaml:2:1: y"};
    const Response response = ask("POST", "/api/v1/reload");
    EXPECT_EQ(response.status, 422u);
    EXPECT_EQ(json::parse(response.body).at("errors").as_array().size(), 2u);
}

}  // namespace
}  // namespace server::http
