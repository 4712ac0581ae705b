#include "server/records/record_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "server/records/sqlite_connection.hpp"
#include "tests/support/places.hpp"
#include "tests/unit/server/records/sample.hpp"

namespace server::records {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Table {
    SqliteConnection connection{":memory:"};
    RecordTable table{connection};
    explicit Table(int count = 0) { table.insert(samples(0, count)); }
    std::vector<std::string> found(const RecordQuery& query) const { return ids(table.find(query)); }
};

TEST(RecordTable, GivesBackWhatItWasGiven) {
    Table store{3};
    EXPECT_EQ(store.table.find("call1001"), sample(1));
    EXPECT_FALSE(store.table.find("nobody"));
}

TEST(RecordTable, KeepsWhatIsNotThere) {
    Table store;
    Record record = sample(1);
    record.answered.reset();
    record.b.reset();
    record.a.codecs.clear();
    record.a.jitter_ms.reset();
    store.table.insert(std::array{record});
    EXPECT_EQ(store.table.find(record.id), record);
}

TEST(RecordTable, KeepsOnceWhatIsWrittenTwice) {
    Table store{2};
    store.table.insert(samples(0, 3));
    EXPECT_THAT(store.found({}), ElementsAre("call1002", "call1001", "call1000"));
}

TEST(RecordTable, WritesMoreThanOneStatementTakes) {
    Table store{101};
    RecordQuery all;
    all.limit = 1000;
    EXPECT_THAT(store.found(all), SizeIs(101));
    EXPECT_EQ(store.table.find("call1100"), sample(100));
}

TEST(RecordTable, CleansWhatNoDatabaseTakes) {
    Table store;
    Record record = sample(1);
    record.from = std::string{"sip:a\0b\xff@host", 13};
    store.table.insert(std::array{record});
    EXPECT_EQ(store.table.find(record.id)->from, "sip:ab\xef\xbf\xbd@host");
}

TEST(RecordTable, IsReadPageByPageTheLatestFirst) {
    Table store{5};
    RecordQuery query;
    query.limit = 2;
    EXPECT_THAT(store.found(query), ElementsAre("call1004", "call1003"));
    query.after = page_mark(sample(3));
    EXPECT_THAT(store.found(query), ElementsAre("call1002", "call1001"));
    query.after = page_mark(sample(1));
    EXPECT_THAT(store.found(query), ElementsAre("call1000"));
}

TEST(RecordTable, OfOneMomentAreReadEachOnce) {
    Table store;
    std::vector<Record> records = samples(0, 4);
    for (Record& record : records) { record.started = noon; }
    store.table.insert(records);
    RecordQuery query;
    query.limit = 3;
    EXPECT_THAT(store.found(query), ElementsAre("call1003", "call1002", "call1001"));
    query.after = page_mark(records[1]);
    EXPECT_THAT(store.found(query), ElementsAre("call1000"));
}

TEST(RecordTable, IsAskedForATime) {
    Table store{5};
    RecordQuery query;
    query.from = noon + 1000;
    query.to = noon + 3000;
    EXPECT_THAT(store.found(query), ElementsAre("call1002", "call1001"));
}

TEST(RecordTable, IsAskedForWhoIsOnEitherLeg) {
    Table store{1};
    RecordQuery trunk;
    trunk.trunk = "carrier";
    RecordQuery user;
    user.user = "alice";
    RecordQuery dialog;
    dialog.call_id = "b-call1000";
    for (const RecordQuery& query : {trunk, user, dialog}) { EXPECT_THAT(store.found(query), SizeIs(1)); }
    trunk.trunk = "alice";
    EXPECT_THAT(store.found(trunk), IsEmpty());
}

TEST(RecordTable, IsAskedForPartsOfNumbersLiterally) {
    Table store{3};
    RecordQuery query;
    query.number = "0_%1";
    EXPECT_THAT(store.found(query), ElementsAre("call1001"));
    query.number = "4930";
    EXPECT_THAT(store.found(query), SizeIs(3));
    query.number = "'; DROP TABLE cdr_calls; --";
    EXPECT_THAT(store.found(query), IsEmpty());
    query.number = "%";
    query.outcome = "busy";
    EXPECT_THAT(store.found(query), IsEmpty());
}

// Of bytes that are no UTF-8, which PostgreSQL would refuse to look for.
TEST(RecordTable, IsAskedForWhatItCleaned) {
    Table store{2};
    Record record = sample(5);
    record.from = "sip:a\xffz@host";
    record.a.call_id = "c\xfe";
    record.b->user = "u\xfd";
    store.table.insert(std::array{record});
    RecordQuery number;
    number.number = "a\xffz";
    RecordQuery dialog;
    dialog.call_id = record.a.call_id;
    RecordQuery user;
    user.user = record.b->user;
    for (const RecordQuery& query : {number, dialog, user}) {
        EXPECT_THAT(store.found(query), ElementsAre("call1005"));
    }
    EXPECT_FALSE(store.table.find("\xff"));
}

TEST(RecordTable, KeepsTheBeginningOfALongCallIdAndFindsItByTheWhole) {
    Table store;
    Record record = sample(1);
    record.a.call_id = std::string(511, 'x') + "\xc3\xa9" + std::string(7000, 'y');
    record.b->call_id = std::string(512, 'z');
    store.table.insert(std::array{record});
    EXPECT_EQ(store.table.find(record.id)->a.call_id, std::string(511, 'x')) << "no half of a letter";
    EXPECT_EQ(store.table.find(record.id)->b->call_id, record.b->call_id);
    RecordQuery query;
    query.call_id = record.a.call_id;
    EXPECT_THAT(store.found(query), ElementsAre(record.id));
}

TEST(RecordTable, ForgetsWhatIsTooOldWithItsLegs) {
    Table store{5};
    EXPECT_EQ(store.table.remove_before(noon + 3000, 2), 2U);
    EXPECT_EQ(store.table.remove_before(noon + 3000, 2), 1U);
    EXPECT_THAT(store.found({}), ElementsAre("call1004", "call1003"));
    EXPECT_EQ(store.connection.ask("SELECT count(*) FROM cdr_legs", {})[0][0], "4");
}

TEST(RecordTable, KnowsWhenTheLatestCallBegan) {
    EXPECT_EQ(Table{}.table.latest_start(), std::nullopt);
    EXPECT_EQ(Table{3}.table.latest_start(), noon + 2000);
}

TEST(RecordTable, RefusesWhatANewerProgramWrote) {
    Table store{1};
    store.connection.ask("UPDATE schema_versions SET version = 99 WHERE part = 'cdrs'", {});
    try {
        RecordTable{store.connection};
        FAIL() << "it should be refused";
    } catch (const SqlError& error) { EXPECT_THAT(error.what(), HasSubstr("written by a newer program")); }
    EXPECT_EQ(store.connection.ask("SELECT count(*) FROM cdr_calls", {})[0][0], "1") << "and left as it was";
}

// As the first version left it, with a call in it.
TEST(RecordTable, BringsWhatAnOlderProgramWroteUpToDate) {
    SqliteConnection connection{":memory:"};
    std::ifstream file{support::source_dir() / "tests/support/cdr_schema_1.sql"};
    ASSERT_TRUE(file);
    for (std::string statement; std::getline(file, statement, ';');) { connection.ask(statement, {}); }
    RecordTable table{connection};
    const auto old = table.find("old");
    ASSERT_TRUE(old);
    EXPECT_EQ(old->a.trunk, "carrier");
    EXPECT_FALSE(old->originated);
    Record fresh = sample(1);
    fresh.originated = true;
    table.insert(std::array{fresh});
    EXPECT_EQ(table.find("call1001"), fresh);
    EXPECT_EQ(RecordTable{connection}.find("old"), old) << "and is then as this program writes it";
}

TEST(RecordTable, InOneFileWithOtherParts) {
    const Folder folder;
    {
        state::Database other{folder.file("holdfast.db")};
        other.set_version("registrations", 7);
    }
    SqliteConnection connection{folder.file("holdfast.db")};
    RecordTable{connection}.insert(samples(0, 1));
    EXPECT_EQ(RecordTable{connection}.find("call1000"), sample(0)) << "opened a second time";
    EXPECT_EQ(connection.ask("PRAGMA journal_mode", {})[0][0], "wal") << "else who reads would hold up who writes";
    EXPECT_EQ(state::Database{folder.file("holdfast.db")}.version_of("registrations"), 7);
}

TEST(RecordTable, GivesUpAQuestionThatTakesTooLong) {
    SqliteConnection connection{":memory:", std::chrono::milliseconds{20}};
    constexpr const char* endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    EXPECT_THROW(connection.ask(endless, {}), SqlError);
    EXPECT_EQ(connection.ask("SELECT 1", {})[0][0], "1");
}

}  // namespace
}  // namespace server::records
