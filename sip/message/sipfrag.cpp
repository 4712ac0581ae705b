#include "sip/message/sipfrag.hpp"

#include "base/text.hpp"
#include "sip/message/chars.hpp"
#include "sip/message/reason_phrase.hpp"

namespace sip {
namespace {

constexpr std::string_view version = "SIP/2.0";
constexpr std::size_t status_size = 3;

std::string_view first_line(std::string_view text) { return text.substr(0, chars::find_any<'\r', '\n'>(text)); }

bool may_be_written(std::string_view reason) {
    return !reason.empty() && reason.size() <= max_sipfrag_reason && chars::all(reason, chars::printable);
}

}  // namespace

std::string write_sipfrag(int status, std::string_view reason) {
    if (!may_be_written(reason)) { reason = reason_phrase(status); }
    return std::string{version}.append(1, ' ').append(std::to_string(status)).append(1, ' ').append(reason) + "\r\n";
}

std::optional<int> read_sipfrag(std::string_view body) {
    auto line = first_line(body);
    if (!base::iequals(line.substr(0, version.size()), version)) { return std::nullopt; }
    line.remove_prefix(version.size());
    const auto blanks = chars::skip_blanks(line);
    const auto digits = line.substr(blanks, status_size);
    const auto behind = line.substr(blanks + digits.size(), 1);
    if (blanks == 0 || digits.size() != status_size || !(behind.empty() || base::is_blank(behind[0]))) {
        return std::nullopt;
    }
    const auto status = base::parse_number<int>(digits);
    return status && *status >= 100 && *status < 700 ? status : std::nullopt;
}

}  // namespace sip
