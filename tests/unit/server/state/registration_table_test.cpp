#include "server/state/registration_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/server/state/kept.hpp"

namespace server::state {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(RegistrationTable, KeepsAllOfABinding) {
    const TemporaryFolder folder;
    const Moment before = Moment::now();
    Binding binding = over(sip::Transport::udp, before);
    binding.uri = "sip:a@192.0.2.1:5070";
    binding.parameters = ";+sip.instance=\"<urn:uuid:1>\";reg-id=2;q=0.5";
    binding.instance = "urn:uuid:1";
    binding.reg_id = 2;
    binding.priority = 500;
    binding.user_agent = "phone'); DROP TABLE registrations; --";
    RegistrationTable{folder.database()}.replace({{"alice", bindings_of({binding})}}, before);

    const auto kept = RegistrationTable{folder.database()}.load(before);
    ASSERT_THAT(kept, SizeIs(1));
    EXPECT_EQ(kept[0].user, "alice");
    ASSERT_THAT(*kept[0].bindings, SizeIs(1));
    const Binding& found = kept[0].bindings->front();
    EXPECT_EQ(found.uri, binding.uri);
    EXPECT_EQ(found.parameters, binding.parameters);
    EXPECT_EQ(found.instance, binding.instance);
    EXPECT_EQ(found.reg_id, 2U);
    EXPECT_EQ(found.priority, 500U);
    EXPECT_EQ(found.call_id, binding.call_id);
    EXPECT_EQ(found.cseq, binding.cseq);
    EXPECT_EQ(found.user_agent, binding.user_agent);
    EXPECT_EQ(found.flow, binding.flow);
}

// The steady clock of another start begins elsewhere.
TEST(RegistrationTable, TimesAreOfTheCalendar) {
    const TemporaryFolder folder;
    const Moment before{base::Instant{} + 1000h, std::chrono::system_clock::time_point{} + 500'000h};
    Binding binding = over(sip::Transport::udp, before);
    binding.refreshed = before.steady - 10s;
    binding.expires = before.steady + 60s;
    RegistrationTable{folder.database()}.replace({{"alice", bindings_of({binding})}}, before);

    const Moment after{base::Instant{} + 5s, before.calendar + 20s};
    const auto kept = RegistrationTable{folder.database()}.load(after);
    ASSERT_THAT(kept, SizeIs(1));
    EXPECT_EQ(kept[0].bindings->front().refreshed, after.steady - 30s);
    EXPECT_EQ(kept[0].bindings->front().expires, after.steady + 40s);
}

TEST(RegistrationTable, WhatIsToldOfAUserIsAllOfIt) {
    const TemporaryFolder folder;
    const Moment now = Moment::now();
    RegistrationTable table{folder.database()};
    Binding other = over(sip::Transport::udp, now);
    other.uri = "sip:other@192.0.2.1";
    table.replace({{"alice", bindings_of({over(sip::Transport::udp, now), other})}, {"bob", bindings_of({other})}},
                  now);
    table.replace({{"alice", bindings_of({other})}, {"bob", bindings_of({})}}, now);
    const auto kept = table.load(now);
    ASSERT_THAT(kept, SizeIs(1));
    EXPECT_EQ(kept[0].user, "alice");
    ASSERT_THAT(*kept[0].bindings, SizeIs(1));
    EXPECT_EQ(kept[0].bindings->front().uri, other.uri);
}

TEST(RegistrationTable, WhatHangsOnAConnectionIsNotKept) {
    const TemporaryFolder folder;
    const Moment now = Moment::now();
    RegistrationTable table{folder.database()};
    for (const auto transport : {sip::Transport::ws, sip::Transport::wss, sip::Transport::tls, sip::Transport::tcp}) {
        table.replace({{"alice", bindings_of({over(transport, now)})}}, now);
        EXPECT_THAT(table.load(now), IsEmpty()) << sip::to_text(transport);
    }
}

TEST(RegistrationTable, OverTcpWhatCanBeConnectedToIsKept) {
    const Moment now = Moment::now();
    Binding binding = over(sip::Transport::tcp, now);
    const auto way_to = [&binding](const char* uri) {
        binding.uri = uri;
        const auto way = lasting_way(binding);
        return way ? way->to_string() : "none";
    };
    EXPECT_EQ(way_to("sip:a@192.0.2.1:5070;transport=TCP"), "192.0.2.1:5070");
    EXPECT_EQ(way_to("sip:a@192.0.2.1;transport=tcp"), "192.0.2.1:5060");
    EXPECT_EQ(way_to("sip:a@192.0.2.1:5070"), "none") << "that would be UDP";
    EXPECT_EQ(way_to("sip:a@10.0.0.1:5070;transport=tcp"), "none") << "behind a NAT";
    EXPECT_EQ(way_to("sip:a@phone.example:5070;transport=tcp"), "none");
    EXPECT_EQ(way_to("sips:a@192.0.2.1:5070;transport=tcp"), "none");
    binding.reg_id = 1;
    EXPECT_EQ(way_to("sip:a@192.0.2.1:5070;transport=tcp"), "none") << "a flow (RFC 5626)";
}

TEST(RegistrationTable, AConnectionThatWasIsNoneAfterwards) {
    const TemporaryFolder folder;
    const Moment now = Moment::now();
    Binding binding = over(sip::Transport::tcp, now);
    binding.uri = "sip:a@192.0.2.1:5070;transport=tcp";
    RegistrationTable table{folder.database()};
    table.replace({{"alice", bindings_of({binding})}}, now);
    const auto kept = table.load(now);
    ASSERT_THAT(kept, SizeIs(1));
    EXPECT_EQ(kept[0].bindings->front().flow.connection, 0U);
    EXPECT_EQ(kept[0].bindings->front().flow.remote.to_string(), "192.0.2.1:5070");
}

TEST(RegistrationTable, RowsThatCannotBeReadAreLeftOut) {
    const TemporaryFolder folder;
    const Moment now = Moment::now();
    RegistrationTable table{folder.database()};
    table.replace({{"alice", bindings_of({over(sip::Transport::udp, now)})},
                   {"bob", bindings_of({over(sip::Transport::udp, now)})}},
                  now);
    Database{folder.database()}.execute("UPDATE registrations SET remote = 'nowhere' WHERE user = 'alice'");
    const auto kept = table.load(now);
    ASSERT_THAT(kept, SizeIs(1));
    EXPECT_EQ(kept[0].user, "bob");
    EXPECT_EQ(table.unreadable(), 1U);
}

TEST(RegistrationTable, WhatANewerProgramWroteIsNotTouched) {
    const TemporaryFolder folder;
    RegistrationTable{folder.database()};
    Database{folder.database()}.set_version("registrations", 2);
    try {
        RegistrationTable{folder.database()};
        FAIL() << "it was opened";
    } catch (const DatabaseError& error) { EXPECT_THAT(error.what(), HasSubstr("version 2")); }
    EXPECT_EQ(Database{folder.database()}.version_of("registrations"), 2);
}

TEST(RegistrationTable, SaysWhatFileItCannotUse) {
    const TemporaryFolder folder;
    folder.write("holdfast.db", std::string(8192, 'x'));
    for (const std::string& path : {folder.database(), folder.path() + "/none/holdfast.db"}) {
        try {
            RegistrationTable{path};
            ADD_FAILURE() << path << " was opened";
        } catch (const DatabaseError& error) { EXPECT_THAT(error.what(), HasSubstr(path)); }
    }
}

}  // namespace
}  // namespace server::state
