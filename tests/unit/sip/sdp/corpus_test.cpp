// Descriptions that others wrote: those of the fuzz seeds and those inside captures of SIP.js.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sdp_text.hpp"
#include "tests/support/places.hpp"

namespace sip::sdp {
namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void expect_round_trip(const std::string& text) {
    const auto once = parse(text);
    ASSERT_TRUE(once) << once.error().text << "\n" << text;
    const std::string written = write(*once);
    EXPECT_EQ(testing::parsed(written), *once);
    EXPECT_EQ(write(testing::parsed(written)), written);
}

// The bodies in a capture: from a line "v=0" to the blank line or the direction mark behind it.
std::vector<std::string> bodies_in(const std::string& capture) {
    std::vector<std::string> bodies;
    for (auto start = capture.find("\nv=0"); start != capture.npos; start = capture.find("\nv=0", start + 1)) {
        std::string body = capture.substr(start + 1);
        body.erase(std::min({body.find("\n\n"), body.find("\r\n\r\n"), body.find("\n----"), body.size()}));
        bodies.push_back(body);
    }
    return bodies;
}

TEST(SdpCorpus, OfWebRtcParsesAndRoundTrips) {
    const auto folder = support::test_data() / "fuzz" / "webrtc-sdp";
    if (!std::filesystem::exists(folder)) { GTEST_SKIP() << "no test data at " << folder; }
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        SCOPED_TRACE(entry.path());
        const std::string text = read(entry.path());
        // Three of the files are media sections alone.
        expect_round_trip(text.starts_with("v=") ? text : testing::below_head(text));
        ++count;
    }
    EXPECT_GE(count, 60U);
}

TEST(SdpCorpus, OfSipJsCapturesParsesAndRoundTrips) {
    const auto folder = support::test_data() / "sipjs";
    if (!std::filesystem::exists(folder)) { GTEST_SKIP() << "no test data at " << folder; }
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        SCOPED_TRACE(entry.path());
        for (const std::string& body : bodies_in(read(entry.path()))) {
            expect_round_trip(body);
            ++count;
        }
    }
    EXPECT_GE(count, 100U);
}

}  // namespace
}  // namespace sip::sdp
