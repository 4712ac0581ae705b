// A header field found in the text of a message without parsing the rest: for who has to know where a message belongs
// before anybody reads it (RFC 3261 §7.3.1: folded lines, compact names). Of several the first, as the parser does.
#pragma once

#include <string_view>

namespace sip {

struct RawName {
    std::string_view full;  // in lower case
    char compact;           // 0: it has none
};

inline constexpr RawName raw_call_id{"call-id", 'i'};
inline constexpr RawName raw_cseq{"cseq", 0};
inline constexpr RawName raw_to{"to", 't'};
inline constexpr RawName raw_from{"from", 'f'};
inline constexpr RawName raw_replaces{"replaces", 0};

// §7.5: empty lines may come before a message.
std::string_view without_empty_lines(std::string_view message);
// Its value; empty: none.
std::string_view find_raw_field(std::string_view message, const RawName& name);

}  // namespace sip
