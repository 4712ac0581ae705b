#include "media/bundle/line_table.hpp"

#include <algorithm>

#include "media/rtp/header_extension.hpp"

namespace media {

bool LineTable::add(const LineId& id) {
    if (lines_.size() == max_lines || find(id) != nullptr) { return false; }
    lines_.push_back(Line{id});
    return true;
}

void LineTable::remove(const LineId& id) {
    const auto gone = std::ranges::find(lines_, id, &Line::id);
    if (gone == lines_.end()) { return; }
    lines_.erase(gone);
    const auto is_of_it = [&](const Source& source) { return source.line == id; };
    sources_.erase(std::remove_if(sources_.begin(), sources_.end(), is_of_it), sources_.end());
}

void LineTable::rename(const LineId& from, const LineId& to) {
    for (Line& line : lines_) {
        if (line.id == from) { line.id = to; }
    }
    for (Source& source : sources_) {
        if (source.line == from) { source.line = to; }
    }
}

void LineTable::describe(const LineId& id, const LegDescription& description) {
    Line* const line = find(id);
    if (line == nullptr) { return; }
    const BundledLine bundled = description.bundled.value_or(BundledLine{});
    line->mids = bundled.further_mids;
    line->mids.push_back(bundled.mid);
    line->mid_extension = bundled.mid_extension;
    line->payloads.reset();
    for (const PayloadFormat& format : description.receive_formats) { line->payloads.set(format.payload & 0x7fU); }
}

LineTable::Ids LineTable::ids() const noexcept {
    Ids out;
    for (const Line& line : lines_) { out.push_back(line.id); }
    return out;
}

LineTable::Route LineTable::route(std::span<const std::byte> datagram, const RtpView& view) noexcept {
    if (const auto mid = mid_of(datagram, view)) { return route_by_mid(*mid, view.header.ssrc); }
    const auto known = std::ranges::find(sources_, view.header.ssrc, &Source::ssrc);
    if (known != sources_.end()) { return {Drop::none, known->line}; }
    return route_by_payload(view.header);
}

// Whatever the SSRC was bound to before: the latest mid counts.
LineTable::Route LineTable::route_by_mid(std::string_view mid, std::uint32_t ssrc) noexcept {
    const auto named = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) {
        return std::find(line.mids.begin(), line.mids.end(), mid) != line.mids.end();
    });
    if (named == lines_.end()) { return {Drop::no_route}; }
    return bind(ssrc, named->id);
}

LineTable::Route LineTable::route_by_payload(const RtpHeader& header) noexcept {
    const auto has = [&](const Line& line) { return line.payloads.test(header.payload_type & 0x7fU); };
    const auto first = std::ranges::find_if(lines_, has);
    if (first == lines_.end()) {
        // A line that is alone sees what is wrong with it for itself.
        return lines_.size() == 1 ? Route{Drop::none, lines_.front().id} : Route{Drop::codec};
    }
    const bool is_unique = std::none_of(first + 1, lines_.end(), has);
    return is_unique ? bind(header.ssrc, first->id) : Route{Drop::no_route};
}

LineTable::Route LineTable::bind(std::uint32_t ssrc, const LineId& line) noexcept {
    const auto known = std::ranges::find(sources_, ssrc, &Source::ssrc);
    if (known != sources_.end()) {
        known->line = line;
        return {Drop::none, line};
    }
    if (sources_.size() == max_sources) { sources_.erase(sources_.begin()); }
    sources_.push_back({ssrc, line});
    return {Drop::none, line};
}

// All lines of a transport have the same number for it: they are one RTP session (RFC 8843 §9, RFC 8285 §5).
std::optional<std::string_view> LineTable::mid_of(std::span<const std::byte> datagram,
                                                  const RtpView& view) const noexcept {
    const auto numbered = std::ranges::find_if(lines_, [](const Line& line) { return line.mid_extension != 0; });
    if (numbered == lines_.end()) { return std::nullopt; }
    const auto data = find_extension(datagram, view, numbered->mid_extension);
    if (!data) { return std::nullopt; }
    return std::string_view{reinterpret_cast<const char*>(data->data()), data->size()};
}

LineTable::Line* LineTable::find(const LineId& id) noexcept {
    const auto found = std::ranges::find(lines_, id, &Line::id);
    return found == lines_.end() ? nullptr : &*found;
}

}  // namespace media
