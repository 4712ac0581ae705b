#include "sip/transport.hpp"

#include <array>

#include "base/text.hpp"

namespace sip {
namespace {

struct Name {
    Transport transport;
    std::string_view text;
    std::string_view via;
};

constexpr std::array names = {Name{Transport::udp, "udp", "UDP"}, Name{Transport::tcp, "tcp", "TCP"},
                              Name{Transport::tls, "tls", "TLS"}, Name{Transport::ws, "ws", "WS"},
                              Name{Transport::wss, "wss", "WSS"}};

}  // namespace

std::string_view to_text(Transport transport) { return names[static_cast<std::size_t>(transport)].text; }

std::string_view to_via_text(Transport transport) { return names[static_cast<std::size_t>(transport)].via; }

std::string_view to_uri_text(Transport transport) {
    return to_text(transport == Transport::wss ? Transport::ws : transport);
}

std::optional<Transport> parse_transport(std::string_view text) {
    for (const Name& name : names) {
        if (base::iequals(name.text, text)) { return name.transport; }
    }
    return std::nullopt;
}

}  // namespace sip
