// The parts of a From, To, Contact or Route value as views: the grammar behind NameAddr and the parser's checks.
#pragma once

#include <optional>
#include <string_view>

#include "sip/message/uri_view.hpp"

namespace sip {

struct NameAddrView {
    std::string_view display;  // with its quotes, where it has them
    std::string_view uri_text;
    UriView uri;
    std::string_view parameters;  // from the first semicolon
    bool bracketed = false;
    bool wildcard = false;

    static std::optional<NameAddrView> read(std::string_view value);
};

}  // namespace sip
