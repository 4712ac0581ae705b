// CSeq: RFC 3261 §20.16. The number is below 2^31.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sip/message/method.hpp"

namespace sip {

struct CSeq {
    std::uint32_t number = 0;
    Method method = Method::other;
    std::string method_text;

    static std::optional<CSeq> parse(std::string_view value);
};

}  // namespace sip
