#include "sip/message/stream_framer.hpp"

#include "sip/message/field_lines.hpp"
#include "sip/message/header_id.hpp"

namespace sip {
namespace {

struct Length {
    std::size_t body = 0;
    std::string_view fault;  // why it cannot be told; empty: it can
};

Length read_length(std::string_view head) {
    const auto start_line = end_of_line(head, 0);
    if (start_line == head.npos) { return {0, "malformed start line"}; }
    FieldLineReader lines{head.substr(start_line + 2)};
    std::optional<std::string_view> value;
    for (auto line = lines.next(); line.kind != FieldLine::Kind::end; line = lines.next()) {
        if (line.kind == FieldLine::Kind::broken) { return {0, "malformed header line"}; }
        if (line.kind == FieldLine::Kind::odd) { continue; }
        if (parse_header_id(line.name) != HeaderId::content_length) { continue; }
        if (value) { return {0, "duplicate Content-Length"}; }
        value = line.value;
    }
    if (!value) { return {0, "missing Content-Length"}; }
    const auto body = parse_content_length(*value);
    return body ? Length{*body, {}} : Length{0, "malformed Content-Length"};
}

}  // namespace

void StreamFramer::push(std::string_view bytes) {
    if (broken_) { return; }
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    buffer_.append(bytes);
}

std::optional<StreamFramer::Frame> StreamFramer::next() {
    if (broken_) { return std::nullopt; }
    if (auto ping = skip_line_ends()) { return ping; }
    if (!has_partial_message()) { return std::nullopt; }
    if (head_ == 0) {
        if (auto broken = find_head()) { return broken; }
    }
    if (head_ == 0 || buffer_.size() - begin_ < head_ + body_) { return std::nullopt; }
    return take(Frame::Kind::message, head_ + body_, {});
}

// Between messages: CRLF CRLF is a ping (RFC 5626 §3.5.1), a single CRLF a pong or padding (RFC 3261 §7.5).
std::optional<StreamFramer::Frame> StreamFramer::skip_line_ends() {
    while (head_ == 0 && scanned_ == begin_) {
        if (rest().starts_with("\r\n\r\n")) { return take(Frame::Kind::ping, 4, {}); }
        if (is_line_ends() || !rest().starts_with("\r\n")) { return std::nullopt; }
        begin_ += 2;
        scanned_ = begin_;
    }
    return std::nullopt;
}

// Sets head_ and body_ as soon as the empty line has come.
std::optional<StreamFramer::Frame> StreamFramer::find_head() {
    constexpr std::string_view end_of_head = "\r\n\r\n";
    const auto seen = rest().substr(0, limits_.message);
    const auto end = seen.find(end_of_head, scanned_ - begin_);
    if (end == seen.npos) {
        if (buffer_.size() - begin_ > limits_.message) { return break_off(seen.size(), "head too large"); }
        if (seen.size() >= end_of_head.size()) { scanned_ = begin_ + seen.size() - end_of_head.size() + 1; }
        return std::nullopt;
    }
    const auto size = end + end_of_head.size();
    const auto length = read_length(seen.substr(0, size));
    if (!length.fault.empty()) { return break_off(size, length.fault); }
    if (length.body > limits_.message - size) { return break_off(size, "message too large"); }
    head_ = size;
    body_ = length.body;
    return std::nullopt;
}

StreamFramer::Frame StreamFramer::break_off(std::size_t size, std::string_view reason) {
    auto frame = take(Frame::Kind::broken, size, reason);
    broken_ = true;
    buffer_ = std::string{};
    begin_ = 0;
    scanned_ = 0;
    return frame;
}

StreamFramer::Frame StreamFramer::take(Frame::Kind kind, std::size_t size, std::string_view reason) {
    Frame frame{kind, kind == Frame::Kind::ping ? std::string{} : buffer_.substr(begin_, size), reason};
    begin_ += size;
    scanned_ = begin_;
    head_ = 0;
    body_ = 0;
    if (begin_ == buffer_.size()) {
        buffer_.clear();
        begin_ = 0;
        scanned_ = 0;
    }
    return frame;
}

}  // namespace sip
