#include "server/observe/rtcp_json.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <initializer_list>
#include <vector>

namespace server {
namespace {

namespace json = boost::json;
using Bytes = std::vector<std::byte>;

Bytes words(std::initializer_list<std::uint32_t> list) {
    Bytes bytes;
    for (const std::uint32_t word : list) {
        for (const int shift : {24, 16, 8, 0}) { bytes.push_back(static_cast<std::byte>(word >> shift)); }
    }
    return bytes;
}

TEST(RtcpJson, TellsASenderReportWithItsBlocks) {
    const Bytes report = words({0x81C8'000C, 0x1234, 3'900'000'000, 0x8000'0000, 160, 50, 8000,  // SR
                                0x5678, 0x4000'0003, 70'000, 12, 0x1111, 0x2222});
    const json::value told = json::parse(rtcp_json(report));
    EXPECT_EQ(told, json::parse(R"({"ssrc":4660,"type":200,"report_count":1,"sender_information":)"
                                R"({"ntp_timestamp_sec":3900000000,"ntp_timestamp_usec":500000,"octets":8000,)"
                                R"("rtp_timestamp":160,"packets":50},"report_blocks":[{"source_ssrc":22136,)"
                                R"("fraction_lost":64,"packets_lost":3,"highest_seq_no":70000,"ia_jitter":12,)"
                                R"("lsr":4369,"dlsr":8738}]})"));
}

TEST(RtcpJson, TellsAReceiverReportWithTheBlocksOfAllReports) {
    const Bytes block = words({1, 0, 0, 0, 0, 0});
    Bytes compound = words({0x81C9'0007, 0x99});
    compound.insert(compound.end(), block.begin(), block.end());
    Bytes second = words({0x82C9'000D, 0x99});
    for (const std::uint32_t ssrc : {2U, 3U}) {
        const Bytes more = words({ssrc, 0xFF, 0, 0, 0, 0});
        second.insert(second.end(), more.begin(), more.end());
    }
    compound.insert(compound.end(), second.begin(), second.end());
    const json::value told = json::parse(rtcp_json(compound));
    EXPECT_EQ(told.at("type").as_int64(), 201);
    EXPECT_EQ(told.at("report_count").as_int64(), 3);
    EXPECT_FALSE(told.as_object().contains("sender_information"));
    EXPECT_EQ(told.at("report_blocks").at(2).at("source_ssrc").as_int64(), 3);
}

TEST(RtcpJson, TellsWhatIsWholeOfALongOneThatWasCut) {
    Bytes compound = words({0x81C8'000C, 0x1234, 0, 0, 160, 50, 8000, 0x5678, 0, 0, 0, 0, 0});
    const Bytes begun = words({0x80CC'00FF, 0x1234, 0x4E41'4D45, 1, 2, 3});  // APP, of which the rest is missing
    compound.insert(compound.end(), begun.begin(), begun.end());
    const json::value told = json::parse(rtcp_json(compound));
    EXPECT_EQ(told.at("sender_information").at("packets").as_int64(), 50);
    EXPECT_EQ(told.at("report_blocks").at(0).at("source_ssrc").as_int64(), 0x5678);
}

TEST(RtcpJson, OfAnythingElseIsNothing) {
    EXPECT_EQ(rtcp_json({}), "");
    EXPECT_EQ(rtcp_json(words({0x80CB'0000})), "") << "a BYE alone";
    EXPECT_EQ(rtcp_json(words({0x81C9'0007, 0x99})), "") << "without the block that it promises";
}

}  // namespace
}  // namespace server
