#include "server/observe/log_line.hpp"

#include <gtest/gtest.h>

namespace server {
namespace {

using config::LogFormat;
using config::LogLevel;

const WallTime instant = WallTime{} + std::chrono::milliseconds{1'795'380'000'042};

TEST(LogLine, IsTextWithTheCallFirst) {
    const LogEvent event{LogLevel::info, "call.answered", "c1", {{"by", "b"}, {"code", "200"}}};
    EXPECT_EQ(log_line(LogFormat::text, instant, event),
              "2026-11-22T20:40:00.042Z info call.answered call=c1 by=b code=200");
}

TEST(LogLine, IsOneJsonObject) {
    const LogEvent event{LogLevel::warn, "music.unreadable", "", {{"file", "/a b"}}};
    EXPECT_EQ(log_line(LogFormat::json, instant, event),
              R"({"time":"2026-11-22T20:40:00.042Z","level":"warn","event":"music.unreadable","file":"/a b"})");
}

TEST(LogLine, KeepsWhatPeersSentInsideItsValue) {
    const LogEvent event{LogLevel::info, "e", "", {{"from", "x\r\ninfo call.ended call=\"fake\"\x1b[2J"}, {"to", ""}}};
    EXPECT_EQ(log_line(LogFormat::text, instant, event),
              "2026-11-22T20:40:00.042Z info e from=\"x\\r\\ninfo call.ended call=\\\"fake\\\"\\u001b[2J\" to=\"\"");
}

TEST(LogLine, MasksSecrets) {
    const LogEvent event{LogLevel::info, "e", "", {{"password", "hunter2"}, {"Authorization", "Digest"}}};
    for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
        const std::string line = log_line(format, instant, event);
        EXPECT_EQ(line.find("hunter2"), line.npos);
        EXPECT_EQ(line.find("Digest"), line.npos);
    }
}

TEST(JsonQuoted, KeepsUtf8AndReplacesWhatIsNone) {
    EXPECT_EQ(json_quoted("grüße €😀"), "\"grüße €😀\"");
    EXPECT_EQ(
        json_quoted("\xff|\xc0\xaf|\xed\xa0\x80|\xe2\x82"),
        "\"\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\"");
    EXPECT_EQ(json_quoted("a\"\\\b\x7f"), R"("a\"\\\u0008\u007f")");
}

}  // namespace
}  // namespace server
