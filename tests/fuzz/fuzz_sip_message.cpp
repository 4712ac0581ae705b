// Any bytes as a datagram. Held: nothing breaks; every view lies inside the message and holds no line end, parts of the
// body lie within it; what was accepted is written so that it is accepted again, field by field the same; what is
// answerable has what an answer needs.
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "sip/message/body.hpp"
#include "sip/message/cseq.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/parser.hpp"
#include "sip/message/values.hpp"
#include "sip/message/via.hpp"

namespace {

void require(bool held) {
    if (!held) { std::abort(); }
}

void read_fields(const sip::Message& message) {
    for (std::size_t i = 0; i < message.header_count(); ++i) {
        const auto field = message.header(i);
        require(!field.name.empty());
        require(field.value.find_first_of("\r\n") == field.value.npos);
        require(field.value == base::trim(field.value));
        require(sip::parse_header_id(field.name) == field.id);
        (void)sip::NameAddr::parse(field.value);
        (void)sip::Via::parse(field.value);
        (void)sip::parse_delta_seconds(field.value);
    }
}

bool lies_in(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void read_body(const sip::Message& message) {
    const auto parts = sip::body_parts(message);
    if (!parts) {
        require(sip::session_description(message).empty());
        return;
    }
    require(parts->size() <= sip::max_body_parts);
    for (const auto& part : *parts) { require(lies_in(part.content, message.body())); }
    require(lies_in(sip::session_description(message), message.body()));
}

void require_same_fields(const sip::Message& a, const sip::Message& b) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < a.header_count(); ++i) {
        if (a.header(i).id == sip::HeaderId::content_length) { continue; }
        const auto left = a.header(i);
        const auto right = b.header(at++);
        require(left.id == right.id && left.name == right.name && left.value == right.value);
    }
    require(at + 1 == b.header_count());  // its Content-Length
}

void require_fixed_point(const sip::Message& message) {
    const std::string written = message.to_string();
    const auto again = sip::parse_message(written, true, {1 << 24, 1 << 20, 1 << 20, 1 << 20});
    require(!again.error);
    require(again.message.body() == message.body() && again.message.method() == message.method());
    require(again.message.status() == message.status() && again.message.request_uri() == message.request_uri());
    require_same_fields(message, again.message);
    require(again.message.to_string() == written);
}

// A copy made by add(), as a response or the other leg's request is: nothing gets lost, nothing gets in.
void require_copies(const sip::Message& message) {
    sip::Message copy = sip::Message::response(200);
    for (std::size_t i = 0; i < message.header_count(); ++i) {
        const auto field = message.header(i);
        copy.add(field.name, field.value);
        require(copy.header(i).value == field.value && copy.header(i).id == field.id);
    }
}

void require_mandatory(const sip::Message& message) {
    require(sip::Via::parse(message.first(sip::HeaderId::via).value()).has_value());
    require(sip::NameAddr::parse(message.first(sip::HeaderId::from).value()).has_value());
    require(sip::NameAddr::parse(message.first(sip::HeaderId::to).value()).has_value());
    const auto cseq = sip::CSeq::parse(message.first(sip::HeaderId::cseq).value());
    require(cseq && cseq->method == message.method());
    require(!message.first(sip::HeaderId::call_id)->empty());
}

void look_at(std::string_view text, bool from_stream) {
    const auto parsed = sip::parse_message(text, from_stream);
    read_fields(parsed.message);
    read_body(parsed.message);
    (void)parsed.message.to_string();
    if (parsed.answerable) { require(sip::Via::parse(parsed.message.first(sip::HeaderId::via).value()).has_value()); }
    require_copies(parsed.message);
    if (parsed.error) {
        require(parsed.error->status >= 400 && !parsed.error->detail.empty());
        return;
    }
    require_mandatory(parsed.message);
    require_fixed_point(parsed.message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    look_at(text, false);
    look_at(text, true);
    return 0;
}
