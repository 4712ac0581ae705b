// Runs the text cases of tests/golden/sdp and tests/golden/exchange.
#include <gtest/gtest.h>

#include "golden_case.hpp"
#include "leg_fixture.hpp"

namespace sip::sdp {
namespace {

using testing::case_name;
using testing::Leg;
using testing::Section;

std::string describe(const std::optional<base::Endpoint>& endpoint) { return endpoint ? endpoint->to_string() : "-"; }

std::string describe(const Session& session, const Media& media) {
    std::string text = media.kind + " ";
    text += media.is_disabled() ? "off" : to_text(direction_of(session, media));
    text += " " + describe(rtp_endpoint(session, media)) + " " + describe(rtcp_endpoint(session, media));
    for (const Format& format : formats_of(media)) {
        text += " | " + std::to_string(format.payload) + " " + format.encoding + "/" + std::to_string(format.clock_hz) +
                "/" + std::to_string(format.channels) + (format.fmtp.empty() ? "" : " " + format.fmtp);
    }
    return text + "\n";
}

class DescriptionCase : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(DescriptionCase, IsReadAndWrittenAsItsFileSays) {
    const auto sections = testing::read_sections(GetParam());
    ASSERT_FALSE(sections.empty());
    ASSERT_EQ(sections[0].title, "in");
    const auto session = parse(testing::with_crlf(sections[0].text));
    for (const Section& section : sections) {
        if (section.title == "in") { continue; }
        if (section.title == "refused") {
            EXPECT_EQ(session ? "accepted\n" : session.error().text + "\n", section.text);
            continue;
        }
        ASSERT_TRUE(session) << session.error().text;
        if (section.title == "out") { EXPECT_EQ(testing::without_cr(write(*session)), section.text); }
        if (section.title == "same") { EXPECT_EQ(testing::without_cr(write(*session)), sections[0].text); }
        if (section.title == "lines") {
            std::string lines;
            for (const Media& media : session->media) { lines += describe(*session, media); }
            EXPECT_EQ(lines, section.text);
        }
    }
}
INSTANTIATE_TEST_SUITE_P(Golden, DescriptionCase, ::testing::ValuesIn(testing::cases_in("sdp")),
                         [](const auto& test) { return case_name(test.param); });

class ExchangeCase : public ::testing::TestWithParam<std::filesystem::path> {
protected:
    static std::vector<std::string> usable() { return {"PCMU", "PCMA", "opus"}; }

    // Carries out one step; what there is to see of it stands in `outcome_` then.
    void take(const Section& step) {
        const auto session = testing::session_with(testing::with_crlf(step.text));
        if (step.title == "peer offers") {
            outcome_ = Leg::outcome(leg_.machine.on_remote_offer(session, usable())) + "\n";
        }
        if (step.title == "peer answers") {
            outcome_ = Leg::outcome(leg_.machine.on_remote_answer(session, usable())) + "\n";
        }
        if (step.title == "we offer") { outcome_ = sent(leg_.machine.offer(session)); }
        if (step.title == "we answer") { outcome_ = sent(leg_.machine.answer(session)); }
        if (step.title == "we withdraw") { leg_.machine.withdraw_offer(); }
        if (step.title == "we reject") { leg_.machine.reject_remote_offer(); }
    }
    static std::string sent(const Session& session) {
        const std::string text = testing::without_cr(write(session));
        const auto first = text.find("\nm=");
        return "version " + std::to_string(session.origin.version) + "\n" +
               (first == text.npos ? "" : text.substr(first + 1));
    }

    Leg leg_;
    std::string outcome_;
};

TEST_P(ExchangeCase, GoesAsItsFileSays) {
    const auto sections = testing::read_sections(GetParam());
    ASSERT_FALSE(sections.empty());
    for (const Section& section : sections) {
        if (section.title == "then" || section.title == "sent") {
            EXPECT_EQ(outcome_, section.text);
        } else {
            take(section);
        }
    }
}
INSTANTIATE_TEST_SUITE_P(Golden, ExchangeCase, ::testing::ValuesIn(testing::cases_in("exchange")),
                         [](const auto& test) { return case_name(test.param); });

}  // namespace
}  // namespace sip::sdp
