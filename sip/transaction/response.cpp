#include "sip/transaction/response.hpp"

#include <string>

#include "sip/message/name_addr.hpp"
#include "sip/transaction/layer.hpp"

namespace sip {
namespace {

void copy_fields(const Message& from, HeaderId id, Message& to) {
    from.for_each(id, [&](std::string_view value) { to.add(id, value); });
}

// §12.1.1: what lets the peer build the route set of the dialog that this response makes.
bool makes_dialog(Method method, int status) {
    const bool can =
        method == Method::invite || method == Method::subscribe || method == Method::refer || method == Method::notify;
    return can && status > 100 && status < 300;
}

std::string to_with_tag(std::string_view to, int status, std::string_view to_tag) {
    std::string value{to};
    if (status == 100 || to_tag.empty() || !tag_of(to).empty()) { return value; }
    return value.append(";tag=").append(to_tag);
}

}  // namespace

Message make_response(const Message& request, int status, std::string_view to_tag, std::string_view reason) {
    Message response = Message::response(status, reason);
    copy_fields(request, HeaderId::via, response);
    if (makes_dialog(request.method(), status)) { copy_fields(request, HeaderId::record_route, response); }
    copy_fields(request, HeaderId::from, response);
    if (const auto to = request.first(HeaderId::to)) { response.add(HeaderId::to, to_with_tag(*to, status, to_tag)); }
    copy_fields(request, HeaderId::call_id, response);
    copy_fields(request, HeaderId::cseq, response);
    if (status == 100) { copy_fields(request, HeaderId::timestamp, response); }
    return response;
}

void add_warning(Message& response, std::string_view words) {
    std::string value = "399 holdfast \"";
    for (const char c : words) {
        const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        if (plain) { value += c; }
    }
    response.add(HeaderId::warning, value + '"');
}

}  // namespace sip
