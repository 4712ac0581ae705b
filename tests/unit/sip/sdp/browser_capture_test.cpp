// What the descriptions in the captures of SIP.js say about ICE and DTLS, and that it is written back as it was.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sdp_text.hpp"
#include "sip/sdp/ice_attributes.hpp"
#include "sip/sdp/security_attributes.hpp"
#include "tests/support/places.hpp"

namespace sip::sdp {
namespace {

std::vector<Session> sessions_in(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    const std::string capture{std::istreambuf_iterator<char>{file}, {}};
    std::vector<Session> sessions;
    for (auto start = capture.find("\nv=0"); start != capture.npos; start = capture.find("\nv=0", start + 1)) {
        std::string body = capture.substr(start + 1);
        body.erase(std::min({body.find("\n\n"), body.find("\r\n\r\n"), body.find("\n----"), body.size()}));
        sessions.push_back(testing::parsed(body));
    }
    return sessions;
}

std::vector<std::string> values_named(const std::vector<Attribute>& attributes, std::string_view name) {
    std::vector<std::string> values;
    for (const Attribute& attribute : attributes) {
        if (attribute.name == name) { values.push_back(attribute.value.value_or("")); }
    }
    return values;
}

void expect_as_written(const Session& session, const Media& media) {
    const auto ice = ice_of(session, media);
    ASSERT_TRUE(ice) << ice.error().text;
    ASSERT_TRUE(ice->has_value());
    const std::vector<Attribute> written = to_attributes(**ice);
    for (const char* const name : {"ice-ufrag", "ice-pwd", "ice-options", "candidate", "end-of-candidates"}) {
        EXPECT_EQ(values_named(written, name), values_named(media.attributes, name));
    }
    const auto fingerprints = fingerprints_of(session, media);
    ASSERT_TRUE(fingerprints);
    ASSERT_EQ(fingerprints->size(), 1U);
    const auto& above = media.attribute("fingerprint") != nullptr ? media.attributes : session.attributes;
    EXPECT_EQ(to_attribute((*fingerprints)[0]).value, values_named(above, "fingerprint")[0]);
    const auto setup = setup_of(session, media);
    ASSERT_TRUE(setup);
    EXPECT_EQ(to_text(*setup), values_named(media.attributes, "setup").at(0));
}

TEST(BrowserCaptures, SayIceAndDtlsThatReadsAndWritesBack) {
    const auto folder = support::test_data() / "sipjs";
    if (!std::filesystem::exists(folder)) { GTEST_SKIP() << "no test data at " << folder; }
    std::size_t lines = 0;
    std::size_t candidates = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        SCOPED_TRACE(entry.path());
        for (const Session& session : sessions_in(entry.path())) {
            for (const Media& media : session.media) {
                if (media.is_disabled()) { continue; }
                expect_as_written(session, media);
                candidates += (*ice_of(session, media))->candidates.size();
                ++lines;
            }
        }
    }
    EXPECT_GE(lines, 150U);
    EXPECT_GE(candidates, 200U);
}

}  // namespace
}  // namespace sip::sdp
