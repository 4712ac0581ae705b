// RSeq and RAck: the number of a reliable provisional response and what a PRACK says of it (RFC 3262 §7.1, §7.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sip/message/cseq.hpp"

namespace sip {

// The number of an RSeq field: 1 to 2^32−1. Only the first of an INVITE is kept below 2^31, by whoever chooses it (§3).
std::optional<std::uint32_t> parse_rseq(std::string_view value);

struct RAck {
    std::uint32_t rseq = 0;
    CSeq cseq;  // of the request that the response belongs to

    static std::optional<RAck> parse(std::string_view value);
    std::string to_string() const;
};

}  // namespace sip
