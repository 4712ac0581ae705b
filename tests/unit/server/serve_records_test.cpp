#include "server/serve_records.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/unit/server/records/sample.hpp"

namespace server {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> found(const RecordKeeping& keeping) {
    std::promise<records::FoundRecords> answer;
    keeping.reader->find(records::RecordQuery{}, [&](records::FoundRecords all) { answer.set_value(std::move(all)); });
    return records::test::ids(answer.get_future().get().records);
}

records::Record that_began(std::chrono::minutes ago, int number) {
    records::Record record = records::test::sample(number);
    const auto now = state::Moment::now();
    record.started = now.to_calendar(now.steady - ago);
    return record;
}

TEST(KeepRecords, RemovesWhatIsOlderThanItsConfigurationSays) {
    const records::test::Folder folder;
    Log log{config::LogLevel::error, config::LogFormat::text};
    config::Config config;
    config.server.state_dir = folder.file("state");
    config.cdr.retention = 0s;
    {
        const RecordKeeping keeping = keep_records(config, log);
        keeping.writer->put(that_began(100min, 1));
        keeping.writer->put(that_began(80min, 2));
    }
    config.cdr.retention = 90min;
    const RecordKeeping keeping = keep_records(config, log);
    const auto limit = std::chrono::steady_clock::now() + 20s;
    while (found(keeping).size() == 2 && std::chrono::steady_clock::now() < limit) { std::this_thread::yield(); }
    EXPECT_THAT(found(keeping), testing::ElementsAre("call1002"));
}

}  // namespace
}  // namespace server
