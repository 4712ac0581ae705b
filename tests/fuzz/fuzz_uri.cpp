// Any bytes as a URI, a name-addr and a Via. Held: what was read is written so that it reads the same; a URI is
// equivalent to itself and equivalence is symmetric; changed parameters stay readable.
#include <cstdlib>
#include <string>
#include <string_view>

#include "sip/message/name_addr.hpp"
#include "sip/message/uri.hpp"
#include "sip/message/via.hpp"

namespace {

void require(bool held) {
    if (!held) { std::abort(); }
}

bool same(const sip::Uri& a, const sip::Uri& b) {
    return a.scheme == b.scheme && a.user == b.user && a.password == b.password && a.host == b.host &&
           a.port == b.port && a.parameters == b.parameters && a.headers == b.headers &&
           a.scheme_text == b.scheme_text && a.has_user == b.has_user && a.has_password == b.has_password &&
           a.host_is_v6 == b.host_is_v6;
}

void look_at_uri(std::string_view text) {
    auto uri = sip::Uri::parse(text);
    if (!uri) { return; }
    require(uri->to_string().size() <= text.size());
    const auto again = sip::Uri::parse(uri->to_string());
    require(again && same(*uri, *again));
    require(equivalent(*uri, *uri) && equivalent(*uri, *again));
    require(sip::unescape(uri->user).has_value() || uri->scheme == sip::Uri::Scheme::other);
    if (uri->scheme == sip::Uri::Scheme::other) { return; }
    uri->set_parameter("transport", "tcp");
    require(uri->parameter("Transport") == "tcp");
    require(sip::Uri::parse(uri->to_string()).has_value());
    uri->remove_parameter("transport");
    require(!uri->has_parameter("transport"));
}

void look_at_address(std::string_view text) {
    (void)sip::tag_of(text);
    auto address = sip::NameAddr::parse(text);
    if (!address) { return; }
    const auto again = sip::NameAddr::parse(address->to_string());
    require(again && again->wildcard == address->wildcard && again->parameters == address->parameters);
    require(same(address->uri, again->uri) && sip::tag_of(text) == address->tag());
    if (text.find_first_of("\r\n") == text.npos) { require(again->display == address->display); }
    if (address->wildcard) { return; }
    address->set_parameter("tag", "x");
    require(sip::tag_of(address->to_string()) == "x");
}

void look_at_via(std::string_view text) {
    auto via = sip::Via::parse(text);
    if (!via) { return; }
    const auto again = sip::Via::parse(via->to_string());
    require(again && again->host == via->host && again->port == via->port && again->branch == via->branch);
    require(again->parameters == via->parameters && again->received == via->received &&
            again->transport == via->transport);
    via->set_received("2001:db8::1");
    via->set_rport(5060);
    const auto learnt = sip::Via::parse(via->to_string());
    require(learnt && learnt->received == "2001:db8::1" && learnt->rport_value == 5060 &&
            learnt->branch == via->branch);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    look_at_uri(text);
    look_at_address(text);
    look_at_via(text);
    const auto middle = text.find('\n');  // two in one input: is equivalence symmetric?
    if (middle == text.npos) { return 0; }
    const auto a = sip::Uri::parse(text.substr(0, middle));
    const auto b = sip::Uri::parse(text.substr(middle + 1));
    if (a && b) { require(equivalent(*a, *b) == equivalent(*b, *a)); }
    return 0;
}
