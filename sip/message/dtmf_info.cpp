#include "sip/message/dtmf_info.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace sip {
namespace {

constexpr std::array<std::string_view, 17> names{"0", "1", "2", "3", "4", "5", "6", "7", "8",
                                                 "9", "*", "#", "A", "B", "C", "D", "hf"};
constexpr std::chrono::milliseconds longest{10'000};

std::optional<std::uint8_t> event_of(std::string_view signal) {
    for (std::uint8_t event = 0; event < names.size(); ++event) {
        if (base::iequals(signal, names[event])) { return event; }
    }
    const auto number = base::parse_number<std::uint8_t>(signal);  // "10" and "11" are * and # to some
    return number && *number < names.size() ? number : std::nullopt;
}

std::string_view next_line(std::string_view& rest) {
    const std::size_t end = rest.find_first_of("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return line;
}

std::optional<DtmfInfo> read_relay(std::string_view body) {
    std::optional<DtmfInfo> info;
    auto duration = DtmfInfo{}.duration;
    while (!body.empty()) {
        const std::string_view line = next_line(body);
        const std::size_t equals = line.find('=');
        if (equals == line.npos) { continue; }
        const std::string_view name = base::trim(line.substr(0, equals));
        const std::string_view value = base::trim(line.substr(equals + 1));
        if (base::iequals(name, "Signal") && !info) {
            const auto event = event_of(value);
            if (!event) { return std::nullopt; }
            info = DtmfInfo{*event, {}};
        }
        const auto time = base::iequals(name, "Duration") ? base::parse_number<std::uint32_t>(value) : std::nullopt;
        if (time) { duration = std::min(std::chrono::milliseconds{*time}, longest); }
    }
    if (info) { info->duration = duration; }
    return info;
}

}  // namespace

std::optional<DtmfInfo> read_dtmf_info(std::string_view content_type, std::string_view body) {
    const std::string_view type = base::trim(content_type.substr(0, content_type.find(';')));
    if (base::iequals(type, dtmf_relay_type)) { return read_relay(body); }
    if (!base::iequals(type, "application/dtmf")) { return std::nullopt; }
    const auto event = event_of(base::trim(body));
    return event ? std::optional{DtmfInfo{*event}} : std::nullopt;
}

std::string write_dtmf_info(const DtmfInfo& info) {
    return "Signal=" + std::string{names.at(info.event)} +
           "\r\nDuration=" + std::to_string(info.duration / std::chrono::milliseconds{1}) + "\r\n";
}

}  // namespace sip
