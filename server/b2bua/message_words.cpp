#include "server/b2bua/message_words.hpp"

#include <algorithm>

#include "sip/message/body.hpp"
#include "sip/message/cseq.hpp"
#include "sip/sdp/parser.hpp"

namespace server {
namespace {

constexpr std::size_t most_lines = 4;   // of a description; the rest becomes …
constexpr std::size_t most_codecs = 8;  // of a line

std::string codec_words(const sip::sdp::Media& line) {
    std::string words;
    std::size_t told = 0;
    for (const auto& format : sip::sdp::formats_of(line)) {
        if (told++ == most_codecs) { return words + " …"; }
        words += ' ' + (format.encoding.empty() ? std::to_string(format.payload) : format.encoding);
    }
    return words;
}

bool is_zero(const sip::sdp::Connection* connection) {
    const auto address = connection == nullptr ? std::nullopt : connection->ip();
    return address && address->is_unspecified();
}

// Of the first line of audio only what matters; any other line says what it is.
std::string line_words(const sip::sdp::Session& session, const sip::sdp::Media& line) {
    std::string words = line.kind == "audio" && &line == &session.media.front() ? "" : line.kind + ' ';
    if (line.is_disabled()) { return words + "off"; }
    words += sip::sdp::to_text(sip::sdp::direction_of(session, line));
    if (is_zero(sip::sdp::connection_of(session, line))) { words += " 0.0.0.0"; }  // hold as in RFC 2543
    words += codec_words(line);
    return line.protocol == "RTP/AVP" ? words : words + " over " + line.protocol;
}

}  // namespace

std::string start_words(const sip::Message& message) {
    if (message.is_request()) { return std::string{message.method_text()}; }
    return std::to_string(message.status()) + ' ' + std::string{message.reason()};
}

std::string cseq_words(const sip::Message& message) {
    const auto cseq = sip::CSeq::parse(message.first(sip::HeaderId::cseq).value_or(""));
    return cseq ? std::to_string(cseq->number) + ' ' + cseq->method_text : std::string{};
}

std::string description_words(const sip::Message& message) {
    const auto text = sip::session_description(message);
    if (text.empty()) { return {}; }
    const auto session = sip::sdp::parse(text);
    if (!session) { return "that cannot be read"; }
    if (session->media.empty()) { return "of nothing"; }
    std::string words;
    for (std::size_t i = 0; i < session->media.size(); ++i) {
        if (i == most_lines) { return words + ", …"; }
        words += (i == 0 ? "" : ", ") + line_words(*session, session->media[i]);
    }
    return words;
}

std::string why_words(const sip::Message& message) {
    std::string words;
    for (const auto id : {sip::HeaderId::reason, sip::HeaderId::warning, sip::HeaderId::retry_after}) {
        message.for_each(id, [&](std::string_view value) {
            words += (words.empty() ? "" : "; ") + std::string{sip::to_text(id)} + ": " + std::string{value};
        });
    }
    return words;
}

}  // namespace server
