#include "server/cli/ladder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace server::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

std::string render(const std::string& entries) {
    return render_ladder(boost::json::parse(R"({"entries":[)" + entries + "]}"));
}

std::string message(const std::string& side, const std::string& direction, const std::string& text,
                    const std::string& cseq, const std::string& rest = {}) {
    return R"({"time":"2026-01-02T14:02:11.250Z","kind":"message","side":")" + side + R"(","direction":")" + direction +
           R"(","text":")" + text + R"(","cseq":")" + cseq + "\"" + rest + "}";
}

TEST(Ladder, DrawsEachMessageWhereItWent) {
    const std::string entries =
        message("a", "in", "INVITE", "12 INVITE", R"(,"sdp":"offer sendonly PCMA","why":null)") + "," +
        message("b", "out", "INVITE", "2 INVITE", R"(,"sdp":"no SDP","why":null)") + "," +
        message("b", "in", "488 Not Acceptable Here", "2 INVITE", R"(,"sdp":null,"why":"Warning: 399 b \"no\"")") +
        "," + message("a", "out", "100 Trying", "12 INVITE");
    EXPECT_EQ(render(entries),
              "2026-01-02 UTC  A          S          B\n"
              "14:02:11.250    │─────────►│          │  INVITE                   12         offer sendonly PCMA\n"
              "14:02:11.250    │          │─────────►│  INVITE                   2          no SDP\n"
              "14:02:11.250    │          │◄─────────│  488 Not Acceptable Here  2 INVITE   (Warning: 399 b \"no\")\n"
              "14:02:11.250    │◄─────────│          │  100 Trying               12 INVITE\n");
}

TEST(Ladder, NamesWhoIsOfNeitherLeg) {
    EXPECT_EQ(render(message("music_b", "out", "INVITE", "1 INVITE") + "," +
                     message("target_a", "out", "INVITE", "1 INVITE") + "," +
                     message("target_a", "in", "486 Busy Here", "1 INVITE")),
              "2026-01-02 UTC  A          S          B\n"
              "14:02:11.250    │          ▷          │  to the music server: INVITE         1\n"
              "14:02:11.250    │          ▷          │  to the target: INVITE         1\n"
              "14:02:11.250    │          ◁          │  from the target: 486 Busy Here  1 INVITE\n");
}

TEST(Ladder, GivesDecisionsAndMediaLinesOfTheirOwn) {
    EXPECT_EQ(render(R"({"time":"2026-01-02T14:02:11.250Z","kind":"decision","side":null,"text":"A puts B on hold"},
                        {"time":"2026-01-02T14:02:11.260Z","kind":"media","side":"a","text":"A hears nothing"},
                        {"time":"2026-01-02T14:02:11.270Z","kind":"media","side":"b","text":"B hears music"})"),
              "2026-01-02 UTC  A          S          B\n"
              "14:02:11.250    │          ●          │  A puts B on hold\n"
              "14:02:11.260    ♪          │          │  A hears nothing\n"
              "14:02:11.270    │          │          ♪  B hears music\n");
}

TEST(Ladder, BeginsEachDayAnew) {
    EXPECT_EQ(render(R"({"time":"2026-01-02T23:59:59.999Z","kind":"decision","text":"one"},
                        {"time":"2026-01-03T00:00:00.000Z","kind":"decision","text":"two"})"),
              "2026-01-02 UTC  A          S          B\n"
              "23:59:59.999    │          ●          │  one\n"
              "2026-01-03 UTC  A          S          B\n"
              "00:00:00.000    │          ●          │  two\n");
}

TEST(Ladder, ShowsWhereEntriesAreLeftOut) {
    const std::string text = render(R"({"number":1,"time":"2026-01-02T14:02:11.250Z","kind":"decision","text":"one"},
                  {"number":9,"time":"2026-01-02T14:02:12.250Z","kind":"decision","text":"two"})");
    EXPECT_THAT(text, HasSubstr("one\n"
                                "                ⋮          ⋮          ⋮  7 entries are left out here\n"
                                "14:02:12.250 "));
}

TEST(Ladder, DisarmsWhatPeersWrote) {
    const std::string text = render(message("a", "in", "200 \\u001b[2J", "1 INVITE"));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_THAT(text, HasSubstr("200 ?[2J  1 INVITE\n"));
}

TEST(Ladder, GivesALongTextNoMoreThanItsColumn) {
    const std::string text = render(message("a", "in", std::string(48, 'X'), "1 INVITE") + "," +
                                    message("a", "in", "ACK", "1 ACK", R"(,"sdp":"answer")"));
    EXPECT_THAT(text, EndsWith("ACK" + std::string(27, ' ') + "1" + std::string(9, ' ') + "answer\n"));
}

TEST(Ladder, ToleratesMissingFieldsAndOddTypes) {
    EXPECT_EQ(render_ladder(boost::json::parse("{}")), "");
    EXPECT_EQ(render_ladder(boost::json::parse("[]")), "");
    EXPECT_EQ(render_ladder(boost::json::parse(R"({"entries":7})")), "");
    EXPECT_THAT(render(R"(5, {}, {"time":7,"kind":[],"number":"x"}, {"kind":"message","number":-9223372036854775807})"),
                testing::AllOf(HasSubstr("│          ●          │"), testing::Not(HasSubstr("left out"))));
}

}  // namespace
}  // namespace server::cli
