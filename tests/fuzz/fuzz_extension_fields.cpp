// Any bytes as RSeq, RAck, Session-Expires, Min-SE, Replaces, Refer-To and sipfrag. Held: what was read is written so
// that it reads the same; what comes out of a Refer-To is fit for a Request-URI; nothing read can break a line.
#include <cstdlib>
#include <string>
#include <string_view>

#include "sip/message/rack.hpp"
#include "sip/message/refer_to.hpp"
#include "sip/message/replaces.hpp"
#include "sip/message/session_expires.hpp"
#include "sip/message/sipfrag.hpp"

namespace {

void require(bool held) {
    if (!held) { std::abort(); }
}

bool is_one_line(std::string_view text) { return text.find_first_of(std::string_view{"\r\n\0", 3}) == text.npos; }

void look_at_rack(std::string_view text) {
    if (const auto rseq = sip::parse_rseq(text)) { require(*rseq != 0); }
    const auto rack = sip::RAck::parse(text);
    if (!rack) { return; }
    const auto again = sip::RAck::parse(rack->to_string());
    require(again && again->rseq == rack->rseq && again->cseq.number == rack->cseq.number);
    require(again->cseq.method_text == rack->cseq.method_text && is_one_line(rack->to_string()));
}

void look_at_session_expires(std::string_view text) {
    const auto value = sip::SessionExpires::parse(text);
    const auto min_se = sip::parse_min_se(text);
    if (!value) { return; }
    require(min_se == value->interval);
    require(sip::SessionExpires::parse(value->to_string()) == value);
}

void look_at(const sip::Replaces& replaces) {
    require(sip::Replaces::parse(replaces.to_string()) == replaces);
    require(is_one_line(replaces.to_string()) && !replaces.to_tag.empty() && !replaces.from_tag.empty());
}

void look_at_refer_to(std::string_view text) {
    const auto refer_to = sip::ReferTo::parse(text);
    if (!refer_to) { return; }
    const sip::Uri& uri = refer_to->target.uri;
    require(uri.headers.empty() && !uri.has_parameter("method"));
    require(sip::Uri::parse(uri.to_string()).has_value() && is_one_line(uri.to_string()));
    if (refer_to->replaces) { look_at(*refer_to->replaces); }
}

void look_at_sipfrag(std::string_view text) {
    const auto status = sip::read_sipfrag(text);
    if (!status) { return; }
    const std::string written = sip::write_sipfrag(*status, text);
    require(sip::read_sipfrag(written) == status);
    require(is_one_line(std::string_view{written}.substr(0, written.size() - 2)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    look_at_rack(text);
    look_at_session_expires(text);
    if (const auto replaces = sip::Replaces::parse(text)) { look_at(*replaces); }
    look_at_refer_to(text);
    look_at_sipfrag(text);
    return 0;
}
