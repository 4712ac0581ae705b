#include "server/b2bua/message_archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr CallKey one{1};
constexpr CallKey two{2};
constexpr std::size_t limit = 64 * 1024;

capture::CapturedMessage message(std::string_view text) {
    capture::CapturedMessage message;
    message.text = capture::SharedText{text};
    return message;
}

struct Archive : MessageArchive {
    explicit Archive(std::size_t bytes = limit, bool named = false) { configure(bytes, named); }
    std::size_t kept(CallKey call) const { return find(call) == nullptr ? 0 : find(call)->all().size(); }
};

TEST(MessageArchive, KnowsWhoseMessagesOfADialogAre) {
    Archive archive;
    archive.name("a@host", one, "id one");
    archive.name("b@host", one, "id one");
    archive.name("c@host", two, "id two");
    EXPECT_THAT(archive.calls_of("a@host"), ElementsAre(one));
    EXPECT_THAT(archive.calls_of("c@host"), ElementsAre(two));
    EXPECT_THAT(archive.calls_of("d@host"), IsEmpty());
    EXPECT_THAT(archive.calls_of(""), IsEmpty());
    EXPECT_EQ(archive.id_of(two), "id two");
    archive.add(one, message("INVITE"));
    EXPECT_EQ(archive.kept(one), 1U);
    EXPECT_EQ(archive.kept(two), 0U);
}

TEST(MessageArchive, GivesADialogThatComesBackToBothCalls) {
    Archive archive;
    for (std::uint64_t call = 1; call <= Archive::max_calls_of_dialog + 1; ++call) {
        archive.name("loop", CallKey{call}, "id");
        archive.name("loop", CallKey{call}, "id");
    }
    EXPECT_EQ(archive.calls_of("loop").size(), Archive::max_calls_of_dialog) << "the eldest has given way";
    EXPECT_EQ(archive.calls_of("loop").front(), two);
    archive.forget(one);
    EXPECT_EQ(archive.calls_of("loop").size(), Archive::max_calls_of_dialog);
    for (std::uint64_t call = 2; call <= Archive::max_calls_of_dialog + 1; ++call) { archive.forget(CallKey{call}); }
    EXPECT_EQ(archive.dialogs(), 0U);
}

TEST(MessageArchive, BoundsTheDialogsOfACall) {
    Archive archive;
    for (std::size_t i = 0; i <= Archive::max_dialogs_of_call; ++i) { archive.name(std::to_string(i), one, "id"); }
    EXPECT_EQ(archive.dialogs(), Archive::max_dialogs_of_call);
}

TEST(MessageArchive, TakesALittleMoreWhenTheCallIsOver) {
    Archive archive;
    archive.name("a", one, "id");
    archive.add(one, message("BYE"));
    EXPECT_GT(archive.close(one), 3U);
    for (std::size_t i = 0; i <= Archive::max_late; ++i) { archive.add(one, message("200")); }
    EXPECT_EQ(archive.kept(one), 1 + Archive::max_late);
}

TEST(MessageArchive, ForgetsAllOfACall) {
    Archive archive;
    archive.name("a", one, "id");
    archive.name("b", one, "id");
    archive.add(one, message("INVITE"));
    archive.forget(one);
    archive.forget(two);
    EXPECT_EQ(archive.size(), 0U);
    EXPECT_EQ(archive.dialogs(), 0U);
    EXPECT_EQ(archive.close(one), 0U);
    archive.add(one, message("late"));
    EXPECT_EQ(archive.find(one), nullptr);
}

TEST(MessageArchive, KeepsNamesAloneWhereNoMessageIsWanted) {
    Archive named{0, true};
    named.name("a", one, "id");
    named.add(one, message("INVITE"));
    EXPECT_THAT(named.calls_of("a"), ElementsAre(one));
    EXPECT_EQ(named.kept(one), 0U);
}

TEST(MessageArchive, KnowsCallsThatAreUpWhenItIsTurnedOn) {
    Archive archive{0};
    archive.name("a", one, "id");
    archive.add(one, message("INVITE"));
    EXPECT_EQ(archive.kept(one), 0U);
    archive.configure(limit, false);
    EXPECT_THAT(archive.calls_of("a"), ElementsAre(one));
    archive.add(one, message("BYE"));
    EXPECT_EQ(archive.kept(one), 1U);
}

}  // namespace
}  // namespace server
