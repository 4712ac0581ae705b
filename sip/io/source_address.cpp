#include "sip/io/source_address.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include "sip/io/socket_address.hpp"

namespace sip {

namespace {

base::IpAddress ask_kernel(const base::IpAddress& remote) {
    const base::IpAddress none = remote.is_v6() ? base::IpAddress::v6({}) : base::IpAddress{};
    const int descriptor = socket(remote.is_v6() ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) { return none; }
    sockaddr_storage address{};
    socklen_t length = to_kernel({remote, 9}, address);  // any port will do: nothing is sent
    const bool routed = connect(descriptor, reinterpret_cast<const sockaddr*>(&address), length) == 0;
    length = sizeof address;
    const bool known = routed && getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0;
    ::close(descriptor);
    return known ? from_kernel(address).address : none;
}

}  // namespace

base::IpAddress SourceAddress::of(base::Instant now, const base::IpAddress& remote) {
    const base::Endpoint key{remote, 0};
    const auto found = kept_.find(key);
    if (found != kept_.end() && now < found->second.until) { return found->second.source; }
    if (kept_.size() >= max_kept) { kept_.clear(); }
    const base::IpAddress source = ask_kernel(remote);
    kept_.insert_or_assign(key, Kept{source, now + keep});
    return source;
}

}  // namespace sip
