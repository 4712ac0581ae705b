// Header fields as the phone reads them by itself: lists of option tags, RSeq, RAck (RFC 3262 §7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "sip/message/message.hpp"
#include "sip/message/name_addr.hpp"

namespace simulation {

// Is the option tag in a field like Supported or Require?
inline bool lists(const sip::Message& message, sip::HeaderId id, std::string_view option) {
    bool found = false;
    message.for_each(id, [&](std::string_view value) {
        while (!value.empty()) {
            const auto comma = value.find(',');
            found = found || base::iequals(base::trim(value.substr(0, comma)), option);
            value = comma == value.npos ? std::string_view{} : value.substr(comma + 1);
        }
    });
    return found;
}

inline std::string to_tag(const sip::Message& message) {
    return std::string{sip::tag_of(message.first(sip::HeaderId::to).value_or(""))};
}

struct RAck {
    std::uint32_t rseq = 0;
    std::uint32_t cseq = 0;

    static std::optional<RAck> read(std::string_view value) {
        const auto first = value.find(' ');
        const auto second = value.find(' ', first + 1);
        if (first == value.npos || second == value.npos || value.substr(second + 1) != "INVITE") {
            return std::nullopt;
        }
        const auto rseq = base::parse_number<std::uint32_t>(value.substr(0, first));
        const auto cseq = base::parse_number<std::uint32_t>(value.substr(first + 1, second - first - 1));
        return rseq && cseq ? std::optional{RAck{*rseq, *cseq}} : std::nullopt;
    }
};

}  // namespace simulation
