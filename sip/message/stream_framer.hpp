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
    // Line ends between messages are none.
    bool has_partial_message() const { return !rest().empty() && !is_line_ends(); }

private:
    std::string_view rest() const { return std::string_view{buffer_}.substr(begin_); }
    // Is what has come the beginning of a ping, so that nothing is known yet?
    bool is_line_ends() const { return rest().size() < 4 && std::string_view{"\r\n\r\n"}.starts_with(rest()); }
    std::optional<Frame> skip_line_ends();
    std::optional<Frame> find_head();
    Frame break_off(std::size_t size, std::string_view reason);
    Frame take(Frame::Kind kind, std::size_t size, std::string_view reason);

    Limits limits_;
    std::string buffer_;
    std::size_t begin_ = 0;    // frames in front of it are taken
    std::size_t scanned_ = 0;  // no end of head before this offset: each byte is looked at once
    std::size_t head_ = 0;     // size of the head, once its end has come
    std::size_t body_ = 0;
    bool broken_ = false;
};

}  // namespace sip
