#include "server/observe/rtcp_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/bytes.hpp"
#include "media/rtcp/rtcp_view.hpp"

namespace server {
namespace {

namespace json = boost::json;

json::object sender_json(const media::SenderInfo& info) {
    constexpr std::uint64_t million = 1'000'000;
    const std::uint64_t microseconds = (info.ntp & 0xFFFFFFFFU) * million >> 32;
    return {{"ntp_timestamp_sec", info.ntp >> 32},
            {"ntp_timestamp_usec", microseconds},
            {"octets", info.octets},
            {"rtp_timestamp", info.timestamp},
            {"packets", info.packets}};
}

json::object block_json(const media::ReportBlock& block) {
    return {{"source_ssrc", block.reception.ssrc},
            {"fraction_lost", block.reception.fraction_lost},
            {"packets_lost", block.reception.cumulative_lost},
            {"highest_seq_no", block.reception.highest_sequence},
            {"ia_jitter", block.reception.jitter},
            {"lsr", block.last_sr},
            {"dlsr", block.delay_since_sr}};
}

// A long compound packet was cut on its way here: what of it is whole (RFC 3550 §6.1).
std::span<const std::byte> whole_packets(std::span<const std::byte> compound) {
    constexpr std::size_t word = 4;
    std::size_t end = 0;
    while (end + word <= compound.size()) {
        const std::size_t size = word * (1U + base::read_u16(compound, end + 2));
        if (end + size > compound.size()) { break; }
        end += size;
    }
    return compound.first(end);
}

}  // namespace

std::string rtcp_json(std::span<const std::byte> packet) {
    const auto view = media::RtcpView::parse(whole_packets(packet));
    if (!view) { return {}; }
    json::array blocks;
    while (const auto block = view->block_at(blocks.size())) { blocks.push_back(block_json(*block)); }
    const auto info = view->sender_info();
    const auto type = info ? media::RtcpType::sender_report : media::RtcpType::receiver_report;
    json::object report{
        {"ssrc", view->sender_ssrc()}, {"type", static_cast<unsigned>(type)}, {"report_count", blocks.size()}};
    if (info) { report["sender_information"] = sender_json(*info); }
    report["report_blocks"] = std::move(blocks);
    return json::serialize(report);
}

}  // namespace server
