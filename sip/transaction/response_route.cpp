#include "sip/transaction/response_route.hpp"

#include "base/ip.hpp"
#include "base/text.hpp"
#include "sip/message/via.hpp"

namespace sip {
namespace {

bool names(std::string_view host, const base::IpAddress& source) {
    const auto address = base::IpAddress::parse(host);
    return address && address->unmapped() == source;
}

}  // namespace

void stamp_source(Message& request, const TopVia& via, const Flow& arrived) {
    const auto source = arrived.remote.address.unmapped();
    if (!via.rport && names(via.host, source)) { return; }
    auto stamped = Via::parse(via.value);
    if (!stamped) { return; }
    stamped->set_received(source.to_string());
    if (via.rport) { stamped->set_rport(arrived.remote.port); }
    request.remove_first(HeaderId::via);
    request.add_first(HeaderId::via, stamped->to_string());
}

Flow response_flow(const Flow& arrived, const TopVia& via) {
    Flow flow = arrived;
    if (!is_reliable(flow.transport) && !via.rport) { flow.remote.port = via.port; }
    if (is_secure(flow.transport)) { flow.domain = base::lower(via.host); }  // should another connection be needed
    return flow;
}

std::optional<Flow> response_fallback(const Flow& broken, std::uint16_t sent_by_port) {
    if (broken.transport != Transport::tcp && broken.transport != Transport::tls) { return std::nullopt; }
    Flow flow = broken;
    flow.connection = 0;
    flow.remote.port = sent_by_port;
    return flow;
}

}  // namespace sip
