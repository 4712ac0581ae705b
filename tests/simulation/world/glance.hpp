// What a message is, at a glance, without the product's parser: for traces, for rules that lose or delay messages, and
// so that no check depends on one reader alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace simulation {

struct Glance {
    bool is_request = false;
    int status = 0;
    std::string method;  // of a response: of its CSeq
    std::uint32_t cseq = 0;
    std::string call_id;
    std::string branch;  // of the topmost Via
    std::string from_tag;
    std::string to_tag;
    bool has_sdp = false;

    bool is(std::string_view name) const { return is_request && method == name; }
    bool answers(int code, std::string_view name) const { return !is_request && status == code && method == name; }
};

Glance glance(std::string_view message);
// "INVITE 1 sdp sendrecv", "200 INVITE 1": one line of a ladder.
std::string summary(std::string_view message);

// The value of the first header field `name` ("Call-ID"), of messages written in long form; empty: none.
std::string_view header_value(std::string_view message, std::string_view name);
// Is `option` in one of the fields `name` ("Supported")?
bool lists_option(std::string_view message, std::string_view name, std::string_view option);
// The numbers of a RAck or RSeq value; 0: none.
std::uint32_t number_at(std::string_view value, int index);
std::string_view body_of(std::string_view message);
// The part after "a=" or "c=" … of the first such line of an SDP.
std::string_view sdp_line(std::string_view sdp, std::string_view start);

}  // namespace simulation
