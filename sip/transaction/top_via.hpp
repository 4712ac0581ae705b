// The topmost Via as views: what matching and the way back need of it, without an allocation. RFC 3261 §18.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sip/message/message.hpp"

namespace sip {

struct TopVia {
    std::string_view value;  // the whole field
    std::string_view host;   // without brackets
    std::string_view branch;
    std::uint16_t port = 0;  // sent-by's, or the transport's default where none is written
    bool rport = false;

    // Views into `message`: gone as soon as it changes.
    static std::optional<TopVia> read(const Message& message);
    // False for RFC 2543, and for a branch that is the cookie alone and so names nothing.
    bool has_unique_branch() const;
};

}  // namespace sip
