#include "sip/transaction/top_via.hpp"

#include "base/text.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/via.hpp"
#include "sip/message/via_view.hpp"
#include "sip/transport.hpp"

namespace sip {

std::optional<TopVia> TopVia::read(const Message& message) {
    const auto value = message.first(HeaderId::via);
    if (!value) { return std::nullopt; }
    const auto view = ViaView::read(*value);
    if (!view) { return std::nullopt; }
    const bool secure = base::iequals(view->transport, "TLS") || base::iequals(view->transport, "WSS");
    TopVia via;
    via.value = *value;
    via.host = view->sent_by.host;
    via.port = view->sent_by.port;
    if (via.port == 0) { via.port = default_port(secure ? Transport::tls : Transport::udp); }
    via.branch = find_parameter(view->parameters, "branch").value_or(std::string_view{});
    via.rport = find_parameter(view->parameters, "rport").has_value();
    return via;
}

bool TopVia::has_unique_branch() const {
    return branch.size() > magic_cookie.size() && base::iequals(branch.substr(0, magic_cookie.size()), magic_cookie);
}

}  // namespace sip
