// Messages that the parser's tests vary.
#pragma once

#include <string>
#include <string_view>

namespace sip {

inline std::string mandatory_fields(std::string_view cseq) {
    return "Via: SIP/2.0/UDP h.example.com;branch=z9hG4bK1\r\nFrom: <sip:a@example.com>;tag=1\r\n"
           "To: <sip:bob@example.com>\r\nCall-ID: c1@h\r\nCSeq: " +
           std::string{cseq} + "\r\n";
}

// Without Content-Length and the empty line.
inline std::string options_head() { return "OPTIONS sip:bob@example.com SIP/2.0\r\n" + mandatory_fields("1 OPTIONS"); }

inline std::string options_with(std::string_view fields, std::string_view body = {}) {
    std::string text = options_head();
    text.append(fields).append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    return text.append(body);
}

// With this start line and method, and what a request needs.
inline std::string with_start_line(std::string_view line, std::string_view method = "OPTIONS") {
    return std::string{line} + "\r\n" + mandatory_fields("1 " + std::string{method}) + "Content-Length: 0\r\n\r\n";
}

inline std::string response(std::string_view status_line) { return with_start_line(status_line, "INVITE"); }

// OPTIONS in which the line that begins with `name` is replaced; empty: left out.
inline std::string options_replacing(std::string_view name, std::string_view line) {
    std::string text = options_with("Max-Forwards: 70\r\n");
    const auto at = text.find("\r\n" + std::string{name}) + 2;
    const auto end = text.find("\r\n", at) + 2;
    return text.replace(at, end - at, line);
}

}  // namespace sip
