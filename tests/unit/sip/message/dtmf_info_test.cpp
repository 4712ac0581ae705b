#include "sip/message/dtmf_info.hpp"

#include <gtest/gtest.h>

namespace sip {
namespace {

using namespace std::chrono_literals;

std::optional<DtmfInfo> relay(std::string_view body) { return read_dtmf_info("application/dtmf-relay", body); }

TEST(DtmfInfo, ReadsTheWaysInWhichPhonesWriteIt) {
    EXPECT_EQ(relay("Signal=5\r\nDuration=160\r\n"), (DtmfInfo{5, 160ms}));
    EXPECT_EQ(relay("Signal= 5\nDuration= 250"), (DtmfInfo{5, 250ms}));
    EXPECT_EQ(relay("duration=70\r\nsignal=*\r\n"), (DtmfInfo{10, 70ms}));
    EXPECT_EQ(relay("Signal=11"), (DtmfInfo{11, 160ms}));
    EXPECT_EQ(relay("Signal=d"), (DtmfInfo{15, 160ms}));
    EXPECT_EQ(relay("Signal=hf"), (DtmfInfo{16, 160ms}));
    EXPECT_EQ(read_dtmf_info("Application/DTMF-Relay; charset=utf-8", "Signal=1"), (DtmfInfo{1, 160ms}));
    EXPECT_EQ(read_dtmf_info("application/dtmf", " 0\r\n"), (DtmfInfo{0, 160ms}));
}

TEST(DtmfInfo, BoundsWhatAPeerClaims) {
    EXPECT_EQ(relay("Signal=1\r\nDuration=4294967295")->duration, 10s);
    EXPECT_EQ(relay("Signal=1\r\nDuration=99999999999")->duration, 160ms) << "no number at all";
}

TEST(DtmfInfo, IsNothingWithoutAKeyThatIsKnown) {
    for (const std::string_view body :
         {"", "Signal=", "Signal=17", "Signal=E", "Signal=55", "Duration=100", "Signal"}) {
        EXPECT_FALSE(relay(body)) << body;
    }
    EXPECT_FALSE(read_dtmf_info("text/plain", "5"));
    EXPECT_FALSE(read_dtmf_info("application/dtmf", "12 34"));
    EXPECT_FALSE(read_dtmf_info("", "5"));
}

TEST(DtmfInfo, ReadsWhatItWrites) {
    for (std::uint8_t event = 0; event <= 16; ++event) {
        EXPECT_EQ(relay(write_dtmf_info({event, 80ms})), (DtmfInfo{event, 80ms}));
    }
}

}  // namespace
}  // namespace sip
