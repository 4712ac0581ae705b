// Cuts a byte stream into SIP messages by Content-Length: RFC 3261 §18.3, keep-alives by RFC 5626 §3.5.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sip/message/parser.hpp"

namespace sip {

class StreamFramer {
public:
    explicit StreamFramer(Limits limits = {}) : limits_{limits} {}

    struct Frame {
        enum class Kind : std::uint8_t { message, ping, broken } kind;  // ping: CRLF CRLF, to be answered CRLF
        std::string text;         // message: all of it; broken: the head as far as it came, to answer from
        std::string_view reason;  // broken: why the stream cannot be followed any further
    };

    void push(std::string_view bytes);
    // The next whole frame, or nothing until more bytes come. After `broken` nothing comes any more.
    std::optional<Frame> next();
    bool has_partial_message() const { return !buffer_.empty(); }

private:
    Limits limits_;
    std::string buffer_;
    std::size_t scanned_ = 0;  // no end of head before this offset: each byte is looked at once
    bool broken_ = false;
};

}  // namespace sip
