// Whole messages of calls: what was on the wire is kept, whoever's it was, and belongs to its entry of the ladder.
#include "server/b2bua/capture_view.hpp"

#include "tests/simulation/scenario.hpp"

namespace simulation {
namespace {

using server::RecordEntry;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Captured {
    Scenario run;
    std::string id;

    explicit Captured(World::Configure configure = {}) : run{std::move(configure)} {}
    server::CaptureView view() {
        if (id.empty()) { id = run.world.core().calls(1).at(0).id; }
        return run.world.core().capture(id).value();
    }
};

std::string first_line(std::string_view text) { return std::string{text.substr(0, text.find("\r\n"))}; }

std::size_t count(const server::CaptureView& view, std::string_view start, bool sent) {
    return static_cast<std::size_t>(std::ranges::count_if(
        view.messages, [&](const auto& each) { return each.sent == sent && each.text.view().starts_with(start); }));
}

// Each entry that tells of a message has it, and the words fit.
void expect_whole(const server::CaptureView& view) {
    const auto messages = messages_of(view.ladder.entries, view.messages);
    ASSERT_EQ(messages.size(), view.ladder.entries.size());
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const RecordEntry& entry = view.ladder.entries[i];
        if (!entry.is_message()) {
            EXPECT_EQ(messages[i], nullptr) << entry.words;
            continue;
        }
        ASSERT_NE(messages[i], nullptr) << entry.words;
        EXPECT_THAT(first_line(messages[i]->text.view()), HasSubstr(std::string{entry.text()}));
        EXPECT_THAT(std::string{messages[i]->text.view()}, HasSubstr("CSeq: " + std::string{entry.cseq()}));
        EXPECT_EQ(messages[i]->sent, entry.kind == RecordEntry::Kind::sent);
    }
}

TEST(Capture, KeepsTheMessagesOfBothLegsAsTheyWere) {
    Captured call;
    call.run.up();
    const auto view = call.view();
    expect_whole(view);
    EXPECT_EQ(count(view, "INVITE ", false), 1U);
    EXPECT_EQ(count(view, "INVITE ", true), 1U);
    EXPECT_EQ(count(view, "ACK ", false), 1U);
    EXPECT_EQ(count(view, "ACK ", true), 1U);
    EXPECT_EQ(view.messages.front().text.view().substr(0, 7), "INVITE ");
    EXPECT_THAT(std::string{view.messages.front().text.view()}, HasSubstr("v=0\r\n"));
    EXPECT_NE(view.messages.front().source(), view.messages.front().destination());
    EXPECT_TRUE(std::ranges::is_sorted(view.messages, {}, &server::capture::CapturedMessage::at));
}

TEST(Capture, KeepsAReinviteWithItsDescriptions) {
    Captured call;
    call.run.up();
    call.run.a.reinvite(Sdp::with(Direction::inactive));
    call.run.pass(1s);
    const auto view = call.view();
    expect_whole(view);
    const auto messages = messages_of(view.ladder.entries, view.messages);
    const auto of = [&](RecordEntry::Kind kind, media::Side side) {
        std::string text;
        for (std::size_t i = 0; i < messages.size(); ++i) {
            const RecordEntry& entry = view.ladder.entries[i];
            if (entry.kind == kind && entry.side == side && entry.text() == "INVITE") {
                text = messages[i]->text.view();
            }
        }
        return text;
    };
    EXPECT_THAT(of(RecordEntry::Kind::received, media::Side::a), HasSubstr("a=inactive"));
    EXPECT_THAT(of(RecordEntry::Kind::sent, media::Side::b), HasSubstr("a=sendonly"));
}

TEST(Capture, GoesOnUntilTheVeryLastMessage) {
    Captured call;
    call.run.up();
    call.view();
    call.run.a.bye();
    call.run.pass(40s);
    const auto view = call.view();
    EXPECT_EQ(view.ladder.state, "ended");
    expect_whole(view);
    EXPECT_EQ(count(view, "BYE ", false), 1U);
    EXPECT_EQ(count(view, "BYE ", true), 1U);
    EXPECT_EQ(count(view, "SIP/2.0 200", true), 2U) << "to the INVITE and to the BYE of A";
}

TEST(Capture, IsOffWhereTheConfigurationSaysSo) {
    Captured call{[](config::Config& config) { config.capture.messages = 0; }};
    call.run.up();
    EXPECT_TRUE(call.view().messages.empty());
    EXPECT_FALSE(call.view().ladder.entries.empty());
}

TEST(Capture, OfNoCallIsNone) {
    Captured call;
    EXPECT_FALSE(call.run.world.core().capture("never was"));
}

}  // namespace
}  // namespace simulation
