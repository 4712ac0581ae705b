#include "server/state/registration_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/server/state/kept.hpp"

namespace server::state {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

UserBindings told(const std::string& user, std::uint32_t cseq = 1) {
    Binding binding = over(sip::Transport::udp, Moment::now());
    binding.cseq = cseq;
    return {user, bindings_of({binding})};
}

struct Store {
    TemporaryFolder folder;
    Log log{config::LogLevel::error, config::LogFormat::text};
    std::unique_ptr<RegistrationWriter> writer;

    explicit Store(RegistrationWriter::Settings settings = {.users = 10, .retry = 1ms}) {
        writer = std::make_unique<RegistrationWriter>(RegistrationTable{folder.database()}, log, settings);
    }
    std::vector<UserBindings> kept() const { return RegistrationTable{folder.database()}.load(Moment::now()); }
    // From now on nothing can be written, until mend().
    void break_it() const { Database{folder.database()}.execute("ALTER TABLE registrations RENAME TO away"); }
    void mend() const { Database{folder.database()}.execute("ALTER TABLE away RENAME TO registrations"); }
    void wait_for_failure() const {
        while (writer->report().write_failures == 0) { std::this_thread::yield(); }
    }
};

TEST(RegistrationWriter, WritesTheLatestOfEachUser) {
    Store store;
    store.writer->put(told("alice", 1));
    store.writer->put(told("bob"));
    store.writer->put(told("alice", 2));
    store.writer->put({"bob", bindings_of({})});
    store.writer.reset();
    const auto kept = store.kept();
    ASSERT_THAT(kept, SizeIs(1));
    EXPECT_EQ(kept[0].user, "alice");
    EXPECT_EQ(kept[0].bindings->front().cseq, 2U);
}

TEST(RegistrationWriter, TriesAgainWhatCouldNotBeWritten) {
    Store store;
    store.break_it();
    store.writer->put(told("alice"));
    store.wait_for_failure();
    store.mend();
    while (store.kept().empty()) { std::this_thread::yield(); }
    EXPECT_EQ(store.kept()[0].user, "alice");
    EXPECT_EQ(store.writer->report().dropped, 0U);
}

TEST(RegistrationWriter, WhatCameMeanwhileIsNotOverwrittenByTheOlder) {
    Store store{{.users = 10, .retry = 1h}};
    store.break_it();
    store.writer->put(told("alice", 1));
    store.wait_for_failure();
    store.writer->put(told("alice", 2));
    store.mend();
    store.writer.reset();
    ASSERT_THAT(store.kept(), SizeIs(1));
    EXPECT_EQ(store.kept()[0].bindings->front().cseq, 2U);
}

TEST(RegistrationWriter, DropsAndCountsWhatFindsNoPlace) {
    Store store{{.users = 2, .retry = 1h}};
    store.break_it();
    store.writer->put(told("first"));
    store.wait_for_failure();
    for (const char* user : {"alice", "bob", "carol", "alice"}) { store.writer->put(told(user)); }
    EXPECT_GE(store.writer->report().dropped, 1U);
    EXPECT_LE(store.writer->report().dropped, 2U) << "the first is put back, or one came before it";
    store.mend();
    store.writer.reset();
    EXPECT_THAT(store.kept(), SizeIs(2));
}

TEST(RegistrationWriter, LeavesThoughItCannotWrite) {
    Store store{{.users = 10, .retry = 1h}};
    store.break_it();
    store.writer->put(told("alice"));
    store.writer.reset();
    store.mend();
    EXPECT_THAT(store.kept(), IsEmpty());
}

}  // namespace
}  // namespace server::state
