#include "server/records/spool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <fstream>

#include "server/records/record_line.hpp"
#include "tests/unit/server/records/sample.hpp"

namespace server::records {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

struct Spooled {
    Folder folder;
    std::string path = folder.file("cdr.spool");
    void write(const std::string& text) const { std::ofstream{path, std::ios::app} << text; }
};

TEST(RecordLine, IsReadAsItWasWritten) {
    Record record = sample(3);
    EXPECT_EQ(parse_line(to_line(record)), record);
    record.b.reset();
    record.answered.reset();
    EXPECT_EQ(parse_line(to_line(record)), record);
    EXPECT_EQ(to_line(record).find('\n'), std::string::npos);
}

TEST(RecordLine, OfAnOlderProgramIsRead) {
    const Record record = sample(3);
    std::string line = to_line(record);
    const std::string added = "\"1\",\"0\",\"call1003\"";  // healed, originated, and where leg a begins
    ASSERT_NE(line.find(added), std::string::npos) << line;
    line.replace(line.find(added), added.size(), "\"1\",\"call1003\"");
    EXPECT_EQ(parse_line(line), record);
}

TEST(RecordLine, ThatIsNoneIsNotRead) {
    const std::string whole = to_line(sample(1));
    for (std::size_t size = 0; size < whole.size(); ++size) { EXPECT_FALSE(parse_line(whole.substr(0, size))); }
    for (const char* const text : {"[]", "{}", "[1,2,3]", "null", "\"x\""}) { EXPECT_FALSE(parse_line(text)); }
}

TEST(Spool, GivesBackInOrder) {
    const Spooled at;
    Spool spool{at.path};
    EXPECT_TRUE(spool.empty());
    EXPECT_FALSE(std::filesystem::exists(at.path));
    ASSERT_TRUE(spool.append(samples(0, 2)));
    ASSERT_TRUE(spool.append(samples(2, 1)));
    EXPECT_EQ(spool.waiting(), 3U);
    EXPECT_THAT(ids(spool.peek(2)), ElementsAre("call1000", "call1001"));
    EXPECT_THAT(ids(spool.peek(2)), ElementsAre("call1000", "call1001")) << "nothing was dropped";
    spool.drop();
    ASSERT_TRUE(spool.append(samples(3, 1)));
    EXPECT_THAT(ids(spool.peek(9)), ElementsAre("call1002", "call1003"));
    spool.drop();
    EXPECT_TRUE(spool.empty());
    EXPECT_FALSE(std::filesystem::exists(at.path)) << "nothing waits";
    ASSERT_TRUE(spool.append(samples(4, 1))) << "and it goes on";
    EXPECT_EQ(spool.waiting(), 1U);
}

TEST(Spool, TakesMoreBehindWhatIsBeingWritten) {
    const Spooled at;
    Spool spool{at.path};
    ASSERT_TRUE(spool.append(samples(0, 3)));
    EXPECT_THAT(ids(spool.peek(2)), ElementsAre("call1000", "call1001"));
    ASSERT_TRUE(spool.append(samples(3, 1)));
    spool.drop();
    EXPECT_EQ(spool.waiting(), 2U);
    EXPECT_THAT(ids(spool.peek(9)), ElementsAre("call1002", "call1003"));
    ASSERT_TRUE(spool.append(samples(4, 1))) << "all that was there is given out";
    spool.drop();
    EXPECT_THAT(ids(spool.peek(9)), ElementsAre("call1004"));
    spool.drop();
    EXPECT_TRUE(spool.empty());
}

TEST(Spool, OutlivesTheProcess) {
    const Spooled at;
    {
        Spool spool{at.path};
        ASSERT_TRUE(spool.append(samples(0, 3)));
        ASSERT_EQ(spool.peek(1).size(), 1U);
        spool.drop();
    }
    Spool next{at.path};
    EXPECT_EQ(next.waiting(), 3U) << "what was written to the database already is written there twice, and kept once";
    EXPECT_EQ(next.peek(9), samples(0, 3));
}

TEST(Spool, LeavesOutALineThatWasCut) {
    const Spooled at;
    { ASSERT_TRUE(Spool{at.path}.append(samples(0, 2))); }
    at.write(to_line(sample(2)).substr(0, 40));
    Spool spool{at.path};
    EXPECT_EQ(spool.waiting(), 2U);
    ASSERT_TRUE(spool.append(samples(3, 1)));
    EXPECT_THAT(ids(spool.peek(9)), ElementsAre("call1000", "call1001", "call1003"));
}

TEST(Spool, CountsLinesThatAreNoRecords) {
    const Spooled at;
    { ASSERT_TRUE(Spool{at.path}.append(samples(0, 1))); }
    at.write("nonsense\n");
    Spool spool{at.path};
    ASSERT_TRUE(spool.append(samples(1, 1)));
    EXPECT_THAT(ids(spool.peek(9)), ElementsAre("call1000", "call1001"));
    EXPECT_EQ(spool.unreadable(), 1U);
    spool.drop();
    EXPECT_TRUE(spool.empty());
}

TEST(Spool, TakesNoMoreThanItsLimit) {
    const Spooled at;
    const std::uint64_t line = to_line(sample(0)).size() + 1;
    Spool spool{at.path, 2 * line};
    ASSERT_TRUE(spool.append(samples(0, 2)));
    EXPECT_FALSE(spool.append(samples(2, 1)));
    EXPECT_THAT(ids(spool.peek(9)), ElementsAre("call1000", "call1001"));
    spool.drop();
    EXPECT_TRUE(spool.append(samples(2, 1)));
}

TEST(Spool, SaysWhereItCannotWrite) {
    const Folder folder;
    Spool spool{folder.file("no/such/folder/cdr.spool")};
    EXPECT_FALSE(spool.append(samples(0, 1)));
    EXPECT_TRUE(spool.empty());
    EXPECT_THAT(spool.peek(1), IsEmpty());
}

// Files may grow no further: as on a disk without room.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) : before_{std::signal(SIGXFSZ, SIG_IGN)} {
        getrlimit(RLIMIT_FSIZE, &limit_);
        const rlimit full{bytes, limit_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &full);
    }
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &limit_);
        std::signal(SIGXFSZ, before_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    void (*before_)(int);
    rlimit limit_{};
};

TEST(Spool, KeepsNothingOfWhatTheDiskHasNoRoomFor) {
    const Spooled at;
    const std::uint64_t line = to_line(sample(0)).size() + 1;
    Spool spool{at.path};
    ASSERT_TRUE(spool.append(samples(0, 1)));
    {
        const FullDisk full{line + line / 2};
        EXPECT_FALSE(spool.append(samples(1, 1))) << "half of it would fit";
    }
    EXPECT_EQ(std::filesystem::file_size(at.path), line);
    ASSERT_TRUE(spool.append(samples(2, 1)));
    EXPECT_THAT(ids(spool.peek(9)), ElementsAre("call1000", "call1002"));
}

// An operator wants it gone: `: > cdr.spool`.
TEST(Spool, GoesOnWhereSomebodyEmptiesIt) {
    const Spooled at;
    Spool spool{at.path};
    ASSERT_TRUE(spool.append(samples(0, 3)));
    ASSERT_EQ(spool.peek(1).size(), 1U);
    spool.drop();
    std::filesystem::resize_file(at.path, 0);
    EXPECT_THAT(spool.peek(9), IsEmpty());
    spool.drop();
    EXPECT_TRUE(spool.empty());
    EXPECT_EQ(spool.unreadable(), 2U);
    ASSERT_TRUE(spool.append(samples(3, 1)));
    EXPECT_THAT(ids(spool.peek(9)), ElementsAre("call1003"));
}

TEST(Spool, LeavesNoHoleWhereSomebodyCutIt) {
    const Spooled at;
    Spool spool{at.path};
    ASSERT_TRUE(spool.append(samples(0, 3)));
    std::filesystem::resize_file(at.path, to_line(sample(0)).size() + 5);
    ASSERT_TRUE(spool.append(samples(3, 1)));
    EXPECT_THAT(ids(spool.peek(9)), ElementsAre("call1000", "call1003"));
    EXPECT_EQ(spool.unreadable(), 2U);
    spool.drop();
    EXPECT_TRUE(spool.empty());
}

TEST(Spool, GivesUpWhatHasNoLinesAnyMore) {
    const Spooled at;
    Spool spool{at.path};
    ASSERT_TRUE(spool.append(samples(0, 3)));
    const auto size = std::filesystem::file_size(at.path);
    std::ofstream{at.path} << std::string(size, 'x');
    EXPECT_THAT(spool.peek(9), IsEmpty());
    spool.drop();
    EXPECT_TRUE(spool.empty());
    EXPECT_EQ(spool.unreadable(), 3U);
}

// Of which the first block can be read, and no other where `fails`.
struct BrokenDisk {
    static constexpr int count = 300;  // records, more than a block
    static inline bool fails = false;
    static ssize_t read_at(int file, void* to, std::size_t most, off_t at) {
        if (!fails || at == 0) { return ::pread(file, to, most, at); }
        errno = EIO;
        return -1;
    }
};

TEST(Spool, LeavesAsItIsWhatCannotBeReadAtTheStart) {
    const Spooled at;
    { ASSERT_TRUE(Spool{at.path}.append(samples(0, BrokenDisk::count))); }
    const auto size = std::filesystem::file_size(at.path);
    {
        BrokenDisk::fails = true;
        Spool spool{at.path, Spool::max_bytes, &BrokenDisk::read_at};
        EXPECT_TRUE(spool.failed());
        EXPECT_TRUE(spool.empty());
        EXPECT_FALSE(spool.append(samples(0, 1)));
    }
    EXPECT_EQ(std::filesystem::file_size(at.path), size);
    EXPECT_EQ(Spool{at.path}.peek(BrokenDisk::count), samples(0, BrokenDisk::count)) << "the next start reads it";
}

TEST(Spool, GivesWhatCanBeReadAndLeavesTheRestAsItIs) {
    const Spooled at;
    BrokenDisk::fails = false;
    Spool spool{at.path, Spool::max_bytes, &BrokenDisk::read_at};
    ASSERT_TRUE(spool.append(samples(0, BrokenDisk::count)));
    BrokenDisk::fails = true;
    const std::size_t given = spool.peek(BrokenDisk::count).size();
    EXPECT_GT(given, 0U);
    spool.drop();
    EXPECT_THAT(spool.peek(BrokenDisk::count), IsEmpty());
    spool.drop();
    EXPECT_TRUE(spool.empty());
    EXPECT_TRUE(spool.failed());
    EXPECT_EQ(spool.unreadable(), BrokenDisk::count - given);
    EXPECT_FALSE(spool.append(samples(0, 1)));
    EXPECT_EQ(Spool{at.path}.waiting(), static_cast<std::size_t>(BrokenDisk::count)) << "the next start reads it";
}

TEST(Spool, LeavesAloneWhatIsNoFile) {
    const Folder folder;
    std::filesystem::create_directory(folder.file("cdr.spool"));
    Spool spool{folder.file("cdr.spool")};
    EXPECT_FALSE(spool.append(samples(0, 1)));
}

}  // namespace
}  // namespace server::records
