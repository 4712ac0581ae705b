// The lines of one transport, and which of them a packet is for (RFC 8843 §9.2): the mid that it carries says so, else
// the line that its SSRC belongs to already, else the only line that has its payload number.
#pragma once

#include <bitset>
#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "media/engine.hpp"
#include "media/relay/drop.hpp"
#include "media/rtp/rtp_view.hpp"

namespace media {

using LineId = LegPlace;

class LineTable {
public:
    static constexpr std::size_t max_lines = 16;
    static constexpr std::size_t max_sources = 32;  // SSRCs; the one bound first makes room
    using Ids = boost::container::static_vector<LineId, max_lines>;

    // False: no room, or it is there.
    bool add(const LineId& id);
    void remove(const LineId& id);
    void rename(const LineId& from, const LineId& to);
    void describe(const LineId& id, const LegDescription& description);

    bool empty() const noexcept { return lines_.empty(); }
    Ids ids() const noexcept;  // in the order in which they were added

    struct Route {
        Drop drop = Drop::none;
        LineId line{};
    };
    // Of a packet that is authentic: it may bind its SSRC.
    Route route(std::span<const std::byte> datagram, const RtpView& view) noexcept;

private:
    struct Line {
        LineId id;
        std::vector<std::string> mids{};
        std::uint8_t mid_extension = 0;
        std::bitset<128> payloads{};
    };
    struct Source {
        std::uint32_t ssrc;
        LineId line;
    };

    Line* find(const LineId& id) noexcept;
    std::optional<std::string_view> mid_of(std::span<const std::byte> datagram, const RtpView& view) const noexcept;
    Route route_by_mid(std::string_view mid, std::uint32_t ssrc) noexcept;
    Route route_by_payload(const RtpHeader& header) noexcept;
    Route bind(std::uint32_t ssrc, const LineId& line) noexcept;

    boost::container::static_vector<Line, max_lines> lines_;
    boost::container::static_vector<Source, max_sources> sources_;
};

}  // namespace media
