#include "sip/message/cseq.hpp"

#include "base/text.hpp"
#include "sip/message/chars.hpp"

namespace sip {

std::optional<CSeq> CSeq::parse(std::string_view value) {
    constexpr std::uint32_t limit = 0x8000'0000;  // RFC 3261 §8.1.1.5
    const auto digits_end = chars::find_any<' ', '\t'>(value);
    if (digits_end == value.npos) { return std::nullopt; }
    const auto number = base::parse_number<std::uint32_t>(value.substr(0, digits_end));
    const auto method = chars::trim(value.substr(digits_end));
    if (!number || *number >= limit || !chars::is_token(method)) { return std::nullopt; }
    return CSeq{*number, parse_method(method), std::string{method}};
}

}  // namespace sip
