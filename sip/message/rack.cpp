#include "sip/message/rack.hpp"

#include <utility>

#include "base/text.hpp"
#include "sip/message/chars.hpp"

namespace sip {

std::optional<std::uint32_t> parse_rseq(std::string_view value) {
    const auto number = base::parse_number<std::uint32_t>(value);
    return number && *number != 0 ? number : std::nullopt;
}

std::optional<RAck> RAck::parse(std::string_view value) {
    const auto digits_end = chars::find_any<' ', '\t'>(value);
    if (digits_end == value.npos) { return std::nullopt; }
    const auto rseq = parse_rseq(value.substr(0, digits_end));
    auto cseq = CSeq::parse(chars::trim(value.substr(digits_end)));
    if (!rseq || !cseq) { return std::nullopt; }
    return RAck{*rseq, *std::move(cseq)};
}

std::string RAck::to_string() const {
    return std::to_string(rseq).append(1, ' ').append(std::to_string(cseq.number)).append(1, ' ') + cseq.method_text;
}

}  // namespace sip
