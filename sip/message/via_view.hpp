// The parts of a Via value as views: the grammar behind Via and the parser's check of the topmost one.
#pragma once

#include <optional>
#include <string_view>

#include "sip/message/uri_view.hpp"

namespace sip {

struct ViaView {
    std::string_view transport;
    HostPort sent_by;
    std::string_view parameters;  // from the first semicolon

    static std::optional<ViaView> read(std::string_view value);
};

}  // namespace sip
